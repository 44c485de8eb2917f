/* plot_spread.c - labels are moved apart, no more than needed, in their order and within their bounds. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../plots/spread.h"
#include "../reference/philox.h"

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

static int near(const double *a, const double *b, int n)
{
    for (int i = 0; i < n; i++)
        if (!(fabs(a[i] - b[i]) <= 1e-9)) return 0;
    return 1;
}

/* wanted -> placed: apart, within, in order */
static int sound(const double *wanted, const double *placed, int n, double gap, double low, double high)
{
    for (int i = 0; i < n; i++) {
        if (!(placed[i] >= low - 1e-9 && placed[i] <= high + 1e-9)) return 0;
        for (int k = 0; k < i; k++) {
            if (!(fabs(placed[i] - placed[k]) >= gap - 1e-9)) return 0;
            if (wanted[i] < wanted[k] && placed[i] > placed[k]) return 0;
        }
    }
    return 1;
}

static void check_random(void)
{
    int lazy_ones = 0;
    for (uint64_t t = 0; t < 2000; t++) {
        float u[20];
        double wanted[20], placed[20];
        int n = 1 + (int)(t % 20);
        philox_uniform(1, t, 20, -0.1f, 1.1f, u);
        for (int i = 0; i < n; i++) wanted[i] = placed[i] = (double)u[i];
        lazy_ones += sound(wanted, placed, n, 0.05, 0, 1);
        spread(placed, n, 0.05, 0, 1);
        expect(sound(wanted, placed, n, 0.05, 0, 1), "random labels");
    }
    expect(lazy_ones < 1000, "labels that were not moved are noticed");
}

int main(void)
{
    double apart[] = { 1, 5, 3 }, same[] = { 2, 2, 2 }, low[] = { 0, 0.1 }, many[] = { 1, 1, 1, 1, 1 },
           pair[] = { 4, 4.5, 9 };
    spread(apart, 3, 1, 0, 10);
    expect(near(apart, (double[]){ 1, 5, 3 }, 3), "labels that are apart stay");
    spread(same, 3, 1, 0, 10);
    expect(near(same, (double[]){ 1, 2, 3 }, 3), "equal ones stand around their place");
    spread(low, 2, 1, 0, 10);
    expect(near(low, (double[]){ 0, 1 }, 2), "none leaves the axis");
    spread(many, 5, 1, 0, 2);
    expect(near(many, (double[]){ 0, 0.5, 1, 1.5, 2 }, 5), "too many stand evenly");
    spread(pair, 3, 1, 0, 10);
    expect(near(pair, (double[]){ 3.75, 4.75, 9 }, 3), "two that are close share the way");
    check_random();
    return failed;
}
