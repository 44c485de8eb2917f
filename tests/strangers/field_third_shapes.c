/* field_third_shapes.c - the third set: geometry. Overlap of boxes, a cubic through points, a quaternion,
 * nearest neighbours both ways, a bent rod, charges. */
#include "stranger.h"

static double spot(int k)
{
    return 0.8 * cos(1.1 * k * k + 0.4 * k + 0.2);
}

typedef struct {
    double x, y;
} vec2;

/* ---- iou: three boxes (centre x, y, log width, log height) against three fixed ones; loss = sum of
 * 1 - intersection / union ---- */

enum { union_fixed = 1, half_width_lost, height_not_log };

static double overlap(double c, double size, double t, double tsize)
{
    return fmin(c + size / 2, t + tsize / 2) - fmax(c - size / 2, t - tsize / 2);
}

static double iou_loss(const double *b, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n / 4; i++, b += 4) {
        double w = exp(b[2]), h = exp(b[3]);
        double ox = overlap(b[0], w, spot((int)i), 1.1), oy = overlap(b[1], h, spot((int)i + 7), 0.9);
        double inter = ox > 0 && oy > 0 ? ox * oy : 0;
        s += 1 - inter / (w * h + 1.1 * 0.9 - inter);
    }
    return s;
}

/* d overlap by the centre, and by the size */
static void overlap_grad(double c, double size, double t, double tsize, double half, double *by_c,
                         double *by_size)
{
    double up = c + size / 2 < t + tsize / 2, lo = c - size / 2 > t - tsize / 2;
    *by_c = up - lo;
    *by_size = half * (up + lo);
}

static void iou_grad(const double *b, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t i = 0; i < n / 4; i++, b += 4, g += 4) {
        double w = exp(b[2]), h = exp(b[3]), dx, dw, dy, dh, half = bug == half_width_lost ? 1 : 0.5;
        double ox = overlap(b[0], w, spot((int)i), 1.1), oy = overlap(b[1], h, spot((int)i + 7), 0.9);
        double inter = ox > 0 && oy > 0 ? ox * oy : 0, all = w * h + 1.1 * 0.9 - inter;
        overlap_grad(b[0], w, spot((int)i), 1.1, half, &dx, &dw);
        overlap_grad(b[1], h, spot((int)i + 7), 0.9, half, &dy, &dh);
        if (inter <= 0) dx = dw = dy = dh = 0;
        double by_inter = bug == union_fixed ? 1 / all : 1 / all + inter / (all * all);
        double by_area = bug == union_fixed ? 0 : -inter / (all * all);
        g[0] = -by_inter * dx * oy;
        g[1] = -by_inter * dy * ox;
        g[2] = -(by_inter * dw * oy + by_area * h) * w;
        g[3] = -(by_inter * dh * ox + by_area * w) * (bug == height_not_log ? 1 : h);
    }
}

UNIT(iou, 12, -0.7, 0.7, 0)

/* ---- spline: Catmull and Rom's cubic through 8 heights, ends repeated, at 14 places; loss = misfit ---- */

enum { tangents_fixed = 10, left_point_only, last_knot_lost };

/* the four weights at fraction u */
static void catmull(double u, double w[4])
{
    double u2 = u * u, u3 = u2 * u;
    w[0] = 0.5 * (-u3 + 2 * u2 - u);
    w[1] = 0.5 * (3 * u3 - 5 * u2 + 2);
    w[2] = 0.5 * (-3 * u3 + 4 * u2 + u);
    w[3] = 0.5 * (u3 - u2);
}

static int clamp_knot(int k, int n)
{
    return k < 0 ? 0 : k >= n ? n - 1 : k;
}

static double spline_misfit(const double *y, int n, int sample)
{
    double at = 0.3 + 0.48 * sample, w[4], v = 0;
    catmull(at - floor(at), w);
    for (int k = 0; k < 4; k++) v += w[k] * y[clamp_knot((int)floor(at) - 1 + k, n)];
    return v - spot(sample);
}

