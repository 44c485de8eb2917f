/* json.c - see json.h. */
#include "json.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ---- text ---- */

/* Overlong forms, surrogates and what is above U+10FFFF are no characters (Unicode 15, table 3-7). */
int json_utf8_bytes(const unsigned char *text)
{
    static const struct {
        unsigned char first, last, low, high; /* the range of the first byte, and of the second */
        int bytes;
    } form[] = {
        { 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        if (text[0] < form[i].first || text[0] > form[i].last) continue;
        if (form[i].bytes > 1 && (text[1] < form[i].low || text[1] > form[i].high)) return 0;
        for (int k = 2; k < form[i].bytes; k++)
            if ((text[k] & 0xc0) != 0x80) return 0; /* the end of the text is no such byte */
        return form[i].bytes;
    }
    return 0;
}

void json_put_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        int n = json_utf8_bytes(at);
        if (!n)
            fputs("\\ufffd", out);
        else if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else if (*at < ' ' || *at == 0x7f)
            fprintf(out, "\\u%04x", *at);
        else
            fwrite(at, 1, (size_t)n, out);
        at += n ? n : 1;
    }
    fputc('"', out);
}

/* ---- values ---- */

struct json json_begin(FILE *out)
{
    return (struct json){ .out = out };
}

static int on_one_line(const struct json *j)
{
    return j->inlined && j->depth >= j->inlined;
}

static void new_line(struct json *j)
{
    if (on_one_line(j)) {
        fputc(' ', j->out);
        return;
    }
    fputc('\n', j->out);
    for (int i = 0; i < j->depth; i++) fputs("  ", j->out);
}

/* the comma before a value, its place, and its key */
static void begin_value(struct json *j, const char *key)
{
    if (j->depth) {
        char *filled = &j->filled[j->depth - 1];
        if (*filled) fputc(',', j->out);
        if (*filled || j->close[j->depth - 1] == '}' || !on_one_line(j)) new_line(j);
        *filled = 1;
    }
    if (!key) return;
    json_put_text(j->out, key);
    fputs(": ", j->out);
}

static void open_value(struct json *j, const char *key, char open, char close)
{
    begin_value(j, key);
    fputc(open, j->out);
    if (j->depth == JSON_DEEPEST) return; /* no such document is written here */
    j->close[j->depth] = close;
    j->filled[j->depth++] = 0;
}

void json_object(struct json *j, const char *key)
{
    open_value(j, key, '{', '}');
}

void json_list(struct json *j, const char *key)
{
    open_value(j, key, '[', ']');
}

void json_on_one_line(struct json *j)
{
    if (!j->inlined) j->inlined = (char)(j->depth + 1);
}

void json_end(struct json *j)
{
    int inlined = on_one_line(j), filled = j->filled[j->depth - 1];
    char close = j->close[--j->depth];
    if (filled && !inlined) new_line(j);
    if (filled && inlined && close == '}') fputc(' ', j->out);
    fputc(close, j->out);
    if (j->depth < j->inlined) j->inlined = 0;
    if (!j->depth) fputc('\n', j->out);
}

void json_text(struct json *j, const char *key, const char *text)
{
    begin_value(j, key);
    if (text)
        json_put_text(j->out, text);
    else
        fputs("null", j->out);
}

void json_number(struct json *j, const char *key, double x)
{
    begin_value(j, key);
    if (isfinite(x))
        fprintf(j->out, "%.10g", x);
    else
        fputs("null", j->out);
}

void json_integer(struct json *j, const char *key, long long x)
{
    begin_value(j, key);
    fprintf(j->out, "%lld", x);
}

void json_truth(struct json *j, const char *key, int x)
{
    begin_value(j, key);
    fputs(x ? "true" : "false", j->out);
}
