/* checkpoint.c - writing and reading training runs; see checkpoint.h. */
#include "checkpoint.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../base/file.h"
#include "../reference/reference.h"

static const char magic[] = "RUNGS-CP";

enum {
    VERSION = 1,
    SIZES = NETWORK_LAYERS + 1,
    HEADER = 8 + 4 + 4 + 4 * SIZES + 4 + 4 + 8 + 4 + 2 * CHECKPOINT_NAME,
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

/* ---- writing ---- */

static unsigned char *to_bytes(const struct checkpoint *c, size_t *bytes)
{
    size_t params = mlp_params_f32(c->layers, c->size);
    *bytes = HEADER + 4 * params + CRC;
    unsigned char *file = malloc(*bytes), *at = file;
    if (!file) return NULL;
    memcpy(at, magic, 8);
    at += 8;
    put32(&at, VERSION);
    put32(&at, (uint32_t)c->layers);
    for (int l = 0; l < SIZES; l++) put32(&at, l <= c->layers ? (uint32_t)c->size[l] : 0);
    put32(&at, (uint32_t)c->batch);
    put_float(&at, c->lr);
    put32(&at, (uint32_t)c->seed);
    put32(&at, (uint32_t)(c->seed >> 32));
    put32(&at, (uint32_t)c->epoch);
    put_name(&at, c->set);
    put_name(&at, c->rung);
    for (size_t k = 0; k < params; k++) put_float(&at, c->param[k]);
    put32(&at, (uint32_t)crc32_z(0, file, *bytes - CRC));
    return file;
}

int checkpoint_write(const char *path, const struct checkpoint *c, char *why)
{
    size_t bytes, params = mlp_params_f32(c->layers, c->size);
    struct file_out f;
    for (size_t k = 0; k < params; k++)
        if (!isfinite(c->param[k]))
            return error_set(why, "nothing was saved to %s: a parameter is NaN", path);
    unsigned char *file = to_bytes(c, &bytes);
    if (!file) return error_set(why, "out of memory: nothing was saved to %s", path);
    int ok = file_open(&f, path, why);
    if (ok) {
        fwrite(file, 1, bytes, f.out);
        ok = file_keep(&f, why);
    }
    free(file);
    return ok;
}

/* ---- reading ---- */

static int get_sizes(const unsigned char **at, const char *name, struct checkpoint *c, char *why)
{
    uint32_t layers = get32(at), size[SIZES];
    for (int l = 0; l < SIZES; l++) size[l] = get32(at);
    if (layers < 1 || layers > NETWORK_LAYERS)
        return error_set(why, "%s is damaged: it claims %u layers", name, (unsigned)layers);
    c->layers = (int)layers;
    for (int l = 0; l < SIZES; l++) {
        if (l <= c->layers ? size[l] < 1 || size[l] > NETWORK_WIDEST : size[l] != 0)
            return error_set(why, "%s is damaged: it claims a layer of %u neurons", name, (unsigned)size[l]);
        c->size[l] = (int)size[l];
    }
    if (mlp_params_f32(c->layers, c->size) > INT_MAX)
        return error_set(why, "%s is damaged: it claims more parameters than any network has", name);
    return 1;
}

static int get_header(const unsigned char *at, const char *name, struct checkpoint *c, char *why)
{
    if (memcmp(at, magic, 8)) return error_set(why, "%s is not a checkpoint of rungs train", name);
    at += 8;
    uint32_t version = get32(&at);
    if (version != VERSION)
        return error_set(why, "%s is a checkpoint of version %u; this program reads version %d", name,
                         (unsigned)version, VERSION);
    if (!get_sizes(&at, name, c, why)) return 0;
    uint32_t batch = get32(&at);
    c->lr = get_float(&at);
    c->seed = get32(&at);
    c->seed |= (uint64_t)get32(&at) << 32;
    uint32_t epoch = get32(&at);
    int names = get_name(&at, c->set);
    names = get_name(&at, c->rung) && names;
    if (!names || batch < 1 || batch > INT_MAX || epoch > INT_MAX || !(c->lr > 0) || !isfinite(c->lr))
        return error_set(why, "%s is damaged: its header holds impossible settings", name);
    c->batch = (int)batch;
    c->epoch = (int)epoch;
    return 1;
}

/* `rest` holds the parameters and the CRC; the parameters replace their own bytes, so no second array is needed */
static int get_params(const unsigned char *header, unsigned char *rest, struct checkpoint *c,
                      const char *name, char *why)
{
    size_t params = mlp_params_f32(c->layers, c->size);
    const unsigned char *at = rest + 4 * params;
    uint32_t crc = (uint32_t)crc32_z(crc32_z(0, header, HEADER), rest, 4 * params);
    if (crc != get32(&at))
        return error_set(why, "%s is damaged: its checksum does not fit its contents", name);
    at = rest;
    c->param = (float *)(void *)rest;
    for (size_t k = 0; k < params; k++) {
        c->param[k] = get_float(&at);
        if (!isfinite(c->param[k]))
            return error_set(why, "%s contains a parameter that is NaN or infinite, and cannot be used",
                             name);
    }
    return 1;
}

int checkpoint_read(struct source *s, struct checkpoint *c, char *why)
{
    unsigned char header[HEADER], *rest = NULL;
    *c = (struct checkpoint){ 0 };
    size_t got = source_read(s, header, sizeof header);
    if (*s->why) return error_set(why, "%s", s->why);
    if (got < sizeof header)
        return error_set(why, "%s is not a checkpoint: it holds only %zu bytes", s->name, got);
    if (get_header(header, s->name, c, why))
        rest = source_read_rest(s, 4 * mlp_params_f32(c->layers, c->size) + CRC, why);
    if (rest && get_params(header, rest, c, s->name, why)) return 1;
    free(rest);
    *c = (struct checkpoint){ 0 };
    return 0;
}

int checkpoint_read_file(const char *path, struct checkpoint *c, char *why)
{
    struct source s;
    *c = (struct checkpoint){ 0 };
    if (!source_open(&s, path, why)) return 0;
    int ok = checkpoint_read(&s, c, why);
    source_close(&s);
    return ok;
}

void checkpoint_free(struct checkpoint *c)
{
    free(c->param);
    *c = (struct checkpoint){ 0 };
}
