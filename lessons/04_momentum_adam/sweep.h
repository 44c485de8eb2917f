/* sweep.h - the network of clothes.h, trained by contestants at the rates of a sweep, five seeds for each:
 * what clothes.c and matrices.c have in common.
 *
 * A row of their CSV: lowest, median and highest loss of the 5120 images after training; the
 * same of the share that is right of 2000 others; and the way there, the mean loss of each 40
 * batches, median over the seeds.
 */
#include "../spread.h"

enum { WINDOWS = 10, WINDOW = STEPS / WINDOWS };

struct trained {
    double loss[SEEDS], right[SEEDS], way[WINDOWS][SEEDS];
};

/* what moves all parameters of `net` in step t = 1, 2, ...; how: the contestant */
typedef void mover(const void *how, double rate, uint64_t t);

static void sweep_train(mover *move, const void *how, double rate, struct trained *r)
{
    *r = (struct trained){ 0 };
    for (int s = 0; s < SEEDS; s++) {
        uint64_t seed = (uint64_t)s + 1;
        begin(seed);
        for (int t = 1; t <= STEPS; t++) {
            r->way[(t - 1) / WINDOW][s] += (double)gradient(seed, t) / WINDOW;
            move(how, rate, (uint64_t)t);
        }
        r->loss[s] = spread_loss(measure(&clothes.train, TRAIN).loss);
        r->right[s] = measure(&clothes.test, TEST).right;
        for (int k = 0; k < WINDOWS; k++) r->way[k][s] = spread_loss(r->way[k][s]);
    }
    spread_sort(SEEDS, r->loss);
    spread_sort(SEEDS, r->right);
    for (int k = 0; k < WINDOWS; k++) spread_sort(SEEDS, r->way[k]);
}

static void sweep_header(void)
{
    printf("optimizer,rate,loss_low,loss,loss_high,right_low,right,right_high");
    for (int k = 1; k <= WINDOWS; k++) printf(",loss_to_%d", k * WINDOW);
    putchar('\n');
}

/* the rows of a contestant at the rates 10^(half / 2), half from first to last */
static void sweep_rows(const char *name, mover *move, const void *how, int first, int last)
{
    enum { MID = SEEDS / 2, TOP = SEEDS - 1 };
    for (int half = first; half <= last; half++) {
        struct trained r;
        double rate = pow(10, half / 2.0);
        sweep_train(move, how, rate, &r);
        printf("%s,%.3g,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f", name, rate, r.loss[0], r.loss[MID], r.loss[TOP],
               r.right[0], r.right[MID], r.right[TOP]);
        for (int k = 0; k < WINDOWS; k++) printf(",%.4f", r.way[k][MID]);
        putchar('\n');
        fflush(stdout);
    }
}
