/* doc_sync_code.c - functions and tables by their name, out of the source; see doc_sync.h. */
#include "doc_sync.h"

#include <stdlib.h>
#include <string.h>

#include "../base/definition.h"

static int write_definition(const char *source, const char *name, FILE *out)
{
    struct definition d;
    if (!definition_find(source, name, &d)) return 0;
    fprintf(out, "```c\n%.*s```\n", (int)d.length, d.comment);
    return 1;
}

int text_code(struct text *t, const char *args, FILE *out)
{
    const char *hash = strchr(args, '#');
    char path[200];
    snprintf(path, sizeof path, "%.*s", (int)(hash ? hash - args : (long)strlen(args)), args);
    char *source = text_read(path);
    int found = 0;
    if (!source) {
        text_fault(t, "there is no file %s", path);
        return 0;
    }
    if (hash) {
        found = write_definition(source, hash + 1, out);
        if (!found) text_fault(t, "%s defines no %s", path, hash + 1);
    } else {
        fprintf(out, "```c\n%s```\n", source);
        found = 1;
    }
    free(source);
    return found;
}
