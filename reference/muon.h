/* muon.h - the constants of Muon: coefficients, margins, and what makes a step's length that of its shape. */
#ifndef RUNGS_MUON_H
#define RUNGS_MUON_H

#include <math.h>
#include <stdint.h>

#include "reference.h"

struct muon_triple {
    double a, b, c;
};

/* The polynomial a s + b s^3 + c s^5 of a step (0, 1, ...). Jordan's is the same in all steps: as steep at
 * 0 as can be, and 0.3 off at 1. The classical one has p(1) = 1, p'(1) = p''(1) = 0: exact in the end,
 * slow in the beginning. Those of Polar Express (Amsel, Persson, Musco and Gower, 2025; the digits of
 * modded-nanogpt) are each the best after the ones before; from the sixth step on the last is repeated. */
static inline struct muon_triple muon_triple(int coefficients, uint64_t step)
{
    static const struct muon_triple jordan = { 3.4445, -4.7750, 2.0315 };
    static const struct muon_triple classical = { 15 / 8.0, -10 / 8.0, 3 / 8.0 };
    static const struct muon_triple polar[] = {
        { 8.156554524902461, -22.48329292557795, 15.878769915207462 },
        { 4.042929935166739, -2.808917465908714, 0.5000178451051316 },
        { 3.8916678022926607, -2.772484153217685, 0.5060648178503393 },
        { 3.285753657755655, -2.3681294933425376, 0.46449024233003106 },
        { 2.3465413258596377, -1.7097828382687081, 0.42323551169305323 }
    };
    if (coefficients == MUON_JORDAN) return jordan;
    return coefficients == MUON_CLASSICAL ? classical : polar[step < 5 ? step : 4];
}

/* A matrix is divided by this times its Frobenius norm, plus eps: Polar Express leaves room for roundings
 * above 1, where its first polynomial grows fast. */
static inline double muon_margin(int coefficients)
{
    return coefficients == MUON_POLAR ? 1.02 : 1;
}

/* The rate of a step on (rows,cols): lr sqrt(max(1, rows/cols)) by Jordan; lr 0.2 sqrt(max(rows, cols))
 * gives it the root mean square of Adam's steps (Liu and others, Muon is Scalable for LLM Training, 2025). */
static inline double muon_rate(int rows, int cols, double lr, int adjust)
{
    double larger = rows > cols ? rows : cols;
    if (adjust == MUON_MATCH_RMS_ADAMW) return lr * 0.2 * sqrt(larger);
    return lr * sqrt(larger / cols);
}

#endif
