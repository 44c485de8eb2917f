/* doc_sync_report.c - what is wrong with a page is told and counted; see doc_sync.h. */
#include "doc_sync.h"

#include <stdarg.h>

static void tell(struct text *t, const char *format, va_list list)
{
    fprintf(t->report, "%s:%d: ", t->path, t->line);
    vfprintf(t->report, format, list);
    fputc('\n', t->report);
}

void text_fault(struct text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    tell(t, format, list);
    va_end(list);
    t->faults++;
}

void text_problem(struct text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    tell(t, format, list);
    va_end(list);
    t->problems++;
}

int text_skips(struct text *t, const char *command, int code, const char *printed)
{
    if (code != TEXT_SKIPPED) return 0;
    fprintf(t->report, "%s:%d: skipped, `%s` cannot run here: %s", t->path, t->line, command,
            *printed ? printed : "it ended with 77\n");
    t->skipped++;
    return 1;
}
