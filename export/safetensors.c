/* safetensors.c - see safetensors.h. */
#include "safetensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/json.h"

static void put_metadata(FILE *header, const struct snapshot *s, char *text)
{
    netfile_text(&s->t->file, text);
    fprintf(header, "{\"__metadata__\":{\"rungs\":\"1\",\"epoch\":\"%d\",\"network\":", s->epoch);
    json_put_text(header, text);
    fputc('}', header);
}

/* "at" moves to where the tensor ends */
static void put_entry(FILE *header, const struct named *n, uint64_t *at)
{
    fputc(',', header);
    json_put_text(header, n->name);
    fputs(":{\"dtype\":\"F32\",\"shape\":[", header);
    for (int d = 0; d < n->dims; d++) fprintf(header, "%s%d", d ? "," : "", n->dim[d]);
    fprintf(header, "],\"data_offsets\":[%llu,", (unsigned long long)*at);
    *at += 4 * (uint64_t)n->elements;
    fprintf(header, "%llu]}", (unsigned long long)*at);
}

/* its text, padded; NULL if there is no memory */
static char *make_header(const struct snapshot *s, size_t *n)
{
    char *text = malloc(NETFILE_BYTES), *made = NULL;
    uint64_t at = 0;
    FILE *header = text ? open_memstream(&made, n) : NULL;
    if (header) {
        put_metadata(header, s, text);
        put_entry(header, &s->mean, &at);
        put_entry(header, &s->scale, &at);
        for (int k = 0; k < s->tensors; k++) put_entry(header, &s->named[k], &at);
        fputc('}', header);
        while (ftell(header) % 8) fputc(' ', header);
        if (fclose(header)) free(made), made = NULL;
    }
    free(text);
    return made;
}

int safetensors_write(FILE *out, const struct snapshot *s, char *error)
{
    size_t n;
    char *header = make_header(s, &n);
    if (!header) return error_set(error, "out of memory for the header");
    for (int b = 0; b < 8; b++) fputc((int)((uint64_t)n >> 8 * b & 255), out);
    fwrite(header, 1, n, out);
    free(header);
    named_write(out, s->mean.x, s->mean.elements);
    named_write(out, s->scale.x, s->scale.elements);
    for (int k = 0; k < s->tensors; k++) named_write(out, s->named[k].x, s->named[k].elements);
    return 1;
}
