/* gradcheck.c - rungs gradcheck: is a gradient written in C right? Finds the subcommand. */
#include "gradcheck.h"

#include <stdlib.h>
#include <string.h>

#include "../base/terminal.h"

#include "verbs.h"

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
        0, "  batch     a file of problems, one per line: one table, and the exit code of the worst\n"
           "  selftest  wrong and right gradients by the hundred: does the checker tell them apart here?\n"
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
    const char *names[24] = { with_modes ? "selftest" : "", "batch" };
    size_t n = with_modes ? 2 : 0;
    for (const struct subject_kind *k = subject_kinds; k->name; k++) names[n++] = k->name;
    for (const struct subject_mode *m = subject_modes; m->name && with_modes; m++) names[n++] = m->name;
    char how[64];
    snprintf(how, sizeof how, "`rungs %.30s --help` lists them", verb);
    return args_unknown(verb, with_modes ? "there is no subcommand" : "there is no kind of code", word,
                        (struct name_list){ names, n, sizeof *names }, how);
}

/* what is checked, and the files */
static int run_subject(const struct subject_kind *kind, const struct subject_mode *mode, int argc,
                       char **argv)
{
    struct outcomes all = { 0 };
    struct settings set;
    int code = subject_words(kind, mode, argc, argv, report_print, &set, &all);
    if (all.n && code < EXIT_USAGE && !report_files(&set, all.at, all.n) && !code) code = EXIT_OUTPUT;
    free(all.at);
    return code;
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
    const struct subject_kind *kind = subject_find(argv[1]);
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
    if (!strcmp(argv[1], "batch")) return batch_verb(argc - 1, argv + 1);
    if (!strcmp(argv[1], "selftest")) return selftest_verb(argc - 1, argv + 1);
    const struct subject_kind *kind = subject_find(argv[1]);
    gradcheck_command(argc, argv, "");
    if (kind) return run_subject(kind, NULL, argc - 1, argv + 1);
    for (const struct subject_mode *m = subject_modes; m->name; m++) {
        if (strcmp(argv[1], m->name)) continue;
        gradcheck_command(argc, argv, m->name);
        return run_mode(m, argc - 1, argv + 1);
    }
    return refuse("gradcheck", argv[1], 1);
}
