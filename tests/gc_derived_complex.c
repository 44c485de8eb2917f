/* gc_derived_complex.c - gradients of real losses of complex numbers, by each of the four conventions, and
 * jvp and vjp of complex functions: right ones pass at every seed by their own convention alone, wrong
 * ones fail, and a gradient of another convention is called so.
 *
 * A function gives dL/dx + i dL/dy; the conventions and the mistakes are made of it. */
#include <complex.h>
#undef I

#include "gc_engine_made.h"

#define J_ (__extension__ 1.0i)

typedef double _Complex number;

enum { N = 4, SEEDS = 25 };

struct subject {
    const char *name;
    double (*loss)(const number *z);
    void (*grad)(const number *z, number *g);
};

/* ---- losses ---- */

static const number c[N] = { 0.5 + 0.3 * J_, -1.2 + 0.7 * J_, 0.2 - 0.9 * J_, 1.1 + 0.4 * J_ };

static double square(const number *z)
{
    double sum = 0;
    for (int i = 0; i < N; i++) sum += creal(z[i] * conj(z[i]));
    return sum;
}

static void square_grad(const number *z, number *g)
{
    for (int i = 0; i < N; i++) g[i] = 2 * z[i];
}

/* |c'z - 1|^2 */
static double residual(const number *z)
{
    number r = -1;
    for (int i = 0; i < N; i++) r += c[i] * z[i];
    return creal(r * conj(r));
}

static void residual_grad(const number *z, number *g)
{
    number r = -1;
    for (int i = 0; i < N; i++) r += c[i] * z[i];
    for (int i = 0; i < N; i++) g[i] = 2 * r * conj(c[i]);
}

/* Re z^3 */
static double cubes(const number *z)
{
    double sum = 0;
    for (int i = 0; i < N; i++) sum += creal(c[i] * z[i] * z[i] * z[i]);
    return sum;
}

static void cubes_grad(const number *z, number *g)
{
    for (int i = 0; i < N; i++) g[i] = conj(3 * c[i] * z[i] * z[i]);
}

/* phase retrieval: (|z|^2 - 1)^2 */
static double phases(const number *z)
{
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double p = creal(z[i] * conj(z[i])) - 1;
        sum += p * p;
    }
    return sum;
}

static void phases_grad(const number *z, number *g)
{
    for (int i = 0; i < N; i++) g[i] = 4 * (creal(z[i] * conj(z[i])) - 1) * z[i];
}

/* Im z_i conj z_(i+1) */
static double currents(const number *z)
{
    double sum = 0;
    for (int i = 0; i < N; i++) sum += cimag(z[i] * conj(z[(i + 1) % N]) * (1 + i));
    return sum;
}

static void currents_grad(const number *z, number *g)
{
    for (int i = 0; i < N; i++)
        g[i] = J_ * ((1 + i) * z[(i + 1) % N] - (1 + (i + N - 1) % N) * z[(i + N - 1) % N]);
}

/* log(1 + |z|^2) + Re exp z */
static double mixed(const number *z)
{
    double sum = 0;
    for (int i = 0; i < N; i++) sum += log1p(creal(z[i] * conj(z[i]))) + creal(cexp(c[i] * z[i]));
    return sum;
}

static void mixed_grad(const number *z, number *g)
{
    for (int i = 0; i < N; i++)
        g[i] = 2 * z[i] / (1 + creal(z[i] * conj(z[i]))) + conj(c[i] * cexp(c[i] * z[i]));
}

static const struct subject subjects[] = {
    { "|z|^2", square, square_grad },        { "|c'z - 1|^2", residual, residual_grad },
    { "Re z^3", cubes, cubes_grad },         { "phase retrieval", phases, phases_grad },
    { "currents", currents, currents_grad }, { "log and exp", mixed, mixed_grad },
};

enum { SUBJECTS = sizeof subjects / sizeof *subjects };

/* ---- conventions and mistakes ---- */

