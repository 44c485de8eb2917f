/* emu_build.c - CUDA programs for the emulator: rewritten (emu/cu2cpp), compiled, linked. See emu_build.h. */
#include "emu_build.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/interrupt.h"
#include "../base/process.h"
#include "../base/temporary.h"
#include "emu.h"

enum { WORDS = 4 * EMU_MOST + 40 };

static char folder[FILE_PATH]; /* of temporary files */
static char kit[EMU_PATH];     /* headers, cu2cpp and the emulator as libraries */

/* ---- paths ---- */

const char *emu_file(const char *name)
{
    static char path[4][EMU_PATH];
    static int next;
    char *p = path[next++ % 4];
    snprintf(p, EMU_PATH, "%s/%s", folder, name);
    return p;
}

/* beside the program in a build, in share/rungs where it is installed */
static int find_kit(void)
{
    static const char *const place[] = { "emu_kit", "../share/rungs/emu" };
    char program[EMU_PATH / 2], probe[EMU_PATH + 32];
    if (!folder_of_program(program, sizeof program)) return 0;
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        snprintf(kit, sizeof kit, "%s/%s", program, place[i]);
        snprintf(probe, sizeof probe, "%s/cu2cpp", kit);
        if (!access(probe, X_OK)) return 1;
    }
    return 0;
}

const char *emu_kit(void)
{
    return find_kit() ? kit : NULL;
}

/* On a full disk every tool would fail, and could not say why. */
static int can_write(const char *name)
{
    FILE *f = fopen(emu_file(name), "w");
    int good = f && fputs("\n", f) >= 0 && !fflush(f), error = errno;
    if (f) fclose(f);
    errno = error;
    return good;
}

int emu_begin(void)
{
    char error[ERROR_TEXT];
    interrupt_watch();
    if (!temporary_make(folder, "rungs-emu", error)) {
        args_fail(EXIT_OUTPUT, "emu", "%s", error);
        return 0;
    }
    if (can_write("said")) return 1;
    args_fail(EXIT_OUTPUT, "emu", "cannot write %s: %s", emu_file("said"), strerror(errno));
    emu_end(0);
    return 0;
}

void emu_end(int keep)
{
    if (keep)
        printf("kept %s\n", folder);
    else
        folder_remove(folder);
}

/* ---- running programs ---- */

static int open_new(const char *path)
{
    return path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
}

int emu_run(const char *const *word, const char *in, const char *out, const char *err)
{
    char error[ERROR_TEXT];
    int from = in ? open(in, O_RDONLY | O_CLOEXEC) : -1, to = open_new(out), cry = open_new(err);
    int missing = 0, code = EMU_NO_OUTPUT;
    pid_t child;
    if ((in && from < 0) || (out && to < 0) || (err && cry < 0))
        args_fail(EXIT_OUTPUT, "emu", "cannot open a file in %s: %s", folder, strerror(errno));
    else if (process_start(&child, word, from, to, cry, &missing, error)) {
        interrupt_pass_to(child);
        code = process_wait(child);
        interrupt_pass_to(0);
    } else
        code = missing ? EMU_NO_PROGRAM : EMU_NO_PROCESS;
    if (code == EMU_NO_PROCESS) args_fail(EXIT_RESOURCES, "emu", "%s", error);
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    if (cry >= 0) close(cry);
    if (interrupt_asked()) emu_end(0), interrupt_end();
    return code;
}

int emu_exit_code(int code)
{
    return code == EMU_NO_PROCESS ? EXIT_RESOURCES : code == EMU_NO_OUTPUT ? EXIT_OUTPUT : 0;
}

int emu_keep_input(void)
{
    static FILE *kept;
    char block[4096];
    size_t n;
    struct pollfd ready = { STDIN_FILENO, POLLIN, 0 };
    int good = 1;
    if (!kept && (kept = tmpfile()) && !isatty(STDIN_FILENO) && poll(&ready, 1, 0) > 0 &&
        ready.revents & (POLLIN | POLLHUP))
        while (good && (n = fread(block, 1, sizeof block, stdin)) > 0) good = fwrite(block, 1, n, kept) == n;
    FILE *f = fopen(emu_file("input"), "w");
    if (kept) rewind(kept);
    while (f && kept && good && (n = fread(block, 1, sizeof block, kept)) > 0)
        good = fwrite(block, 1, n, f) == n;
    if (f && !fclose(f) && kept && good) return EXIT_OK;
    return args_fail(EXIT_OUTPUT, "emu", "cannot write %s", emu_file("input"));
}

