/* stop.c - two remedies that change neither loss nor step: to stop in time, and more images. CSV on stdout.
 *
 * SGD at rate 0.2 without decay, on the images of clothes.h; of the 5,000 others the first 2,000 validate and
 * the rest test. Some trainings see the images as they are, some shifted by up to a pixel (of 14) in any
 * direction, some in a mirror one time in two, in another way in each epoch. A training has 200 epochs, or
 * ends when the validation loss has not fallen for 10, with the parameters of its lowest.
 *
 * Lowest, median and highest of five seeds: the epochs, the loss of the images that are trained on, as they
 * are, of those that validate, and of those that test, and the wrong ones of these in per cent; the same of
 * them shifted by up to a pixel.
 */
#include "clothes.h"

#include "../../train/augment.h"
#include "../../train/stopping.h"

enum { EPOCHS = 200, PATIENCE = 10, VALIDATION = 2000, TESTED = TEST - VALIDATION };

enum { EPOCH, TRAIN_LOSS, VALIDATION_LOSS, TEST_LOSS, TEST_ERROR, SHIFTED_ERROR, COLUMNS };

static const struct augment as_they_are, shifted = { .shift = 1 }, mirrored = { .flip = 0.5 };
static float *shifted_test; /* (TESTED, PIXELS) */

static void sgd(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    (void)m, (void)v, (void)t;
    sgd_step_f32(n, dw, w, r->lr);
}

/* y is image number k, which x is, as this epoch sees it */
static void see(const struct augment *how, uint64_t seed, int epoch, int k, const float *x, float *y)
{
    const struct motion motion = augment_draw(how, seed, epoch, k);
    const struct warp warp = augment_warp(&motion, SIDE, SIDE);
    augment_reals(&warp, SIDE, SIDE, x, y);
}

static void train_epoch(struct network *net, const struct augment *how, uint64_t seed, int epoch)
{
    static float x[BATCH * PIXELS], unused[PARAMS];
    const struct rule rule = { sgd, 0.2, 0, 0 };
    int label[BATCH], order[TRAIN];
    for (int k = 0; k < TRAIN; k++) order[k] = k;
    shuffle(order, seed, epoch);
    for (int k = 0; k < TRAIN; k += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            const float *image = images->train + order[k + i] * PIXELS;
            see(how, seed, epoch, order[k + i], image, x + i * PIXELS);
            label[i] = images->train_label[order[k + i]];
        }
        network_forward(net, BATCH, x, label);
        network_backward(net, BATCH);
        step_all(&rule, net->dparam, net->param, unused, unused, 1);
    }
}

static double loss_of(struct network *net, int n, const float *x, const int *label)
{
    double loss, error;
    judge(net, n, x, label, &loss, &error);
    return loss;
}

static void measure(struct network *net, int epochs, int seed, double of[COLUMNS][SEEDS])
{
    const float *test = images->test + VALIDATION * PIXELS;
    const int *label = images->test_label + VALIDATION;
    double loss;
    of[EPOCH][seed] = epochs;
    of[TRAIN_LOSS][seed] = loss_of(net, TRAIN, images->train, images->train_label);
    of[VALIDATION_LOSS][seed] = loss_of(net, VALIDATION, images->test, images->test_label);
    judge(net, TESTED, test, label, &of[TEST_LOSS][seed], &of[TEST_ERROR][seed]);
    judge(net, TESTED, shifted_test, label, &loss, &of[SHIFTED_ERROR][seed]);
}

/* One training to the end, and where it would have been stopped. */
static void run(const struct augment *how, int seed, double stopped[COLUMNS][SEEDS],
                double to_the_end[COLUMNS][SEEDS])
{
    static float best[PARAMS];
    struct stopping stop = { .patience = PATIENCE, .n = PARAMS, .param = best, .best = HUGE_VAL };
    struct network net;
    make(&net);
    network_init(&net, (uint64_t)seed + 1);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        train_epoch(&net, how, (uint64_t)seed + 1, epoch);
        if (stopping_is_over(&stop)) continue;
        double loss = loss_of(&net, VALIDATION, images->test, images->test_label);
        stopping_observe(&stop, loss, epoch, net.param, NULL);
    }
    measure(&net, EPOCHS, seed, to_the_end);
    memcpy(net.param, best, sizeof best);
    measure(&net, stop.epoch, seed, stopped);
    network_free(&net);
}

static void print(const char *seen, const char *until, double of[COLUMNS][SEEDS])
{
    printf("%s,%s", seen, until);
    print_spread(of[EPOCH], "%.0f");
    for (int c = TRAIN_LOSS; c <= TEST_LOSS; c++) print_spread(of[c], "%.4f");
    for (int c = TEST_ERROR; c < COLUMNS; c++) print_spread(of[c], "%.2f");
    putchar('\n');
}

static void train_all(const char *seen, const struct augment *how)
{
    double stopped[COLUMNS][SEEDS], to_the_end[COLUMNS][SEEDS];
    for (int s = 0; s < SEEDS; s++) run(how, s, stopped, to_the_end);
    print(seen, "the_end", to_the_end);
    print(seen, "stopped", stopped);
}

int main(void)
{
    int code = read_images();
    if (code) return code;
    shifted_test = memory_need(TESTED * PIXELS, sizeof *shifted_test);
    for (int k = 0; k < TESTED; k++)
        see(&shifted, 0, 0, k, images->test + (VALIDATION + k) * PIXELS, shifted_test + k * PIXELS);
    puts(
        "images,until,epochs_low,epochs,epochs_high,train_loss_low,train_loss,train_loss_high,validation_loss_low,"
        "validation_loss,validation_loss_high,test_loss_low,test_loss,test_loss_high,test_error_low,test_error,"
        "test_error_high,shifted_error_low,shifted_error,shifted_error_high");
    train_all("as_they_are", &as_they_are);
    train_all("shifted", &shifted);
    train_all("mirrored", &mirrored);
    free(shifted_test);
    free(images);
    return 0;
}
