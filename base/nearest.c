/* nearest.c - edit distances and beginnings; see nearest.h. */
#include "nearest.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    int row[LONGEST + 1], n = (int)strlen(b);
    if (n > LONGEST) return INT_MAX;
    for (int j = 0; j <= n; j++) row[j] = j;
    for (int i = 1; a[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int swap = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (diagonal + 1 < swap) swap = diagonal + 1;
            if (row[j - 1] + 1 < swap) swap = row[j - 1] + 1;
            row[j] = swap;
        }
    }
    return row[n];
}

/* "avx2" of "04_avx2"; other names as they are */
static const char *without_number(const char *name)
{
    size_t digits = strspn(name, "0123456789");
    return digits && name[digits] == '_' ? name + digits + 1 : name;
}

enum { FARTHEST = 3, NO_MATCH = FARTHEST + 1 };

/* how far the name is from the text: -2 it begins with it, -1 it has it inside, 1..FARTHEST edits, or
 * NO_MATCH */
static int closeness(const char *text, const char *name)
{
    const char *bare = without_number(name);
    size_t n = strlen(text);
    if (!n) return NO_MATCH;
    if (!strncasecmp(text, name, n) || !strncasecmp(text, bare, n)) return -2;
    for (const char *p = name; n >= 3 && *p; p++)
        if (!strncasecmp(text, p, n)) return -1;
    int whole = edit_distance(text, name), part = edit_distance(text, bare);
    int edits = whole < part ? whole : part;
    return edits <= FARTHEST && 2 * edits <= (int)(n - strspn(text, "-")) ? edits : NO_MATCH;
}

static const char *name_at(const struct name_list *l, size_t i)
{
    return *(const char *const *)((const char *)l->first + i * l->stride);
}

const char *nearest_name(const char *text, struct name_list names, char *near)
{
    enum { SHOWN = 5 };
    int best = NO_MATCH;
    size_t found = 0, shown = 0, used = 0;
    for (size_t i = 0; i < names.n; i++) {
        int close = closeness(text, name_at(&names, i));
        if (close < best) best = close, found = 0;
        found += close == best;
    }
    if (best == NO_MATCH) return NULL;
    for (size_t i = 0; i < names.n && shown < SHOWN; i++) {
        if (closeness(text, name_at(&names, i)) != best) continue;
        const char *before = !shown ? "" : ++shown == found ? " or " : ", ";
        shown += !used;
        used += (size_t)snprintf(near + used, NEAREST_TEXT - used, "%s'%.60s'", before, name_at(&names, i));
    }
    if (found > shown) snprintf(near + used, NEAREST_TEXT - used, " or %zu more", found - shown);
    return near;
}
