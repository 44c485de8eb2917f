/* nvcc_compile.c - one source of `rungs nvcc` as an object, preprocessed text, or a rule of make; see nvcc.h.
 *
 * A CUDA source is rewritten into the temporary folder (emu/cu2cpp) with those of its headers that need it,
 * and compiled there with the flags of the chosen build; the compiler's messages name the lines of the .cu
 * file. C and C++ sources are compiled where they are. */
#include "nvcc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "emu.h"
#include "emu_build.h"

/* ---- what a file is ---- */

enum language { C, CXX, CUDA, NONE };

static const struct {
    const char *ending, *name; /* of -x */
    enum language language;
} endings[] = {
    { ".cu", "cu", CUDA },  { ".cpp", "c++", CXX }, { ".cc", "c++", CXX },
    { ".cxx", "c++", CXX }, { ".C", "c++", CXX },   { ".c", "c", C },
};

static enum language language_of(const struct nvcc_command *c, const char *file)
{
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (c->language ? !strcmp(c->language, endings[i].name) : dot && !strcmp(dot, endings[i].ending))
            return endings[i].language;
    return NONE;
}

int nvcc_is_linked(const char *file)
{
    static const char *const linked[] = { ".o", ".a", ".so", ".obj", ".lib" };
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; dot && i < sizeof linked / sizeof *linked; i++)
        if (!strcmp(dot, linked[i])) return 1;
    return strstr(file, ".so.") != NULL;
}

int nvcc_is_source(const struct nvcc_command *c, const char *file)
{
    return !nvcc_is_linked(file) && language_of(c, file) != NONE;
}

/* ---- the compiler's words ---- */

/* A toolkit's headers must not mix with the emulator's, which have the same names. */
static int holds_toolkit(const char *folder)
{
    return !access(nvcc_text("%s/cuda_runtime_api.h", folder), F_OK);
}

static void add_folders(struct nvcc_words *to, const char *source, const struct nvcc_work *w)
{
    const struct nvcc_command *c = w->command;
    const char *slash = strrchr(source, '/');
    nvcc_add(to, "-isystem");
    nvcc_add(to, nvcc_text("%s/include", w->toolkit));
    nvcc_add(to, "-isystem");
    nvcc_add(to, nvcc_text("%s/missing", w->kit));
    nvcc_add(to, "-iquote");
    nvcc_add(to, slash ? nvcc_text("%.*s", (int)(slash - source) + 1, source) : ".");
    for (size_t i = 0; i < c->include.n; i++)
        if (!holds_toolkit(c->include.word[i])) nvcc_add(to, nvcc_text("-I%s", c->include.word[i]));
    for (size_t i = 0; i < c->system.n; i++)
        if (!holds_toolkit(c->system.word[i])) nvcc_add(to, "-isystem"), nvcc_add(to, c->system.word[i]);
    nvcc_add(to, "-idirafter"); /* the program's own helpers, if it has any, come first */
    nvcc_add(to, nvcc_text("%s/helpers", w->kit));
}

static int is_separate(const struct nvcc_command *c)
{
    return c->separate && !strcmp(c->separate, "true");
}

/* __CUDA_ARCH__ of the newest code that the emulated device, of compute capability 9.0, can run; 0: none is
 * asked for */
static int architecture(const struct nvcc_command *c)
{
    int newest = 0;
    for (size_t i = 0; i < c->architectures.n; i++) {
        const char *word = c->architectures.word[i];
        int number = atoi(word + strcspn(word, "0123456789"));
        if (number <= 90 && number > newest) newest = number;
    }
    return 10 * newest;
}

/* -O and what the build chosen wants, after the user's, so that this counts */
static void add_build(struct nvcc_words *to, const struct nvcc_work *w)
{
    const struct nvcc_command *c = w->command;
    const char *name = w->build->name, *level = c->optimize ? nvcc_text("-O%s", c->optimize) : "-O2";
    nvcc_add(to,
             nvcc_text("-DEMU_BUILT_AS=rungs_nvcc_built_this_as_%s_rebuild_all_alike", w->build->toolkit));
    if (!strcmp(name, "race"))
        nvcc_add_all(to, emu_race.flags), nvcc_add_all(to, emu_race_flags(w->clang));
    else if (!strcmp(name, "asan"))
        nvcc_add_all(to, emu_asan.flags);
    else
        nvcc_add_all(to, emu_level_flags(w->clang)), nvcc_add(to, c->device_debug         ? "-O0"
                                                                  : !strcmp(name, "fast") ? "-O3"
                                                                                          : level);
}

