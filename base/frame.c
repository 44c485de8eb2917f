/* frame.c - see frame.h. */
#include "frame.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_ROWS = 24, USUAL_COLUMNS = 80, LEAST = 4 };

int frame_begin(struct frame *f, FILE *to)
{
    const char *terminal = getenv("TERM");
    *f = (struct frame){ .to = to };
    return isatty(fileno(to)) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

/* A row is left for the cursor behind the page. A page of another size than the last is on an empty screen:
 * the terminal may have broken the lines of the last one anew. */
static void measure(struct frame *f)
{
    struct winsize size;
    int rows = USUAL_ROWS, columns = USUAL_COLUMNS;
    if (!ioctl(fileno(f->to), TIOCGWINSZ, &size)) {
        if (size.ws_row) rows = size.ws_row;
        if (size.ws_col) columns = size.ws_col;
    }
    rows = rows > LEAST ? rows - 1 : LEAST;
    if (rows != f->rows || columns != f->columns) f->shown = 0;
    f->rows = rows;
    f->columns = columns;
}

FILE *frame_page(struct frame *f)
{
    measure(f);
    f->text = NULL;
    return f->page = open_memstream(&f->text, &f->bytes);
}

/* how many bytes of a line have at most that many columns; each character has one */
static size_t fitting(const char *line, size_t n, int columns)
{
    size_t i = 0;
    for (int used = 0; i < n; i++) {
        used += (line[i] & 0xc0) != 0x80; /* not the second byte of a character */
        if (used > columns) break;
    }
    return i;
}

void frame_show(struct frame *f)
{
    if (!f->page) return;
    const int whole = !fclose(f->page);
    f->page = NULL;
    if (whole && f->text) {
        const char *line = f->text;
        fputs(f->shown ? "\033[H" : "\033[H\033[2J", f->to);
        for (int row = 0; row < f->rows && *line; row++) {
            const size_t n = strcspn(line, "\n");
            fwrite(line, 1, fitting(line, n, f->columns), f->to);
            fputs("\033[K\n", f->to);
            line += n + (line[n] != '\0');
        }
        fputs("\033[J", f->to);
        fflush(f->to);
        f->shown = 1;
    }
    free(f->text);
    f->text = NULL;
}
