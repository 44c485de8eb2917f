/* overfit.c - the experiment of lesson 6: one variable, p. CSV on stdout.
 *
 * 2,000 images of clothes are far too few for a network of 53,000 weights: it learns them by heart. The
 * numbers are the shares of wrong guesses among these 2,000 (with everything kept, as in a test) and among
 * 5,000 others, and the loss of the others, after so many epochs, with p = 0 and with p = 1/2 behind the
 * hidden layer. Each is a mean over five seeds; low and high are the lowest and the highest of them.
 */
#include "clothes.h"

enum { TRAIN = 2000, TEST = 5000, EPOCHS = 60, MARK = 4, MARKS = EPOCHS / MARK + 1, SEEDS = 5 };

struct course {
    double train[MARKS], test[MARKS], low[MARKS], high[MARKS], loss[MARKS];
};

static struct course follow(const struct dataset *data, double p)
{
    struct course c = { 0 };
    for (int seed = 1; seed <= SEEDS; seed++) {
        struct netfile file = clothes_network(p, EPOCHS, seed);
        struct trainer t;
        struct train_step step;
        double loss;
        clothes_trainer(&t, data, &file);
        for (int m = 0; m < MARKS; m++) {
            while (t.epoch < m * MARK) trainer_step(&t, &step);
            double test = clothes_wrong(&t, data, data->test, &loss);
            c.loss[m] += loss / SEEDS;
            c.train[m] += clothes_wrong(&t, data, data->train, &loss) / SEEDS;
            c.test[m] += test / SEEDS;
            c.low[m] = seed == 1 || test < c.low[m] ? test : c.low[m];
            c.high[m] = test > c.high[m] ? test : c.high[m];
        }
        trainer_free(&t);
    }
    return c;
}

int main(void)
{
    struct dataset data;
    enum clothes found = clothes_load("overfit", &data, TRAIN, TEST, DATA_CLASSES, NULL);
    if (found != CLOTHES) return (int)found;
    struct course none = follow(&data, 0), half = follow(&data, 0.5);
    puts("epochs,train_0,low_0,test_0,high_0,loss_0,train_half,low_half,test_half,high_half,loss_half");
    for (int m = 1; m < MARKS; m++)
        printf("%d,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f\n", m * MARK, none.train[m], none.low[m],
               none.test[m], none.high[m], none.loss[m], half.train[m], half.low[m], half.test[m],
               half.high[m], half.loss[m]);
    clothes_free(&data, NULL);
    return 0;
}
