/* field_graphics.c - cameras, shading, images, curves: small vectors, macros, fixed loops. */
#include "stranger.h"

typedef struct vec3 {
    double x, y, z;
} vec3;

#define V3(p, i)  ((vec3){ (p)[3 * (i)], (p)[3 * (i) + 1], (p)[3 * (i) + 2] })
#define DOT(a, b) ((a).x * (b).x + (a).y * (b).y + (a).z * (b).z)
#define SUB(a, b) ((vec3){ (a).x - (b).x, (a).y - (b).y, (a).z - (b).z })
#define CROSS(a, b) \
    ((vec3){ (a).y * (b).z - (a).z * (b).y, (a).z * (b).x - (a).x * (b).z, (a).x * (b).y - (a).y * (b).x })
#define PUT(g, i, s, v) \
    ((g)[3 * (i)] += (s) * (v).x, (g)[3 * (i) + 1] += (s) * (v).y, (g)[3 * (i) + 2] += (s) * (v).z)

static double texel(int i, int j)
{
    return sin(0.9 * i + 0.4) * cos(1.3 * j - 0.2) + 0.1 * i;
}

/* ---- camera: pose (3 angles, 3 shifts) and focal length, reprojection of 6 points; x = 7 numbers ---- */

enum { depth_constant = 1, roll_pitch_order, focal_forgotten };

static double camera_run(const double *x, double *g, int bug)
{
    double ca = cos(x[0]), sa = sin(x[0]), cb = cos(x[1]), sb = sin(x[1]), cc = cos(x[2]), sc = sin(x[2]),
           e = 0;
    for (int k = 0; k < 7 && g; k++) g[k] = 0;
    for (int i = 0; i < 6; i++) {
        vec3 p = { texel(i, 0), texel(i, 2), texel(i, 4) }, q, r, s;
        q = (vec3){ p.x, ca * p.y - sa * p.z, sa * p.y + ca * p.z };
        r = (vec3){ cb * q.x + sb * q.z, q.y, -sb * q.x + cb * q.z };
        s = (vec3){ cc * r.x - sc * r.y + x[3], sc * r.x + cc * r.y + x[4], r.z + x[5] + 5 };
        double u = x[6] * s.x / s.z - texel(i, 7), v = x[6] * s.y / s.z - texel(i, 9);
        e += u * u + v * v;
        if (!g) continue;
        double dx = 2 * u * x[6] / s.z, dy = 2 * v * x[6] / s.z;
        double dz = bug == depth_constant ? 0 : -(dx * s.x + dy * s.y) / s.z;
        g[3] += dx, g[4] += dy, g[5] += dz;
        if (bug != focal_forgotten) g[6] += 2 * u * s.x / s.z + 2 * v * s.y / s.z;
        g[2] += dx * (-sc * r.x - cc * r.y) + dy * (cc * r.x - sc * r.y);
        double rx = cc * dx + sc * dy, ry = -sc * dx + cc * dy, rz = dz;
        g[1] += rx * (-sb * q.x + cb * q.z) + rz * (-cb * q.x - sb * q.z);
        double qy = ry, qz = sb * rx + cb * rz;
        if (bug == roll_pitch_order) qz = rz;
        g[0] += qy * (-sa * p.y - ca * p.z) + qz * (ca * p.y - sa * p.z);
    }
    return e;
}

static double camera_loss(const double *x, size_t n, void *ctx)
{
    (void)n, (void)ctx;
    return camera_run(x, NULL, 0);
}

static void camera_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)n;
    camera_run(x, g, BUG(ctx));
}

UNIT(camera, 7, -1, 1, 0)

/* ---- mesh: area of a fan of 5 triangles in space; x = 6 vertices, the first is the hub ---- */

enum { hub_not_moved = 10, cross_order, half_of_area };

static double mesh_loss(const double *x, size_t n, void *ctx)
{
    double area = 0;
    (void)n, (void)ctx;
    for (int t = 1; t <= 4; t++) {
        vec3 a = SUB(V3(x, t), V3(x, 0)), b = SUB(V3(x, t + 1), V3(x, 0)), c = CROSS(a, b);
        area += 0.5 * sqrt(DOT(c, c));
    }
    return area;
}

static void mesh_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    for (int t = 1; t <= 4; t++) {
        vec3 a = SUB(V3(x, t), V3(x, 0)), b = SUB(V3(x, t + 1), V3(x, 0)), c = CROSS(a, b);
        if (DOT(c, c) <= 0) continue; /* no area */
        double s = (bug == half_of_area ? 1 : 0.5) / sqrt(DOT(c, c));
        vec3 da = CROSS(b, c), db = CROSS(c, a);
        if (bug == cross_order) db = CROSS(a, c);
        PUT(g, t, s, da);
        PUT(g, t + 1, s, db);
        if (bug == hub_not_moved) continue;
        PUT(g, 0, -s, da);
        PUT(g, 0, -s, db);
    }
}

