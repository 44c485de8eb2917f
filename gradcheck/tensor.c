/* tensor.c - the elements of a tensor, in any of its types. */
#include "gc_internal.h"

size_t gc_size_of(gc_dtype dt)
{
    return dt == GC_F64 ? sizeof(double) : dt == GC_F32 ? sizeof(float) : sizeof(int32_t);
}

size_t gc_elements(const gc_tensor *t)
{
    size_t n = 1;
    for (int k = 0; k < t->nd; k++) {
        if (t->dim[k] && n > SIZE_MAX / 32 / t->dim[k]) return 0;
        n *= t->dim[k];
    }
    return n;
}

double gc_get(const gc_tensor *t, size_t i)
{
    switch (t->dt) {
    case GC_F64: return ((const double *)t->data)[i];
    case GC_F32: return (double)((const float *)t->data)[i];
    default: return ((const int32_t *)t->data)[i];
    }
}

void gc_set(gc_tensor *t, size_t i, double value)
{
    switch (t->dt) {
    case GC_F64: ((double *)t->data)[i] = value; break;
    case GC_F32: ((float *)t->data)[i] = (float)value; break;
    default: ((int32_t *)t->data)[i] = (int32_t)value;
    }
}

int gc_has_gradient(const struct gc_run *run, int tensor)
{
    return run->p->in[tensor].flags & GC_GRAD && run->p->in[tensor].dt != GC_I32;
}
