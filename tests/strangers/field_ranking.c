/* field_ranking.c - losses of retrieval, metric learning and recognition: pairs, triplets, contrast,
 * margins, overlaps. */
#include "stranger.h"

#define SQR(a)    ((a) * (a))
#define FOR(i, n) for (int i = 0; i < (n); ++i)
#define DIM       4
#define ROW(x, i) ((x) + (i)*DIM)

static double sigmoid(double t)
{
    return t >= 0 ? 1 / (1 + exp(-t)) : exp(t) / (1 + exp(t));
}

static double dot(const double *a, const double *b)
{
    double s = 0;
    FOR(d, DIM) s += a[d] * b[d];
    return s;
}

/* ---- ranknet: scores of 8 documents with grades; sum over ordered pairs of log(1 + e^(s_j - s_i)) ---- */

enum { winner_only = 1, swapped_pair };

static const int grade[8] = { 2, 0, 1, 0, 3, 1, 0, 2 };

static double ranknet_loss(const double *s, size_t n, void *ctx)
{
    double l = 0;
    (void)ctx;
    FOR(i, (int)n) FOR(j, (int)n) if (grade[i] > grade[j]) l += log1p(exp(s[j] - s[i]));
    return l;
}

static void ranknet_grad(const double *s, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    FOR(i, (int)n) g[i] = 0;
    FOR(i, (int)n) FOR(j, (int)n)
    {
        if (grade[i] <= grade[j]) continue;
        double lambda = sigmoid(bug == swapped_pair ? s[i] - s[j] : s[j] - s[i]);
        g[i] -= lambda;
        if (bug != winner_only) g[j] += lambda;
    }
}

UNIT(ranknet, 8, -2, 2, 0)

/* ---- triplet: anchors, positives, negatives (8,4) each; hinge with margin 2 on squared distances ---- */

enum { anchor_sees_positive_only = 10, hinge_ignored, margin_in_mask };

static double triplet_gap(const double *x, int t)
{
    double p = 0, q = 0;
    FOR(d, DIM) p += SQR(ROW(x, t)[d] - ROW(x, 8 + t)[d]), q += SQR(ROW(x, t)[d] - ROW(x, 16 + t)[d]);
    return p - q;
}

static double triplet_loss(const double *x, size_t n, void *ctx)
{
    double l = 0;
    (void)n, (void)ctx;
    FOR(t, 8) l += fmax(0, triplet_gap(x, t) + 2);
    return l / 8;
}

static void triplet_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    FOR(t, 8)
    {
        const double *a = ROW(x, t), *p = ROW(x, 8 + t), *q = ROW(x, 16 + t);
        if (triplet_gap(x, t) + (bug == margin_in_mask ? 0 : 2) <= 0 && bug != hinge_ignored) continue;
        FOR(d, DIM)
        {
            ROW(g, t)[d] += 2.0 / 8 * (bug == anchor_sees_positive_only ? a[d] - p[d] : q[d] - p[d]);
            ROW(g, 8 + t)[d] -= 2.0 / 8 * (a[d] - p[d]);
            ROW(g, 16 + t)[d] += 2.0 / 8 * (a[d] - q[d]);
        }
    }
}

UNIT(triplet, 96, -1.2, 1.2, 0)

/* ---- infonce: two views (4,4) each, cosine similarities at temperature 0.2, rows contrasted; x =
 * both views ---- */

enum { temperature_once_more = 20, norm_constant, second_view_detached };

static double infonce_all(const double *x, double p[4][4])
{
    double l = 0;
    FOR(i, 4)
    {
        double z = 0;
        FOR(j, 4)
        {
            const double *a = ROW(x, i), *b = ROW(x, 4 + j);
            z += p[i][j] = exp(dot(a, b) / sqrt(dot(a, a) * dot(b, b)) / 0.2);
        }
        FOR(j, 4) p[i][j] /= z;
        l -= log(p[i][i]);
    }
    return l / 4;
}

static double infonce_loss(const double *x, size_t n, void *ctx)
{
    double p[4][4];
    (void)n, (void)ctx;
    return infonce_all(x, p);
}

static void infonce_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double p[4][4];
    infonce_all(x, p);
    memset(g, 0, n * sizeof *g);
    FOR(i, 4) FOR(j, 4)
    {
        const double *a = ROW(x, i), *b = ROW(x, 4 + j);
        double na = sqrt(dot(a, a)), nb = sqrt(dot(b, b)), c = dot(a, b) / (na * nb);
        double ds = (p[i][j] - (i == j)) / 4 / 0.2;
        if (bug == temperature_once_more) ds /= 0.2;
        FOR(d, DIM)
        {
            double pa = bug == norm_constant ? 0 : c * a[d] / na,
                   pb = bug == norm_constant ? 0 : c * b[d] / nb;
            ROW(g, i)[d] += ds * (b[d] / nb - pa) / na;
            if (bug != second_view_detached) ROW(g, 4 + j)[d] += ds * (a[d] / na - pb) / nb;
        }
    }
}

