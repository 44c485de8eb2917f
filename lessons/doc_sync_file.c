/* doc_sync_file.c - a whole file as a string, and a string as a whole file; see doc_sync.h. */
#include "doc_sync.h"

#include <stdlib.h>

#include "../base/file.h"
#include "../base/memory.h"

char *text_read(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *content = NULL;
    size_t room = 0;
    if (!f) return NULL;
    if (getdelim(&content, &room, '\0', f) < 0) { /* an empty file, or an error */
        free(content);
        content = feof(f) ? memory_need(1, 1) : NULL;
    }
    fclose(f);
    return content;
}

int text_write(const char *path, const char *content)
{
    struct file_out f;
    char error[ERROR_TEXT];
    if (!file_open(&f, path, error)) return 0;
    fputs(content, f.out);
    return file_keep(&f, error);
}