/* All but the mode, the file and where it goes. */
static void add_options(struct nvcc_words *to, const char *source, enum language language,
                        const struct nvcc_work *w)
{
    const struct nvcc_command *c = w->command;
    const char *cc = getenv("CC");
    if (language == CUDA && w->clang && !strcmp(w->build->name, "race") && c->goal == NVCC_OBJECT)
        nvcc_add(to, "sh"), nvcc_add(to, nvcc_text("%s/clang_race.sh", w->kit));
    if (language == C)
        nvcc_split_shell(to, cc && *cc ? cc : "cc");
    else
        nvcc_add_all(to, w->compiler.word);
    if (language == CUDA) nvcc_add_all(to, emu_flags);
    if (language != C) nvcc_add(to, nvcc_text("-std=%s", c->standard)), nvcc_add(to, "-D__NVCC__");
    if (language == CUDA && is_separate(c)) nvcc_add(to, "-D__CUDACC_RDC__");
    if (language != C && c->default_stream && !strcmp(c->default_stream, "per-thread"))
        nvcc_add(to, "-DCUDA_API_PER_THREAD_DEFAULT_STREAM=1");
    if (language == CUDA && architecture(c)) nvcc_add(to, nvcc_text("-DEMU_CUDA_ARCH=%d", architecture(c)));
    if (language != CUDA) nvcc_add(to, "-g");
    if (language != CUDA && c->optimize) nvcc_add(to, nvcc_text("-O%s", c->optimize));
    nvcc_add_all(to, c->compile.word);
    nvcc_add_all(to, c->host.word);
    if (language == CUDA) add_build(to, w);
    add_folders(to, source, w);
}

/* ---- what a file includes ---- */

/* The file that a working file was made of, as make takes it; the name itself where it was made of none. */
static const char *original(const char *name, const char *source)
{
    char line[FILE_PATH + 20] = "", escaped[2 * FILE_PATH];
    static const char begin[] = "#line 1 \"";
    size_t n = 0;
    FILE *file = fopen(name, "r");
    if (file && !fgets(line, sizeof line, file)) *line = '\0';
    if (file) fclose(file);
    const char *from = !strncmp(line, begin, sizeof begin - 1) ? line + sizeof begin - 1 : source;
    for (; *from && *from != '"' && *from != '\n' && n + 2 < sizeof escaped; from++) {
        if (*from == '\\' && from[1]) from++;
        if (strchr(" #", *from)) escaped[n++] = '\\';
        escaped[n++] = *from;
    }
    escaped[n] = '\0';
    return nvcc_text("%s", escaped);
}

/* The rule that the compiler has written names files of the temporary folder: the user's take their place. */
static int write_rule(const struct nvcc_work *w, const char *made, const char *source, const char *to)
{
    char error[ERROR_TEXT], name[FILE_PATH];
    struct file_out out;
    size_t length = strlen(w->folder), n = 0;
    FILE *in = fopen(made, "r");
    if (!in) return args_fail(EXIT_OUTPUT, "nvcc", "cannot read %s: %s", made, strerror(errno));
    if (!file_open(&out, to, error)) {
        fclose(in);
        return args_fail(EXIT_OUTPUT, "nvcc", "%s", error);
    }
    for (int c; (c = getc(in)) != EOF || n;) {
        if (c != EOF && !strchr(" \t\r\n", c) && n + 1 < sizeof name) {
            name[n++] = (char)c;
            continue;
        }
        name[n] = '\0';
        int colon = n && name[n - 1] == ':'; /* a target of -MP */
        if (colon) name[n - 1] = '\0';
        int ours = n > length && !strncmp(name, w->folder, length) && name[length] == '/';
        fputs(ours ? original(name, source) : name, out.out);
        if (colon) putc(':', out.out);
        if (c != EOF) putc(c, out.out);
        n = 0;
    }
    fclose(in);
    if (file_keep(&out, error)) return EXIT_OK;
    return args_fail(EXIT_OUTPUT, "nvcc", "%s", error);
}

