/* json.c - gc_json: results for programs.
 *
 * One object: { "gradcheck": 1, "results": [ ... ] }, its keys as in gc_result. NaN and infinities, which
 * JSON cannot express as numbers, are null. Text is UTF-8, whatever bytes a name is made of. */
#include "format.h"

#include "gc_internal.h"

static void put_number(FILE *f, const char *key, double x)
{
    char text[GC_NUMBER];
    fprintf(f, "\"%s\":%s,", key, gc_is_finite(x) ? gc_number(x, text) : "null");
}

static void put_text(FILE *f, const char *key, const char *text)
{
    fprintf(f, "\"%s\":", key);
    gc_put_json(f, text);
    fputc(',', f);
}

static void put_sample(FILE *f, const gc_tensor_result *t, const gc_sample *s)
{
    char index[GC_INDEX];
    fprintf(f, "{\"flat\":%zu,\"index\":%s,", s->index, t->nd ? gc_index(t, s->index, index) : "[]");
    put_number(f, "analytic", s->analytic);
    put_number(f, "numeric", s->numeric);
    put_number(f, "error_bar", s->error_bar);
    put_number(f, "rel", gc_relative(t, s->analytic, s->numeric));
    fprintf(f, "\"wrong\":%s,\"kink\":%s}", s->wrong ? "true" : "false", s->kink ? "true" : "false");
}

/* wrong elements are listed one by one, at most this many */
enum { LISTED = 256 };

static void put_tensor(FILE *f, const gc_tensor_result *t)
{
    fputc('{', f);
    put_text(f, "name", t->name);
    fputs("\"shape\":[", f);
    for (int k = 0; k < t->nd; k++) fprintf(f, "%s%zu", k ? "," : "", t->dim[k]);
    fprintf(f, "],\"elements\":%zu,\"checked\":%s,", t->elements, t->checked ? "true" : "false");
    put_text(f, "verdict", t->checked ? gc_verdict_name(t->verdict) : "");
    fprintf(f, "\"looked\":%zu,\"wrong\":%zu,", t->looked, t->wrong);
    fprintf(f, "\"too_small\":%zu,\"unused\":%zu,\"first_unused\":", t->too_small, t->unused);
    if (t->unused)
        fprintf(f, "%zu,", t->first_unused);
    else
        fputs("null,", f);
    put_number(f, "worst_rel", t->worst_rel);
    put_number(f, "allowed_rel", t->allowed_rel);
    put_text(f, "pattern", t->pattern);
    put_text(f, "cause", t->cause);
    fputs("\"worst\":", f);
    if (t->looked)
        put_sample(f, t, &t->worst);
    else
        fputs("null", f);
    fputs(",\"wrong_elements\":[", f);
    for (int i = 0, told = 0; i < t->samples && told < LISTED; i++) {
        if (!t->sample[i].wrong) continue;
        if (told++) fputc(',', f);
        put_sample(f, t, &t->sample[i]);
    }
    fputs("]}", f);
}

static void put_finding(FILE *f, const gc_result *r, const gc_finding *found)
{
    int known = found->tensor >= 0 && found->tensor < r->ntensors;
    fputc('{', f);
    put_text(f, "test", gc_test_name(found->test));
    put_text(f, "detail", found->detail);
    put_text(f, "tensor", known ? r->tensor[found->tensor].name : "");
    put_text(f, "verdict", gc_verdict_name(found->verdict));
    fprintf(f, "\"point\":%d,\"flat\":", found->point);
    if (found->is_element)
        fprintf(f, "%zu,", found->index);
    else
        fputs("null,", f);
    put_number(f, "analytic", found->analytic);
    put_number(f, "numeric", found->numeric);
    put_number(f, "error_bar", found->error_bar);
    put_number(f, "allowed", found->allowed);
    fputs("\"why\":", f);
    gc_put_json(f, found->reason);
    fputc('}', f);
}

static void put_warnings(FILE *f, const gc_result *r)
{
    char text[GC_TEXT];
    fputs("],\"warnings\":[", f);
    for (int k = 0; gc_warning(r, k, text); k++) {
        if (k) fputc(',', f);
        gc_put_json(f, text);
    }
    fputc(']', f);
}

static void put_result(FILE *f, const gc_result *r)
{
    fputc('{', f);
    put_text(f, "name", r->name);
    put_text(f, "verdict", gc_verdict_name(r->verdict));
    fprintf(f, "\"exit_code\":%d,", gc_exit_code(r));
    put_text(f, "why", r->reason);
    put_text(f, "means", gc_meaning(r));
    put_text(f, "next", gc_next_step(r));
    fprintf(f, "\"seed\":%llu,\"points\":%d,\"refused\":%d,", (unsigned long long)r->seed, r->points,
            r->refused);
    fprintf(f, "\"f32_inside\":%s,\"forwards\":%zu,\"backwards\":%zu,", r->f32_inside ? "true" : "false",
            r->forwards, r->backwards);
    fprintf(f, "\"trials\":%d,\"repeats\":%d,", r->trials, r->repeats);
    put_number(f, "rate_seen", gc_rate_seen(r));
    put_number(f, "seconds", r->seconds);
    put_number(f, "forward_seconds", r->forward_seconds);
    put_number(f, "backward_seconds", r->backward_seconds);
    put_text(f, "stage", r->stage);
    put_text(f, "repeat", r->repeat);
    put_text(f, "calls", r->calls);
    put_text(f, "file", r->file);
    fprintf(f, "\"line\":%d,", r->line);
    put_text(f, "conventions", r->conventions);
    fputs("\"tests\":[", f);
    for (int bit = 0, told = 0; bit < 32; bit++) {
        if (!(r->checks >> bit & 1)) continue;
        if (told++) fputc(',', f);
        gc_put_json(f, gc_test_name(1u << bit));
    }
    put_warnings(f, r);
    fputs(",\"tensors\":[", f);
    for (int i = 0; i < r->ntensors; i++) {
        fputs(i ? ",\n  " : "\n  ", f);
        put_tensor(f, &r->tensor[i]);
    }
    fputs("],\"findings\":[", f);
    for (int i = 0; i < r->findings; i++) {
        fputs(i ? ",\n  " : "\n  ", f);
        put_finding(f, r, &r->finding[i]);
    }
    fputs("]}", f);
}

int gc_json(FILE *f, const gc_result *const *r, int n)
{
    fputs("{\"gradcheck\":1,\"results\":[", f);
    for (int i = 0; i < n; i++) {
        fputs(i ? ",\n" : "\n", f);
        put_result(f, r[i]);
    }
    fputs("\n]}\n", f);
    return gc_written(f);
}
