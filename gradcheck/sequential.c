/* sequential.c - see sequential.h. */
#include "sequential.h"

#include <math.h>

void gc_moments_add(struct gc_moments *m, double sample)
{
    double before = m->count, d = sample - m->mean;
    m->count++;
    double step = d / m->count, term = d * step * before;
    m->mean += step;
    m->third += term * step * (m->count - 2) - 3 * step * m->second;
    m->second += term;
}

double gc_moments_error(const struct gc_moments *m)
{
    return m->count > 1 ? sqrt(m->second / (m->count - 1) / m->count) : (double)INFINITY;
}

double gc_normal_quantile(double p)
{
    double low = 0, high = 38; /* beyond, p underflows */
    for (int k = 0; k < 80; k++) {
        double z = (low + high) / 2;
        if (erfc(z * 0.70710678118654752) / 2 > p)
            low = z;
        else
            high = z;
    }
    return high;
}

double gc_look_width(double alarms, double quantities, int look)
{
    const double pi = 3.14159265358979324;
    double share = 6 / (pi * pi * (look + 1.0) * (look + 1.0));
    return gc_normal_quantile(alarms * share / quantities / 2);
}

double gc_half_interval(const struct gc_moments *m, double width)
{
    double z = width, spread = sqrt(m->second / m->count), skewness = 0;
    if (!(m->count > 1)) return (double)INFINITY;
    if (spread > 0) skewness = fabs(m->third / m->count / (spread * spread * spread));
    double wider = (z * z * z + z) / (4 * (m->count - 1)) + skewness * (2 * z * z + 1) / (6 * sqrt(m->count));
    return wider <= 0.5 * width ? (width + wider) * gc_moments_error(m) : (double)INFINITY;
}
