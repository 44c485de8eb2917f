/* networks.c - the networks that are part of the program; see networks.h. The build makes network_texts[]
 * from networks/. */
#include "networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct network_text *network_text_find(const char *name)
{
    for (const struct network_text *t = network_texts; t->name; t++)
        if (!strcmp(t->name, name)) return t;
    return NULL;
}

const char *network_text_about(const struct network_text *t, char *about)
{
    const char *comment = strchr(t->text, '#');
    if (!comment) return "";
    comment += strspn(comment, "# ");
    snprintf(about, ERROR_TEXT, "%.*s", (int)strcspn(comment, "\n"), comment);
    return about;
}

void network_text_read(const char *name, struct netfile *f)
{
    const struct network_text *t = network_text_find(name);
    char error[ERROR_TEXT] = "";
    if (t && netfile_parse(f, name, t->text, strlen(t->text), error)) return;
    fprintf(stderr, "rungs: the network %s of this program is damaged: %s\n", name, error);
    abort();
}