/* What the last tool said, to stderr. */
static void show_said(void)
{
    char block[4096];
    size_t n;
    FILE *f = fopen(emu_file("said"), "r");
    while (f && (n = fread(block, 1, sizeof block, f)) > 0) fwrite(block, 1, n, stderr);
    if (f) fclose(f);
}

/* ---- rewriting ---- */

static int is_cuda(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && !strcmp(dot, ".cu");
}

/* The file that is compiled in place of source i. */
static const char *rewritten(int i)
{
    char name[32];
    snprintf(name, sizeof name, "program%d.cpp", i);
    return emu_file(name);
}

/* -Ifolder is one word of ours and two of cu2cpp's. */
static int rewrite_one(const struct emu_program *p, int i)
{
    char program[EMU_PATH + 32];
    const char *word[WORDS];
    int n = 0;
    snprintf(program, sizeof program, "%s/cu2cpp", kit);
    word[n++] = program, word[n++] = p->source[i], word[n++] = rewritten(i);
    word[n++] = "--headers", word[n++] = folder;
    for (int k = 0; k < p->options; k++)
        if (!strncmp(p->option[k], "-I", 2)) word[n++] = "-I", word[n++] = p->option[k] + 2;
    word[n] = NULL;
    int code = emu_run(word, NULL, NULL, emu_file("said"));
    if (emu_exit_code(code)) return emu_exit_code(code);
    show_said();
    if (!code) return EXIT_OK;
    if (code == EMU_NO_PROGRAM) return args_fail(EXIT_SKIPPED, "emu", "there is no %s", program);
    return args_fail(EXIT_INPUT, "emu", "%s cannot be rewritten as C++", p->source[i]);
}

int emu_rewrite(const struct emu_program *p)
{
    int code = EXIT_OK;
    for (int i = 0; i < p->sources && !code; i++)
        if (is_cuda(p->source[i])) code = rewrite_one(p, i);
    return code;
}

/* ---- compiling ---- */

/* without sibling calls: a kernel that ends with a call of CUDA's is still there to be named */
const char *const emu_flags[] = { "-std=c++17",
                                  "-g",
                                  "-gdwarf-4",
                                  "-fno-strict-aliasing",
                                  "-fno-optimize-sibling-calls",
                                  "-Wno-unknown-pragmas",
                                  "-Wformat",
                                  "-include",
                                  "cuda_runtime.h",
                                  "-D__CUDACC__",
                                  NULL };

/* gcc makes one function of two with one body, and then names the lines of the wrong one */
const char *const *emu_level_flags(int clang)
{
    static const char *const of_clang[] = { "-O2", NULL };
    static const char *const of_gcc[] = { "-O2", "-fno-ipa-icf", NULL };
    return clang ? of_clang : of_gcc;
}

const struct emu_variant emu_plain = { "emu", "emu", { NULL }, 0 };
const struct emu_variant emu_asan = { "emu_asan",
                                      "emu_asan",
                                      { "-O1", "-fno-omit-frame-pointer",
                                        "-fsanitize=address,undefined,float-divide-by-zero",
                                        "-fno-sanitize-recover=undefined,float-divide-by-zero" },
                                      0 };
const struct emu_variant emu_race = { "emu_race", "emu_race", { "-O1", "-fsanitize=thread" }, 1 };
/* it counts basic blocks, of which each check of an address would make more */
const struct emu_variant emu_explained = { "emu_explained",
                                           "emu_race",
                                           { "-O1", "-fsanitize=thread", "-fsanitize-coverage=trace-pc",
                                             "-fno-sanitize=alignment" },
                                           1 };

/* a float4 is one access, and a volatile access says that it is one; each compiler in its own words.
 * Addresses that do not suit their type are seen with gcc. */
const char *const *emu_race_flags(int clang)
{
    static const char *const of_clang[] = { "-mllvm", "-tsan-distinguish-volatile=1", NULL };
    static const char *const of_gcc[] = { "-fno-tree-sra", "-fsanitize=alignment", "--param",
                                          "tsan-distinguish-volatile=1", NULL };
    return clang ? of_clang : of_gcc;
}

const char *emu_compiler(void)
{
    const char *cxx = getenv("CXX");
    return cxx && *cxx ? cxx : "c++";
}

