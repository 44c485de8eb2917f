/* read_lines.c - marks in lines become bold and colour; see read.h. */
#include "read.h"

#include <stdlib.h>
#include <string.h>

#include "../lessons/tex_box.h"

static const struct {
    const char *mark, *on;
} styles[] = { { READ_BOLD, "\033[1m" }, { READ_CODE, "\033[36m" }, { READ_HEADING, "\033[1;4m" } };

enum { STYLES = sizeof styles / sizeof *styles };

/* which style's mark is at s; STYLES: none */
static int style_at(const char *s)
{
    int k = 0;
    while (k < STYLES && strncmp(s, styles[k].mark, strlen(styles[k].mark))) k++;
    return k;
}

/* A part may go on in the next line, but a pager ends all styles at a line's end: they begin anew there. */
static void put_styled(const char *line, int is_on[STYLES], FILE *out)
{
    for (int k = 0; k < STYLES; k++)
        if (is_on[k]) fputs(styles[k].on, out);
    while (*line) {
        int k = style_at(line);
        if (k == STYLES) {
            fputc(*line++, out);
            continue;
        }
        line += strlen(styles[k].mark);
        is_on[k] = !is_on[k];
        fputs("\033[0m", out);
        for (int i = 0; i < STYLES; i++)
            if (is_on[i]) fputs(styles[i].on, out);
    }
    for (int k = 0; k < STYLES; k++)
        if (is_on[k]) {
            fputs("\033[0m", out);
            break;
        }
}

static void put_plain(char *line, FILE *out)
{
    char *to = line;
    int is_heading = style_at(line) == 2;
    for (const char *from = line; *from;) {
        int k = style_at(from);
        if (k < STYLES) {
            from += strlen(styles[k].mark);
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    fputs(line, out);
    if (!is_heading) return;
    fputc('\n', out);
    for (int n = text_columns(line); n > 0; n--) fputs("─", out);
}

void read_colour(FILE *in, FILE *out, int colour)
{
    char *line = NULL;
    size_t room = 0;
    int is_on[STYLES] = { 0 };
    while (getline(&line, &room, in) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (colour) {
            put_styled(line, is_on, out);
        } else {
            put_plain(line, out);
        }
        fputc('\n', out);
    }
    free(line);
}
