/* with_prepare.c - a kernel from outside is compiled, and loaded in a child, before anything else is
 * done with it; see with.h. */
#include "with.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "gradcheck_compile.h"

/* ---- compiling ---- */

enum { MOST_FLAGS = 24 };

/* -std, warnings, the instruction set, and $CFLAGS, which come last and so win; flags ends with NULL */
static void choose_flags(const struct with *w, const char **flags, char *buffer, size_t room)
{
    static const char *const always[] = { "-std=gnu11", "-O3", "-Wall", "-Wextra" };
    const char *own = getenv("CFLAGS");
    int n = 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) flags[n++] = always[i];
    for (int k = 0; w->isa_flags && w->isa_flags[k]; k++) flags[n++] = w->isa_flags[k];
    snprintf(buffer, room, "%s", own ? own : "");
    for (char *p = strtok(buffer, " \t"); p && n < MOST_FLAGS; p = strtok(NULL, " \t")) flags[n++] = p;
    flags[n] = NULL;
}

static void say_flags(const struct with *w, const char *const *flags)
{
    char buffer[512];
    const char *word[64];
    int n = compile_words(buffer, sizeof buffer, word);
    fprintf(stderr, "rungs %s: compiling:", w->verb);
    for (int i = 0; i < n; i++) fprintf(stderr, " %s", word[i]);
    for (; *flags; flags++) fprintf(stderr, " %s", *flags);
    fprintf(stderr, " -fPIC -shared %s -lm\n", w->path);
}

/* advice on a compile error that beginners find hard to read: an intrinsic of an instruction set
 * that was not asked for */
static const char *hint(const struct with *w)
{
    if (!strstr(compile_said(), "target specific option mismatch") &&
        !strstr(compile_said(), "target feature"))
        return "";
    return w->ladder->needs
               ? "\n    (it uses more than the instruction set of needs=)"
               : "\n    (for instructions of AVX2 add ,needs=avx2 to --with, for AVX-512 ,needs=avx512)";
}

static int compile_c(struct with *w)
{
    const char *flags[MOST_FLAGS + 1];
    char own[512], error[2 * ERROR_TEXT];
    choose_flags(w, flags, own, sizeof own);
    say_flags(w, flags);
    const char *file = guard_folder(error) ? guard_file("with.so") : NULL;
    if (!file) return args_fail(EXIT_OUTPUT, w->verb, "%s", error);
    gradcheck_refusal = EXIT_INPUT; /* what does not compile is the user's */
    int made = compile_library(w->path, file, flags, error, sizeof error);
    int code = made ? with_keep_open(w, file) : args_fail(gradcheck_refusal, w->verb, "%s%s", error, hint(w));
    if (made) fputs(compile_said(), stderr); /* its warnings */
    guard_remove_folder();
    return code;
}

/* ---- loading ---- */

/* what the child of with_prepare says */
struct answer {
    int ok;
    char error[ERROR_TEXT];
};

static void try_to_load(void *answer)
{
    struct answer *a = answer;
    a->ok = with_load(with_current(), a->error);
}

/* -1, or an exit code after a sentence about how the child ended */
static int judge_loading(const struct with *w, const struct guard *g, const struct answer *a)
{
    switch (g->end) {
    case GUARD_DONE: return a->ok ? -1 : args_fail(EXIT_INPUT, w->verb, "%s", a->error);
    case GUARD_SIGNAL:
        return args_fail(EXIT_WRONG, w->verb, "%s crashes while it is loaded: signal %d (%s)", w->path,
                         g->code, strsignal(g->code));
    case GUARD_EXIT:
        return args_fail(EXIT_WRONG, w->verb, "%s ends the process while it is loaded, with exit code %d",
                         w->path, g->code);
    case GUARD_LATE:
        return args_fail(EXIT_WRONG, w->verb, "%s is still being loaded after %g s: an endless loop", w->path,
                         g->seconds);
    default:
        return args_fail(EXIT_RESOURCES, w->verb, "cannot start a process to load %s: the system refused",
                         w->path);
    }
}

int with_prepare(struct with *w)
{
    struct guard g = { .seconds = check_shape_seconds };
    int code = w->is_cuda ? with_compile_cuda(w) : w->is_c ? compile_c(w) : -1;
    if (code >= 0) return code;
    struct answer *a = guard_shared(sizeof *a);
    if (!a) return args_fail(EXIT_RESOURCES, w->verb, "out of memory to load %s", w->path);
    guard_run(&g, try_to_load, a);
    code = judge_loading(w, &g, a);
    munmap(a, sizeof *a);
    return code;
}
