/* lessons.c - the one list of lessons; see lesson.h. */
#include "lesson.h"

#include <stdlib.h>
#include <string.h>

/* ---- 01_mlp_backprop ---- */

int lesson_01_main(void), lesson_01_steps(void), lesson_01_lies(void), lesson_01_rate(void),
    lesson_01_train(void), lesson_01_errata(void);
extern const struct formula lesson_01_formulas[];
void lesson_01_draw(uint64_t seed);

static const struct lesson_program lesson_01_programs[] = {
    { "main", lesson_01_main, "the network of the section By hand, every number of it" },
    { "train", lesson_01_train, "a network learns two spirals, epoch by epoch" },
    { "steps", lesson_01_steps, "CSV: the error of numerical gradients against the step h" },
    { "lies", lesson_01_lies, "three gradient checks that say the wrong thing, and their cures" },
    { "rate", lesson_01_rate, "CSV: the experiment, final loss against learning rate" },
    { "errata", lesson_01_errata, "what the articles print about backpropagation, against the truth" },
    { 0 },
};

/* ---- 02_activations ---- */

int lesson_02_main(void), lesson_02_shapes(void), lesson_02_limits(void), lesson_02_steps(void),
    lesson_02_lies(void), lesson_02_depth(void), lesson_02_exp(void), lesson_02_ulp(void),
    lesson_02_errata(void);
extern const struct formula lesson_02_formulas[];
void lesson_02_draw(uint64_t seed);

static const struct lesson_program lesson_02_programs[] = {
    { "main", lesson_02_main, "the numbers of the section By hand" },
    { "shapes", lesson_02_shapes, "CSV: the nine activations and their slopes" },
    { "limits", lesson_02_limits, "what they do far out, at infinity and at NaN, in float" },
    { "steps", lesson_02_steps, "CSV: the error of a numerical slope against the step h" },
    { "lies", lesson_02_lies, "gradient checks that say the wrong thing, and their cures" },
    { "depth", lesson_02_depth, "CSV: the experiment, what is left of a gradient after 1 to 20 layers" },
    { "exp", lesson_02_exp, "how exp is made, each step with its error" },
    { "ulp", lesson_02_ulp, "CSV: the error of three activations over x, in ulp" },
    { "errata", lesson_02_errata, "the articles' formulas, each tried on numbers" },
    { 0 },
};

/* ---- 03_losses ---- */

int lesson_03_main(void), lesson_03_curves(void), lesson_03_unstable(void), lesson_03_known(void),
    lesson_03_slow(void), lesson_03_errata(void);
extern const struct formula lesson_03_formulas[];
void lesson_03_draw(uint64_t seed);

static const struct lesson_program lesson_03_programs[] = {
    { "main", lesson_03_main, "the losses of the section By hand, every number of them" },
    { "curves", lesson_03_curves,
      "CSV: squared error and cross-entropy, and their slopes, against the logit" },
    { "unstable", lesson_03_unstable,
      "softmax and logarithm one after the other, and as one, for large logits" },
    { "known", lesson_03_known, "losses that are known without a program" },
    { "slow", lesson_03_slow, "CSV: the experiment, errors against steps for two losses" },
    { "errata", lesson_03_errata, "what the articles print about losses, against the truth" },
    { 0 },
};

/* ---- 04_momentum_adam ---- */

int lesson_04_main(void), lesson_04_ravine(void), lesson_04_rosenbrock(void), lesson_04_descent(void),
    lesson_04_clothes(void), lesson_04_effective(void), lesson_04_bias(void), lesson_04_wrong(void),
    lesson_04_falling(void), lesson_04_cost(void), lesson_04_story(void), lesson_04_schedules(void),
    lesson_04_same_name(void), lesson_04_errata(void), lesson_04_muon(void), lesson_04_newton(void),
    lesson_04_reach(void), lesson_04_spectrum(void), lesson_04_bill(void), lesson_04_matrices(void),
    lesson_04_free(void), lesson_04_wander(void), lesson_04_noise(void);