static double spline_loss(const double *y, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int i = 0; i < 14; i++) {
        double d = spline_misfit(y, (int)n, i);
        s += sqrt(1 + d * d);
    }
    return s;
}

static void spline_grad(const double *y, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx), knots = (int)n;
    for (int k = 0; k < knots; k++) g[k] = 0;
    for (int i = 0; i < 14; i++) {
        double at = 0.3 + 0.48 * i, w[4], d = spline_misfit(y, knots, i), u = at - floor(at);
        catmull(u, w);
        if (bug == tangents_fixed) w[0] = w[3] = 0, w[2] = u * u * (3 - 2 * u), w[1] = 1 - w[2];
        for (int k = 0; k < 4; k++) {
            int j = (int)floor(at) - 1 + k;
            if (bug == left_point_only) j = (int)floor(at);
            if (bug == last_knot_lost && j >= knots - 1) continue;
            g[clamp_knot(j, knots)] += d / sqrt(1 + d * d) * w[k];
        }
    }
}

UNIT(spline, 8, -1, 1, 0)

/* ---- turn: a quaternion (4), normalised, turns three points towards three others, then a shift (3) ---- */

enum { unit_taken_for_granted = 20, wrong_way_round, scalar_part_lost };

static void quat_matrix(const double *q, double m[3][3])
{
    double w = q[0], x = q[1], y = q[2], z = q[3];
    double r[3][3] = { { w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y) },
                       { 2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x) },
                       { 2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z } };
    memcpy(m, r, sizeof r);
}

static double turn_misfit(const double *x, int p, int i, double m[3][3])
{
    double v = x[4 + i] - spot(20 + 3 * p + i);
    for (int j = 0; j < 3; j++) v += m[i][j] * spot(3 * p + j);
    return v;
}

static double turn_loss(const double *x, size_t n, void *ctx)
{
    double q[4], norm = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3]), m[3][3], s = 0;
    (void)n, (void)ctx;
    for (int k = 0; k < 4; k++) q[k] = x[k] / norm;
    quat_matrix(q, m);
    for (int p = 0; p < 3; p++)
        for (int i = 0; i < 3; i++) s += pow(turn_misfit(x, p, i, m), 2);
    return s;
}

static void turn_grad(const double *x, size_t n, double *g, void *ctx)
{
    double q[4], norm = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3]), m[3][3], a[3][3] = { 0 };
    int bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    for (int k = 0; k < 4; k++) q[k] = x[k] / norm;
    quat_matrix(q, m);
    for (int p = 0; p < 3; p++)
        for (int i = 0; i < 3; i++) {
            double d = 2 * turn_misfit(x, p, i, m);
            g[4 + i] += d;
            for (int j = 0; j < 3; j++)
                a[bug == wrong_way_round ? j : i][bug == wrong_way_round ? i : j] += d * spot(3 * p + j);
        }
    double dq[4] = { 0 };
    for (int k = 0; k < 4; k++) {
        double e[4], up[3][3], down[3][3]; /* the matrix is quadratic: this difference is exact */
        for (int l = 0; l < 4; l++) e[l] = q[l] + (l == k);
        quat_matrix(e, up);
        e[k] = q[k] - 1;
        quat_matrix(e, down);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) dq[k] += a[i][j] * (up[i][j] - down[i][j]) / 2;
    }
    if (bug == scalar_part_lost) dq[0] = 0;
    double along = q[0] * dq[0] + q[1] * dq[1] + q[2] * dq[2] + q[3] * dq[3];
    if (bug == unit_taken_for_granted) along = 0;
    for (int k = 0; k < 4; k++) g[k] = (dq[k] - along * q[k]) / norm;
}

UNIT(turn, 7, -1, 1, 0)

/* ---- chamfer: 6 points of the plane to 5 fixed ones and back, squared distances, means of both ---- */

enum { way_back_missing = 30, mean_of_other_cloud, nearest_of_first };

static vec2 target(int j)
{
    return (vec2){ spot(40 + 2 * j), spot(41 + 2 * j) };
}

