/* styles.h - kernels as courses, blogs and other projects write them: what the emulator
 * must run without a word. */
#ifndef STYLES_H
#define STYLES_H

#include <cmath>
#include "../emu_test.h"

inline std::vector<float> some_floats(size_t count, unsigned seed = 1)
{
    std::vector<float> x(count);
    for (float &value : x) {
        seed = seed * 1664525u + 1013904223u;
        value = (float)(seed >> 8) / (float)(1 << 23) - 1;
    }
    return x;
}

/* How far got is from want, in units of the largest |want|; NaN is infinitely far. */
inline double distance(const std::vector<float> &got, const std::vector<double> &want)
{
    double most = 1e-30, far = 0;
    for (double w : want) most = std::fmax(most, std::fabs(w));
    for (size_t i = 0; i < want.size(); i++) {
        double d = std::fabs((double)got[i] - want[i]);
        if (!(d <= far)) far = d == d ? d : INFINITY;
    }
    return far / most;
}

#define EXPECT_NEAR(device, want)                                                                      \
    do {                                                                                               \
        double far_ = distance(to_host(device, (want).size()), want);                                  \
        EXPECT(far_ < 1e-5, "%s is %g from what it should be, in its largest element", #device, far_); \
    } while (0)

void reductions();
void scans();
void rows();
void products();

#endif
