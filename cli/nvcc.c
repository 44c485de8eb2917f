/* nvcc.c - rungs nvcc, also called rungs-nvcc: compiles CUDA programs for the emulator, with nvcc's command
 * line.
 *
 * Sources become objects, objects a program; each step is a program that -v shows (nvcc.h says which file
 * does what). Build systems take it for nvcc by its answers to --version, -dryrun and -v. */
#include "nvcc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/process.h"
#include "emu.h"

static int print_version(void)
{
    printf("rungs-nvcc %s: compiles CUDA programs for this CPU\n"
           "It answers in the place of\n"
           "nvcc: NVIDIA (R) Cuda compiler driver\n"
           "Cuda compilation tools, release 13.0, V13.0.88\n",
           RUNGS_VERSION);
    return EXIT_OK;
}

/* ---- names ---- */

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "folder/mine.cu" as an object in the current folder, or that of -odir */
static const char *object_of(const struct nvcc_command *c, const char *source)
{
    const char *base = base_of(source), *dot = strrchr(base, '.');
    int length = dot ? (int)(dot - base) : (int)strlen(base);
    return nvcc_text("%s%s%.*s.o", c->folder ? c->folder : "", c->folder ? "/" : "", length, base);
}

/* ---- what is done ---- */

/* One result for each source: objects, texts, rules. */
static int make_each(struct nvcc_work *w)
{
    const struct nvcc_command *c = w->command;
    int code = EXIT_OK;
    for (size_t i = 0; i < c->files.n && !code; i++) {
        const char *to = c->output;
        if (!nvcc_is_source(c, c->files.word[i])) continue;
        if (!to && c->goal == NVCC_OBJECT) to = object_of(c, c->files.word[i]);
        if (!to && c->goal == NVCC_CPP) to = nvcc_text("%s.cpp.ii", base_of(c->files.word[i]));
        code = nvcc_compile(w, c->files.word[i], to);
    }
    return code;
}

/* One result of all files: a program, a library. */
static int make_one(struct nvcc_work *w)
{
    const struct nvcc_command *c = w->command;
    struct nvcc_words objects = { 0 };
    int code = EXIT_OK;
    for (size_t i = 0; i < c->files.n && !code; i++) {
        const char *file = c->files.word[i], *object = file;
        if (nvcc_is_source(c, file)) {
            object = nvcc_text("%s/%zu_%s", w->folder, i, base_of(object_of(c, file)));
            code = nvcc_compile(w, file, object);
        }
        nvcc_add(&objects, object);
    }
    const char *to = c->output ? c->output : c->goal == NVCC_ARCHIVE ? "a.a" : "a.out";
    if (!code) code = c->goal == NVCC_ARCHIVE ? nvcc_archive(w, &objects, to) : nvcc_link(w, &objects, to);
    free(objects.word);
    return code;
}

static int make_all(struct nvcc_work *w)
{
    const struct nvcc_command *c = w->command;
    switch (c->goal) {
    case NVCC_PROGRAM:
    case NVCC_ARCHIVE: return make_one(w);
    case NVCC_DEVICE_LINK: return nvcc_device_link(w, c->output ? c->output : "a_dlink.o");
    default: return make_each(w);
    }
}

static int run_program(const struct nvcc_command *c)
{
    char error[ERROR_TEXT];
    struct nvcc_words words = { 0 };
    const char *program = c->output ? c->output : "a.out";
    nvcc_add(&words, strchr(program, '/') ? program : nvcc_text("./%s", program));
    nvcc_add_all(&words, c->run_words.word);
    int code = process_run(words.word, -1, -1, -1, error);
    free(words.word);
    return code == 126 || code == 127 ? args_fail(EXIT_RESOURCES, "nvcc", "%s", error) : code;
}

/* ---- the verb ---- */

/* What can be said before anything is run. */
static int check_files(const struct nvcc_command *c)
{
    size_t sources = 0;
    for (size_t i = 0; i < c->files.n; i++) {
        const char *file = c->files.word[i];
        sources += (size_t)nvcc_is_source(c, file);
        if (!nvcc_is_source(c, file) && !nvcc_is_linked(file))
            return args_refuse(
                "nvcc", "unexpected argument '%s': files end in .cu, .cpp, .cc, .cxx, .c, .o, .a or .so",
                file);
    }
    if (!c->files.n) return args_refuse("nvcc", "missing argument: a file to compile or link");
    int each = c->goal != NVCC_PROGRAM && c->goal != NVCC_ARCHIVE && c->goal != NVCC_DEVICE_LINK;
    if (each && !sources) return args_refuse("nvcc", "missing argument: a source to compile");
    if (each && c->output && sources > 1)
        return args_refuse("nvcc", "-o names one file, and there are %zu sources: leave it out, or -c",
                           sources);
    return EXIT_OK;
}

/* 1 if the word asks for help, however nvcc spells it */
static int asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-help") || !strcmp(argv[i], "-h")) return 1;
    return 0;
}

int verb_nvcc(int argc, char **argv)
{
    static struct nvcc_command command;
    struct nvcc_work work = { .command = &command };
    struct nvcc_words words = { 0 };
    if (asks_help(argc, argv)) return nvcc_print_help(), EXIT_OK;
    for (int i = 1; i < argc; i++) nvcc_add(&words, argv[i]);
    if (!strncmp(base_of(argv[0]), "rungs-nvcc-", 11)) command.choice = base_of(argv[0]) + 11;
    int code = nvcc_read(&command, argc > 1 ? words.word : (const char *const[]){ NULL });
    free(words.word);
    if (code) return code;
    if (command.goal == NVCC_VERSION) return print_version();
    if (command.goal == NVCC_ARCHITECTURES) return puts("compute_90"), EXIT_OK;
    if (command.goal == NVCC_CODES) return puts("sm_90"), EXIT_OK;
    if (!(work.build = nvcc_choose(&command))) return EXIT_USAGE;
    const int shows = command.verbose || command.dry; /* then variables come first, even of a wrong command */
    if (!shows && (code = check_files(&command))) return code;
    if (!(work.kit = emu_kit()))
        return args_fail(
            EXIT_SKIPPED, "nvcc",
            "this build has no emulator: configure with a C++ compiler (on Debian: apt install g++)");
    work.toolkit = nvcc_text("%s/%s", work.kit, work.build->toolkit);
    if (access(nvcc_text("%s/lib64/libcudart_static.a", work.toolkit), R_OK))
        return args_fail(
            EXIT_SKIPPED, "nvcc",
            "the emulator is not built yet: cmake --build the folder of this program --target toolkits");
    if (shows) nvcc_show_variables(&work), code = check_files(&command);
    if (!code && !(code = nvcc_begin(&work))) code = make_all(&work);
    nvcc_finish(&work);
    return code || !command.run || command.dry || command.goal != NVCC_PROGRAM ? code : run_program(&command);
}
