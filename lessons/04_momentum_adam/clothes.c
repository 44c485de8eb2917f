/* clothes.c - the experiment of lesson 4: one variable, the optimizer, each at every rate of a sweep,
 * five seeds for each. CSV on stdout: lowest, median and highest loss of the 5120 images after training;
 * the same of the share that is right of 2000 others; and the way there, the mean loss of each 40
 * batches, median over the seeds. Takes minutes; `./rungs lesson 4 clothes` made clothes.csv.
 */
#include "clothes.h"

enum { WINDOWS = 10, WINDOW = STEPS / WINDOWS };

struct trained {
    double loss[SEEDS], right[SEEDS], way[WINDOWS][SEEDS];
};

static int ascending(const void *p, const void *q)
{
    double left = *(const double *)p, right = *(const double *)q;
    return (left > right) - (left < right);
}

/* a loss that is NaN counts as infinite */
static double number(double loss)
{
    return loss < HUGE_VAL ? loss : HUGE_VAL;
}

static void train(const struct optimizer *o, double rate, struct trained *r)
{
    *r = (struct trained){ 0 };
    for (int s = 0; s < SEEDS; s++) {
        uint64_t seed = (uint64_t)s + 1;
        begin(seed);
        for (int t = 1; t <= STEPS; t++) {
            r->way[(t - 1) / WINDOW][s] += (double)gradient(seed, t) / WINDOW;
            o->step((int)net.params, net.dparam, net.param, state, rate, (uint64_t)t);
        }
        r->loss[s] = number(measure(&clothes.train, TRAIN).loss);
        r->right[s] = measure(&clothes.test, TEST).right;
        for (int k = 0; k < WINDOWS; k++) r->way[k][s] = number(r->way[k][s]);
    }
    qsort(r->loss, SEEDS, sizeof(double), ascending);
    qsort(r->right, SEEDS, sizeof(double), ascending);
    for (int k = 0; k < WINDOWS; k++) qsort(r->way[k], SEEDS, sizeof(double), ascending);
}

int main(void)
{
    enum { MID = SEEDS / 2, TOP = SEEDS - 1 };
    int code = load_clothes("clothes");
    if (code != LOADED) return code;
    printf("optimizer,rate,loss_low,loss,loss_high,right_low,right,right_high");
    for (int k = 1; k <= WINDOWS; k++) printf(",loss_to_%d", k * WINDOW);
    putchar('\n');
    for (int i = 0; i < OPTIMIZERS; i++)
        for (int half = -8; half <= 2; half++) {
            struct trained r;
            double rate = pow(10, half / 2.0);
            train(&optimizers[i], rate, &r);
            printf("%s,%.3g,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f", optimizers[i].name, rate, r.loss[0], r.loss[MID],
                   r.loss[TOP], r.right[0], r.right[MID], r.right[TOP]);
            for (int k = 0; k < WINDOWS; k++) printf(",%.4f", r.way[k][MID]);
            putchar('\n');
            fflush(stdout);
        }
    leave_clothes();
    return 0;
}
