/* gradcheck_missing.c - weak definitions of the parts of the checker that are being written; they go when those come. */
#include "../gradcheck/gc_internal.h"

#define WEAK __attribute__((weak))

WEAK void gc_test_reference(struct gc_run *run)
{
    (void)run;
}

WEAK void gc_test_adjoint(struct gc_run *run)
{
    (void)run;
}

WEAK void gc_test_taylor(struct gc_run *run)
{
    (void)run;
}

WEAK void gc_test_symmetry(struct gc_run *run)
{
    (void)run;
}

WEAK void gc_test_hvp(struct gc_run *run)
{
    (void)run;
}

WEAK int gc_vcurve(const gc_problem *f64, const gc_problem *f32, const gc_options *o, gc_vrow *row, int max,
                   double *ladder_h, double *ladder_error)
{
    (void)f64, (void)f32, (void)o, (void)row, (void)max, (void)ladder_h, (void)ladder_error;
    return 0;
}

WEAK int gc_taylor(const gc_problem *p, const gc_options *o, gc_taylor_row *row, int max)
{
    (void)p, (void)o, (void)row, (void)max;
    return 0;
}

WEAK gc_result *gc_check_twin(const gc_problem *f32, const gc_problem *f64, const gc_options *o)
{
    (void)f64;
    return gc_check(f32, o);
}

WEAK int gc_plot_vcurve(const char *base, const char *title, const gc_vrow *row, int rows, double ladder_h,
                        double ladder_error)
{
    (void)base, (void)title, (void)row, (void)rows, (void)ladder_h, (void)ladder_error;
    return 1;
}

WEAK int gc_plot_taylor(const char *base, const char *title, const gc_taylor_row *row, int rows)
{
    (void)base, (void)title, (void)row, (void)rows;
    return 1;
}

WEAK int gc_plot_heat(const char *base, const gc_result *r, int tensor)
{
    (void)base, (void)r, (void)tensor;
    return 1;
}

WEAK int gc_plot_scatter(const char *base, const gc_result *r, int tensor)
{
    (void)base, (void)r, (void)tensor;
    return 1;
}
