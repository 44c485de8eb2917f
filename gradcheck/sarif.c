/* sarif.c - gc_sarif: what did not pass, as the SARIF 2.1.0 (an OASIS standard) that code hosts and
 * editors show beside the code.
 *
 * PASS and KINK are no results there. INCONCLUSIVE is a warning, and so is what a right gradient leaves
 * open; everything else is an error. The report is the message, and the place that of gc_result; a result
 * without one has no location. */
#include "format.h"

#include <ctype.h>
#include <string.h>

#include "gc_internal.h"

static const struct {
    gc_verdict verdict;
    const char *id, *level, *text;
} rules[] = {
    { GC_FAIL, "gradcheck/fail", "error",
      "A gradient differs from its function's slopes by more than rounding." },
    { GC_INCONCLUSIVE, "gradcheck/inconclusive", "warning",
      "The function's differences are too inexact to judge its gradient." },
    { GC_CONTRACT_BROKEN, "gradcheck/contract", "error", "A function breaks the rules of its call." },
    { GC_CRASH, "gradcheck/crash", "error", "The code crashed, or did not come back in time." },
    { GC_PASS, "gradcheck/unused", "warning",
      "The forward may not use some of its inputs: their gradient is always 0." },
};

enum { RULES = sizeof rules / sizeof *rules, UNUSED = RULES - 1 /* a warning beside any verdict */ };

/* A path as a URI reference: relative as it is, absolute with its scheme. */
static void put_uri(FILE *f, const char *path)
{
    while (!strncmp(path, "./", 2)) path += 2;
    fputs(*path == '/' ? "\"file://" : "\"", f);
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (c < 0x80 && (isalnum(c) || strchr("-._~/", c)))
            fputc(c, f);
        else
            fprintf(f, "%%%02X", c);
    }
    fputc('"', f);
}

static void put_location(FILE *f, const gc_result *r)
{
    fputs(",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":", f);
    put_uri(f, r->file);
    fputc('}', f);
    if (r->line > 0) fprintf(f, ",\"region\":{\"startLine\":%d}", r->line);
    fputs("}}]", f);
}

static void put_result(FILE *f, const gc_result *r, int rule, const char *message)
{
    fprintf(f, "{\"ruleId\":\"%s\",\"ruleIndex\":%d,\"level\":\"%s\",\"message\":{\"text\":", rules[rule].id,
            rule, rules[rule].level);
    gc_put_json(f, message);
    fputc('}', f);
    if (*r->file) put_location(f, r);
    fputs(",\"partialFingerprints\":{\"problem/v1\":",
          f); /* the same problem on another line is no new one */
    gc_put_json(f, r->name);
    fputs("}}", f);
}

static void put_rules(FILE *f)
{
    for (int i = 0; i < RULES; i++)
        fprintf(f, "%s\n  {\"id\":\"%s\",\"shortDescription\":{\"text\":\"%s\"}}", i ? "," : "", rules[i].id,
                rules[i].text);
}

int gc_sarif(FILE *f, const gc_result *const *r, int n)
{
    fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\n"
          "\"tool\":{\"driver\":{\"name\":\"gradcheck\",\"rules\":[",
          f);
    put_rules(f);
    fputs("]}},\n\"results\":[", f);
    for (int i = 0, told = 0; i < n; i++) {
        char text[GC_TEXT];
        for (int k = 0; k < UNUSED; k++) {
            if (r[i]->verdict != rules[k].verdict) continue;
            fputs(told++ ? ",\n  " : "\n  ", f);
            put_result(f, r[i], k, gc_report(r[i]));
        }
        for (int k = 0; gc_warning(r[i], k, text); k++) {
            fputs(told++ ? ",\n  " : "\n  ", f);
            put_result(f, r[i], UNUSED, text);
        }
    }
    fputs("\n]}]}\n", f);
    return gc_written(f);
}
