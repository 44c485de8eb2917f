/* field_physics.c - mechanics, optics, adjoints of time steps: structs of vectors, energies whose
 * gradient is minus a force. */
#include "stranger.h"

typedef struct {
    double x, y, z;
} Vec;

static Vec at(const double *q, int i)
{
    return (Vec){ q[3 * i], q[3 * i + 1], q[3 * i + 2] };
}

static Vec minus(Vec a, Vec b)
{
    return (Vec){ a.x - b.x, a.y - b.y, a.z - b.z };
}

static double length(Vec a)
{
    return sqrt(a.x * a.x + a.y * a.y + a.z * a.z);
}

static void add(double *g, int i, double f, Vec a)
{
    g[3 * i] += f * a.x, g[3 * i + 1] += f * a.y, g[3 * i + 2] += f * a.z;
}

/* ---- springs: 5 masses on a chain in space, gravity along z, both ends of each spring ---- */

enum { force_for_gradient = 1, one_end_only, no_gravity, unit_vector_forgotten };

static double springs_loss(const double *q, size_t n, void *ctx)
{
    double e = 0;
    (void)ctx;
    for (int i = 0; i + 1 < (int)n / 3; i++) {
        double l = length(minus(at(q, i + 1), at(q, i)));
        e += 0.5 * 12.0 * (l - 0.8) * (l - 0.8);
    }
    for (int i = 0; i < (int)n / 3; i++) e += 0.4 * 9.81 * q[3 * i + 2];
    return e;
}

static void springs_grad(const double *q, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx), count = (int)n / 3;
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int i = 0; i + 1 < count; i++) {
        Vec d = minus(at(q, i + 1), at(q, i));
        double l = length(d), f = 12.0 * (l - 0.8) / (bug == unit_vector_forgotten ? 1 : l);
        add(g, i + 1, f, d);
        if (bug != one_end_only) add(g, i, -f, d);
    }
    for (int i = 0; i < count && bug != no_gravity; i++) g[3 * i + 2] += 0.4 * 9.81;
    for (size_t k = 0; k < n && bug == force_for_gradient; k++) g[k] = -g[k];
}

UNIT(springs, 15, -1, 1, 0)

/* ---- lennard_jones: 6 atoms, shifted potential ---- */

enum { exponent_not_lowered = 10, pair_counted_twice };

static double lennard_jones_loss(const double *q, size_t n, void *ctx)
{
    double u = 0;
    int atoms = (int)n / 3;
    (void)ctx;
    for (int i = 0; i < atoms; i++)
        for (int j = i + 1; j < atoms; j++) {
            Vec d = minus(at(q, i), at(q, j));
            double s2 = 1 / (d.x * d.x + d.y * d.y + d.z * d.z + 0.3), s6 = s2 * s2 * s2;
            u += 4 * (s6 * s6 - s6);
        }
    return u;
}

static void lennard_jones_grad(const double *q, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx), atoms = (int)n / 3;
    memset(g, 0, n * sizeof *g);
    for (int i = 0; i < atoms; i++)
        for (int j = bug == pair_counted_twice ? 0 : i + 1; j < atoms; j++) {
            if (i == j) continue;
            Vec d = minus(at(q, i), at(q, j));
            double s2 = 1 / (d.x * d.x + d.y * d.y + d.z * d.z + 0.3), s6 = s2 * s2 * s2;
            double f = -24 * (2 * s6 * s6 - s6) * (bug == exponent_not_lowered ? s6 : s2);
            add(g, i, f, d);
            add(g, j, -f, d);
        }
}

UNIT(lennard_jones, 18, -1.5, 1.5, 0)

/* ---- pendulum: 30 leapfrog steps from (angle, speed, length, damping); loss = miss of a target;
 * reverse sweep by hand ---- */

enum { damping_not_swept = 20, cos_not_evaluated_back, half_step_lost, last_state_used };

enum { NSTEP = 30 };

static void pendulum_run(const double *p, double a[NSTEP + 1], double v[NSTEP + 1])
{
    const double dt = 0.05;
    a[0] = p[0], v[0] = p[1];
    for (int k = 0; k < NSTEP; k++) {
        v[k + 1] = v[k] + dt * (-9.81 / p[2] * sin(a[k]) - p[3] * v[k]);
        a[k + 1] = a[k] + dt * v[k + 1];
    }
}

static double pendulum_loss(const double *p, size_t n, void *ctx)
{
    double a[NSTEP + 1], v[NSTEP + 1];
    (void)n, (void)ctx;
    pendulum_run(p, a, v);
    return (a[NSTEP] - 0.3) * (a[NSTEP] - 0.3) + 0.1 * v[NSTEP] * v[NSTEP];
}

