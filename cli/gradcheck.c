/* gradcheck.c - rungs gradcheck: is a gradient written in C right? Finds the subcommand. */
#include "gradcheck.h"

#include <stdlib.h>
#include <string.h>

#include "verbs.h"

enum { MOST_WORDS = 256 };

const struct subject_kind subject_kinds[] = {
    { "so", so_parse, subject_check_work, "a loss and its gradient in a shared object, or a gc_problem" },
    { "sig", sig_parse, subject_check_work, "functions of any signature, told by their C prototypes" },
    { 0 },
};

static int check(const struct subject_kind *kind, int argc, char **argv)
{
    struct subject *s = calloc(1, sizeof *s);
    struct settings set;
    if (!s) return args_refuse("gradcheck", "there is no memory");
    int code = kind->parse(argc, argv, s, &set);
    if (code < 0 && !report_possible(&set)) code = EXIT_USAGE;
    if (code < 0) {
        struct outcome *out = subject_run(s, &set, set.at ? subject_at_work : kind->work, &code);
        if (out) code = report(s, &set, out);
    }
    guard_remove_folder();
    free(s);
    return code;
}

static void print_help(void)
{
    puts("usage: rungs gradcheck SUBCOMMAND [words and options]      --help after each explains it\n\n"
         "Is this gradient right? Compares derivatives written in C with differences that carry an error "
         "bar, and says\n"
         "why a wrong one is wrong. The code under test runs in a child process: a crash is a sentence.\n\n"
         "subcommands:");
    for (const struct subject_kind *k = subject_kinds; k->name; k++) printf("  %-9s %s\n", k->name, k->brief);
    puts("\nexit status:\n"
         "  0 pass, 1 fail, 2 inconclusive, 3 contract, 4 crash or time-out, 64 usage\n\n"
         "examples:\n"
         "  rungs gradcheck so ./logistic.so --loss logistic --grad logistic_grad --n 5");
}

static int refuse(const char *word)
{
    const char *near = NULL;
    size_t n = 0;
    while (subject_kinds[n].name) n++;
    near = args_nearest(word, &subject_kinds[0].name, n, sizeof *subject_kinds);
    if (near) return args_refuse("gradcheck", "there is no subcommand '%s'; did you mean '%s'?", word, near);
    return args_refuse("gradcheck", "there is no subcommand '%s'; `rungs gradcheck --help` lists them", word);
}

int verb_gradcheck(int argc, char **argv)
{
    static char verb[64];
    if (argc < 2)
        return args_refuse("gradcheck", "a word is missing; `rungs gradcheck --help` lists the subcommands");
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        print_help();
        return EXIT_OK;
    }
    gradcheck_command(argc, argv);
    for (const struct subject_kind *k = subject_kinds; k->name; k++) {
        if (strcmp(argv[1], k->name)) continue;
        char *word[MOST_WORDS + 1];
        if (argc > MOST_WORDS) return args_refuse("gradcheck", "there are more than %d words", MOST_WORDS);
        memcpy(word, argv + 1, (size_t)argc * sizeof *word); /* with the NULL at their end */
        snprintf(verb, sizeof verb, "gradcheck %s", k->name);
        word[0] = verb;
        return check(k, argc - 1, word);
    }
    return refuse(argv[1]);
}
