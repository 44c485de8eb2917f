/* gradcheck_mismatch.c - functions that do not have the prototype they are called with: of float called with
 * doubles, without n or with n by reference, of a struct. What they do then is known again: half of the
 * gradient is written, a loss is a denormal number, n is taken for an address. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gradcheck.h"

/* what a call with doubles, or floats, does to arrays that have room for both */
struct probe {
    size_t n, bytes; /* of x, of either type: 8 n */
    unsigned char *x, *g;
    double loss; /* its bits, whatever they are */
};

static int call_loss(const struct subject *s, struct probe *p)
{
    gc_tensor in = s->in[0], out = s->out[0];
    in.data = p->x, out.data = &p->loss;
    p->loss = 0;
    return s->problem.forward(s->problem.ctx, &in, &out) == 0;
}

static void draw(struct probe *p, int f32, uint64_t seed)
{
    for (size_t i = 0; i < (f32 ? 2 : 1) * p->n; i++) {
        double value = 0.5 + gc_random_unit(seed, 1, i);
        float single = (float)value;
        memcpy(p->x + i * (f32 ? sizeof single : sizeof value), f32 ? (void *)&single : (void *)&value,
               f32 ? sizeof single : sizeof value);
    }
}

/* The upper half of a double is 0 and the lower is not: a float was returned. */
static int is_half(double loss)
{
    uint64_t bits;
    memcpy(&bits, &loss, sizeof bits);
    return bits && !(bits >> 32);
}

static uint32_t word_of(const unsigned char *at, size_t k)
{
    uint32_t word;
    memcpy(&word, at + k * sizeof word, sizeof word);
    return word;
}

/* Is word k of g a float of ordinary size, and not the lower half of x[k / 2] times a power of 2? */
static int is_float_word(const struct probe *p, size_t k)
{
    uint32_t word = word_of(p->g, k);
    int exponent = (int)(word >> 23 & 0xff) - 127;
    int is_copy = word == word_of(p->x, k) && word_of(p->g, k + 1) != word_of(p->x, k + 1);
    return (!(word << 1) || (exponent > -24 && exponent < 24)) && !is_copy;
}

/* Of g, full of NaN before, the first 4 n bytes are written and no others, and with floats: where doubles are
 * written their lower halves are no floats of ordinary size. x: floats */
static int writes_half(const struct subject *s, const struct probe *p)
{
    gc_tensor in = s->in[0], out = s->out[0], din = s->in[0];
    double loss = 0, one = 1;
    gc_tensor dout = out;
    memset(p->g, 0xff, p->bytes);
    in.data = p->x, out.data = &loss, dout.data = &one, din.data = p->g;
    if (p->n < 4 || s->problem.backward(s->problem.ctx, &in, &out, &dout, &din)) return 0;
    for (size_t k = 0; k < 2 * p->n; k++)
        if ((word_of(p->g, k) != UINT32_MAX) != (k < p->n)) return 0;
    for (size_t k = 0; k + 1 < p->n; k += 2)
        if (!is_float_word(p, k)) return 0;
    return 1;
}

static int writes_half_always(const struct subject *s, struct probe *p)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        draw(p, 1, seed);
        if (!writes_half(s, p)) return 0;
    }
    return 1;
}

/* Does a loss of n floats depend on the last of 2 n? */
static int reads_double(const struct subject *s, struct probe *p)
{
    float *last = (float *)(void *)p->x + 2 * p->n - 1, was = *last;
    if (p->n < 2 || !call_loss(s, p)) return 0;
    double loss = p->loss;
    *last = 2.5f;
    int differs = call_loss(s, p) && memcmp(&loss, &p->loss, sizeof(float));
    *last = was;
    return differs;
}

static int open_probe(struct probe *p, size_t n)
{
    *p = (struct probe){ .n = n, .bytes = n * sizeof(double) };
    p->x = malloc(p->bytes), p->g = malloc(p->bytes);
    return p->x && p->g;
}

/* The number in "address 6" or "address 0x1389" of a crash; 0: none */
static unsigned long address_of(const char *reason)
{
    const char *at = strstr(reason, "address ");
    return at ? strtoul(at + strlen("address "), NULL, 0) : 0;
}

/* Is this address n, or one of an array of floats or doubles there? It may be the member of a struct at
 * NULL, which lies at a multiple of 4, too. */
static int is_count(unsigned long address, size_t n)
{
    return address == n || (n % 4 && address > n && address < n + 8 * n + 64 && (address - n) % 4 == 0);
}

/* 1 with a sentence in r->reason: why the prototype must be another one */
static int recognise(const struct subject *s, gc_result *r)
{
    size_t n = s->in[0].dim[0];
    int f32 = s->in[0].dt == GC_F32, found = 0;
    unsigned long address = address_of(r->reason);
    if (r->verdict == GC_CRASH) {
        if (!is_count(address, n)) return 0;
        snprintf(
            r->reason, sizeof r->reason,
            "a wrong prototype: the functions take n = %zu for an address; if n is missing, elsewhere or by "
            "reference (const int *n, Fortran) give their prototypes to `rungs gradcheck sig`",
            n);
        return 1;
    }
    struct probe p;
    if (open_probe(&p, n)) {
        draw(&p, f32, 1);
        const char *words = NULL;
        if (f32 && strstr(r->reason, "past the end") && reads_double(s, &p))
            words = "the loss reads twice the bytes of x, as a function of double does: leave out --f32";
        else if (!f32 && call_loss(s, &p) && is_half(p.loss))
            words = "the loss returns half a double, as a function of float does: add --f32";
        else if (!f32 && writes_half_always(s, &p))
            words = "the gradient writes half of g, as a function of float does: add --f32";
        found = words != NULL;
        if (words) snprintf(r->reason, sizeof r->reason, "a wrong prototype: %s", words);
    }
    free(p.x), free(p.g);
    return found;
}

/* Removes everything else from the report: with a wrong prototype its numbers mean nothing. */
static void settle(gc_result *r)
{
    r->verdict = GC_CONTRACT_BROKEN;
    *r->stage = *r->conventions = '\0';
    r->findings = 1;
    r->finding[0] = (gc_finding){ .test = GC_CONTRACT, .detail = "prototype", .tensor = -1 };
    r->finding[0].verdict = GC_CONTRACT_BROKEN;
    memcpy(r->finding[0].reason, r->reason, sizeof r->reason);
    for (int t = 0; t < r->ntensors; t++) {
        r->tensor[t].verdict = GC_CONTRACT_BROKEN;
        r->tensor[t].wrong = 0, r->tensor[t].samples = 0;
        *r->tensor[t].pattern = *r->tensor[t].cause = '\0';
    }
}

void mismatch_look(const struct subject *s, const char *loss, const char *grad, gc_result *r)
{
    const char *type = s->in[0].dt == GC_F32 ? "float" : "double";
    int elsewhere = r->verdict == GC_CRASH &&
                    (strstr(r->reason, "none of the tensors") || strstr(r->reason, "impossible address"));
    if (r->verdict == GC_PASS || r->verdict == GC_KINK || s->problem.nin != 1) return;
    if (recognise(s, r))
        settle(r);
    else if (!elsewhere)
        return;
    snprintf(
        r->calls, sizeof r->calls,
        "as %s %.40s(const %s *x, size_t n, void *ctx) and void %.40s(const %s *x, size_t n, %s *g, void *ctx)%s",
        type, loss, type, grad, type, type, elsewhere ? "; are they of a struct?" : "");
}