static double dist2(const double *p, vec2 t)
{
    return (p[0] - t.x) * (p[0] - t.x) + (p[1] - t.y) * (p[1] - t.y);
}

static int nearest_target(const double *p)
{
    int best = 0;
    for (int j = 1; j < 5; j++)
        if (dist2(p, target(j)) < dist2(p, target(best))) best = j;
    return best;
}

static int nearest_point(const double *x, int points, int j)
{
    int best = 0;
    for (int i = 1; i < points; i++)
        if (dist2(x + 2 * i, target(j)) < dist2(x + 2 * best, target(j))) best = i;
    return best;
}

static double chamfer_loss(const double *x, size_t n, void *ctx)
{
    int points = (int)n / 2;
    double s = 0;
    (void)ctx;
    for (int i = 0; i < points; i++) s += dist2(x + 2 * i, target(nearest_target(x + 2 * i))) / points;
    for (int j = 0; j < 5; j++) s += dist2(x + 2 * nearest_point(x, points, j), target(j)) / 5;
    return s;
}

static void chamfer_grad(const double *x, size_t n, double *g, void *ctx)
{
    int points = (int)n / 2, bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    for (int i = 0; i < points; i++) {
        vec2 t = target(nearest_target(x + (bug == nearest_of_first ? 0 : 2 * i)));
        g[2 * i] += 2 * (x[2 * i] - t.x) / points;
        g[2 * i + 1] += 2 * (x[2 * i + 1] - t.y) / points;
    }
    for (int j = 0; j < 5 && bug != way_back_missing; j++) {
        int i = nearest_point(x, points, j), many = bug == mean_of_other_cloud ? points : 5;
        g[2 * i] += 2 * (x[2 * i] - target(j).x) / many;
        g[2 * i + 1] += 2 * (x[2 * i + 1] - target(j).y) / many;
    }
}

UNIT(chamfer, 12, -1, 1, 0)

/* ---- rod: 7 points of the plane, bending (second differences squared) and a fourth power of the
 * stretch ---- */

enum { middle_once = 40, last_bend_left_out, stretch_of_one_end };

static double rod_loss(const double *x, size_t n, void *ctx)
{
    double e = 0;
    (void)ctx;
    for (size_t i = 2; i + 2 < n; i++) e += 1.5 * pow(x[i - 2] - 2 * x[i] + x[i + 2], 2);
    for (size_t i = 0; i + 2 < n; i += 2) {
        double l = pow(x[i + 2] - x[i] - 0.3, 2) + pow(x[i + 3] - x[i + 1], 2);
        e += l * l;
    }
    return e;
}

static void rod_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (size_t i = 2; i + (bug == last_bend_left_out ? 4 : 2) < n; i++) {
        double b = 3 * (x[i - 2] - 2 * x[i] + x[i + 2]);
        g[i - 2] += b;
        g[i] -= bug == middle_once ? b : 2 * b;
        g[i + 2] += b;
    }
    for (size_t i = 0; i + 2 < n; i += 2) {
        double ux = x[i + 2] - x[i] - 0.3, uy = x[i + 3] - x[i + 1], l = ux * ux + uy * uy;
        g[i + 2] += 4 * l * ux;
        g[i + 3] += 4 * l * uy;
        if (bug == stretch_of_one_end) continue;
        g[i] -= 4 * l * ux;
        g[i + 1] -= 4 * l * uy;
    }
}

UNIT(rod, 14, -1, 1, 0)

/* ---- charges: 5 in the plane, softened, in a bowl; loss = the energy ---- */

enum { inverse_square = 50, force_not_gradient, own_charge_missing, bowl_missing };

static double charge(int i)
{
    return i % 2 ? -1.0 - 0.1 * i : 1.0 + 0.2 * i;
}