UNIT(infonce, 32, -1, 1, 0)

/* ---- focal: binary detection, 10 logits, gamma 2, alpha 0.25 ---- */

enum { modulation_constant = 30, alpha_for_all };

static double focal_loss(const double *z, size_t n, void *ctx)
{
    double l = 0;
    (void)ctx;
    FOR(i, (int)n)
    {
        int y = i % 3 == 0;
        double p = sigmoid(y ? z[i] : -z[i]);
        l -= (y ? 0.25 : 0.75) * SQR(1 - p) * log(p);
    }
    return l;
}

static void focal_grad(const double *z, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    FOR(i, (int)n)
    {
        int y = i % 3 == 0;
        double p = sigmoid(y ? z[i] : -z[i]), alpha = y || bug == alpha_for_all ? 0.25 : 0.75;
        double dp = SQR(1 - p) / p - (bug == modulation_constant ? 0 : 2 * (1 - p) * log(p));
        g[i] = -alpha * dp * p * (1 - p) * (y ? 1 : -1);
    }
}

UNIT(focal, 10, -2, 2, 0)

/* ---- dice: segmentation overlap of 16 pixels, soft masks from logits ---- */

enum { union_constant = 40, quotient_rule_sign };

static double dice_loss(const double *z, size_t n, void *ctx)
{
    double inter = 0, sum = 0;
    (void)ctx;
    FOR(i, (int)n)
    {
        double p = sigmoid(z[i]), t = i % 4 < 2;
        inter += p * t;
        sum += p + t;
    }
    return 1 - (2 * inter + 1) / (sum + 1);
}

static void dice_grad(const double *z, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double inter = 0, sum = 0;
    FOR(i, (int)n) inter += sigmoid(z[i]) * (i % 4 < 2), sum += sigmoid(z[i]) + (i % 4 < 2);
    FOR(i, (int)n)
    {
        double p = sigmoid(z[i]), t = i % 4 < 2, second = (2 * inter + 1) / SQR(sum + 1);
        if (bug == union_constant) second = 0;
        if (bug == quotient_rule_sign) second = -second;
        g[i] = -(2 * t / (sum + 1) - second) * p * (1 - p);
    }
}

UNIT(dice, 16, -2, 2, 0)

/* ---- arcface: the angle to the own class grows by 0.3; x = an embedding; classes are fixed ---- */

enum { margin_not_differentiated = 50 };

static double class_axis(int c, int d)
{
    double q = 0;
    FOR(k, DIM) q += SQR(sin(2.1 * c + 1.7 * k + 0.4));
    return sin(2.1 * c + 1.7 * d + 0.4) / sqrt(q);
}

static double arcface_parts(const double *x, double *c, double *p)
{
    double z = 0, nx = sqrt(dot(x, x));
    FOR(k, 5)
    {
        c[k] = 0;
        FOR(d, DIM) c[k] += x[d] / nx * class_axis(k, d);
        z += p[k] = exp(4 * (k == 2 ? cos(acos(c[k]) + 0.3) : c[k]));
    }
    FOR(k, 5) p[k] /= z;
    return -log(p[2]);
}

static double arcface_loss(const double *x, size_t n, void *ctx)
{
    double c[5], p[5];
    (void)n, (void)ctx;
    return arcface_parts(x, c, p);
}

static void arcface_grad(const double *x, size_t n, double *g, void *ctx)
{
    double c[5], p[5], nx = sqrt(dot(x, x));
    arcface_parts(x, c, p);
    FOR(d, (int)n) g[d] = 0;
    FOR(k, 5)
    {
        double dc = 4 * (p[k] - (k == 2));
        if (k == 2 && BUG(ctx) != margin_not_differentiated)
            dc *= sin(acos(c[k]) + 0.3) / sqrt(1 - SQR(c[k]));
        FOR(d, DIM) g[d] += dc * (class_axis(k, d) - c[k] * x[d] / nx) / nx;
    }
}

UNIT(arcface, 4, -1, 1, 0)

/* ---- hinge: one against all, 3 classes, 12 samples, weights (3,4) ---- */

enum { other_class_only = 60, argmax_of_scores };

static int worst_class(const double *w, int s, int with_margin, double *violation)
{
    double v[3];
    int y = s % 3, best = (y + 1) % 3;
    FOR(k, 3)
    {
        v[k] = 0;
        FOR(d, DIM) v[k] += ROW(w, k)[d] * sin(1.9 * s + d + 0.5 * d * s);
    }
    FOR(k, 3) if (k != y && v[k] > v[best]) best = k;
    *violation = with_margin * 1.0 + v[best] - v[y];
    return best;
}

