/* muon.c - the numbers of the page muon.md, section "By hand": a matrix of two rows, its steps under three
 * ideas of length, and the iteration that finds the third.
 *
 *   G (2,2) has the singular values 3 sqrt(5) and sqrt(5)
 * */
#include <math.h>
#include <stdio.h>
#include "../../optimized/singular_values.h"
#include "../../reference/muon.h"

enum { k = 2, n = 4 };

static void show(const char *name, const double *x)
{
    printf("  %-12s %8.4f %8.4f\n", name, x[0], x[1]);
    printf("  %-12s %8.4f %8.4f\n", "", x[2], x[3]);
}

static void show_values(const char *name, const double *x)
{
    double s[k];
    singular_values(k, k, x, s);
    printf("  %-12s %8.4f %8.4f\n", name, s[0], s[1]);
}

/* c = a b or, turned, a b^T */
static void product(const double *a, const double *b, int turned, double *c)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++)
            c[i * k + j] = a[i * k] * b[turned ? j * k : j] + a[i * k + 1] * b[turned ? j * k + 1 : k + j];
}

static double dot(const double *a, const double *b)
{
    double sum = 0;
    for (int e = 0; e < n; e++) sum += a[e] * b[e];
    return sum;
}

static void one_step(const double *G)
{
    const struct muon_triple p = muon_triple(MUON_JORDAN, 0);
    double X[n], A[n], AA[n], B[n], BX[n], norm = sqrt(dot(G, G));
    puts("one step");
    printf("  %-12s %8.4f\n", "length", norm);
    printf("  %-12s %8.4f %8.4f %8.4f\n", "a, b, c", p.a, p.b, p.c);
    for (int e = 0; e < n; e++) X[e] = G[e] / norm;
    product(X, X, 1, A);
    product(A, A, 0, AA);
    for (int e = 0; e < n; e++) B[e] = p.b * A[e] + p.c * AA[e];
    product(B, X, 0, BX);
    show("X", X), show_values("s", X), show("A", A), show("A A", AA), show("B", B);
    for (int e = 0; e < n; e++) X[e] = p.a * X[e] + BX[e];
    show("X", X), show_values("s", X);
}

static void five_steps(const double *G)
{
    double X[n];
    puts("singular values, step by step");
    for (uint64_t step = 0; step <= 5; step++) {
        char name[20];
        newton_schulz_f64(k, k, G, X, MUON_JORDAN, step, 0);
        snprintf(name, sizeof name, "after %d", (int)step);
        show_values(name, X);
    }
    show("X", X);
}

int main(void)
{
    const double G[n] = { 3, 0, 4, 5 };
    double plain[n], sign[n], orthogonal[n], w[n] = { 0 }, m[n] = { 0 };
    puts("a gradient");
    show("G", G), show_values("s", G);
    newton_schulz_f64(k, k, G, orthogonal, MUON_CLASSICAL, 40, 0);
    for (int e = 0; e < n; e++) plain[e] = G[e] / sqrt(dot(G, G)), sign[e] = G[e] > 0;
    puts("three steps of length 1");
    show("gradient", plain), show_values("s", plain), printf("  %-12s %8.4f\n", "gain", dot(G, plain));
    show("signs", sign), show_values("s", sign), printf("  %-12s %8.4f\n", "gain", dot(G, sign));
    show("orthogonal", orthogonal), show_values("s", orthogonal);
    printf("  %-12s %8.4f\n", "gain", dot(G, orthogonal));
    one_step(G);
    five_steps(G);
    muon_step_f64(k, k, G, w, m, 0.02, 0.95, 1, 0, MUON_ORIGINAL, MUON_JORDAN, 5, 1e-7);
    puts("Muon, rate 0.02, mu 0.95");
    show("m", m), show("w", w);
    return 0;
}
