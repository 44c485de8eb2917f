/* with.c - a kernel from outside; see with.h. */
#include "with.h"

#include <ctype.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gradcheck.h"

/* ---- the words ---- */

static const struct isa {
    const char *name;
    unsigned needs;
    const char *flags[7]; /* of a C compiler; end with NULL */
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
        if (!strcmp(comma + strlen(",needs="), isas[i].name))
            w->ladder->needs = isas[i].needs, w->isa_flags = isas[i].flags;
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
    const char *own = op_base(op)->name, *name = colon && !strchr(colon, '/') ? colon + 1 : own;
    if (!is_identifier(name) || strlen(name) >= sizeof w->function)
        return args_refuse(w->verb, "--with: '%s' is not the name of a C function; write FILE:FUNCTION",
                           name);
    strcpy(w->function, name);
    if (name != own) *colon = '\0';
    return -1;
}

static struct with *last_read;

struct with *with_current(void)
{
    return last_read;
}

int with_read(struct with *w, const char *verb, const char *text, const struct op *op)
{
    char error[ERROR_TEXT];
    struct stat facts;
    *w = (struct with){ .verb = verb, .op = op };
    last_read = w;
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
    w->is_c = ends_with(w->path, ".c");
    w->is_cuda = ends_with(w->path, ".cu");
    if (w->is_cuda && w->ladder->needs)
        return args_refuse(verb, "--with: needs= is about the CPU; leave it out for %s", w->path);
    if (!w->is_cuda && !w->is_c && !elf_is_library(w->path, error))
        return args_fail(EXIT_INPUT, verb, "%s", error);
    return -1;
}

/* ---- loading ---- */

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

int with_keep_open(struct with *w, const char *file)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return args_fail(EXIT_OUTPUT, w->verb, "the compiled %s cannot be opened in %s", w->path, file);
    snprintf(w->library, sizeof w->library, "/proc/self/fd/%d", fd);
    return -1;
}
