/* learn_kernel_build.c - CUDA kernels, compiled for the emulator, which sees every access; see
 * learn_kernel.h. */
#include "learn_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu.h"
#include "gradcheck.h"
#include "gradcheck_compile.h"
#include "learn_sandbox.h"

enum { MOST_WORDS = 50 };

char kernel_warnings[SPOKEN_HEAD];

/* ---- compiling ---- */

/* C++ becomes an object in which every access is shown to the emulator, as it is written: without
 * optimisation, every compiler has the same counts */
static int compile(const char *kit, const char *source, const char *shown, const char *to, char *error,
                   size_t room)
{
    static const char *const own[] = { "-O0",     "-fsanitize=thread",     "-fPIC", "-Wall",
                                       "-Wextra", "-Wno-unused-parameter", "-c",    NULL };
    char include[FILE_PATH + 16], missing[FILE_PATH + 16], script[FILE_PATH + 32];
    const char *word[MOST_WORDS];
    int n = 0, clang = emu_compiler_is_clang();
    snprintf(include, sizeof include, "-I%.4000s/include", kit);
    snprintf(missing, sizeof missing, "-I%.4000s/missing", kit);
    snprintf(script, sizeof script, "%.4000s/clang_race.sh", kit);
    if (clang) word[n++] = "sh", word[n++] = script;
    word[n++] = emu_compiler();
    for (const char *const *flag = emu_race_flags(clang); *flag; flag++) word[n++] = *flag;
    for (const char *const *flag = emu_flags; *flag; flag++) word[n++] = *flag;
    for (const char *const *flag = own; *flag; flag++) word[n++] = *flag;
    word[n++] = include, word[n++] = missing, word[n++] = source, word[n++] = "-o", word[n++] = to;
    word[n] = NULL;
    int made = compile_run(word, "set CXX, or apt install g++", shown, to, error, room);
    snprintf(kernel_warnings, sizeof kernel_warnings, "%s", made ? compile_said() : "");
    return made;
}

/* with all of the emulator, and what the program calls it through */
static int link_library(const char *kit, const char *object, const char *shown, const char *to, char *error,
                        size_t room)
{
    char emulator[FILE_PATH + 32], module[FILE_PATH + 32];
    snprintf(emulator, sizeof emulator, "%.4000s/libemu_race.a", kit);
    snprintf(module, sizeof module, "%.4000s/libmodule.a", kit);
    const char *const word[] = { emu_compiler(),
                                 "-shared",
                                 "-Wl,-Bsymbolic",
                                 object,
                                 "-Wl,--whole-archive",
                                 module,
                                 emulator,
                                 "-Wl,--no-whole-archive",
                                 "-lm",
                                 "-ldl",
                                 "-lpthread",
                                 "-o",
                                 to,
                                 NULL };
    return compile_run(word, "set CXX, or apt install g++", shown, to, error, room);
}

/* The folder of the emulator; NULL with error set. */
static const char *find_kit(const struct exercise *e, char *error, size_t room)
{
    const char *kit = emu_kit(), *again = getenv("RUNGS_COMMAND");
    char module[FILE_PATH + 32];
    snprintf(module, sizeof module, "%.4000s/libmodule.a", kit ? kit : "");
    if (kit && !access(module, R_OK)) return kit;
    gradcheck_refusal = EXIT_SKIPPED;
    if (again)
        snprintf(
            error, room,
            "this needs the CUDA emulator, which is not built: `%.200s learn check %s` builds it, with a C++ "
            "compiler (on Debian: apt install g++)",
            again, e->number);
    else
        snprintf(
            error, room,
            "this program has no CUDA emulator beside it: build the target rungs_with_kernels, with a C++ "
            "compiler (on Debian: apt install g++)");
    return NULL;
}

/* The compiler's own initialiser calls the checker of accesses. */
static int is_allowed(const char *object, const char *shown, int is_stranger, char *error)
{
    return !is_stranger || sandbox_may_link(object, shown, 1, error);
}

int kernel_build(const struct exercise *e, const char *source, const char *shown, int is_stranger,
                 const char *to, char *error, size_t room)
{
    static const char *cpp, *object; /* the same for each: there is room for a few files */
    char rewriter[FILE_PATH + 32];
    const char *kit = find_kit(e, error, room);
    if (!kit) return 0;
    cpp = guard_file("kernel.cpp"), object = guard_file("kernel.o");
    if (!cpp || !object) return error_set(error, "the path of the temporary folder is too long");
    snprintf(rewriter, sizeof rewriter, "%.4000s/cu2cpp", kit);
    const char *const rewrite[] = { rewriter, source, cpp, NULL };
    gradcheck_refusal = EXIT_WRONG;
    return compile_run(rewrite, "build the target cu2cpp", shown, cpp, error, room) &&
           compile(kit, cpp, shown, object, error, room) && is_allowed(object, shown, is_stranger, error) &&
           link_library(kit, object, shown, to, error, room);
}
