/* csv.c - gc_csv: one row for every checked tensor, or for a problem that never came so far; RFC 4180. */
#include "format.h"

#include "gc_internal.h"

/* A quoted cell. Line breaks and other control characters become spaces, so that a row is a line. */
static void put_text(FILE *f, const char *text)
{
    fputc('"', f);
    while (*text) {
        const char *start = text;
        uint32_t character = gc_utf8(&text);
        if (character == '"')
            fputs("\"\"", f);
        else if (character == 0xfffd)
            fputc('?', f);
        else if (character < ' ' || character == 0x7f)
            fputc(' ', f);
        else
            fwrite(start, 1, (size_t)(text - start), f);
    }
    fputs("\",", f);
}

static void put_number(FILE *f, double x)
{
    char text[GC_NUMBER];
    fprintf(f, "%s,", gc_number(x, text));
}

static void put_tensor(FILE *f, const gc_tensor_result *t)
{
    char index[GC_INDEX];
    put_text(f, t->name);
    fputc('"', f);
    for (int k = 0; k < t->nd; k++) fprintf(f, "%s%zu", k ? "x" : "", t->dim[k]);
    fprintf(f, "\",%s,%zu,%zu,", gc_verdict_name(t->verdict), t->looked, t->wrong);
    if (t->looked) {
        put_text(f, gc_index(t, t->worst.index, index));
        put_number(f, t->worst.analytic);
        put_number(f, t->worst.numeric);
        put_number(f, t->worst.error_bar);
        put_number(f, t->worst_rel);
    } else {
        fputs(",,,,,", f);
    }
    put_number(f, t->allowed_rel);
    put_text(f, t->pattern);
    put_text(f, t->cause);
}

static void put_row(FILE *f, const gc_result *r, const gc_tensor_result *t)
{
    put_text(f, r->name);
    fprintf(f, "%s,", gc_verdict_name(r->verdict));
    if (t)
        put_tensor(f, t);
    else
        fputs(",,,,,,,,,,,,,", f);
    fprintf(f, "%d,%zu,%zu,%llu,", r->points, r->forwards, r->backwards, (unsigned long long)r->seed);
    put_number(f, r->seconds);
    put_text(f, r->reason);
    fprintf(f, "%d\n", gc_exit_code(r));
}

int gc_csv(FILE *f, const gc_result *const *r, int n)
{
    fputs("problem,verdict,tensor,shape,tensor_verdict,looked,wrong,worst,analytic,numeric,error_bar,rel,"
          "allowed,pattern,"
          "cause,points,forwards,backwards,seed,seconds,why,exit_code\n",
          f);
    for (int i = 0; i < n; i++) {
        int rows = 0;
        for (int k = 0; k < r[i]->ntensors; k++) {
            if (!r[i]->tensor[k].checked) continue;
            put_row(f, r[i], &r[i]->tensor[k]);
            rows++;
        }
        if (!rows) put_row(f, r[i], NULL);
    }
    return gc_written(f);
}
