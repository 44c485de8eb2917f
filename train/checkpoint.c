/* checkpoint.c - writing and reading training runs; see checkpoint.h. */
#include "checkpoint.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../base/file.h"
#include "layers.h"

static const char magic[] = "RUNGS-CP";

enum {
    VERSION = 4,
    OLDEST = 2,
    NUMBERS = 8 * CHECKPOINT_NUMBERS,
    HEADER_2 = 8 + 6 * 4 + CHECKPOINT_NAME, /* of version 2 */
    HEADER = HEADER_2 + 4,
    CRC = 4
};

/* ---- numbers as bytes ---- */

static void put32(unsigned char **at, uint32_t x)
{
    for (int k = 0; k < 4; k++) *(*at)++ = (unsigned char)(x >> 8 * k);
}

static uint32_t get32(const unsigned char **at)
{
    uint32_t x = 0;
    for (int k = 0; k < 4; k++) x |= (uint32_t)(*at)[k] << 8 * k;
    *at += 4;
    return x;
}

static void put_float(unsigned char **at, float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    put32(at, bits);
}

static float get_float(const unsigned char **at)
{
    uint32_t bits = get32(at);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void put_double(unsigned char **at, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put32(at, (uint32_t)bits);
    put32(at, (uint32_t)(bits >> 32));
}

static double get_double(const unsigned char **at)
{
    uint64_t low = get32(at), bits = (uint64_t)get32(at) << 32 | low;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void put_name(unsigned char **at, const char *name)
{
    size_t n = strlen(name);
    memset(*at, 0, CHECKPOINT_NAME);
    memcpy(*at, name, n < CHECKPOINT_NAME ? n : CHECKPOINT_NAME - 1);
    *at += CHECKPOINT_NAME;
}

/* 0 if it holds anything but printable characters and then zeros */
static int get_name(const unsigned char **at, char name[CHECKPOINT_NAME])
{
    size_t n = 0;
    memcpy(name, *at, CHECKPOINT_NAME);
    *at += CHECKPOINT_NAME;
    while (n < CHECKPOINT_NAME && isprint((unsigned char)name[n])) n++;
    int ok = n < CHECKPOINT_NAME;
    for (; n < CHECKPOINT_NAME; n++) ok = ok && !name[n];
    return ok;
}

static void put_floats(unsigned char **at, const float *x, size_t n)
{
    for (size_t k = 0; k < n; k++) put_float(at, x[k]);
}

/* ---- writing ---- */

/* how many times there are all of them */
static size_t buffers(const struct checkpoint *c)
{
    return c->best ? 2 : 1;
}

static unsigned char *to_bytes(const struct checkpoint *c, size_t *bytes)
{
    char *text = malloc(NETFILE_BYTES);
    size_t n = text ? netfile_text(&c->file, text) : 0, options = strlen(c->options);
    const size_t arrays = (size_t)c->states + (c->best != NULL);
    *bytes =
        HEADER + n + options + NUMBERS + 4 * c->params * (1 + arrays) + 4 * c->buffered * buffers(c) + CRC;
    unsigned char *file = text ? malloc(*bytes) : NULL, *at = file;
    if (file) {
        memcpy(at, magic, 8);
        at += 8;
        put32(&at, VERSION);
        put32(&at, (uint32_t)n);
        put32(&at, (uint32_t)options);
        put32(&at, (uint32_t)c->epoch);
        put32(&at, (uint32_t)arrays);
        put32(&at, (uint32_t)c->params);
        put_name(&at, c->rung);
        put32(&at, (uint32_t)(c->buffered * buffers(c)));
        memcpy(at, text, n);
        memcpy(at + n, c->options, options);
        at += n + options;
        for (int k = 0; k < CHECKPOINT_NUMBERS; k++) put_double(&at, c->number[k]);
        put_floats(&at, c->param, c->params);
        for (int k = 0; k < c->states; k++) put_floats(&at, c->state[k], c->params);
        if (c->best) put_floats(&at, c->best, c->params);
        put_floats(&at, c->buffer, c->buffered);
        if (c->best) put_floats(&at, c->best_buffer, c->buffered);
        put32(&at, (uint32_t)crc32_z(0, file, *bytes - CRC));
    }
    free(text);
    return file;
}

static int is_finite(const float *x, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!isfinite(x[k])) return 0;
    return 1;
}

int checkpoint_write(const char *path, const struct checkpoint *c, char *error)
{
    size_t bytes;
    struct file_out f;
    int finite = is_finite(c->param, c->params);
    for (int k = 0; k < c->states; k++) finite = finite && is_finite(c->state[k], c->params);
    finite = finite && is_finite(c->buffer, c->buffered);
    if (c->best) finite = finite && is_finite(c->best, c->params) && is_finite(c->best_buffer, c->buffered);
    if (!finite) return error_set(error, "nothing was saved to %s: a parameter is NaN or infinite", path);
    unsigned char *file = to_bytes(c, &bytes);
    if (!file) return error_set(error, "out of memory: nothing was saved to %s", path);
    int ok = file_open(&f, path, error);
    if (ok) {
        fwrite(file, 1, bytes, f.out);
        ok = file_keep(&f, error);
    }
    free(file);
    return ok;
}

/* ---- reading ---- */

struct header {
    uint32_t text, options, numbers;   /* bytes of each */
    uint32_t params, arrays, buffered; /* how many      */
    size_t bytes;                      /* of itself     */
};

static int get_header(const unsigned char *at, const char *name, struct header *h, struct checkpoint *c,
                      char *error)
{
    if (memcmp(at, magic, 8)) return error_set(error, "%s is not a checkpoint of rungs train", name);
    at += 8;
    uint32_t version = get32(&at);
    if (version < OLDEST)
        return error_set(
            error,
            "%s is a checkpoint of version %u, written by an older rungs, which cannot go on here "
            "(this program reads versions %d to %d); train again",
            name, (unsigned)version, OLDEST, VERSION);
    if (version > VERSION)
        return error_set(error, "%s is a checkpoint of version %u; this program reads versions %d to %d",
                         name, (unsigned)version, OLDEST, VERSION);
    h->numbers = version == OLDEST ? 0 : version == 3 ? 8 * CHECKPOINT_NUMBERS_3 : NUMBERS;
    h->bytes = version == OLDEST ? HEADER_2 : HEADER;
    h->text = get32(&at);
    h->options = get32(&at);
    uint32_t epoch = get32(&at), states = get32(&at);
    h->params = get32(&at);
    if (!get_name(&at, c->rung) || h->text > NETFILE_BYTES || h->options >= CHECKPOINT_OPTIONS ||
        epoch > INT_MAX || states > OPTIMIZER_STATES + 1 || h->params > INT_MAX)
        return error_set(error, "%s is damaged: its header holds impossible settings", name);
    c->epoch = (int)epoch;
    h->arrays = states;
    c->params = h->params;
    return 1;
}

static int keeps_best(const struct netfile *file)
{
    return netfile_number(file, "early_stop") > 0;
}

/* The network's text, which must be what netfile_text wrote, and of as many
 * parameters as the header claims */
static int get_network(const char *text, const char *name, const struct header *h, struct checkpoint *c,
                       char *error)
{
    static const char what[] = "the network in the checkpoint";
    struct layer layer[LAYERS_MOST];
    if (!netfile_parse(&c->file, what, text, h->text, error)) return 0;
    int layers = layers_of(&c->file, layer, error);
    if (!layers) return 0;
    c->buffered = layers_buffered(layer, layers);
    size_t buffered = c->buffered * (1 + (size_t)keeps_best(&c->file));
    if (buffered != h->buffered)
        return error_set(error, "%s is damaged: it claims buffers of %u numbers, and its network has %zu",
                         name, (unsigned)h->buffered, buffered);
    if (layers_params(layer, layers) != h->params)
        return error_set(error, "%s is damaged: it claims %u parameters, and its network has %zu", name,
                         (unsigned)h->params, layers_params(layer, layers));
    c->states = optimizer_states(netfile_line(&c->file, "optimizer"));
    unsigned arrays = (unsigned)(c->states + keeps_best(&c->file));
    if (h->arrays != arrays)
        return error_set(error, "%s is damaged: it claims %u state arrays, and its network has %u", name,
                         (unsigned)h->arrays, arrays);
    memcpy(c->options, text + h->text, h->options);
    for (uint32_t k = 0; k < h->options; k++)
        if (c->options[k] != '\n' && !isprint((unsigned char)c->options[k]))
            return error_set(error, "%s is damaged: its options are no text", name);
    return 1;
}

/* What was learned from the losses; without it, nothing was. */
static int get_learned(const unsigned char *at, const struct header *h, struct checkpoint *c,
                       const char *name, char *error)
{
    c->has_numbers = h->numbers > 0;
    for (int k = 0; k < (int)(h->numbers / 8); k++) {
        c->number[k] = get_double(&at);
        if (!(c->number[k] >= 0))
            return error_set(error, "%s is damaged: it claims a loss or a count of %g", name, c->number[k]);
    }
    return 1;
}

/* The parameters behind all that move to the front of `rest`, so no second array is needed. */
static int get_params(unsigned char *rest, const struct header *h, struct checkpoint *c, const char *name,
                      char *error)
{
    const unsigned char *at = rest + h->text + h->options + h->numbers;
    size_t arrays = c->params * (1 + (size_t)h->arrays), n = arrays + h->buffered;
    float *number = (float *)(void *)rest;
    for (size_t k = 0; k < n; k++) {
        float x = get_float(&at);
        memcpy(rest + 4 * k, &x, sizeof x);
        if (!isfinite(x))
            return error_set(error, "%s contains a parameter that is NaN or infinite, and cannot be used",
                             name);
    }
    c->param = number;
    for (int k = 0; k < c->states; k++) c->state[k] = number + c->params * (1 + (size_t)k);
    if (keeps_best(&c->file)) c->best = number + c->params * (1 + (size_t)c->states);
    c->buffer = number + arrays;
    c->best_buffer = c->buffer + c->buffered;
    return 1;
}

static int get_rest(const unsigned char *header, unsigned char *rest, size_t bytes, const struct header *h,
                    struct checkpoint *c, const char *name, char *error)
{
    const unsigned char *at = rest + bytes - CRC;
    uint32_t crc = (uint32_t)crc32_z(crc32_z(0, header, h->bytes), rest, bytes - CRC);
    if (crc != get32(&at))
        return error_set(error, "%s is damaged: its checksum does not fit its contents", name);
    return get_network((const char *)rest, name, h, c, error) &&
           get_learned(rest + h->text + h->options, h, c, name, error) && get_params(rest, h, c, name, error);
}

/* The fields that version 2 has, then those behind them */
static int read_header(struct source *s, unsigned char header[HEADER], struct header *h, struct checkpoint *c,
                       char *error)
{
    size_t got = source_read(s, header, HEADER_2);
    if (*s->reason) return error_set(error, "%s", s->reason);
    if (got < HEADER_2)
        return error_set(error, "%s is not a checkpoint: it holds only %zu bytes", s->name, got);
    if (!get_header(header, s->name, h, c, error)) return 0;
    if (h->bytes == HEADER_2) return 1;
    const unsigned char *at = header + HEADER_2;
    got += source_read(s, header + HEADER_2, HEADER - HEADER_2);
    if (*s->reason) return error_set(error, "%s", s->reason);
    if (got < HEADER) return error_set(error, "%s is damaged: it holds only %zu bytes", s->name, got);
    h->buffered = get32(&at);
    return h->buffered <= INT_MAX ||
           error_set(error, "%s is damaged: its header holds impossible settings", s->name);
}

int checkpoint_read(struct source *s, struct checkpoint *c, char *error)
{
    unsigned char header[HEADER], *rest = NULL;
    struct header h = { 0 };
    size_t bytes = 0;
    memset(c, 0, sizeof *c);
    if (read_header(s, header, &h, c, error)) {
        bytes = h.text + h.options + h.numbers + 4 * c->params * (1 + (size_t)h.arrays) +
                4 * (size_t)h.buffered + CRC;
        rest = source_read_rest(s, bytes, error);
    }
    if (rest && get_rest(header, rest, bytes, &h, c, s->name, error)) return 1;
    free(rest);
    memset(c, 0, sizeof *c);
    return 0;
}

int checkpoint_read_file(const char *path, struct checkpoint *c, char *error)
{
    struct source s;
    memset(c, 0, sizeof *c);
    if (!source_open(&s, path, error)) return 0;
    int ok = checkpoint_read(&s, c, error);
    source_close(&s);
    return ok;
}

void checkpoint_free(struct checkpoint *c)
{
    free(c->param);
    memset(c, 0, sizeof *c);
}
