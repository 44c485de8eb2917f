/* gc_contract_single.c - the adjoint, reference, Taylor, symmetry and hessian tests, the f32 twin and the
 * rows of the charts: what each must catch by itself, for every seed, and what it must let pass. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gc_contract_layer.h"

enum { SEEDS = 25 };
enum unit { DENSE, DENSE_F32, ROSENBROCK, TWIN };

static const struct row {
    unsigned test;
    enum unit unit;
    enum mistake mistake;
    gc_verdict expect;
    const char *word; /* in the reason */
} rows[] = {
    { GC_ADJOINT, DENSE, right, GC_PASS, "" },
    { GC_ADJOINT, DENSE_F32, right, GC_PASS, "" },
    { GC_ADJOINT, DENSE, dw_next_row, GC_FAIL, "shape of W" },
    { GC_ADJOINT, DENSE_F32, dw_next_row, GC_FAIL, "shape of W" },
    { GC_ADJOINT, DENSE, dw_one_element, GC_FAIL, "at element 11" },
    { GC_ADJOINT, DENSE_F32, dw_one_element, GC_FAIL, "at element 11" },
    { GC_ADJOINT, DENSE, dx_zero_row, GC_FAIL, "shape of x" },
    { GC_ADJOINT, DENSE, not_linear, GC_FAIL, "not affine in W" },
    { GC_ADJOINT, DENSE_F32, not_linear, GC_FAIL, "not affine in W" },
    { GC_ADJOINT, DENSE, refuses_zero, GC_INCONCLUSIVE, "drop the flag" },
    { GC_REFERENCE, DENSE, right, GC_PASS, "" },
    { GC_REFERENCE, DENSE_F32, right, GC_PASS, "" },
    { GC_REFERENCE, DENSE, oracle_order, GC_PASS, "" },
    { GC_REFERENCE, DENSE, both_wrong, GC_FAIL, "of y" },
    { GC_REFERENCE, DENSE_F32, both_wrong, GC_FAIL, "of y" },
    { GC_REFERENCE, DENSE_F32, low_precision, GC_FAIL, "of y" },
    { GC_REFERENCE, DENSE, oracle_nan, GC_FAIL, "nan" },
    { GC_TAYLOR, ROSENBROCK, right, GC_PASS, "" },
    { GC_TAYLOR, ROSENBROCK, flat, GC_PASS, "" },
    { GC_TAYLOR, DENSE, right, GC_PASS, "" },
    { GC_TAYLOR, ROSENBROCK, too_large, GC_FAIL, "first-order" },
    { GC_TAYLOR, ROSENBROCK, swapped, GC_FAIL, "first-order" },
    { GC_TAYLOR, ROSENBROCK, flat_wrong, GC_FAIL, "first-order" },
    { GC_TAYLOR, ROSENBROCK, hessian_factor, GC_FAIL, "second-order" },
    { GC_TAYLOR, ROSENBROCK, hessian_sign, GC_FAIL, "second-order" },
    { GC_TAYLOR, DENSE, dw_one_element, GC_FAIL, "first-order" },
    { GC_SYMMETRY, ROSENBROCK, right, GC_PASS, "" },
    { GC_SYMMETRY, ROSENBROCK, flat, GC_PASS, "" },
    { GC_SYMMETRY, ROSENBROCK, corners, GC_PASS, "" },
    { GC_SYMMETRY, ROSENBROCK, too_large, GC_PASS, "" }, /* a multiple of a gradient is one */
    { GC_SYMMETRY, DENSE, right, GC_PASS, "" },
    { GC_SYMMETRY, ROSENBROCK, swapped, GC_FAIL, "not the gradient" },
    { GC_SYMMETRY, ROSENBROCK, one_term, GC_FAIL, "not the gradient" },
    { GC_SYMMETRY, DENSE, dw_next_row, GC_FAIL, "not the gradient" },
    { GC_HVP, ROSENBROCK, right, GC_PASS, "" },
    { GC_HVP, ROSENBROCK, flat, GC_PASS, "" },
    { GC_HVP, ROSENBROCK, hessian_factor, GC_FAIL, "hessian times v" },
    { GC_HVP, ROSENBROCK, hessian_sign, GC_FAIL, "hessian times v" },
    { GC_HVP, ROSENBROCK, hessian_nan, GC_FAIL, "element 3" },
    { 0, TWIN, right, GC_PASS, "" },
    { 0, TWIN, low_precision, GC_FAIL, "in float" },
    { 0, TWIN, no_tail, GC_FAIL, "dx" },
    { 0, TWIN, small_element, GC_FAIL, "worst element is 5" },
    { 0, TWIN, dw_one_element, GC_FAIL, "worst element is 11" },
    { 0, TWIN, beyond_rounding, GC_FAIL, "in float" },
    { 0, TWIN, a_nan, GC_FAIL, "x" },
};

