/* junit.c - gc_junit: results as the XML that build servers show.
 *
 * FAIL, CONTRACT and INCONCLUSIVE are failures of that type (what was not shown to be right did not pass),
 * CRASH is an error; KINK, and PASS with a warning, explain themselves in system-out. */
#include "format.h"

#include "gc_internal.h"

/* Text of an element or a quoted attribute: what XML 1.0 cannot hold becomes U+FFFD. */
static void put_xml(FILE *f, const char *text)
{
    while (*text) {
        const char *start = text;
        uint32_t c = gc_utf8(&text);
        if (c == '<')
            fputs("&lt;", f);
        else if (c == '>')
            fputs("&gt;", f);
        else if (c == '&')
            fputs("&amp;", f);
        else if (c == '"')
            fputs("&quot;", f);
        else if (c == '\n')
            fputs("&#10;", f);
        else if ((c < ' ' && c != '\t') || c == 0xfffd || c == 0xfffe || c == 0xffff)
            fputs("&#xfffd;", f);
        else
            fwrite(start, 1, (size_t)(text - start), f);
    }
}

/* the sentence a build server shows in its list */
static void put_message(FILE *f, const gc_result *r)
{
    const gc_tensor_result *wrong = NULL;
    for (int i = 0; i < r->ntensors && !wrong; i++)
        if (r->tensor[i].verdict == GC_FAIL) wrong = &r->tensor[i];
    if (*r->reason) {
        put_xml(f, r->reason);
    } else if (wrong) {
        fputs("the gradient of ", f);
        put_xml(f, wrong->name);
        fputs(" is wrong", f);
    } else {
        put_xml(f, gc_verdict_name(r->verdict));
    }
}

static void put_case(FILE *f, const gc_result *r, const char *suite)
{
    char seconds[GC_NUMBER];
    const char *kind = r->verdict == GC_CRASH ? "error" : "failure";
    const char *text = gc_report(r);
    fputs("  <testcase classname=\"", f);
    put_xml(f, suite);
    fputs("\" name=\"", f);
    put_xml(f, r->name);
    fprintf(f, "\" time=\"%s\"", gc_is_finite(r->seconds) ? gc_number(r->seconds, seconds) : "0");
    char warning[GC_TEXT];
    if (r->verdict == GC_PASS && !gc_warning(r, 0, warning)) {
        fputs("/>\n", f);
    } else if (r->verdict == GC_PASS || r->verdict == GC_KINK) {
        fputs(">\n    <system-out>", f);
        put_xml(f, text);
        fputs("</system-out>\n  </testcase>\n", f);
    } else {
        fprintf(f, ">\n    <%s type=\"%s\" message=\"", kind, gc_verdict_name(r->verdict));
        put_message(f, r);
        fputs("\">", f);
        put_xml(f, text);
        fprintf(f, "</%s>\n  </testcase>\n", kind);
    }
}

int gc_junit(FILE *f, const gc_result *const *r, int n, const char *suite)
{
    int failures = 0, errors = 0;
    double seconds = 0;
    char number[GC_NUMBER];
    for (int i = 0; i < n; i++) {
        errors += r[i]->verdict == GC_CRASH;
        failures += r[i]->verdict != GC_CRASH && r[i]->verdict != GC_PASS && r[i]->verdict != GC_KINK;
        if (gc_is_finite(r[i]->seconds)) seconds += r[i]->seconds;
    }
    suite = suite ? suite : "gradcheck";
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"", f);
    put_xml(f, suite);
    fprintf(f, "\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"0\" time=\"%s\">\n", n, failures,
            errors, gc_number(seconds, number));
    for (int i = 0; i < n; i++) put_case(f, r[i], suite);
    fputs("</testsuite>\n</testsuites>\n", f);
    return gc_written(f);
}