extern const struct formula lesson_04_formulas[];
void lesson_04_draw(uint64_t seed);

static const struct lesson_program lesson_04_programs[] = {
    { "main", lesson_04_main, "the steps of the section By hand, every number of them" },
    { "ravine", lesson_04_ravine, "CSV: paths of four optimizers down a ravine" },
    { "rosenbrock", lesson_04_rosenbrock, "CSV: their paths through Rosenbrock's bent valley" },
    { "descent", lesson_04_descent, "how many steps they need in three valleys, each at its best rate" },
    { "clothes", lesson_04_clothes, "CSV: the experiment, ten optimizers at eleven rates each; minutes" },
    { "effective", lesson_04_effective, "CSV: how far Adam moves weights, in units of the rate" },
    { "bias", lesson_04_bias,
      "CSV: Adam with bias correction, without, and with a warm-up instead; minutes" },
    { "wrong", lesson_04_wrong, "nine wrong Adams: their losses, and what the trajectory check says" },
    { "falling", lesson_04_falling, "CSV: Adam and Nesterov with five schedules; minutes" },
    { "cost", lesson_04_cost, "bytes kept, bytes moved and operations of each optimizer, for each weight" },
    { "story", lesson_04_story, "CSV: the steps of ten optimizers in the same gradients of one weight" },
    { "schedules", lesson_04_schedules, "CSV: the rate that each schedule gives" },
    { "same_name", lesson_04_same_name, "where frameworks mean different things by one name, in numbers" },
    { "muon", lesson_04_muon, "a matrix under Muon, every number of it" },
    { "newton", lesson_04_newton, "CSV: what five Newton-Schulz steps make of a singular value" },
    { "reach", lesson_04_reach, "which singular values so many steps bring near 1" },
    { "spectrum", lesson_04_spectrum, "CSV: singular values of a layer's momentum, before and after" },
    { "bill", lesson_04_bill, "what Muon costs beside the training around it" },
    { "matrices", lesson_04_matrices, "CSV: Muon against Adam and momentum, at each rate; ten minutes" },
    { "free", lesson_04_free, "three steps of schedule-free descent, every number of them" },
    { "wander", lesson_04_wander, "CSV: paths in noisy gradients, with and without averaging" },
    { "noise", lesson_04_noise, "CSV: losses in noisy gradients, with averaging or a falling rate" },
    { "errata", lesson_04_errata, "what article 000 prints about momentum and Adam, against the truth" },
    { 0 },
};

/* ---- 05_weight_decay ---- */

int lesson_05_main(void), lesson_05_agree(void), lesson_05_gap(void), lesson_05_biases(void),
    lesson_05_histogram(void), lesson_05_zeros(void), lesson_05_adam(void), lesson_05_stop(void),
    lesson_05_errata(void);
extern const struct formula lesson_05_formulas[];
void lesson_05_draw(uint64_t seed);

static const struct lesson_program lesson_05_programs[] = {
    { "main", lesson_05_main, "the steps of the section By hand, every number of them" },
    { "agree", lesson_05_agree, "coupled against decoupled decay: SGD, momentum, Adam, step by step" },
    { "gap", lesson_05_gap, "CSV: the experiment, losses and errors against lambda" },
    { "biases", lesson_05_biases, "the same with biases that decay, too" },
    { "histogram", lesson_05_histogram, "CSV: how the weights are spread after training" },
    { "zeros", lesson_05_zeros, "CSV: weights that L1 makes 0, by slope and by soft threshold" },
    { "adam", lesson_05_adam, "CSV: both kinds of decay for Adam, each at its lambdas" },
    { "stop", lesson_05_stop, "CSV: trainings that stop in time, and those that see moved images" },
    { "errata", lesson_05_errata, "what article 000 prints about weight decay, against the truth" },
    { 0 },
};

/* ---- 06_dropout ---- */

int lesson_06_main(void), lesson_06_overfit(void), lesson_06_ensemble(void), lesson_06_unsure(void),
    lesson_06_random(void), lesson_06_limits(void), lesson_06_statistics(void), lesson_06_norm(void),
    lesson_06_errata(void);