enum wrong {
    NONE,
    HALF,
    NEGATIVE,
    REAL_PART, /* the imaginary part is 0 */
    EXCHANGED, /* re and im exchanged */
    ONE_CONJ,  /* one element conjugated */
    TURNED,    /* times i */
    MODULUS,   /* its modulus */
    ONE_OFF_HERE,
    ROTATED, /* the elements */
    END_ZERO,
    WRONGS
};

struct made_complex {
    const struct subject *s;
    gc_convention is; /* of what grad writes */
    enum wrong wrong;
};

static number by_convention(gc_convention is, number g)
{
    return is == GC_JAX ? conj(g) : is == GC_DZBAR ? g / 2 : is == GC_DZ ? conj(g) / 2 : g;
}

static number spoiled(enum wrong w, int i, number g)
{
    switch (w) {
    case HALF: return 0.75 * g;
    case NEGATIVE: return -g;
    case REAL_PART: return creal(g);
    case EXCHANGED: return cimag(g) + J_ * creal(g);
    case ONE_CONJ: return i == 1 ? conj(g) : g;
    case TURNED: return J_ * g;
    case MODULUS: return cabs(g);
    case ONE_OFF_HERE: return i == 2 ? g * (1 + 1e-4) : g;
    case END_ZERO: return i == N - 1 ? 0 : g;
    default: return g;
    }
}

static double loss(const double *z, size_t n, void *ctx)
{
    (void)n;
    return ((const struct made_complex *)ctx)->s->loss((const number *)(const void *)z);
}

static void grad(const double *z, size_t n, double *g, void *ctx)
{
    const struct made_complex *k = ctx;
    number right[N], *to = (void *)g;
    k->s->grad((const number *)(const void *)z, right);
    for (int i = 0; i < (int)n; i++) {
        int from = k->wrong == ROTATED ? (i + 1) % N : i;
        to[i] = by_convention(k->is, spoiled(k->wrong, i, right[from]));
    }
}

static gc_result *check(struct made_complex *k, gc_convention asked, const gc_options *o)
{
    return gc_check_complex_scalar(loss, grad, NULL, N, asked, k, o);
}

static int right_seen, wrong_seen;

static void look_at_losses(void)
{
    gc_options o = gc_defaults();
    o.fork = 0;
    for (int s = 0; s < SUBJECTS; s++)
        for (o.seed = 1; o.seed <= SEEDS; o.seed++) {
            for (gc_convention is = GC_TORCH; is <= GC_DZ; is++)
                for (gc_convention asked = GC_TORCH; asked <= GC_DZ; asked++) {
                    struct made_complex k = { &subjects[s], is, NONE };
                    gc_result *r = check(&k, asked, &o);
                    made_expect(r->verdict == (is == asked ? GC_PASS : GC_FAIL), r,
                                "%s: is %d, asked for %d, seed %d", subjects[s].name, is, asked, (int)o.seed);
                    made_expect(is == asked || strstr(gc_report(r), "it was asked for"), r,
                                "not called so: %s", r->tensor[0].pattern);
                    right_seen += is == asked, wrong_seen += is != asked;
                    gc_free(r);
                }
            for (enum wrong w = NONE + 1; w < WRONGS; w++) {
                struct made_complex k = { &subjects[s], GC_TORCH, w };
                gc_result *r = check(&k, GC_TORCH, &o);
                made_expect(r->verdict == GC_FAIL, r, "%s, mistake %d, seed %d", subjects[s].name, w,
                            (int)o.seed);
                made_expect(!strstr(gc_report(r), "it was asked for"), r, "mistake %d is called a convention",
                            w);
                wrong_seen++;
                gc_free(r);
            }
        }
}

/* ---- complex functions: w_i = c_i z_i^2 + conj(z_(i+1)) |z_i|, N to N ---- */

enum map_slip { MAP_RIGHT, NO_CONJ, HOLOMORPHIC, UPSTREAM_CONJ, TWICE, FORGETS_MODULUS, MAP_SLIPS };

struct made_map {
    enum map_slip slip;
    gc_convention is;
};

