/* bias.c - does Adam need bias correction? CSV on stdout: the network of clothes.h after 5 epochs, five
 * seeds; lowest, median and highest loss of the training images at each rate,
 *
 *   with        Adam as it is
 *   without     m and v as they are: step t is (1 - beta1^t) / sqrt(1 - beta2^t) times as long
 *   warm        without, but the rate rises along a line in the first 200 steps
 */
#include "../spread.h"
#include "clothes.h"

enum way { WITH, WITHOUT, WARM, WAYS };

/* with t = 1e9 the corrections are 1 */
static void step(enum way way, double rate, int t)
{
    enum { WARMUP = 200 };
    double factor = way == WARM && t < WARMUP ? (double)t / WARMUP : 1;
    adam((int)net.params, net.dparam, net.param, state, rate * factor,
         way == WITH ? (uint64_t)t : 1000000000);
}

static void train(enum way way, double rate, double loss[SEEDS])
{
    for (int s = 0; s < SEEDS; s++) {
        begin((uint64_t)s + 1);
        for (int t = 1; t <= STEPS; t++) {
            (void)gradient((uint64_t)s + 1, t);
            step(way, rate, t);
        }
        loss[s] = measure(&clothes.train, TRAIN).loss;
    }
    spread_sort(SEEDS, loss);
}

int main(void)
{
    int code = load_clothes("bias");
    if (code != LOADED) return code;
    puts("rate,with_low,with,with_high,without_low,without,without_high,warm_low,warm,warm_high");
    for (int k = -14; k <= -5; k++) {
        double rate = pow(2, k);
        printf("%.3g", rate);
        for (int way = 0; way < WAYS; way++) {
            double loss[SEEDS];
            train((enum way)way, rate, loss);
            printf(",%.4f,%.4f,%.4f", loss[0], loss[SEEDS / 2], loss[SEEDS - 1]);
            fflush(stdout);
        }
        putchar('\n');
    }
    leave_clothes();
    return 0;
}