int emu_compiler_is_clang(void)
{
    char command[FILE_PATH], line[200] = "";
    snprintf(command, sizeof command, "%.4000s --version 2>/dev/null", emu_compiler());
    FILE *said = popen(command, "r");
    if (said && !fgets(line, sizeof line, said)) *line = '\0';
    if (said) pclose(said);
    return strstr(line, "clang") != NULL;
}

static void name_object(char *to, size_t room, const struct emu_variant *v, int i)
{
    snprintf(to, room, "%s/%s%d.o", folder, v->name, i);
}

/* The exit code of the compiler, as emu_run gives it. */
static int compile(const struct emu_program *p, const struct emu_variant *v, int i, int clang)
{
    char include[EMU_PATH + 16], missing[EMU_PATH + 16], helpers[EMU_PATH + 24], beside[EMU_PATH + 8],
        object[EMU_PATH], script[EMU_PATH + 32];
    const char *word[WORDS], *source = p->source[i], *slash = strrchr(source, '/');
    int n = 0;
    snprintf(include, sizeof include, "-I%s/include", kit);
    snprintf(missing, sizeof missing, "-I%s/missing", kit);
    snprintf(helpers, sizeof helpers, "-idirafter%s/helpers", kit);
    snprintf(beside, sizeof beside, "-I%.*s", slash ? (int)(slash - source) : 1, slash ? source : ".");
    snprintf(script, sizeof script, "%s/clang_race.sh", kit);
    name_object(object, sizeof object, v, i);
    if (v->watched && clang) word[n++] = "sh", word[n++] = script;
    word[n++] = emu_compiler();
    if (v->watched)
        for (const char *const *flag = emu_race_flags(clang); *flag; flag++) word[n++] = *flag;
    for (int k = 0; emu_flags[k]; k++) word[n++] = emu_flags[k];
    for (int k = 0; v->flags[k]; k++) word[n++] = v->flags[k];
    if (v == &emu_plain)
        for (const char *const *flag = emu_level_flags(clang); *flag; flag++) word[n++] = *flag;
    if (v == &emu_explained && clang) /* which else leaves out blocks that others imply, and loops' bodies */
        word[n++] = "-fsanitize-coverage=edge,trace-pc,no-prune";
    word[n++] = include,
    word[n++] = missing; /* before the user's: a toolkit among those must not mix with it */
    for (int k = 0; k < p->options; k++) word[n++] = p->option[k];
    word[n++] = beside, word[n++] = helpers, word[n++] = "-c",
    word[n++] = is_cuda(source) ? rewritten(i) : source;
    word[n++] = "-o", word[n++] = object, word[n] = NULL;
    return emu_run(word, NULL, NULL, emu_file("said"));
}

/* The sanitizer that listens is ours: -fsanitize=thread is for compiling only. */
static int link_program(const struct emu_program *p, const struct emu_variant *v)
{
    static char object[EMU_MOST][EMU_PATH];
    char library[EMU_PATH + 32];
    const char *word[WORDS];
    int n = 0;
    snprintf(library, sizeof library, "%s/lib%s.a", kit, v->library);
    word[n++] = emu_compiler();
    for (int i = 0; i < p->sources; i++) {
        name_object(object[i], sizeof object[i], v, i);
        word[n++] = object[i];
    }
    word[n++] = "-Wl,--whole-archive", word[n++] = library, word[n++] = "-Wl,--no-whole-archive";
    if (v == &emu_asan) word[n++] = emu_asan.flags[2];
    word[n++] = "-lm", word[n++] = "-ldl", word[n++] = "-lpthread", word[n++] = "-o",
    word[n++] = emu_file(v->name);
    word[n] = NULL;
    return emu_run(word, NULL, NULL, emu_file("said"));
}

int emu_build(const struct emu_program *p, const struct emu_variant *v)
{
    const char *checks = v == &emu_plain ? "" : " with the checks";
    int code = 0, clang = emu_compiler_is_clang(), i;
    for (i = 0; i < p->sources && !code; i++) code = compile(p, v, i, clang);
    int compiled = !code;
    if (compiled) code = link_program(p, v);
    if (!code) return EXIT_OK;
    if (emu_exit_code(code)) return emu_exit_code(code);
    if (code == EMU_NO_PROGRAM)
        return args_fail(EXIT_SKIPPED, "emu", "a C++ compiler is needed: set CXX, or apt install g++");
    show_said();
    return args_fail(EXIT_INPUT, "emu", "%s does not %s%s", p->source[i - 1], compiled ? "link" : "compile",
                     checks);
}
