/* foreign_list.c - the list of tensors that the readers fill; see foreign.h. */
#include "foreign.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int foreign_find(const struct foreign *f, const char *name)
{
    for (int k = 0; k < f->tensors; k++)
        if (!strcmp(f->tensor[k].name, name)) return k;
    return -1;
}

static int is_printable(const char *name, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!isprint((unsigned char)name[k])) return 0;
    return n > 0;
}

struct foreign_tensor *foreign_add(struct foreign *f, const char *name, size_t n, const char *file,
                                   char *error)
{
    if (!is_printable(name, n) || n >= FOREIGN_NAME)
        return error_set(error, "%s has a tensor whose name is none of 1 to %d printable ASCII characters",
                         file, FOREIGN_NAME - 1),
               NULL;
    if (f->tensors == FOREIGN_MOST)
        return error_set(error, "%s has more than %d tensors", file, FOREIGN_MOST), NULL;
    struct foreign_tensor *more = realloc(f->tensor, ((size_t)f->tensors + 1) * sizeof *more);
    if (!more) return error_set(error, "out of memory for %s", file), NULL;
    f->tensor = more;
    more += f->tensors;
    memset(more, 0, sizeof *more);
    memcpy(more->name, name, n);
    if (foreign_find(f, more->name) >= 0)
        return error_set(error, "%s has two tensors called %s", file, more->name), NULL;
    f->tensors++;
    return more;
}

void foreign_free(struct foreign *f)
{
    for (int k = 0; k < f->tensors; k++) npy_free(&f->tensor[k].array);
    free(f->tensor);
    memset(f, 0, sizeof *f);
}
