/* terminal.c - see terminal.h. */
#include "terminal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROWEST = 20, WIDEST = 10000, USUAL = 80 };

int terminal_columns(FILE *to)
{
    const char *text = getenv("COLUMNS");
    char *end = NULL;
    struct winsize size;
    long wanted = text ? strtol(text, &end, 10) : 0;
    if (text && end != text && !*end && wanted > 0)
        return wanted < NARROWEST ? NARROWEST : wanted > WIDEST ? WIDEST : (int)wanted;
    if (!isatty(fileno(to))) return 0;
    if (ioctl(fileno(to), TIOCGWINSZ, &size) || !size.ws_col) return USUAL;
    return size.ws_col < NARROWEST ? NARROWEST : size.ws_col;
}

/* How many of the n bytes go on a line of so many columns: all, or up to the last blank that keeps it short
 * enough, or, where there is none, up to the first blank. Blanks at the beginning are not broken at. */
static size_t fitting(const char *text, size_t n, int columns)
{
    size_t i = 0, last = 0;
    int used = 0;
    while (i < n && text[i] == ' ') i++, used++;
    for (; i < n; i++) {
        if (text[i] == ' ' && text[i - 1] != ' ' && (used <= columns || !last)) last = i;
        if ((text[i] & 0xc0) != 0x80) used++; /* not the second byte of a character */
        if (used > columns && last) return last;
    }
    return n;
}

static void put_line(FILE *to, int indent, int columns, const char *text, size_t n)
{
    size_t first = columns ? fitting(text, n, columns) : n;
    fwrite(text, 1, first, to);
    while (first < n) {
        text += first, n -= first;
        while (n && *text == ' ') text++, n--;
        if (!n) break;
        first = fitting(text, n, columns - indent);
        fprintf(to, "\n%*s", indent, "");
        fwrite(text, 1, first, to);
    }
}

void terminal_put(FILE *to, int indent, const char *text)
{
    int columns = terminal_columns(to);
    if (indent > columns / 2) indent = columns / 8;
    while (*text) {
        size_t n = strcspn(text, "\n");
        put_line(to, indent, columns, text, n);
        text += n;
        if (*text) fputc(*text++, to);
    }
}

void terminal_print(FILE *to, int indent, const char *format, ...)
{
    char room[1024], *text = room;
    va_list list;
    va_start(list, format);
    int n = vsnprintf(room, sizeof room, format, list);
    va_end(list);
    if (n >= (int)sizeof room && (text = malloc((size_t)n + 1))) {
        va_start(list, format);
        vsnprintf(text, (size_t)n + 1, format, list);
        va_end(list);
    }
    terminal_put(to, indent, text ? text : room); /* without memory: what there was room for */
    if (text != room) free(text);
}