static double charges_loss(const double *x, size_t n, void *ctx)
{
    double e = 0;
    (void)ctx;
    for (int i = 0; i < (int)n / 2; i++) {
        e += 0.4 * (x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1]);
        for (int j = 0; j < i; j++)
            e += charge(i) * charge(j) / sqrt(0.1 + dist2(x + 2 * i, (vec2){ x[2 * j], x[2 * j + 1] }));
    }
    return e;
}

static void charges_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (int i = 0; i < (int)n / 2; i++)
        for (int d = 0; d < 2; d++) {
            g[2 * i + d] = bug == bowl_missing ? 0 : 0.8 * x[2 * i + d];
            for (int j = 0; j < (int)n / 2; j++) {
                if (j == i) continue;
                double r2 = 0.1 + dist2(x + 2 * i, (vec2){ x[2 * j], x[2 * j + 1] });
                double f = charge(j) * (bug == own_charge_missing ? 1 : charge(i));
                f *= (x[2 * i + d] - x[2 * j + d]) / (bug == inverse_square ? r2 : r2 * sqrt(r2));
                g[2 * i + d] -= f;
            }
            if (bug == force_not_gradient) g[2 * i + d] = -g[2 * i + d];
        }
}

UNIT(charges, 10, -1, 1, 0)

ROWS = {
    RIGHT(THIRD, iou, "boxes that overlap, and boxes that do not"),
    WRONG(THIRD, iou, union_fixed, TERM, "the union is taken for a constant"),
    WRONG(THIRD, iou, half_width_lost, FACTOR | FORMULA | CHAIN | TERM,
          "the 1/2 of the half width is missing in one of two terms"),
    WRONG(THIRD, iou, height_not_log, CHAIN, "d/d height where the parameter is its logarithm"),
    RIGHT(THIRD, spline, "linear in its knots, ends repeated"),
    WRONG(THIRD, spline, tangents_fixed, TERM | FORMULA, "the tangents are taken for constants"),
    WRONG(THIRD, spline, left_point_only, INDEX | FORMULA, "all four weights go to the left knot"),
    WRONG(THIRD, spline, last_knot_lost, RANGE | MASK | TERM, "nothing reaches the last knot"),
    RIGHT(THIRD, turn, "a rotation: no gradient along the quaternion"),
    WRONG(THIRD, turn, unit_taken_for_granted, TERM,
          "the normalisation is not differentiated: no projection"),
    WRONG(THIRD, turn, wrong_way_round, INDEX | SIGN | FORMULA, "the rotation's gradient is transposed"),
    WRONG(THIRD, turn, scalar_part_lost, RANGE | TERM, "the scalar part is dropped before the projection"),
    RIGHT(THIRD, chamfer, "nearest neighbours both ways"),
    WRONG(THIRD, chamfer, way_back_missing, TERM | SUM, "the second of the two sums is missing"),
    WRONG(THIRD, chamfer, mean_of_other_cloud, MEAN | FACTOR | FORMULA,
          "the second sum is divided by 6 for 5"),
    WRONG(THIRD, chamfer, nearest_of_first, INDEX | FORMULA,
          "all points are drawn to the first one's neighbour"),
    RIGHT(THIRD, rod, "ends with fewer terms"),
    WRONG(THIRD, rod, middle_once, FACTOR | TERM | FORMULA, "the -2 of the second difference is a -1"),
    WRONG(THIRD, rod, last_bend_left_out, RANGE | TERM, "the last bend is left out"),
    WRONG(THIRD, rod, stretch_of_one_end, SUM | TERM, "a stretch pulls at one end only"),
    RIGHT(THIRD, charges, "attraction and repulsion in a bowl"),
    WRONG(THIRD, charges, inverse_square, CHAIN | FORMULA, "divided by r^2 where r^3 belongs"),
    WRONG(THIRD, charges, force_not_gradient, SIGN, "the force, which is minus the gradient"),
    WRONG(THIRD, charges, own_charge_missing, FACTOR | FORMULA | TERM | CHAIN,
          "the charge itself is missing"),
    WRONG(THIRD, charges, bowl_missing, TERM | PENALTY, "the bowl has no part in the gradient"),
};

FIELD(third_shapes)