static const char *without_ending(const char *path)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    return dot && (!slash || dot > slash) ? nvcc_text("%.*s", (int)(dot - path), path) : path;
}

/* ---- one source ---- */

static int rewrite(struct nvcc_work *w, const char *source, const char *to)
{
    struct nvcc_words words = { 0 };
    const struct nvcc_command *c = w->command;
    char *said;
    nvcc_add(&words, nvcc_text("%s/cu2cpp", w->kit));
    nvcc_add(&words, source), nvcc_add(&words, to);
    if (!is_separate(c)) nvcc_add(&words, "--own");
    nvcc_add(&words, "--headers"), nvcc_add(&words, w->folder);
    for (size_t i = 0; i < c->include.n; i++)
        if (!holds_toolkit(c->include.word[i])) nvcc_add(&words, "-I"), nvcc_add(&words, c->include.word[i]);
    for (size_t i = 0; i < c->system.n; i++)
        if (!holds_toolkit(c->system.word[i])) nvcc_add(&words, "-I"), nvcc_add(&words, c->system.word[i]);
    int code = nvcc_step(w, &words, NULL, &said);
    nvcc_show(said);
    free(words.word), free(said);
    return code == 1 ? EXIT_INPUT : code;
}

static void add_mode(struct nvcc_words *to, const struct nvcc_command *c, const char *target,
                     const char *rule)
{
    int compiles = c->goal == NVCC_OBJECT || c->goal == NVCC_PROGRAM || c->goal == NVCC_ARCHIVE;
    int asks = c->goal == NVCC_INCLUDES || c->goal == NVCC_OWN_INCLUDES;
    if (compiles) nvcc_add(to, "-c");
    if (c->goal == NVCC_PREPROCESSED || c->goal == NVCC_CPP) nvcc_add(to, "-E");
    if (asks) nvcc_add(to, c->goal == NVCC_INCLUDES ? "-M" : "-MM");
    if (compiles && (c->includes || c->own_includes)) nvcc_add(to, c->includes ? "-MD" : "-MMD"), asks = 1;
    if (!asks) return;
    nvcc_add(to, "-MF"), nvcc_add(to, rule);
    nvcc_add(to, "-MT"), nvcc_add(to, c->target ? c->target : target);
    if (c->phony) nvcc_add(to, "-MP");
}

int nvcc_compile(struct nvcc_work *w, const char *source, const char *to)
{
    struct nvcc_words words = { 0 };
    const struct nvcc_command *c = w->command;
    enum language language = language_of(c, source);
    const char *slash = strrchr(source, '/'), *rewritten = nvcc_text("%s/program.cpp", w->folder);
    const char *rule = nvcc_text("%s/rule", w->folder), *file = language == CUDA ? rewritten : source;
    int asks = c->goal == NVCC_INCLUDES || c->goal == NVCC_OWN_INCLUDES;
    char *said = NULL;
    if (access(source, R_OK))
        return args_fail(EXIT_INPUT, "nvcc", "cannot read %s: %s", source, strerror(errno));
    int code = language == CUDA ? rewrite(w, source, rewritten) : EXIT_OK;
    add_options(&words, source, language, w);
    add_mode(&words, c, asks || !to ? nvcc_text("%s.o", without_ending(slash ? slash + 1 : source)) : to,
             rule);
    if (language != CUDA && c->language) nvcc_add(&words, "-x"), nvcc_add(&words, c->language);
    nvcc_add(&words, file);
    if (to && !asks) nvcc_add(&words, "-o"), nvcc_add(&words, to);
    if (!code) code = nvcc_step(w, &words, NULL, &said);
    nvcc_show(said);
    if (code == 1) code = args_fail(EXIT_INPUT, "nvcc", "%s does not compile", source);
    free(words.word), free(said);
    if (code || c->dry) return code;
    if (asks) return write_rule(w, rule, source, to ? to : c->rule ? c->rule : "-");
    if (c->goal == NVCC_PREPROCESSED || c->goal == NVCC_CPP || (!c->includes && !c->own_includes))
        return EXIT_OK;
    return write_rule(w, rule, source,
                      c->rule ? c->rule : nvcc_text("%s.d", without_ending(c->output ? c->output : to)));
}
