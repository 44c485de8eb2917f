/* build.c - what the units are built with: tensors, memory and random numbers. */
#include "units.h"

#include <stdlib.h>

/* ---- random numbers ---- */

double zoo_unit(uint64_t seed, uint64_t k)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + k * 0xd1b54a32d192ed03u + 0x632be59bd9b4e019u;
    for (int round = 0; round < 2; round++) {
        z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u;
        z ^= z >> 29;
    }
    return (double)(z >> 11) * 0x1p-53;
}

double zoo_normal(uint64_t seed, uint64_t k)
{
    double sum = -2;
    for (uint64_t j = 0; j < 4; j++) sum += zoo_unit(seed, 4 * k + j);
    return sum * sqrt(3);
}

/* ---- building ---- */

static void describe(gc_tensor *t, const char *name, unsigned flags, int nd, const size_t *dim)
{
    t->name = name;
    t->dt = GC_F64;
    t->nd = nd;
    t->flags = flags;
    for (int k = 0; k < nd; k++) t->dim[k] = dim[k];
}

gc_tensor *zoo_input(struct zoo_problem *z, const char *name, unsigned flags, int nd, const size_t *dim)
{
    gc_tensor *t = &z->in[z->p.nin++];
    describe(t, name, flags, nd, dim);
    return t;
}

gc_tensor *zoo_output(struct zoo_problem *z, const char *name, int nd, const size_t *dim)
{
    gc_tensor *t = &z->out[z->p.nout++];
    describe(t, name, 0, nd, dim);
    return t;
}

void *zoo_memory(struct zoo_problem *z, size_t bytes)
{
    void *p = z->memories < GC_MAX_TENSORS ? calloc(1, bytes) : NULL;
    if (p)
        z->memory[z->memories++] = p;
    else
        z->out_of_memory = 1;
    return p;
}

size_t zoo_elements(const gc_tensor *t)
{
    size_t n = 1;
    for (int k = 0; k < t->nd; k++) n *= t->dim[k];
    return n;
}
