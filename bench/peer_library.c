/* peer_library.c - a function of an open library, by its name; what several peers cannot do. */
#include "peer_library.h"

#include <dlfcn.h>
#include <string.h>

/* dlsym gives an object pointer; POSIX promises that it converts, ISO C does not */
any_fn *peer_function(void *library, const char *name)
{
    void *object = dlsym(library, name);
    any_fn *function;
    memcpy(&function, &object, sizeof function);
    return function;
}

const char *peer_lacks_ceil(const struct op *op, const int *size)
{
    for (int i = 0; i < op->nsize; i++)
        if (!strcmp(op->size[i].name, "ceil") && size[i])
            return "it counts other zeros in windows that ceil lets hang over";
    return NULL;
}
