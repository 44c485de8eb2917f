/* norm.c - an experiment of batch_norm.md: does dropout still help where there is batch
 * normalization? CSV on stdout.
 *
 * Four networks 196-256-10 learn 2,000 images of clothes by heart: plain, with dropout of the hidden layer (p
 * = 1/2), with batch normalization before its ReLU, and with both; each at every learning rate of a sweep, 40
 * epochs, five seeds. The numbers are the shares of wrong guesses among the 2,000 and among 5,000 others, and
 * the loss of the others: the mean of the seeds, and the lowest and the highest of them. A training that
 * diverged has the loss inf.
 */
#include "clothes.h"

enum { TRAIN = 2000, TEST = 5000, EPOCHS = 40, SEEDS = 5 };

static const struct {
    const char *name, *layers;
} networks[] = {
    { "plain", "relu" },
    { "dropout", "relu\ndropout p=0.5" },
    { "norm", "batchnorm\nrelu" },
    { "norm_dropout", "batchnorm\nrelu\ndropout p=0.5" },
};
static const double rates[] = { 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1 };

struct outcome {
    double train, test, test_low, test_high, loss, loss_low, loss_high;
};

static struct netfile network(const char *layers, double rate, int seed)
{
    char text[400];
    snprintf(text, sizeof text,
             "rungs-network 1\ninput 1x14x14\ndense 256\n%s\ndense 10\nloss softmax_xent\n"
             "data fashion-mnist\ninit he_uniform\noptimizer sgd lr=%g\nbatch 50\nepochs %d\nseed %d\n",
             layers, rate, EPOCHS, seed);
    return clothes_file(text);
}

static struct outcome learn(const struct dataset *data, const char *layers, double rate)
{
    struct outcome o = { .test_low = 1, .loss_low = HUGE_VAL };
    for (int seed = 1; seed <= SEEDS; seed++) {
        struct netfile file = network(layers, rate, seed);
        struct trainer t;
        struct train_step step;
        double loss;
        clothes_trainer(&t, data, &file);
        while (t.epoch < EPOCHS && trainer_step(&t, &step)) continue;
        double ignored, test = clothes_wrong(&t, data, data->test, &loss);
        if (!(loss < HUGE_VAL)) loss = HUGE_VAL;
        o.train += clothes_wrong(&t, data, data->train, &ignored) / SEEDS;
        o.test += test / SEEDS, o.loss += loss / SEEDS;
        o.test_low = fmin(o.test_low, test), o.test_high = fmax(o.test_high, test);
        o.loss_low = fmin(o.loss_low, loss), o.loss_high = fmax(o.loss_high, loss);
        trainer_free(&t);
    }
    return o;
}

int main(void)
{
    struct dataset data;
    enum clothes found = clothes_load("norm", &data, TRAIN, TEST, DATA_CLASSES, NULL);
    if (found != CLOTHES) return (int)found;
    puts("network,rate,train,test_low,test,test_high,loss_low,loss,loss_high");
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++)
        for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
            struct outcome o = learn(&data, networks[k].layers, rates[r]);
            printf("%s,%g,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f\n", networks[k].name, rates[r], o.train,
                   o.test_low, o.test, o.test_high, o.loss_low, o.loss, o.loss_high);
            fflush(stdout);
        }
    clothes_free(&data, NULL);
    return 0;
}