UNIT(mesh, 18, -1, 1, 0)

/* ---- shade: diffuse and specular light at a point; x = normal (3), not of length 1; lights fixed ---- */

enum { normal_not_projected = 20, shininess_forgotten };

static double shade_run(const double *x, double *g, int bug)
{
    static const vec3 light = { 0.48, 0.6, 0.64 }, half = { 0.0, 0.6, 0.8 };
    vec3 n = V3(x, 0);
    double len = sqrt(DOT(n, n)), d = DOT(n, light) / len, h = DOT(n, half) / len, s, ds;
    if (d < 0) d = 0;
    if (h < 0) h = 0;
    s = pow(h, 10), ds = 10 * pow(h, 9);
    if (bug == shininess_forgotten) ds = pow(h, 9);
    if (g) {
        double along = bug == normal_not_projected ? 0 : (d * (d > 0) + ds * 0.5 * h) / len;
        g[0] = g[1] = g[2] = 0;
        PUT(g, 0, (d > 0) / len, light);
        PUT(g, 0, 0.5 * ds / len, half);
        PUT(g, 0, -along / len, n);
    }
    return d + 0.5 * s;
}

static double shade_loss(const double *x, size_t n, void *ctx)
{
    (void)n, (void)ctx;
    return shade_run(x, NULL, 0);
}

static void shade_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)n;
    shade_run(x, g, BUG(ctx));
}

UNIT(shade, 3, 0.1, 1, 0)

/* ---- denoise: 6x6 image, data term and smoothed total variation ---- */

enum { backward_difference_missing = 30, image_edge_wraps };

static double denoise_run(const double *x, double *g, int bug)
{
    double e = 0;
    for (int k = 0; k < 36; k++) {
        double d = x[k] - texel(k / 6, k % 6);
        e += 0.5 * d * d;
        if (g) g[k] = d;
    }
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            int right = 6 * i + (j < 5 ? j + 1 : j), down = 6 * (i < 5 ? i + 1 : i) + j, k = 6 * i + j;
            double a = x[right] - x[k], b = x[down] - x[k], t = sqrt(a * a + b * b + 0.01);
            e += 0.3 * t;
            if (!g) continue;
            g[k] -= 0.3 * (a + b) / t;
            if (bug == backward_difference_missing) continue;
            if (bug == image_edge_wraps && j == 5) right = 6 * i;
            g[right] += 0.3 * (bug == image_edge_wraps && j == 5 ? x[right] - x[k] : a) / t;
            g[down] += 0.3 * b / t;
        }
    return e;
}

static double denoise_loss(const double *x, size_t n, void *ctx)
{
    (void)n, (void)ctx;
    return denoise_run(x, NULL, 0);
}

static void denoise_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)n;
    denoise_run(x, g, BUG(ctx));
}

UNIT(denoise, 36, -1, 1, 0)

/* ---- warp: an image read at 5 places between pixels, bilinear; x = the places ---- */

enum { warp_axes_exchanged = 40, warp_weights_fixed };

static double warp_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t k = 0; k < n; k += 2) {
        double u = 4 + 3 * x[k], v = 4 + 3 * x[k + 1];
        int i = (int)floor(u), j = (int)floor(v);
        double a = u - i, b = v - j;
        double t = (1 - a) * ((1 - b) * texel(i, j) + b * texel(i, j + 1)) +
                   a * ((1 - b) * texel(i + 1, j) + b * texel(i + 1, j + 1));
        s += t * t;
    }
    return s;
}

static void warp_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t k = 0; k < n; k += 2) {
        double u = 4 + 3 * x[k], v = 4 + 3 * x[k + 1];
        int i = (int)floor(u), j = (int)floor(v);
        double a = u - i, b = v - j;
        double top = (1 - b) * texel(i, j) + b * texel(i, j + 1);
        double low = (1 - b) * texel(i + 1, j) + b * texel(i + 1, j + 1);
        double t = (1 - a) * top + a * low, du = low - top;
        double dv = (1 - a) * (texel(i, j + 1) - texel(i, j)) + a * (texel(i + 1, j + 1) - texel(i + 1, j));
        if (bug == warp_weights_fixed) dv = texel(i, j + 1) - texel(i, j);
        g[k + (bug == warp_axes_exchanged)] = 2 * t * du * 3;
        g[k + (bug != warp_axes_exchanged)] = 2 * t * dv * 3;
    }
}

UNIT(warp, 10, -1, 1, 0)

/* ---- blend: 6 layers from front to back, opacities from logits; x = logits (6), colours (6) ---- */

enum { behind_not_dimmed = 50, transmittance_shifted };

