/* gradcheck_load.c - opens a shared object; see gradcheck.h. Its constructors run: do it in a child. */
#include "gradcheck.h"

#include <dlfcn.h>
#include <limits.h>
#include <string.h>

/* The dynamic linker's words become a sentence that says what to do. */
static void explain(const char *path, const char *shown, const char *error, char *reason)
{
    const char *symbol = strstr(error, "undefined symbol: "), *lost = strstr(error, ": cannot open shared");
    if (symbol) {
        symbol += strlen("undefined symbol: ");
        error_set(reason,
                  "%s needs '%.*s', which it was not linked with: add its file or library when you link it "
                  "(-lm, -lopenblas, -fopenmp, ...)",
                  shown, (int)strcspn(symbol, " \t,("), symbol);
    } else if (lost && strncmp(error, path, (size_t)(lost - error))) {
        error_set(reason,
                  "%s needs %.*s, which is not found: set LD_LIBRARY_PATH to its folder, or link with "
                  "-Wl,-rpath,FOLDER",
                  shown, (int)(lost - error), error);
    } else {
        error_set(reason, "%s cannot be loaded: %.400s", shown, error);
    }
}

void *library_open_as(const char *path, const char *shown, char *reason)
{
    char plain[PATH_MAX + 2];
    /* a name without a slash would be looked for in the system's folders */
    if (snprintf(plain, sizeof plain, "%s%s", strchr(path, '/') ? "" : "./", path) >= (int)sizeof plain) {
        error_set(reason, "the path of the library is too long");
        return NULL;
    }
    void *library = dlopen(plain, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *error = dlerror();
        gradcheck_ends(EXIT_INPUT);
        explain(path, shown, error ? error : "no reason is known", reason);
    }
    return library;
}

void *library_open(const char *path, char *error)
{
    return library_open_as(path, path, error);
}

void *library_symbol_as(void *library, const char *path, const char *shown, const char *name, char *error)
{
    void *at = dlsym(library, name);
    if (!at) elf_no_symbol(path, shown, name, error);
    return at;
}

void *library_symbol(void *library, const char *path, const char *name, char *error)
{
    return library_symbol_as(library, path, path, name, error);
}
