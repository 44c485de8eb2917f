/* gradcheck.c - rungs gradcheck: is a gradient written in C right? Finds the subcommand. */
#include "gradcheck.h"

#include <stdlib.h>
#include <string.h>

#include "../base/terminal.h"

#include "verbs.h"

enum { MOST_WORDS = 256 };

const struct subject_kind subject_kinds[] = {
    { "so", so_parse, subject_check_work, "a loss and its gradient in a shared object, or a gc_problem" },
    { "sig", sig_parse, subject_check_work, "functions of any signature, told by their C prototypes" },
    { "twin", twin_parse, twin_work, "one C file, compiled in four precisions" },
    { "run", run_parse, run_work, "the suite's own gradients, and the rungs of their ladders" },
    { 0 },
};

static int is_help(const char *word)
{
    return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static void print_help(void)
{
    args_print_text(
        0, "usage: rungs gradcheck SUBCOMMAND [arguments and options]      --help after each explains it\n\n"
           "Is this gradient right? Compares derivatives written in C with differences that carry an "
           "error bar, and\n"
           "says why a wrong one is wrong. The code under test runs in a child process: a crash is a "
           "sentence.\n\n"
           "subcommands:\n");
    for (const struct subject_kind *k = subject_kinds; k->name; k++)
        terminal_print(stdout, 12, "  %-9s %s\n", k->name, k->brief);
    for (const struct subject_mode *m = subject_modes; m->name; m++)
        terminal_print(stdout, 12, "  %-9s %s\n", m->name, m->brief);
    args_print_text(
        0, "  selftest  wrong and right gradients by the hundred: does the checker tell them apart here?\n"
           "\nexit status:\n"
           "  0 pass, 1 fail, 2 inconclusive, 3 contract, 4 crash or time-out; 64 usage, 66 input, 71 out of "
           "memory,\n"
           "  74 output, 77 skipped\n");
    puts("\nexamples:\n"
         "  rungs gradcheck so ./logistic.so --loss logistic --grad logistic_grad --n 4\n"
         "  rungs gradcheck vcurve so ./logistic.so --loss logistic --grad logistic_grad --n 4 --out charts");
}

/* "did you mean", from all subcommands */
static int refuse(const char *verb, const char *word, int with_modes)
{
    const char *names[16] = { with_modes ? "selftest" : "" };
    size_t n = with_modes != 0;
    for (const struct subject_kind *k = subject_kinds; k->name; k++) names[n++] = k->name;
    for (const struct subject_mode *m = subject_modes; m->name && with_modes; m++) names[n++] = m->name;
    char how[64];
    snprintf(how, sizeof how, "`rungs %.30s --help` lists them", verb);
    return args_unknown(verb, with_modes ? "there is no subcommand" : "there is no kind of code", word,
                        (struct name_list){ names, n, sizeof *names }, how);
}

/* what came out of everything that was checked */
struct outcomes {
    struct outcome **at;
    int n;
};

/* 0 after a sentence */
static int add_outcome(struct outcomes *all, struct outcome *out)
{
    struct outcome **more = realloc(all->at, ((size_t)all->n + 1) * sizeof *more);
    if (!more) return 0;
    all->at = more;
    all->at[all->n++] = out;
    return 1;
}

/* the one, or each of several; the exit code */
static int work_through(struct subject *s, const struct settings *set, subject_work *work,
                        int (*print)(const struct subject *, const struct settings *, struct outcome *))
{
    struct outcomes all = { 0 };
    int code = EXIT_OK, refused = EXIT_USAGE;
    do {
        struct outcome *out = subject_run(s, set, work, &refused);
        if (!out || !add_outcome(&all, out)) {
            free(all.at);
            return refused;
        }
        code = report_worse(code, print(s, set, out));
    } while (s->next && s->next(s, set));
    if (!report_files(set, all.at, all.n) && !code) code = EXIT_OUTPUT;
    free(all.at);
    return code;
}

/* argv[0] is the name of the kind; mode NULL: the check */
static int run_subject(const struct subject_kind *kind, const struct subject_mode *mode, int argc,
                       char **argv)
{
    static char verb[64];
    char *word[MOST_WORDS + 1];
    if (argc > MOST_WORDS) return args_refuse("gradcheck", "there are more than %d words", MOST_WORDS);
    struct subject *s = calloc(1, sizeof *s);
    if (!s) return args_fail(EXIT_RESOURCES, "gradcheck", "out of memory");
    memcpy(word, argv, ((size_t)argc + 1) * sizeof *word); /* with the NULL at their end */
    snprintf(verb, sizeof verb, "gradcheck %s%s%s", mode ? mode->name : "", mode ? " " : "", kind->name);
    word[0] = verb;
    struct settings set;
    int code = kind->parse(argc, word, s, &set);
    if (code < 0)
        code = mode ? work_through(s, &set, mode->work, mode->print)
                    : work_through(s, &set, set.at ? subject_at_work : kind->work, report_print);
    guard_remove_folder();
    free(s);
    return code;
}

static const struct subject_kind *find_kind(const char *name)
{
    for (const struct subject_kind *k = subject_kinds; k->name; k++)
        if (!strcmp(name, k->name)) return k;
    return NULL;
}

static int run_mode(const struct subject_mode *mode, int argc, char **argv)
{
    char verb[32];
    snprintf(verb, sizeof verb, "gradcheck %s", mode->name);
    if (argc < 2) return args_refuse(verb, "missing argument; `rungs %s --help` shows how", verb);
    if (is_help(argv[1])) {
        fputs(mode->help, stdout);
        return EXIT_OK;
    }
    const struct subject_kind *kind = find_kind(argv[1]);
    return kind ? run_subject(kind, mode, argc - 1, argv + 1) : refuse(verb, argv[1], 0);
}

int verb_gradcheck(int argc, char **argv)
{
    if (argc < 2)
        return args_refuse("gradcheck", "missing argument; `rungs gradcheck --help` lists the subcommands");
    if (is_help(argv[1])) {
        print_help();
        return EXIT_OK;
    }
    if (!strcmp(argv[1], "selftest")) return selftest_verb(argc - 1, argv + 1);
    const struct subject_kind *kind = find_kind(argv[1]);
    gradcheck_command(argc, argv, "");
    if (kind) return run_subject(kind, NULL, argc - 1, argv + 1);
    for (const struct subject_mode *m = subject_modes; m->name; m++) {
        if (strcmp(argv[1], m->name)) continue;
        gradcheck_command(argc, argv, m->name);
        return run_mode(m, argc - 1, argv + 1);
    }
    return refuse("gradcheck", argv[1], 1);
}