/* z / |z|, and 0 at 0 */
static number direction(number z)
{
    return cabs(z) > 0 ? z / cabs(z) : 0;
}

static void map(const double *x, size_t n, double *y, size_t m, void *ctx)
{
    const number *z = (const void *)x;
    number *w = (void *)y;
    (void)n, (void)m, (void)ctx;
    for (int i = 0; i < N; i++) w[i] = c[i] * z[i] * z[i] + conj(z[(i + 1) % N]) * cabs(z[i]);
}

static void jvp(const double *x, size_t n, const double *v, double *jv, size_t m, void *ctx)
{
    const number *z = (const void *)x, *dz = (const void *)v;
    enum map_slip slip = ((const struct made_map *)ctx)->slip;
    (void)n, (void)m;
    for (int i = 0; i < N; i++) {
        number next = z[(i + 1) % N], step = dz[(i + 1) % N];
        number d = 2 * c[i] * z[i] * dz[i] + (slip == NO_CONJ ? step : conj(step)) * cabs(z[i]);
        if (slip != FORGETS_MODULUS) d += conj(next) * creal(conj(direction(z[i])) * dz[i]);
        ((number *)(void *)jv)[i] = slip == TWICE ? 2 * d : slip == HOLOMORPHIC ? creal(d) : d;
    }
}

static void vjp(const double *x, size_t n, const double *u, double *g, size_t m, void *ctx)
{
    const number *z = (const void *)x, *given = (const void *)u;
    const struct made_map *k = ctx;
    number up[N], out[N] = { 0 };
    (void)n, (void)m;
    for (int i = 0; i < N; i++) /* dL/dx + i dL/dy of w */
        up[i] = k->is == GC_JAX || k->is == GC_DZ ? conj(given[i]) : given[i];
    for (int i = 0; i < N; i++) {
        number slope = 2 * c[i] * z[i];
        out[i] += (k->slip == NO_CONJ ? slope : conj(slope)) * up[i];
        out[(i + 1) % N] += (k->slip == UPSTREAM_CONJ ? up[i] : conj(up[i])) * cabs(z[i]);
        if (k->slip != FORGETS_MODULUS) out[i] += creal(conj(up[i]) * conj(z[(i + 1) % N])) * direction(z[i]);
    }
    for (int i = 0; i < N; i++) {
        if (k->slip == TWICE) out[i] *= 2;
        if (k->slip == HOLOMORPHIC) out[i] = creal(out[i]);
        ((number *)(void *)g)[i] = k->is == GC_JAX || k->is == GC_DZ ? conj(out[i]) : out[i];
    }
}

static void look_at_maps(void)
{
    gc_options o = gc_defaults();
    o.fork = 0;
    for (o.seed = 1; o.seed <= SEEDS; o.seed++)
        for (enum map_slip slip = MAP_RIGHT; slip < MAP_SLIPS; slip++)
            for (gc_convention is = GC_TORCH; is <= GC_DZ; is++)
                for (int both = 0; both < 3; both++) { /* jvp, vjp, and a right jvp beside a wrong vjp */
                    struct made_map k = { slip, is };
                    gc_function f = { .name = "w", .n = N, .m = N, .map = map, .numbers = is, .ctx = &k };
                    if (both != 1) f.jvp = jvp;
                    if (both != 0) f.vjp = vjp;
                    gc_result *r = gc_check_map(&f, &o);
                    int same = slip == UPSTREAM_CONJ && !both; /* that is a mistake of vjp alone */
                    gc_verdict wanted = slip == MAP_RIGHT || same ? GC_PASS : GC_FAIL;
                    made_expect(r->verdict == wanted, r, "map, slip %d, convention %d, part %d, seed %d",
                                slip, is, both, (int)o.seed);
                    right_seen += wanted == GC_PASS, wrong_seen += wanted != GC_PASS;
                    gc_free(r);
                }
}

int main(void)
{
    look_at_losses();
    look_at_maps();
    printf("%d checks of right gradients, %d of wrong ones\n", right_seen, wrong_seen);
    return made_failures() != 0;
}