extern const struct formula lesson_06_formulas[];
void lesson_06_draw(uint64_t seed);

static const struct lesson_program lesson_06_programs[] = {
    { "main", lesson_06_main, "four elements and a neuron of the section By hand" },
    { "overfit", lesson_06_overfit, "CSV: the experiment, errors against epochs with p = 0 and p = 1/2" },
    { "ensemble", lesson_06_ensemble, "the average over all masks of a small network, and the whole one" },
    { "unsure", lesson_06_unsure, "CSV: how unsure a network is of classes that it has never seen" },
    { "random", lesson_06_random, "five generators of random numbers on trial, as masks use them" },
    { "limits", lesson_06_limits, "p = 1, p = 0, infinity and NaN, by the rules of the frameworks" },
    { "statistics", lesson_06_statistics, "the numbers of batch_norm.md, worked out by hand" },
    { "norm", lesson_06_norm,
      "CSV: an experiment, errors against the rate with dropout, batch normalization, both" },
    { "errata", lesson_06_errata, "what the articles print about dropout, against the truth" },
    { 0 },
};

/* ---- the list ---- */

/* ---- 07_cnn ---- */

int lesson_07_main(void), lesson_07_turned(void), lesson_07_field(void), lesson_07_unused(void),
    lesson_07_memory(void), lesson_07_points(void), lesson_07_moved(void), lesson_07_start(void),
    lesson_07_ways(void), lesson_07_errata(void);
extern const struct formula lesson_07_formulas[];
void lesson_07_draw(uint64_t seed);

static const struct lesson_program lesson_07_programs[] = {
    { "main", lesson_07_main, "the convolution of the section By hand, every number of it" },
    { "turned", lesson_07_turned, "CSV: a point under a kernel, by correlation and by convolution" },
    { "field", lesson_07_field, "how many pixels a number sees, layer by layer" },
    { "ways", lesson_07_ways, "CSV: in how many ways a number depends on each pixel of its field" },
    { "unused", lesson_07_unused, "a wrong forward pass that passes its gradient check" },
    { "memory", lesson_07_memory, "operations and bytes of each layer, with im2col and without" },
    { "points", lesson_07_points, "Winograd's error by choice of points" },
    { "moved", lesson_07_moved, "CSV: the experiment, images moved by some pixels; a minute" },
    { "start", lesson_07_start, "the filters of fashion-cnn's first layer before any training" },
    { "errata", lesson_07_errata, "sizes of layers in the articles, against what the layers give" },
    { 0 },
};

const struct lesson lessons[] = {
    { "01", "01_mlp_backprop", "Backpropagation through a multi-layer perceptron", lesson_01_programs,
      lesson_01_draw, lesson_01_formulas },
    { "02", "02_activations", "Activations and their derivatives", lesson_02_programs, lesson_02_draw,
      lesson_02_formulas },
    { "03", "03_losses", "Losses and their gradients", lesson_03_programs, lesson_03_draw,
      lesson_03_formulas },
    { "04", "04_momentum_adam", "Momentum and Adam", lesson_04_programs, lesson_04_draw, lesson_04_formulas },
    { "05", "05_weight_decay", "Weight decay", lesson_05_programs, lesson_05_draw, lesson_05_formulas },
    { "06", "06_dropout", "Dropout", lesson_06_programs, lesson_06_draw, lesson_06_formulas },
    { "07", "07_cnn", "Convolutional networks", lesson_07_programs, lesson_07_draw, lesson_07_formulas },
    { 0 },
};

const struct lesson *lesson_find(const char *name)
{
    char *end;
    long wanted = strtol(name, &end, 10);
    int is_number = end != name && !*end;
    for (const struct lesson *l = lessons; l->number; l++)
        if (is_number ? strtol(l->number, NULL, 10) == wanted
                      : !strcmp(l->folder, name) || !strcmp(l->folder + strlen("01_"), name))
            return l;
    return NULL;
}
