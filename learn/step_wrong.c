/* step_wrong.c - wrong versions of momentum, and of schedule-free descent: n weights; see mistakes.h. */
#include "../reference/real.h"
#include "wrong.h"

/* ---- m = mu m + (1 - mu) dw, w = w - lr / (1 - mu) m ---- */

#define MOMENTUM(name, ...)                                                           \
    void REF(name)(int n, const real *dw, real *w, real *m, double lr, double mu)     \
    {                                                                                 \
        const real rate = (real)(lr / (1 - mu)), u = (real)mu, rest = (real)(1 - mu); \
        (void)rate, (void)u, (void)rest;                                              \
        for (int k = 0; k < n; k++) {                                                 \
            __VA_ARGS__                                                               \
        }                                                                             \
    }
MOMENTUM(mean_same_rate, m[k] = u * m[k] + rest * dw[k]; w[k] -= (real)lr * m[k];)
MOMENTUM(mean_smaller_rate, m[k] = u * m[k] + rest * dw[k]; w[k] -= (real)(lr * (1 - mu)) * m[k];)
MOMENTUM(mean_rate_over_mu, m[k] = u * m[k] + rest * dw[k]; w[k] -= (real)(lr / mu) * m[k];)
MOMENTUM(mean_is_a_sum, m[k] = u * m[k] + dw[k]; w[k] -= (real)lr * m[k];)
MOMENTUM(mean_weights_swapped, m[k] = rest * m[k] + u * dw[k]; w[k] -= rate * m[k];)
MOMENTUM(mean_old_m, w[k] -= rate * m[k]; m[k] = u * m[k] + rest * dw[k];)
MOMENTUM(mean_nesterov, m[k] = u * m[k] + rest * dw[k]; w[k] -= rate * (u * m[k] + rest * dw[k]);)
MOMENTUM(mean_uphill, m[k] = u * m[k] + rest * dw[k]; w[k] += rate * m[k];)

/* ---- x of y and z, z = z - lr dw, x = x + (z - x) / t, y = beta x + (1 - beta) z ---- */

#define PAIR(name, ...)                                                                                 \
    void REF(name)(int n, const real *dw, real *y, real *z, double lr, double beta, uint64_t t)         \
    {                                                                                                   \
        const real b = (real)beta, rest = (real)(1 - beta), c = (real)(1 / (double)t), rate = (real)lr; \
        (void)b, (void)rest, (void)c;                                                                   \
        for (int k = 0; k < n; k++) {                                                                   \
            real x = (y[k] - rest * z[k]) / b;                                                          \
            __VA_ARGS__                                                                                 \
        }                                                                                               \
    }
PAIR(pair_no_average, (void)x; z[k] -= rate * dw[k]; y[k] = z[k];)
PAIR(pair_y_for_x, x = y[k]; z[k] -= rate * dw[k]; x += c * (z[k] - x); y[k] = b * x + rest * z[k];)
PAIR(pair_old_z, x += c * (z[k] - x); z[k] -= rate * dw[k]; y[k] = b * x + rest * z[k];)
PAIR(pair_swapped, z[k] -= rate * dw[k]; x += c * (z[k] - x); y[k] = rest * x + b * z[k];)
PAIR(pair_from_zero, z[k] -= rate * dw[k]; x += (z[k] - x) / (real)(t + 1); y[k] = b * x + rest * z[k];)
PAIR(pair_fixed_share, z[k] -= rate * dw[k]; x += rest * (z[k] - x); y[k] = b * x + rest * z[k];)
PAIR(pair_uphill, z[k] += rate * dw[k]; x += c * (z[k] - x); y[k] = b * x + rest * z[k];)
PAIR(pair_y_is_x, z[k] -= rate * dw[k]; x += c * (z[k] - x); y[k] = x;)

#define AVERAGE(name, value)                                                  \
    void REF(name)(int n, const real *y, const real *z, real *x, double beta) \
    {                                                                         \
        const real b = (real)beta, rest = (real)(1 - beta);                   \
        (void)y, (void)z, (void)b, (void)rest;                                \
        for (int k = 0; k < n; k++) x[k] = (value);                           \
    }
AVERAGE(average_is_y, y[k])
AVERAGE(average_is_z, z[k])
AVERAGE(average_between, b *y[k] + rest * z[k])
AVERAGE(average_undivided, y[k] - rest * z[k])
AVERAGE(average_swapped, (y[k] - b * z[k]) / rest)
