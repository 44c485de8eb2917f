/* progress.c - the progress bar; see progress.h. */
#include "progress.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "terminal.h"

const char *progress_time(double seconds, char *text)
{
    long s = seconds > 0 && seconds < 1e9 ? (long)(seconds + 0.5) : 0;
    if (s < 3600)
        snprintf(text, 32, "%ld:%02ld", s / 60, s % 60);
    else
        snprintf(text, 32, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    return text;
}

void progress_begin(struct progress *p, FILE *to)
{
    const char *terminal = getenv("TERM");
    *p = (struct progress){ .to = to,
                            .terminal = isatty(fileno(to)) && !(terminal && !strcmp(terminal, "dumb")) };
}

void progress_show(struct progress *p, double done, const char *format, ...)
{
    enum { BAR = 30, LEAST = 10, FRAME = 3, LINE = 256 };
    char text[LINE], bar[BAR + 1], line[LINE + BAR + FRAME + 1];
    double now = clock_seconds();
    va_list list;
    if (!p->terminal || (now < p->next && !(p->painter && done >= 1))) return;
    p->next = now + 0.1;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (p->painter) {
        p->painter->show(p->painter->context, done, text);
        return;
    }

    int columns = terminal_columns(p->to) - 1, room = columns - (int)strlen(text) - FRAME,
        n = room < BAR ? room : BAR;
    if (n >= LEAST) {
        int full = (int)(n * (done < 0 ? 0 : done > 1 ? 1 : done));
        memset(bar, '=', (size_t)full);
        memset(bar + full, ' ', (size_t)(n - full));
        snprintf(line, sizeof line, "[%.*s] %s", n, bar, text);
    } else {
        snprintf(line, sizeof line, "%s", text);
    }
    if (columns < (int)strlen(line)) line[columns > 0 ? columns : 0] = '\0';
    int length = (int)strlen(line), rest = p->shown > length ? p->shown - length : 0;
    fprintf(p->to, "\r%s%*s", line, rest, "");
    fflush(p->to);
    p->shown = length;
}

void progress_paint(struct progress *p, const struct progress_painter *painter)
{
    progress_end(p);
    p->painter = painter;
}

void progress_end(struct progress *p)
{
    if (p->shown) fprintf(p->to, "\r%*s\r", p->shown, "");
    fflush(p->to);
    p->shown = 0;
}

void progress_line(struct progress *p, const char *format, ...)
{
    va_list list;
    if (p->painter) {
        char text[256];
        va_start(list, format);
        vsnprintf(text, sizeof text, format, list);
        va_end(list);
        p->painter->line(p->painter->context, text);
        return;
    }
    progress_end(p);
    va_start(list, format);
    vfprintf(p->to, format, list);
    va_end(list);
    fputc('\n', p->to);
    fflush(p->to);
}