static gc_result *check(const struct row *row, uint64_t seed)
{
    static enum mistake which, none = right;
    gc_options o = gc_defaults();
    o.seed = seed;
    o.checks = row->test;
    which = row->mistake;
    gc_problem twin = dense_problem(GC_F64, &none);
    gc_problem p = row->unit == ROSENBROCK ? rosenbrock_problem(&which)
                                           : dense_problem(row->unit == DENSE ? GC_F64 : GC_F32, &which);
    return row->unit == TWIN ? gc_check_precision_twin(&p, &twin, &o) : gc_check(&p, &o);
}

static int all_rows(void)
{
    int bad = 0;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            gc_result *r = check(&rows[k], seed);
            if (r->verdict != rows[k].expect || !strstr(r->reason, rows[k].word)) {
                printf("row %d, seed %d, %s: %s, %s\n", (int)k, (int)seed, gc_test_name(rows[k].test),
                       gc_verdict_name(r->verdict), r->reason);
                bad++;
            }
            gc_free(r);
        }
    return bad;
}

static int expect(int fine, const char *what)
{
    if (!fine) printf("not so: %s\n", what);
    return !fine;
}

/* Twins that are none are told so. */
static int shapes(void)
{
    enum mistake which = right;
    gc_problem a = dense_problem(GC_F32, &which), b = rosenbrock_problem(&which),
               c = dense_problem(GC_F64, &which);
    gc_tensor other[3];
    memcpy(other, c.in, sizeof other);
    other[1].dim[0]++;
    c.in = other;
    gc_result *r = gc_check_precision_twin(&a, &b, NULL), *s = gc_check_precision_twin(&a, &c, NULL);
    int bad = expect(r->verdict == GC_INCONCLUSIVE && strstr(r->reason, "different numbers"),
                     "twins of other counts");
    bad += expect(s->verdict == GC_INCONCLUSIVE && strstr(s->reason, "input 1"), "twins of other shapes");
    gc_free(r), gc_free(s);
    return bad;
}

static int curves(void)
{
    enum mistake which = right;
    gc_problem p = rosenbrock_problem(&which), dense = dense_problem(GC_F64, &which),
               f32 = dense_problem(GC_F32, &which);
    gc_vrow v[60];
    gc_taylor_row t[60];
    double h, error;
    int bad = 0, n = gc_vcurve(&p, NULL, NULL, v, 60, &h, &error), m = gc_taylor(&p, NULL, t, 60);
    bad += expect(n == 51 && v[0].h == 1 && v[50].h == 0x1p-50, "51 rows from 2^0 to 2^-50");
    bad += expect(v[17].central < 1e-7 && v[17].central < v[17].forward, "central beats forward at 2^-17");
    bad += expect(v[9].fourth < v[9].central, "fourth order beats central at 2^-9");
    bad += expect(v[50].complex_step < 1e-13 && v[50].central > 1e-6, "the complex step alone stands 2^-50");
    bad += expect(isnan(v[17].central_f32), "no f32 column without an f32 problem");
    bad += expect(h > 0 && h < 1 && error < 1e-7, "the ladder settles");
    bad += expect(m == 50 && fabs(t[10].rate - 2) < 0.1, "the Taylor rate is 2");
    bad += expect(gc_taylor(&p, NULL, t, 3) == 3 && gc_vcurve(&p, NULL, NULL, v, 3, &h, &error) == 3,
                  "no more than max");
    n = gc_vcurve(&dense, &f32, NULL, v, 60, &h, &error);
    bad += expect(n == 51 && v[6].central_f32 < 1e-3 && v[30].central_f32 > 1e-3, "the f32 column");
    which = too_large;
    bad += expect(gc_taylor(&p, NULL, t, 60) == 50 && fabs(t[24].rate - 1) < 0.1,
                  "a wrong gradient's rate is 1");
    p.backward = NULL;
    bad += expect(gc_vcurve(&p, NULL, NULL, v, 60, &h, &error) == -1, "no curve without a backward");
    return bad;
}

int main(void)
{
    int bad = all_rows() + shapes() + curves();
    printf("%d rows, %d seeds: %d amiss\n", (int)(sizeof rows / sizeof *rows), SEEDS, bad);
    return bad != 0;
}
