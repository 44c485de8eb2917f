/* with.c - a kernel from outside; see with.h. */
#include "with.h"

#include <ctype.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gradcheck_compile.h"

/* ---- the words ---- */

static const struct isa {
    const char *name;
    unsigned needs;
    const char *flags[6];
} isas[] = {
    { "avx2", NEED_AVX2, { "-mavx2", "-mfma" } },
    { "avx512",
      NEED_AVX2 | NEED_AVX512,
      { "-mavx2", "-mfma", "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl" } },
};

enum { ISAS = sizeof isas / sizeof *isas };

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && !strcmp(text + n - m, end);
}

static int is_identifier(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_') return 0;
    while (isalnum((unsigned char)*text) || *text == '_') text++;
    return !*text;
}

/* cuts ",needs=avx2" off the text; -1, or an exit code after a sentence */
static int read_needs(struct with *w, char *text)
{
    char *comma = strrchr(text, ',');
    if (!comma || strchr(comma, '/')) return -1;
    if (strncmp(comma, ",needs=", strlen(",needs=")))
        return args_refuse(w->verb,
                           "--with: '%s' is not understood; what may follow is ,needs=avx2 or ,needs=avx512",
                           comma);
    for (int i = 0; i < ISAS; i++)
        if (!strcmp(comma + strlen(",needs="), isas[i].name)) w->ladder->needs = isas[i].needs;
    if (!w->ladder->needs)
        return args_unknown(w->verb, "--with: there is no instruction set", comma + strlen(",needs="),
                            (struct name_list){ &isas->name, ISAS, sizeof *isas },
                            "needs= takes avx2 (with FMA) or avx512");
    *comma = '\0';
    return -1;
}

/* cuts ":function" off the text; likewise */
static int read_function(struct with *w, char *text, const struct op *op)
{
    char *colon = strrchr(text, ':');
    const char *name = colon && !strchr(colon, '/') ? colon + 1 : op->name;
    if (!is_identifier(name) || strlen(name) >= sizeof w->function)
        return args_refuse(w->verb, "--with: '%s' is not the name of a C function; write FILE:FUNCTION",
                           name);
    strcpy(w->function, name);
    if (name != op->name) *colon = '\0';
    return -1;
}

int with_read(struct with *w, const char *verb, const char *text, const struct op *op)
{
    char error[ERROR_TEXT];
    struct stat facts;
    *w = (struct with){ .verb = verb };
    if (strlen(text) >= sizeof w->path) return args_refuse(verb, "--with: the path is too long");
    strcpy(w->path, text);
    int code = read_needs(w, w->path);
    if (code < 0) code = read_function(w, w->path, op);
    if (code >= 0) return code;
    w->ladder->name = w->function;
    w->ladder->idea = w->path;
    if (!*w->path)
        return args_refuse(verb, "--with: the file is missing; write FILE.so:FUNCTION or FILE.c:FUNCTION");
    if (stat(w->path, &facts)) return args_fail(EXIT_INPUT, verb, "there is no file %s", w->path);
    strcpy(w->library, w->path);
    if (!ends_with(w->path, ".c") && !elf_is_library(w->path, error))
        return args_fail(EXIT_INPUT, verb, "%s", error);
    return -1;
}

/* ---- compiling ---- */

enum { MOST_FLAGS = 24 };

/* -std, warnings, the instruction set, and $CFLAGS, which come last and so win; flags ends with NULL */
static void choose_flags(const struct with *w, const char **flags, char *buffer, size_t room)
{
    static const char *const always[] = { "-std=gnu11", "-O3", "-Wall", "-Wextra" };
    const char *own = getenv("CFLAGS");
    int n = 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) flags[n++] = always[i];
    for (int i = 0; i < ISAS; i++)
        for (int k = 0; isas[i].needs == w->ladder->needs && k < 6 && isas[i].flags[k]; k++)
            flags[n++] = isas[i].flags[k];
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

/* The library stays open under a number, so that its file can be removed before anything else happens. */
static int keep_open(struct with *w, const char *file)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return args_fail(EXIT_OUTPUT, w->verb, "the compiled %s cannot be opened in %s", w->path, file);
    snprintf(w->library, sizeof w->library, "/proc/self/fd/%d", fd);
    return -1;
}

/* what to do about an error that tells beginners little: an intrinsic of an instruction set that was not asked for */
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
    char own[512], why[2 * ERROR_TEXT];
    choose_flags(w, flags, own, sizeof own);
    say_flags(w, flags);
    const char *file = guard_folder(why) ? guard_file("with.so") : NULL;
    if (!file) return args_fail(EXIT_OUTPUT, w->verb, "%s", why);
    gradcheck_refusal = EXIT_INPUT; /* what does not compile is the user's */
    int made = compile_library(w->path, file, flags, why, sizeof why);
    int code = made ? keep_open(w, file) : args_fail(gradcheck_refusal, w->verb, "%s%s", why, hint(w));
    if (made) fputs(compile_said(), stderr); /* its warnings */
    guard_remove_folder();
    return code;
}

/* ---- loading ---- */

static struct with *prepared; /* the last */

struct with *with_prepared(void)
{
    return prepared;
}

/* a table or a number may be exported by that name, too */
static int is_function(const void *at)
{
    Dl_info info;
    ElfW(Sym) *symbol = NULL;
    return !dladdr1(at, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol ||
           ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT;
}

int with_load(struct with *w, char *error)
{
    void *library = library_open_as(w->library, w->path, error);
    void *at = library ? library_symbol_as(library, w->library, w->path, w->function, error) : NULL;
    if (at && !is_function(at)) return error_set(error, "%s in %s is not a function", w->function, w->path);
    *(void **)&w->ladder->run = at; /* POSIX: a pointer of dlsym is a function's */
    if (at) *(void **)&w->set_threads = dlsym(library, "omp_set_num_threads"); /* of what it is linked with */
    return at != NULL;
}

/* what the child of with_prepare says */
struct answer {
    int ok;
    char error[ERROR_TEXT];
};

static void try_to_load(void *answer)
{
    struct answer *a = answer;
    a->ok = with_load(prepared, a->error);
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
    prepared = w;
    int code = ends_with(w->path, ".c") ? compile_c(w) : -1;
    if (code >= 0) return code;
    struct answer *a = guard_shared(sizeof *a);
    if (!a) return args_fail(EXIT_RESOURCES, w->verb, "out of memory to load %s", w->path);
    guard_run(&g, try_to_load, a);
    code = judge_loading(w, &g, a);
    munmap(a, sizeof *a);
    return code;
}
