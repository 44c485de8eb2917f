/* definition.c - a function or table by its name; see definition.h. */
#include "definition.h"

#include <ctype.h>
#include <string.h>

static const char *line_after(const char *at)
{
    const char *end = strchr(at, '\n');
    return end ? end + 1 : at + strlen(at);
}

static int in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* is `name` a whole word of the line at `at`? */
static int line_names(const char *at, const char *name)
{
    const char *end = line_after(at);
    size_t n = strlen(name);
    for (const char *c = at; c + n < end; c++)
        if (!strncmp(c, name, n) && (c == at || !in_word(c[-1])) && !in_word(c[n])) return 1;
    return 0;
}

/* the line after the definition that starts at `at`: it has a body, and ends with a
 * line that starts with '}' */
static const char *definition_end(const char *at)
{
    const char *brace = strchr(at, '{'), *semicolon = strchr(at, ';');
    if (!brace || (semicolon && semicolon < brace)) return NULL;
    while (*at && *at != '}') at = line_after(at);
    return *at ? line_after(at) : NULL;
}

/* the first line of the paragraph that ends before `at`: the definition's comment and
 * attributes, if it has any */
static const char *with_comment(const char *source, const char *at)
{
    while (at > source) {
        const char *before = at - 1;
        while (before > source && before[-1] != '\n') before--;
        if (*before == '\n' || *before == '}' || *before == '#') break;
        at = before;
    }
    return at;
}

int definition_find(const char *source, const char *name, struct definition *found)
{
    for (const char *at = source; *at; at = line_after(at)) {
        const char *end;
        if (!isalpha((unsigned char)*at) || !line_names(at, name) || !(end = definition_end(at))) continue;
        found->comment = with_comment(source, at);
        found->at = at;
        found->length = (size_t)(end - found->comment);
        return 1;
    }
    return 0;
}
