/* sweep_grid.c - reading a grid of settings; see sweep_grid.h. */
#include "sweep_grid.h"

#include <stdio.h>
#include <string.h>

/* without blanks at both ends */
static char *trim(char *text)
{
    text += strspn(text, " ");
    size_t n = strlen(text);
    while (n && text[n - 1] == ' ') text[--n] = '\0';
    return text;
}

/* The part before the next separator, which ends it; *rest is what is behind, NULL at the end. */
static char *part_of(char **rest, char separator)
{
    char *part = *rest, *end = strchr(part, separator);
    *rest = end ? end + 1 : NULL;
    if (end) *end = '\0';
    return trim(part);
}

static int read_values(struct sweep_axis *axis, char *values, char *error)
{
    const char between = strchr(values, '|') ? '|' : ',';
    for (char *rest = values; rest;) {
        char *value = part_of(&rest, between);
        if (!*value) return error_set(error, "--sweep: %s has a value that is empty", axis->name);
        if (axis->n == SWEEP_VALUES)
            return error_set(error, "--sweep: %s has more than %d values", axis->name, SWEEP_VALUES);
        axis->value[axis->n++] = value;
    }
    return 1;
}

/* "NAME=VALUES" */
static int read_axis(struct sweep_grid *g, char *words, char *error)
{
    char *equals = strchr(words, '=');
    if (!equals || equals == words)
        return error_set(error, "--sweep: '%.60s' is not NAME=VALUE,VALUE,..., such as lr=0.1,0.01", words);
    if (g->axes == SWEEP_AXES) return error_set(error, "--sweep: more than %d settings", SWEEP_AXES);
    struct sweep_axis *axis = &g->axis[g->axes++];
    *equals = '\0';
    axis->name = trim(words);
    axis->name += strspn(axis->name, "-");
    for (int k = 0; k < g->axes - 1; k++)
        if (!strcmp(g->axis[k].name, axis->name))
            return error_set(error, "--sweep has %s twice; name all of its values in one place", axis->name);
    return read_values(axis, equals + 1, error);
}

int sweep_grid_read(struct sweep_grid *g, const char *words, char *error)
{
    const char between = strpbrk(words, ";|") ? ';' : ' ';
    memset(g, 0, sizeof *g);
    if (strlen(words) >= sizeof g->text) return error_set(error, "--sweep is too long");
    strcpy(g->text, words);
    for (char *rest = g->text; rest;) {
        char *part = part_of(&rest, between);
        if (*part && !read_axis(g, part, error)) return 0;
    }
    if (!g->axes) return error_set(error, "--sweep names no setting; such as \"lr=0.1,0.01 batch=32,128\"");
    g->cells = 1;
    for (int a = 0; a < g->axes && g->cells <= SWEEP_CELLS; a++) g->cells *= g->axis[a].n;
    if (g->cells <= SWEEP_CELLS) return 1;
    return error_set(error, "--sweep: the grid has more than %d cells", SWEEP_CELLS);
}

const char *sweep_grid_value(const struct sweep_grid *g, int cell, int axis)
{
    for (int a = g->axes - 1; a > axis; a--) cell /= g->axis[a].n;
    return g->axis[axis].value[cell % g->axis[axis].n];
}

const char *sweep_grid_cell(const struct sweep_grid *g, int cell, char *text)
{
    int has_blanks = 0;
    size_t used = 0;
    for (int a = 0; a < g->axes; a++) has_blanks |= strchr(sweep_grid_value(g, cell, a), ' ') != NULL;
    *text = '\0';
    for (int a = 0; a < g->axes && used < SWEEP_TEXT; a++)
        used += (size_t)snprintf(text + used, SWEEP_TEXT - used, "%s%s=%s",
                                 !a           ? ""
                                 : has_blanks ? "; "
                                              : " ",
                                 g->axis[a].name, sweep_grid_value(g, cell, a));
    return text;
}
