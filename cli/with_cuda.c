/* with_cuda.c - a CUDA kernel from outside; see with.h. Without a GPU the file is rewritten as C++ and linked
 * with the CUDA module of the emulator, so that both share one device; with one, nvcc compiles it. */
#include "with.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "../optimized/device.h"
#include "emu.h"
#include "gradcheck_compile.h"

static const struct device *device;
static int own_stderr; /* where the function prints to: the check listens to the child's */

const struct device *with_device(void)
{
    return device;
}

/* ---- compiling ---- */

enum { MOST_WORDS = 40 };

static void say_command(const char *verb, const char *const *word)
{
    fprintf(stderr, "rungs %s: compiling:", verb);
    for (; *word; word++) fprintf(stderr, " %s", *word);
    fputc('\n', stderr);
}

/* 0 with error set; likewise below. d: the emulator's, whose module is linked with it */
static int compile_for_emulator(const struct device *d, const char *verb, const char *path, const char *to,
                                char *error, size_t room)
{
    char rewriter[FILE_PATH + 32], include[FILE_PATH + 16], beside[FILE_PATH + 8];
    const char *kit = emu_kit(), *cpp = guard_file("program.cpp"), *word[MOST_WORDS];
    const char *slash = strrchr(path, '/');
    int n = 0;
    if (!kit || !cpp) {
        gradcheck_ends(EXIT_SKIPPED);
        return error_set(error, "this build cannot compile for the emulator; on Debian: apt install g++");
    }
    snprintf(rewriter, sizeof rewriter, "%s/cu2cpp", kit);
    const char *const rewrite[] = { rewriter, path, cpp, NULL };
    if (!compile_run(rewrite, "build the target cu2cpp", path, cpp, error, room)) return 0;
    snprintf(include, sizeof include, "-I%s/include", kit);
    snprintf(beside, sizeof beside, "-I%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    word[n++] = emu_compiler();
    for (const char *const *flag = emu_flags; *flag; flag++) word[n++] = *flag;
    for (const char *const *flag = emu_level_flags(emu_compiler_is_clang()); *flag; flag++) word[n++] = *flag;
    word[n++] = "-fPIC", word[n++] = "-shared", word[n++] = "-Wl,-Bsymbolic";
    word[n++] = include, word[n++] = beside, word[n++] = cpp, word[n++] = d->path;
    word[n++] = "-o", word[n++] = to, word[n] = NULL;
    say_command(verb, word);
    return compile_run(word, "set CXX, or apt install g++", path, to, error, room);
}

static int compile_for_gpu(const char *verb, const char *path, const char *to, char *error, size_t room)
{
    const char *nvcc = getenv("NVCC");
    const char *const word[] = { nvcc && *nvcc ? nvcc : "nvcc",
                                 "-std=c++17",
                                 "-O3",
                                 "-lineinfo",
                                 "-arch=native",
                                 "-Xcompiler=-fPIC,-Wall",
                                 "-shared",
                                 path,
                                 "-o",
                                 to,
                                 NULL };
    say_command(verb, word);
    return compile_run(word, "set NVCC to its path, or install NVIDIA's CUDA toolkit", path, to, error, room);
}

int with_compile_for(const struct device *d, const char *verb, const char *path, const char *to, char *error,
                     size_t room)
{
    int on_gpu = !strcmp(d->module->kind, "gpu");
    gradcheck_refusal = EXIT_INPUT; /* what does not compile is the user's */
    return on_gpu ? compile_for_gpu(verb, path, to, error, room)
                  : compile_for_emulator(d, verb, path, to, error, room);
}

int with_compile_cuda(struct with *w)
{
    char error[2 * ERROR_TEXT];
    if (!(device = device_open(NULL, error))) return args_fail(EXIT_SKIPPED, w->verb, "%s", error);
    if (!device_ladder(device, w->op))
        return args_refuse(w->verb, "%s has no CUDA rungs, and so no sizes at which they are checked",
                           w->op->name);
    const char *file = guard_folder(error) ? guard_file("with.so") : NULL;
    if (!file) return args_fail(EXIT_OUTPUT, w->verb, "%s", error);
    int made = with_compile_for(device, w->verb, w->path, file, error, sizeof error);
    int code = made ? with_keep_open(w, file) : args_fail(gradcheck_refusal, w->verb, "%s", error);
    if (made) fputs(compile_said(), stderr); /* its warnings */
    guard_remove_folder();
    return code;
}

/* ---- checking ---- */

static const struct rung *load_in_child(char *reason)
{
    struct with *w = with_current();
    char error[ERROR_TEXT];
    if (w->ladder->run) return w->ladder;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(own_stderr, STDOUT_FILENO); /* what it prints is no part of a report */
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (with_load(w, error)) return w->ladder;
    snprintf(reason, DEVICE_ERROR / 2, "%.250s", error);
    return NULL;
}

struct check with_check_cuda(const struct op *op, const struct rung *rung, const int *shape, uint64_t seed)
{
    own_stderr = dup(STDERR_FILENO);
    struct check result = check_device_outside(device, op, rung, load_in_child, shape, seed);
    close(own_stderr);
    return result;
}
