/* picture_file.c - which kind of picture a file is; see picture.h. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

int picture_read(const char *name, const unsigned char *bytes, size_t n, struct picture *p, char *error)
{
    *p = (struct picture){ 0 };
    if (n > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7')
        return pnm_read(name, bytes, n, p, error);
    if (n > 8 && !memcmp(bytes, "\x89PNG\r\n\x1a\n", 8)) return png_read(name, bytes, n, p, error);
    return error_set(error, "%s is neither a PGM, a PPM nor a PNG file, by its first bytes", name);
}

int picture_read_file(const char *path, struct picture *p, char *error)
{
    struct source s;
    size_t n;
    *p = (struct picture){ 0 };
    if (!source_open_packed(&s, path, error)) return 0;
    unsigned char *bytes = source_read_all(&s, &n, error);
    source_close(&s);
    const int ok = bytes && picture_read(path, bytes, n, p, error);
    free(bytes);
    return ok;
}
