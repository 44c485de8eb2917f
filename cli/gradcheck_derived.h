/* gradcheck_derived.h - what the subcommands for other derivatives than gradients of real losses share:
 * gradcheck_derived.c (map, second, complex) and gradcheck_sampled.c. */
#ifndef RUNGS_GRADCHECK_DERIVED_H
#define RUNGS_GRADCHECK_DERIVED_H

#include "gradcheck.h"

/* A function's name in the shared object (NULL: not given), and the pointer that gets it. */
struct derived_name {
    const char *const *name;
    void *to;
};

/* Opens the library and finds the names, a list that ends with { NULL, NULL }; 0 with error set. */
int derived_load(const char *library_path, const struct derived_name *names, char *error);

/* Reads the words; -1, or the exit code. */
int derived_read(const struct manual *manual, int argc, char **argv, struct subject *s, struct settings *set,
                 const char **library_path);

/* Refuses common options that have no meaning here, and reads count numbers of the file (NULL: none) into
 * *x. -1, or the exit code. */
int derived_settle(const char *verb, const struct settings *set, const char *library_path, const char *file,
                   size_t count, double **x);

#endif