static void pendulum_grad(const double *p, size_t n, double *g, void *ctx)
{
    const double dt = 0.05;
    int bug = BUG(ctx);
    double a[NSTEP + 1], v[NSTEP + 1];
    (void)n;
    pendulum_run(p, a, v);
    double la = 2 * (a[NSTEP] - 0.3), lv = 0.2 * v[NSTEP];
    g[2] = g[3] = 0;
    for (int k = NSTEP - 1; k >= 0; k--) {
        double ak = bug == last_state_used ? a[NSTEP] : a[k];
        if (bug != half_step_lost) lv += dt * la;
        g[2] += lv * dt * 9.81 / (p[2] * p[2]) * sin(ak);
        g[3] += lv * dt * -v[k];
        la += lv * dt * -9.81 / p[2] * (bug == cos_not_evaluated_back ? 1 : cos(ak));
        if (bug == half_step_lost) lv += dt * la;
        if (bug != damping_not_swept) lv *= 1 - dt * p[3];
    }
    g[0] = la, g[1] = lv;
}

UNIT(pendulum, 4, 0.4, 1.6, 0)

/* ---- heat: 20 explicit steps on a rod of 12 cells, x = initial temperatures; loss = fit to a
 * profile; the adjoint runs back ---- */

enum { one_step_less = 30, insulated_ends };

static void heat_step(double *u, int bug)
{
    double w[12];
    for (int i = 0; i < 12; i++) {
        double left = i ? u[i - 1] : bug ? u[0] : 0, right = i < 11 ? u[i + 1] : bug ? u[11] : 0;
        w[i] = u[i] + 0.2 * (left - 2 * u[i] + right);
    }
    memcpy(u, w, sizeof w);
}

static double heat_loss(const double *x, size_t n, void *ctx)
{
    double u[12], s = 0;
    (void)ctx;
    memcpy(u, x, n * sizeof *x);
    for (int k = 0; k < 20; k++) heat_step(u, 0);
    for (int i = 0; i < 12; i++) s += 0.5 * (u[i] - sin(0.5 * i)) * (u[i] - sin(0.5 * i));
    return s;
}

static void heat_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double u[12];
    memcpy(u, x, n * sizeof *x);
    for (int k = 0; k < 20; k++) heat_step(u, 0);
    for (int i = 0; i < 12; i++) g[i] = u[i] - sin(0.5 * i);
    for (int k = bug == one_step_less ? 1 : 0; k < 20; k++) heat_step(g, bug == insulated_ends);
}

UNIT(heat, 12, -1, 1, 0)

/* ---- arm: planar robot of 4 joints; loss = distance of the hand to a goal, and joints near their
 * middle ---- */

enum { later_joints_only = 40, sine_and_cosine, angles_not_summed };

static double arm_loss(const double *th, size_t n, void *ctx)
{
    double x = 0, y = 0, a = 0, rest = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        a += th[i];
        x += (1 - 0.2 * (double)i) * cos(a);
        y += (1 - 0.2 * (double)i) * sin(a);
        rest += th[i] * th[i];
    }
    return (x - 1.2) * (x - 1.2) + (y - 0.7) * (y - 0.7) + 0.01 * rest;
}

static void arm_grad(const double *th, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double x = 0, y = 0, a = 0, jx[8], jy[8];
    for (size_t i = 0; i < n; i++) {
        a = bug == angles_not_summed ? th[i] : a + th[i];
        x += (1 - 0.2 * (double)i) * cos(a);
        y += (1 - 0.2 * (double)i) * sin(a);
        jx[i] = -(1 - 0.2 * (double)i) * sin(a);
        jy[i] = (1 - 0.2 * (double)i) * cos(a);
        if (bug == sine_and_cosine)
            jx[i] = (1 - 0.2 * (double)i) * cos(a), jy[i] = (1 - 0.2 * (double)i) * sin(a);
    }
    for (size_t i = 0; i < n; i++) {
        double sx = 0, sy = 0;
        for (size_t k = i; k < (bug == later_joints_only ? i + 1 : n); k++) sx += jx[k], sy += jy[k];
        g[i] = 2 * (x - 1.2) * sx + 2 * (y - 0.7) * sy + 0.02 * th[i];
    }
}

UNIT(arm, 4, -1.2, 1.2, 0)

/* ---- lens: a ray through two refracting surfaces (paraxial with sine law), x = curvatures and gaps
 * ---- */

enum { index_ratio_inverted = 50 };

