/* peer_library.c - a function of an open library, by its name. */
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
