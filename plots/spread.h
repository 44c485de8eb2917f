/* spread.h - labels beside the ends of lines, moved apart so that none covers another. */
#ifndef RUNGS_SPREAD_H
#define RUNGS_SPREAD_H

/* at[0..n-1] are wanted positions on an axis; they become positions at least `gap` apart within [low, high],
 * in the same order, moved as little as possible in the square. If there is no room for that, they stand
 * evenly. n <= 64 */
void spread(double *at, int n, double gap, double low, double high);

#endif
