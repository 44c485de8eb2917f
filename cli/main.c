/* main.c - the one program `rungs`: finds the verb and runs it. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "../base/terminal.h"
#include "../base/process.h"
#include "../bench/machine.h"

const struct verb verbs[] = {
    { "demo", verb_demo, "the main job: lesson 1 on real data, checked, raced and charted" },
    { "list", verb_list, "operations, their rungs, and what this machine can run" },
    { "lesson", verb_lesson, "a lesson's text and its numbers, computed on this machine" },
    { "read", verb_read, "a lesson's text in the terminal, formulas and all" },
    { "site", verb_site, "the lessons as a folder of HTML pages, without a server" },
    { "learn", verb_learn, "exercises that grade themselves, with hints" },
    { "check", verb_check, "is every rung right? is every backward the gradient of its forward?" },
    { "gradcheck", verb_gradcheck, "is a gradient written in C right? also of your own code" },
    { "bench", verb_bench, "race the rungs against each other and against the libraries" },
    { "ulp", verb_ulp, "how exact is every rung of a function of one number, over all floats?" },
    { "emu", verb_emu, "run a CUDA program of your own on this CPU, with every check" },
    { "nvcc", verb_nvcc, "compile CUDA programs for this CPU, in nvcc's place" },
    { "plot", verb_plot, "draw charts from measured CSV files" },
    { "train", verb_train, "train a network on real data with any rung" },
    { "eval", verb_eval, "how good is a trained network, class by class?" },
    { "export", verb_export, "write a trained network as C, ONNX, safetensors or .npy" },
    { "import", verb_import, "make a checkpoint of weights from somewhere else" },
    { "look", verb_look, "draw what a trained convolutional network has learned" },
    { "data", verb_data, "where the data sets are, and how to get them" },
    { "test", verb_test, "run the tests of this build; ./rungs test builds and tests all" },
    { NULL, NULL, NULL },
};

static void print_help(void)
{
    args_print_text(0, "rungs - deep learning's building blocks, from naive C to the limit of the machine\n\n"
                       "usage: rungs VERB [arguments and options]      rungs VERB --help explains each\n"
                       "       rungs --version\n\n");
    for (const struct verb *v = verbs; v->name; v++)
        terminal_print(stdout, 13, "  %-10s %s\n", v->name, v->brief);
    puts("\nexamples:\n"
         "  rungs list\n"
         "  rungs check dense_forward\n"
         "  rungs train fashion-mlp --epochs 3");
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help();
        return EXIT_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        print_help();
        return EXIT_OK;
    }
    if (!strcmp(argv[1], "--version")) {
        struct machine m = machine_facts();
        printf("rungs %s, commit %s, %s %s\n", RUNGS_VERSION, m.commit, m.compiler, m.flags);
        return EXIT_OK;
    }
    for (const struct verb *v = verbs; v->name; v++)
        if (!strcmp(v->name, argv[1])) return v->run(argc - 1, argv + 1);
    size_t n = 0;
    while (verbs[n].name) n++;
    char near[NEAREST_TEXT];
    if (nearest_name(argv[1], (struct name_list){ &verbs[0].name, n, sizeof *verbs }, near))
        fprintf(stderr, "rungs: there is no verb '%s'; did you mean %s?\n", argv[1], near);
    else
        fprintf(stderr, "rungs: there is no verb '%s'; `rungs --help` lists them\n", argv[1]);
    return EXIT_USAGE;
}

/* Links to the program that are called nvcc, rungs-nvcc, or rungs-nvcc-plain and so on, are the verb. */
static int is_compiler(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return !strcmp(name, "nvcc") || !strcmp(name, "rungs-nvcc") || !strncmp(name, "rungs-nvcc-", 11);
}

int main(int argc, char **argv)
{
    char name[40] = "rungs";
    process_begin();
    if (argc > 0 && is_compiler(argv[0])) return process_end("rungs nvcc", verb_nvcc(argc, argv));
    if (argc > 1) snprintf(name, sizeof name, "rungs %.30s", argv[1]);
    return process_end(name, run(argc, argv));
}
