/* 2.4 own_exp - exp for vectors
 *
 *   y = 1 / (1 + exp(-x))          n numbers, by exp(-|x|) as in exercise 2.2
 *
 * This is right, and calls the C library's expf for every number, one at a time: a compiler cannot vectorize
 * a call. Write exp_polynomial without calls and without branches (a ?: that compiles to a minimum is not a
 * branch), for x <= 0, where it must be within 2 units in the last place, also where the result is subnormal
 * or 0. Then the compiler vectorizes the loop below.
 *
 *   n = round(x / ln 2),  r = x - n ln 2, |r| <= (ln 2) / 2,  exp(x) = 2^n exp(r)
 *   exp(r) = 1 + r + r^2 (Q0 + Q1 r + Q2 r^2 + Q3 r^3 + Q4 r^4)
 *
 * Adding 1.5 * 2^23 to a float between -2^22 and 2^22 rounds it to a whole number, which is then in the
 * lowest bits; subtracting it again leaves that number. 2^n is a float with the bits (n + 127) << 23, for n
 * from -126 up: a smaller power of two takes two factors. Below EXP_LOWEST everything is 0.
 *
 * First write down what you expect of your version (this one takes about 50), as a number after the =:
 * prediction: instructions per element =
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LOG2_E      0x1.715476p+0f /* 1 / ln 2                                            */
#define LN2_HIGH    0x1.63p-1f     /* ln 2 in two parts: n times the first part is exact  */
#define LN2_LOW     (-0x1.bd0106p-13f)
#define EXP_HIGHEST 89.0f
#define EXP_LOWEST  (-104.0f)

#define EXP_Q0 0x1.fffffcp-2f
#define EXP_Q1 0x1.55549p-3f
#define EXP_Q2 0x1.5558f4p-5f
#define EXP_Q3 0x1.123a6cp-7f
#define EXP_Q4 0x1.6a234ep-10f

static inline float exp_polynomial(float x)
{
    return expf(x);
}

void sigmoid_forward(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) {
        float e = exp_polynomial(x[k] < 0 ? x[k] : -x[k]);
        y[k] = (x[k] > 0 ? 1 : e) / (1 + e);
    }
}
