/* sums.h - the sum of many floats, in an order that depends on their number alone.
 *
 * Each of up to MOST_PARTS blocks adds up its share and leaves one float; one block then adds those. No
 * atomics, whose order is another one every time: a loss has the same bits on every call. A term passes
 * through n / 2^18 additions of a thread, and some 20 of threads and blocks, far fewer than the 2 sqrt(n)
 * that the bound of a loss allows.
 */
#ifndef RUNGS_CUDA_SUMS_H
#define RUNGS_CUDA_SUMS_H

#include <cuda_runtime.h>

enum { MOST_PARTS = 1024 };

/* how many blocks share n terms: one for every 1024, as long as that is no more than MOST_PARTS */
inline unsigned parts_of(unsigned n)
{
    const unsigned parts = (n - 1) / 1024 + 1, most = MOST_PARTS;
    return parts < most ? parts : most;
}

/* What a sum is divided by: n, or the number at *count, which only the device knows; 1 if that is 0 */
struct divisor {
    float n;
    const float *count; /* nullptr: n */

    __device__ float value() const
    {
        return count ? fmaxf(*count, 1) : n;
    }
};

/* *sum = (from[0] + ... + from[n-1]) / by; `part` has room for MOST_PARTS floats, which
 * are not used if n <= 1024 */
void add_up(int n, const float *from, float *part, float *sum, divisor by);

/* *count = how many of N labels are not negative; exact up to 2^24, then to a float's digits */
void count_labels(int N, const int *label, float *part, float *count);

#endif
