/* npy.c - see npy.h. */
#include "npy.h"

#include <string.h>

#include "named.h"

void npy_header(FILE *out, const char *type, int dims, const int *dim)
{
    enum { BEFORE = 10, ALIGNED = 64 };
    char text[160];
    size_t used =
        (size_t)snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (", type);
    for (int d = 0; d < dims; d++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", d ? ", " : "", dim[d]);
    used += (size_t)snprintf(text + used, sizeof text - used, "%s), }", dims == 1 ? "," : "");
    while ((BEFORE + used + 1) % ALIGNED) text[used++] = ' ';
    text[used++] = '\n';
    fwrite("\x93NUMPY\x01\x00", 1, 8, out);
    fputc((int)(used & 255), out);
    fputc((int)(used >> 8), out);
    fwrite(text, 1, used, out);
}

void npy_ints(FILE *out, const int *x, size_t n)
{
    enum { AT_ONCE = 1024 };
    float bits[AT_ONCE];
    for (size_t k = 0; k < n; k += AT_ONCE) {
        const size_t some = n - k < AT_ONCE ? n - k : AT_ONCE;
        memcpy(bits, x + k, some * sizeof *x);
        named_write(out, bits, some);
    }
}