static double blend_loss(const double *x, size_t n, void *ctx)
{
    double T = 1, c = 0;
    (void)n, (void)ctx;
    for (int i = 0; i < 6; i++) {
        double a = 1 / (1 + exp(-x[i]));
        c += T * a * x[6 + i];
        T *= 1 - a;
    }
    return (c - 0.4) * (c - 0.4);
}

static void blend_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double T[7] = { 1 }, a[6], c = 0, behind = 0;
    (void)n;
    for (int i = 0; i < 6; i++) {
        a[i] = 1 / (1 + exp(-x[i]));
        c += T[i] * a[i] * x[6 + i];
        T[i + 1] = T[i] * (1 - a[i]);
    }
    for (int i = 5; i >= 0; i--) {
        double d = 2 * (c - 0.4);
        g[6 + i] = d * T[bug == transmittance_shifted ? i + 1 : i] * a[i];
        g[i] =
            d * (T[i] * x[6 + i] - (bug == behind_not_dimmed ? 0 : behind / (1 - a[i]))) * a[i] * (1 - a[i]);
        behind += T[i] * a[i] * x[6 + i];
    }
}

UNIT(blend, 12, -1, 1, 0)

/* ---- bezier: a cubic through 9 samples; x = 4 control points in the plane ---- */

enum { binomial_forgotten = 60, control_points_reversed };

static double bernstein(int k, double t)
{
    static const double c[4] = { 1, 3, 3, 1 };
    return c[k] * pow(t, k) * pow(1 - t, 3 - k);
}

static double bezier_loss(const double *x, size_t n, void *ctx)
{
    double e = 0;
    (void)n, (void)ctx;
    for (int s = 0; s <= 8; s++)
        for (int d = 0; d < 2; d++) {
            double p = -texel(s, d);
            for (int k = 0; k < 4; k++) p += bernstein(k, s / 8.0) * x[2 * k + d];
            e += p * p / 9;
        }
    return e;
}

static void bezier_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int s = 0; s <= 8; s++)
        for (int d = 0; d < 2; d++) {
            double p = -texel(s, d), t = s / 8.0;
            for (int k = 0; k < 4; k++) p += bernstein(k, t) * x[2 * k + d];
            for (int k = 0; k < 4; k++) {
                double b = bug == binomial_forgotten ? pow(t, k) * pow(1 - t, 3 - k) : bernstein(k, t);
                g[2 * (bug == control_points_reversed ? 3 - k : k) + d] += 2 * p * b / 9;
            }
        }
}

UNIT(bezier, 8, -1, 1, 0)

ROWS = {
    RIGHT(OPEN, camera, "three rotations and a division by the depth"),
    WRONG(OPEN, camera, depth_constant, TERM, "the depth is taken for a constant"),
    WRONG(KEPT, camera, roll_pitch_order, FORMULA, "the second rotation is not undone on the way back"),
    WRONG(OPEN, camera, focal_forgotten, RANGE, "the focal length gets no gradient"),
    RIGHT(OPEN, mesh, "areas of triangles in space"),
    WRONG(KEPT, mesh, hub_not_moved, RANGE, "the vertex that all share gets no gradient"),
    WRONG(OPEN, mesh, cross_order, SIGN | FORMULA, "a cross product in the other order"),
    WRONG(OPEN, mesh, half_of_area, FACTOR, "the half of the triangle's area is missing"),
    RIGHT(KEPT, shade, "a normal that is normalised"),
    WRONG(OPEN, shade, normal_not_projected, TERM, "the normalisation is not differentiated: no projection"),
    WRONG(OPEN, shade, shininess_forgotten, FACTOR | FORMULA | TERM,
          "the power's exponent is missing, in one of two terms"),
    RIGHT(KEPT, denoise, "smoothed total variation, edges repeated"),
    WRONG(OPEN, denoise, backward_difference_missing, SUM | TERM, "the neighbour's share is missing"),
    WRONG(OPEN, denoise, image_edge_wraps, MASK | INDEX | FORMULA,
          "the right edge wraps around on the way back"),
    RIGHT(KEPT, warp, "bilinear: corners at the pixels"),
    WRONG(OPEN, warp, warp_axes_exchanged, INDEX, "u and v are exchanged"),
    WRONG(OPEN, warp, warp_weights_fixed, FORMULA, "dv from the upper row alone"),
    RIGHT(KEPT, blend, "products of all opacities in front"),
    WRONG(OPEN, blend, behind_not_dimmed, TERM, "a layer does not dim what is behind it"),
    WRONG(OPEN, blend, transmittance_shifted, CHAIN | FORMULA,
          "the transparency behind the layer for that in front of it"),
    RIGHT(KEPT, bezier, "linear in its points"),
    WRONG(OPEN, bezier, binomial_forgotten, FACTOR | FORMULA, "Bernstein's factors of 3 are missing"),
    WRONG(OPEN, bezier, control_points_reversed, INDEX, "the points in reverse order"),
};

FIELD(graphics)
