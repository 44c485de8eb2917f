/* format.c - what the reports share; see format.h. */
#include "format.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

/* ---- text ---- */

/* how many bytes follow a first byte, and the smallest character that may be written so */
static int length_of(unsigned char first, uint32_t *bits, uint32_t *least)
{
    if (first < 0x80) return *bits = first, *least = 0, 0;
    if (first >= 0xc2 && first < 0xe0) return *bits = first & 0x1fu, *least = 0x80, 1;
    if (first >= 0xe0 && first < 0xf0) return *bits = first & 0x0fu, *least = 0x800, 2;
    if (first >= 0xf0 && first < 0xf5) return *bits = first & 0x07u, *least = 0x10000, 3;
    return -1;
}

uint32_t gc_utf8(const char **text)
{
    const unsigned char *p = (const unsigned char *)*text;
    uint32_t character = 0, least = 0;
    if (!*p) return 0;
    int more = length_of(*p, &character, &least);
    int whole = more >= 0;
    for (int k = 1; whole && k <= more; k++) {
        whole = (p[k] & 0xc0) == 0x80;
        character = character << 6 | (p[k] & 0x3fu);
    }
    whole =
        whole && character >= least && character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);
    *text += whole ? more + 1 : 1;
    return whole ? character : 0xfffd;
}

void gc_put_json(FILE *f, const char *text)
{
    fputc('"', f);
    while (*text) {
        const char *start = text;
        uint32_t character = gc_utf8(&text);
        if (character == 0xfffd || character < ' ' || character == 0x7f)
            fprintf(f, "\\u%04x", (unsigned)character);
        else if (character == '"' || character == '\\')
            fprintf(f, "\\%c", (char)character);
        else
            fwrite(start, 1, (size_t)(text - start), f);
    }
    fputc('"', f);
}

void gc_put_plain(FILE *f, const char *text)
{
    while (*text) {
        const char *start = text;
        uint32_t character = gc_utf8(&text);
        if (character == 0xfffd || character < ' ' || (character >= 0x7f && character < 0xa0))
            fputc('?', f);
        else
            fwrite(start, 1, (size_t)(text - start), f);
    }
}

/* ---- numbers ---- */

const char *gc_number(double x, char text[GC_NUMBER])
{
    if (!gc_is_finite(x)) {
        uint64_t bits;
        memcpy(&bits, &x, sizeof bits);
        int nan = (bits & UINT64_C(0xfffffffffffff)) != 0;
        return strcpy(text, nan ? "nan" : bits >> 63 ? "-inf" : "inf");
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, GC_NUMBER, "%.*g", digits, x);
        if (strtod(text, NULL) == x) break;
    }
    const char *point = localeconv()->decimal_point;
    char *found = *point ? strstr(text, point) : NULL;
    if (found && strcmp(point, ".")) {
        size_t length = strlen(point);
        *found = '.';
        memmove(found + 1, found + length, strlen(found + length) + 1);
    }
    return text;
}

const char *gc_index(const gc_tensor_result *t, size_t flat, char text[GC_INDEX])
{
    size_t at[GC_MAX_DIMS] = { 0 };
    int used = 0;
    text[0] = '\0';
    for (int k = t->nd; k-- > 0; flat /= t->dim[k] ? t->dim[k] : 1)
        at[k] = flat % (t->dim[k] ? t->dim[k] : 1);
    for (int k = 0; k < t->nd; k++)
        used += snprintf(text + used, (size_t)(GC_INDEX - used), "%c%zu", k ? ',' : '[', at[k]);
    if (t->nd) snprintf(text + used, (size_t)(GC_INDEX - used), "]");
    return text;
}

double gc_scale(const gc_tensor_result *t, double analytic, double numeric)
{
    double scale = 1e-3 * fabs(t->scale);
    if (gc_is_finite(analytic)) scale = fmax(scale, fabs(analytic));
    if (gc_is_finite(numeric)) scale = fmax(scale, fabs(numeric));
    return scale > 0 && gc_is_finite(scale) ? scale : 1;
}

double gc_relative(const gc_tensor_result *t, double analytic, double numeric)
{
    return fabs(analytic - numeric) / gc_scale(t, analytic, numeric);
}

const gc_sample *gc_sample_at(const gc_tensor_result *t, size_t flat)
{
    for (int i = 0; i < t->samples; i++)
        if (t->sample[i].index == flat) return &t->sample[i];
    return NULL;
}

/* ---- verdicts ---- */

static int all_refused(const gc_result *r)
{
    return r->refused > 0 && r->points == 0;
}

/* The stage is what was running when the time was over. */
static int is_unfinished(const gc_result *r)
{
    return r->stage[0] && r->forward_seconds > 0;
}

const char *gc_meaning(const gc_result *r)
{
    switch (r->verdict) {
    case GC_INCONCLUSIVE:
        if (is_unfinished(r)) return "nothing wrong was found so far, and not all was looked at";
        return all_refused(r)
                   ? "nothing was checked: the function is not defined at any point that was tried"
                   : "the differences are too uncertain to judge: neither right nor wrong is shown";
    case GC_KINK:
        return "the function has a corner there, and the gradient lies between its one-sided slopes: this is "
               "legal";
    case GC_CONTRACT_BROKEN:
        return "whatever the numbers are, the function does not keep to its calling contract; callers will "
               "see it";
    case GC_CRASH: return "your code ended the process or never came back; the checker itself is unharmed";
    default: return "";
    }
}

const char *gc_next_step(const gc_result *r)
{
    switch (r->verdict) {
    case GC_INCONCLUSIVE:
        if (is_unfinished(r))
            return "give it more time (timeout_s, --timeout), or a smaller problem of the same code";
        if (all_refused(r))
            return "give in[].data of a legal point, or a fill callback that draws legal ones";
        return r->f32_inside ? "compute the loss in double throughout: every loss that came back was a float"
                             : "compute the loss in double, keep it free of noise and jumps, and check again";
    case GC_KINK: return "nothing; move the point away from the corner if a check without corners is wanted";
    case GC_CONTRACT_BROKEN: return "correct what is named above first; then check the gradient again";
    case GC_CRASH:
        return "run it in one process (fork = 0, --no-fork) under a debugger, or built with "
               "-fsanitize=address";
    default: return "";
    }
}

/* "x[2,0]" */
static void name_element(const gc_tensor_result *t, size_t flat, char *text, size_t room)
{
    char index[GC_INDEX];
    gc_text(text, room, "%s%s", t->name, gc_index(t, flat, index));
}

int gc_warning(const gc_result *r, int k, char text[GC_TEXT])
{
    char name[GC_NAME + GC_INDEX];
    for (int i = 0; i < r->ntensors; i++) {
        const gc_tensor_result *t = &r->tensor[i];
        if (!t->unused || r->trials < 2 || t->verdict == GC_FAIL || k--) continue;
        name_element(t, t->first_unused, name, sizeof name);
        gc_text(
            text, GC_TEXT,
            "%zu of %zu elements of %s had gradient 0 in all %d trials, %s first: does the forward use them? "
            "No gradient check sees that; an oracle or a known value does",
            t->unused, t->elements, t->name, r->trials, name);
        return 1;
    }
    return 0;
}

int gc_written(FILE *f)
{
    return fflush(f) || ferror(f) ? -1 : 0;
}