/* y, angle u; returns both, and their derivatives with respect to everything by forward accumulation */
static double lens_trace(const double *x, double *dy, int bug)
{
    double total = 0;
    for (int k = 0; k < 4; k++) dy[k] = 0;
    for (int ray = 1; ray <= 3; ray++) {
        double y = 0.2 * ray, u = 0, yd[4] = { 0 }, ud[4] = { 0 };
        for (int s = 0; s < 2; s++) {
            double ratio = s == 0 ? 1 / 1.5 : 1.5, q = u + x[s] * y, r = ratio * sin(q);
            for (int k = 0; k < 4; k++) {
                double dq = ud[k] + x[s] * yd[k] + (k == s ? y : 0);
                double by = bug ? 1 / ratio : ratio;
                ud[k] = by * cos(q) * dq / sqrt(1 - r * r) - (x[s] * yd[k] + (k == s ? y : 0));
            }
            u = asin(r) - x[s] * y;
            for (int k = 0; k < 4; k++) yd[k] += x[2 + s] * ud[k] + (k == 2 + s ? u : 0);
            y += x[2 + s] * u;
        }
        total += y * y;
        for (int k = 0; k < 4; k++) dy[k] += 2 * y * yd[k];
    }
    return total;
}

static double lens_loss(const double *x, size_t n, void *ctx)
{
    double d[4];
    (void)n, (void)ctx;
    return lens_trace(x, d, 0);
}

static void lens_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)n;
    lens_trace(x, g, BUG(ctx));
}

UNIT(lens, 4, 0.1, 0.9, 0)

/* ---- orbit: Kepler's equation solved by Newton, loss of (eccentricity, mean anomaly); the gradient
 * by the implicit function ---- */

enum { solver_ignored = 60, few_iterations };

static double eccentric_anomaly(double e, double m, int steps)
{
    double big = m;
    for (int k = 0; k < steps; k++) big -= (big - e * sin(big) - m) / (1 - e * cos(big));
    return big;
}

static double orbit_loss(const double *x, size_t n, void *ctx)
{
    double big = eccentric_anomaly(x[0], x[1], 30);
    (void)n, (void)ctx;
    return (cos(big) - x[0]) * (1 + 0.5 * sin(big));
}

static void orbit_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double big = eccentric_anomaly(x[0], x[1], bug == few_iterations ? 1 : 30), slope = 1 - x[0] * cos(big);
    double d = -sin(big) * (1 + 0.5 * sin(big)) + (cos(big) - x[0]) * 0.5 * cos(big);
    (void)n;
    g[0] = -(1 + 0.5 * sin(big)) + (bug == solver_ignored ? 0 : d * sin(big) / slope);
    g[1] = d / slope;
}

UNIT(orbit, 2, 0.2, 0.8, 0)

ROWS = {
    RIGHT(OPEN, springs, "square roots of distances"),
    WRONG(OPEN, springs, force_for_gradient, SIGN, "the force, which is minus the gradient"),
    /* TERM as well: the spring is a term of two masses, and the gradient of one of them lacks it */
    WRONG(KEPT, springs, one_end_only, SUM | TERM, "only one end of each spring is pulled"),
    WRONG(OPEN, springs, no_gravity, TERM, "gravity is missing: every third element off by a constant"),
    WRONG(OPEN, springs, unit_vector_forgotten, CHAIN, "the direction is not divided by its length"),
    RIGHT(KEPT, lennard_jones, "12th powers: values over many decades"),
    WRONG(OPEN, lennard_jones, exponent_not_lowered, CHAIN,
          "s^6 for s^2: the derivative of the inner square"),
    WRONG(OPEN, lennard_jones, pair_counted_twice, FACTOR, "each pair from both sides: twice the gradient"),
    RIGHT(KEPT, pendulum, "an adjoint of 30 steps"),
    WRONG(OPEN, pendulum, damping_not_swept, FORMULA, "the adjoint of the damping is left out of the sweep"),
    WRONG(OPEN, pendulum, cos_not_evaluated_back, FORMULA, "the small-angle slope, 1 for cos"),
    WRONG(KEPT, pendulum, half_step_lost, FORMULA, "two lines of the sweep in the forward's order"),
    WRONG(OPEN, pendulum, last_state_used, FORMULA, "the sweep uses the last state for all steps"),
    RIGHT(OPEN, heat, "a linear adjoint"),
    WRONG(KEPT, heat, one_step_less, FORMULA, "19 steps back for 20 forth"),
    WRONG(OPEN, heat, insulated_ends, FORMULA, "other boundary conditions in the adjoint"),
    RIGHT(OPEN, arm, "sums of sines"),
    WRONG(KEPT, arm, later_joints_only, SUM, "a joint moves its own link only"),
    WRONG(OPEN, arm, sine_and_cosine, FORMULA, "x and y of the Jacobian are exchanged"),
    WRONG(OPEN, arm, angles_not_summed, FORMULA,
          "angles are absolute in the gradient and relative in the loss"),
    RIGHT(KEPT, lens, "asin of sin"),
    WRONG(OPEN, lens, index_ratio_inverted, FORMULA, "the refractive indices' ratio upside down"),
    RIGHT(OPEN, orbit, "a solver inside, converged to the last digit"),
    WRONG(KEPT, orbit, solver_ignored, TERM, "the solution's own dependence on the eccentricity is missing"),
    WRONG(OPEN, orbit, few_iterations, FORMULA, "the gradient at a solution of one Newton step"),
};

FIELD(physics)
