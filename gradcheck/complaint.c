/* complaint.c - gc_report and GC_CHECK: a report as the message of a test that fails. */
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

/* kept here, as a framework may leave the test by longjmp or an exception */
static char *report;

const char *gc_report(const gc_result *r)
{
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    int failed = !f || gc_print(f, r);
    if (f) failed |= fclose(f) != 0;
    free(report);
    report = text;
    return !failed && text ? text : *r->reason ? r->reason : gc_verdict_name(r->verdict);
}

const char *gc_complaint(gc_result *r, const char *name)
{
    static char no_memory[GC_TEXT]; /* where the report is r's own text */
    const char *said = NULL;
    if (name) gc_text(r->name, sizeof r->name, "%s", name);
    if (gc_exit_code(r)) said = gc_report(r);
    if (said && said != report) {
        gc_text(no_memory, sizeof no_memory, "%s", said);
        said = no_memory;
    }
    gc_free(r);
    return said;
}

void gc_test_failed(const char *message, const char *file, int line)
{
    fflush(stdout);
    fprintf(stderr, "%s:%d: %s", file, line, message);
    abort();
}