static double hinge_loss(const double *w, size_t n, void *ctx)
{
    double l = 0, v;
    (void)n, (void)ctx;
    FOR(s, 12)
    {
        worst_class(w, s, 1, &v);
        l += v > 0 ? v : 0;
    }
    return l;
}

static void hinge_grad(const double *w, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double v;
    memset(g, 0, n * sizeof *g);
    FOR(s, 12)
    {
        int best = worst_class(w, s, bug != argmax_of_scores, &v);
        if (v <= 0) continue;
        FOR(d, DIM)
        {
            double in = sin(1.9 * s + d + 0.5 * d * s);
            ROW(g, best)[d] += in;
            if (bug != other_class_only) ROW(g, s % 3)[d] -= in;
        }
    }
}

UNIT(hinge, 12, -1, 1, 0)

/* ---- listnet: cross-entropy of two softmaxes, teacher fixed, with temperature and its square ---- */

enum { square_of_temperature = 70 };

static double distil_loss(const double *z, size_t n, void *ctx)
{
    double top = z[0], zs = 0, zt = 0, l = 0;
    (void)ctx;
    FOR(i, (int)n) top = fmax(top, z[i]);
    FOR(i, (int)n) zs += exp((z[i] - top) / 3), zt += exp(sin(2.0 * i));
    FOR(i, (int)n) l -= exp(sin(2.0 * i)) / zt * ((z[i] - top) / 3 - log(zs));
    return 9 * l;
}

static void distil_grad(const double *z, size_t n, double *g, void *ctx)
{
    double zs = 0, zt = 0;
    FOR(i, (int)n) zs += exp(z[i] / 3), zt += exp(sin(2.0 * i));
    FOR(i, (int)n) g[i] = (BUG(ctx) ? 9.0 : 3.0) * (exp(z[i] / 3) / zs - exp(sin(2.0 * i)) / zt);
}

UNIT(distil, 9, -4, 4, 0)

ROWS = {
    RIGHT(OPEN, ranknet, "sums over pairs that cancel: the gradient's sum is 0"),
    WRONG(OPEN, ranknet, winner_only, TERM, "the losers of the pairs get no gradient"),
    /* SIGN as well: what is wrong is the sign of the difference in which the two of a pair meet */
    WRONG(KEPT, ranknet, swapped_pair, FORMULA | SIGN, "the sigmoid of the opposite difference"),
    RIGHT(OPEN, triplet, "hinges: whole triplets without gradient"),
    WRONG(OPEN, triplet, anchor_sees_positive_only, TERM, "the anchor is not pushed away from the negative"),
    WRONG(KEPT, triplet, hinge_ignored, MASK, "satisfied triplets get a gradient"),
    WRONG(OPEN, triplet, margin_in_mask, MASK | RANGE, "the margin is not in the backward's condition"),
    RIGHT(OPEN, infonce, "cosines: no gradient along each vector"),
    WRONG(KEPT, infonce, temperature_once_more, FACTOR, "the temperature divides twice"),
    WRONG(OPEN, infonce, norm_constant, TERM, "the norms are taken for constants: no projection"),
    WRONG(OPEN, infonce, second_view_detached, RANGE, "the second view gets no gradient"),
    RIGHT(KEPT, focal, "a product of a power and a logarithm"),
    WRONG(OPEN, focal, modulation_constant, TERM, "(1 - p)^2 is taken for a constant"),
    WRONG(OPEN, focal, alpha_for_all, FACTOR, "the positives' weight for negatives as well: a third of it"),
    RIGHT(KEPT, dice, "a quotient of sums"),
    WRONG(OPEN, dice, union_constant, TERM, "the denominator is taken for a constant"),
    WRONG(OPEN, dice, quotient_rule_sign, SIGN, "plus in the quotient rule"),
    RIGHT(KEPT, arcface, "an angle, near no corner"),
    WRONG(OPEN, arcface, margin_not_differentiated, CHAIN, "the derivative of cos(acos c + m) is missing"),
    RIGHT(OPEN, hinge, "corners: a hinge over a maximum"),
    WRONG(KEPT, hinge, other_class_only, TERM, "the own class gets no gradient"),
    WRONG(OPEN, hinge, argmax_of_scores, MASK, "the margin is missing in the backward's condition"),
    RIGHT(OPEN, distil, "the gradient's sum is 0"),
    WRONG(KEPT, distil, square_of_temperature, FACTOR, "T^2 without the 1/T of the inner derivative"),
};

FIELD(ranking)
