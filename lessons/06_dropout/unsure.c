/* unsure.c - Monte-Carlo dropout: a network that is asked 50 times, each time with other neurons dropped, can
 * say how unsure it is (Gal and Ghahramani, "Dropout as a Bayesian approximation", ICML 2016). CSV on stdout.
 *
 * It learns classes 0 to 7 of clothes from 4,000 images, with p = 1/2. Then it sees 1,000 test images of
 * these classes, and 1,000 of the classes 8 and 9, bags and ankle boots, about which it can only be wrong.
 * How unsure it is: the entropy of the answer over ln 8, 0 where it is certain and 1 where it has no idea;
 * for a single pass with everything kept, and for the mean of 50 passes with dropout. The numbers are, for
 * each threshold, the shares of images about which it is not more unsure than that; the mean of three seeds.
 */
#include "clothes.h"

#include <string.h>

enum { TRAIN = 4000, TEST = 1000, KNOWN = 8, EPOCHS = 40, PASSES = 50, LEVELS = 20, SEEDS = 3, AT_ONCE = 50 };

/* p (classes) = softmax of z, unless the network has it done */
static void probabilities(const struct network *net, const float *z, double *p)
{
    double sum = 0, top = (double)z[0];
    for (int c = 1; c < DATA_CLASSES; c++) top = fmax(top, (double)z[c]);
    for (int c = 0; c < DATA_CLASSES; c++) sum += p[c] = exp((double)z[c] - top);
    for (int c = 0; c < DATA_CLASSES; c++) p[c] /= sum;
    if (!strcmp(net->tensor[net->guess].name, "p"))
        for (int c = 0; c < DATA_CLASSES; c++) p[c] = (double)z[c];
}

/* mean (n, classes) += the answers of one pass over the split / passes; draw: what is dropped, if anything */
static void ask(struct trainer *t, const struct split *shown, uint64_t draw, int passes, double *mean)
{
    static float x[AT_ONCE * PIXELS];
    static int label[AT_ONCE];
    for (int from = 0; from < shown->n; from += AT_ONCE) {
        for (int k = 0; k < AT_ONCE * PIXELS; k++)
            x[k] =
                ((float)shown->image[from * PIXELS + k] - t->data->mean[k % PIXELS]) / t->data->deviation[0];
        t->net.draw = draw + (uint64_t)from;
        network_forward(&t->net, AT_ONCE, x, label);
        for (int n = 0; n < AT_ONCE; n++) {
            double p[DATA_CLASSES];
            probabilities(&t->net, (const float *)t->net.data[t->net.guess] + n * DATA_CLASSES, p);
            for (int c = 0; c < DATA_CLASSES; c++) mean[(from + n) * DATA_CLASSES + c] += p[c] / passes;
        }
    }
}

/* thresholds are closer where answers are surer */
static double threshold(int k)
{
    return (double)(k * k) / (LEVELS * LEVELS);
}

/* share[k] += the share of the split's images whose entropy is at most threshold(k)
 * of ln KNOWN, over seeds */
static void count(struct trainer *t, const struct split *shown, int passes, double share[LEVELS + 1])
{
    static double mean[TEST * DATA_CLASSES];
    memset(mean, 0, sizeof mean);
    t->net.is_testing = passes == 1;
    for (int pass = 0; pass < passes; pass++) ask(t, shown, 1000000 + (uint64_t)pass * TEST, passes, mean);
    for (int n = 0; n < shown->n; n++) {
        double entropy = 0;
        for (int c = 0; c < DATA_CLASSES; c++) {
            double p = mean[n * DATA_CLASSES + c];
            if (p > 0) entropy -= p * log(p) / log(KNOWN);
        }
        for (int k = 0; k <= LEVELS; k++) share[k] += (entropy <= threshold(k)) / (double)shown->n / SEEDS;
    }
}

int main(void)
{
    double one[2][LEVELS + 1] = { { 0 } }, many[2][LEVELS + 1] = { { 0 } };
    struct dataset data;
    struct split strange;
    enum clothes found = clothes_load("unsure", &data, TRAIN, TEST, KNOWN, &strange);
    if (found != CLOTHES) return (int)found;
    for (int seed = 1; seed <= SEEDS; seed++) {
        struct netfile file = clothes_network(0.5, EPOCHS, seed);
        struct trainer t;
        struct train_step step;
        clothes_trainer(&t, &data, &file);
        while (t.epoch < EPOCHS) trainer_step(&t, &step);
        count(&t, &data.test, 1, one[0]), count(&t, &strange, 1, one[1]);
        count(&t, &data.test, PASSES, many[0]), count(&t, &strange, PASSES, many[1]);
        trainer_free(&t);
    }
    puts("threshold,known_1,strange_1,known_50,strange_50");
    for (int k = 0; k <= LEVELS; k++)
        printf("%.4f,%.3f,%.3f,%.3f,%.3f\n", threshold(k), one[0][k], one[1][k], many[0][k], many[1][k]);
    clothes_free(&data, &strange);
    return 0;
}
