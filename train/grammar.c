/* grammar.c - the table of words; see grammar.h. */
#include "grammar.h"

#include <stdio.h>
#include <string.h>

#include "layers.h"
#include "optimizer.h"
#include "scale.h"
#include "schedule.h"
#include "split.h"
#include "start.h"

/* ---- the choices ---- */

#define LAYER(word) .name = word, .place = PLACE_LAYER
#define WIDEST      (1 << 20)
#define COUNT(n, l, m)                   \
    {                                    \
        n, VALUE_COUNT, l, m, NULL, NULL \
    }
#define COUNT_STANDARD(n, l, m, standard)    \
    {                                        \
        n, VALUE_COUNT, l, m, standard, NULL \
    }
#define RATE                                    \
    {                                           \
        "lr", VALUE_REAL, 1e-9, 1e3, NULL, NULL \
    }
#define NUMBER(n, l, m, standard)           \
    {                                       \
        n, VALUE_REAL, l, m, standard, NULL \
    }
#define SHARE(n, l, standard) NUMBER(n, l, 0.999999, standard) /* of what was, in a running mean */
#define BETAS                 SHARE("beta1", 0, "0.9"), SHARE("beta2", 0, "0.999")
#define EPS(standard)         NUMBER("eps", 1e-16, 1, standard)
#define ONE_OF(n, words, standard)           \
    {                                        \
        n, VALUE_WORD, 0, 0, standard, words \
    }
#define SWITCH(n)         COUNT_STANDARD(n, 0, 1, "0")
#define DRAWN(stratified) /* how images are drawn */ \
    COUNT_STANDARD("stratified", 0, 1, stratified), COUNT_STANDARD("seed", 0, 1e9, "0")
#define WINDOWS                                                                                          \
    COUNT("SIDE", 1, 1024), COUNT_STANDARD("stride", 0, 1024, "0"), COUNT_STANDARD("pad", 0, 1023, "0"), \
        SWITCH("ceil")

static const struct word losses[] = {
    { .name = "softmax_xent",
      .place = PLACE_LOSS,
      .about = "softmax and cross-entropy against the class, which is 1 - smoothing certain",
      .value = { NUMBER("smoothing", 0, 1, "0") },
      .layer = &layer_softmax_xent },
    { .name = "bce",
      .place = PLACE_LOSS,
      .about = "binary cross-entropy of probabilities: one for two classes, or one per class",
      .layer = &layer_bce },
    { .name = "bce_logits",
      .place = PLACE_LOSS,
      .about = "the same of numbers that a sigmoid would make probabilities",
      .layer = &layer_bce_logits },
    { .name = "mse",
      .place = PLACE_LOSS,
      .about = "mean squared distance from 1 for the class and 0 for the others; one number for two classes",
      .layer = &layer_mse },
    { 0 },
};

/* as muon_step's scalars have them: tests/train_netfile.c compares */
static const char *const muon_adjusts[] = { "original", "match_rms_adamw", NULL },
                         *const muon_coefficients[] = { "jordan", "polar", "classical", NULL };

static const struct word optimizers[] = {
    { .name = "sgd", .about = "w = w - lr dw", .value = { RATE }, .optimizer = &optimizer_sgd },
    { .name = "momentum",
      .about = "m = mu m + (1 - dampening) dw, w = w - lr m; with nesterov=1 w = w - lr (dw + mu m)",
      .optimizer = &optimizer_momentum,
      .value = { RATE, SHARE("mu", 0, "0.9"), NUMBER("dampening", 0, 1, "0"), SWITCH("nesterov") } },
    { .name = "rmsprop",
      .about =
          "a step is divided by the root of the mean of squared gradients, centered=1: less the square of "
          "their mean; eps_inside=1: and of eps",
      .optimizer = &optimizer_rmsprop,
      .value = { RATE, SHARE("alpha", 0, "0.99"), EPS("1e-8"), SWITCH("eps_inside"), SWITCH("centered"),
                 SHARE("mu", 0, "0") } },
    { .name = "adagrad",
      .about = "a step is divided by the root of the sum of squared gradients",
      .optimizer = &optimizer_adagrad,
      .value = { RATE, NUMBER("lr_decay", 0, 1, "0"), EPS("1e-10") } },
    { .name = "adadelta",
      .about = "rmsprop, times the root of the mean of squared steps",
      .optimizer = &optimizer_adadelta,
      .value = { NUMBER("lr", 1e-9, 1e3, "1"), SHARE("rho", 0, "0.9"), EPS("1e-6") } },
    { .name = "adam",
      .about = "moments of the gradient scale each step",
      .optimizer = &optimizer_adam,
      .value = { RATE, BETAS, EPS("1e-8") } },
    { .name = "adamw",
      .about = "adam, and w = w - lr wd w first, for all parameters but biases",
      .optimizer = &optimizer_adamw,
      .value = { RATE, BETAS, EPS("1e-8"), NUMBER("wd", 0, 1e3, "0.01") } },
    { .name = "amsgrad",
      .about = "adam with the largest second moment so far",
      .optimizer = &optimizer_amsgrad,
      .value = { RATE, BETAS, EPS("1e-8") } },
    { .name = "nadam",
      .about = "adam that looks ahead, as nesterov's momentum does",
      .optimizer = &optimizer_nadam,
      .value = { RATE, BETAS, EPS("1e-8"), NUMBER("momentum_decay", 0, 1, "0.004") } },
    { .name = "lion",
      .about = "steps of size lr with the sign of a mean gradient; wd as in adamw",
      .optimizer = &optimizer_lion,
      .value = { RATE, SHARE("beta1", 0, "0.9"), SHARE("beta2", 0.001, "0.99"), NUMBER("wd", 0, 1e3, "0") } },
    { .name = "muon",
      .about = "hidden matrices step by their momentum with singular values near 1; the rest by adam",
      .optimizer = &optimizer_muon,
      .value = { RATE, SHARE("mu", 0, "0.95"), COUNT_STANDARD("nesterov", 0, 1, "1"),
                 NUMBER("wd", 0, 1e3, "0"), COUNT_STANDARD("steps", 1, 100, "5"),
                 NUMBER("adam_lr", 1e-9, 1e3, "1e-3"), ONE_OF("adjust", muon_adjusts, "original"),
                 ONE_OF("coefficients", muon_coefficients, "jordan") } },
    { .name = "schedule_free",
      .about = "adamw on an average, with which the network is tested; in place of a schedule",
      .optimizer = &optimizer_schedule_free,
      .value = { RATE, BETAS, EPS("1e-8"), NUMBER("wd", 0, 1e3, "0") } },
    { 0 },
};

static const struct word schedules[] = {
    { .name = "constant", .about = "lr stays", .schedule = &schedule_constant },
    { .name = "step",
      .about = "lr is multiplied by factor after so many epochs, again and again",
      .value = { COUNT("every", 1, 1e6), NUMBER("factor", 1e-9, 1, "0.1") },
      .schedule = &schedule_step },
    { .name = "exponential",
      .about = "lr is multiplied by factor in every epoch, a little in each step",
      .value = { NUMBER("factor", 1e-9, 1, "0.95") },
      .schedule = &schedule_exponential },
    { .name = "linear",
      .about = "lr falls to 0 along a line, until the last epoch's end",
      .schedule = &schedule_linear },
    { .name = "cosine",
      .about = "lr falls to 0 along half a cosine, until the last epoch's end",
      .schedule = &schedule_cosine },
    { .name = "one_cycle",
      .about = "lr rises from lr / div in the first part of all steps, then falls to lr / (div final); "
               "cycle_momentum=1: momentum falls from max to base, then rises again",
      .value = { NUMBER("start", 0, 1, "0.3"), NUMBER("div", 1, 1e9, "25"), NUMBER("final", 1, 1e9, "1e4"),
                 SWITCH("cycle_momentum"), SHARE("base_momentum", 0, "0.85"),
                 SHARE("max_momentum", 0, "0.95") },
      .schedule = &schedule_one_cycle },
    { .name = "plateau",
      .about = "lr is multiplied by factor after patience + 1 epochs whose loss is no better than the best",
      .value = { NUMBER("factor", 1e-9, 1, "0.1"), COUNT_STANDARD("patience", 0, 1e6, "10"),
                 NUMBER("threshold", 0, 1, "1e-4"), COUNT_STANDARD("cooldown", 0, 1e6, "0"),
                 NUMBER("min_lr", 0, 1e3, "0") },
      .schedule = &schedule_plateau },
    { 0 },
};

static const struct word splits[] = {
    { .name = "files",
      .about = "the set's files to train on and to test with; validation: a share of the first",
      .value = { NUMBER("validation", 0, 0.9, "0"), DRAWN("0") },
      .split = &split_files },
    { .name = "parts",
      .about = "shares of all images of both; what is left tests; stratified=1: the same of every class",
      .value = { NUMBER("train", 0.01, 0.98, "0.6"), NUMBER("validation", 0, 0.98, "0.2"), DRAWN("0") },
      .split = &split_parts },
    { .name = "folds",
      .about = "one of so many equal parts of all images tests; validation: a share of the others",
      .value = { COUNT_STANDARD("of", 2, 1000, "5"), COUNT_STANDARD("fold", 1, 1000, "1"),
                 NUMBER("validation", 0, 0.9, "0"), DRAWN("1") },
      .split = &split_folds },
    { 0 },
};

static const struct word inits[] = {
    { .name = "he_uniform", .about = "weights in +-sqrt(6 / inputs), biases 0", .start = &start_he_uniform },
    { .name = "fan_in_uniform",
      .about = "weights and biases in +-sqrt(1 / inputs)",
      .start = &start_fan_in_uniform },
    { .name = "glorot_uniform",
      .about = "weights in +-sqrt(6 / (inputs + outputs)), biases 0",
      .start = &start_glorot_uniform },
    { .name = "ones",
      .about = "weights and biases 1, for calculations by hand: hidden neurons of a layer stay alike",
      .start = &start_ones },
    { 0 },
};

static const struct word scales[] = {
    { .name = "measured", .about = "to mean 0, variance 1 of the training images", .scale = &scale_measured },
    { .name = "columns",
      .about = "each number of an example by itself, as `measured` does in tables of real numbers",
      .scale = &scale_columns },
    { .name = "unit", .about = "pixels from 0 to 1", .scale = &scale_unit },
    { .name = "centred", .about = "pixels from -1 to 1", .scale = &scale_centred },
    { .name = "imagenet",
      .about = "less the mean colour of ImageNet's photographs, over its deviation",
      .scale = &scale_imagenet },
    { .name = "raw", .about = "pixels as they are, 0 to 255", .scale = &scale_raw },
    { 0 },
};

/* ---- the words, in the order in which people write them ---- */

const struct word grammar[] = {
    { .name = "input",
      .place = PLACE_INPUT,
      .about = "the shape of one example",
      .has_alone = 1,
      .value = { { "SHAPE", VALUE_SHAPE, 0, 0, NULL, NULL } },
      .must = 1 },

    { LAYER("dense"), .about = "y = x w^T + b, of all features of x", .has_alone = 1,
      .value = { COUNT("FEATURES", 1, WIDEST) }, .layer = &layer_dense },
    { LAYER("relu"), .about = "max(0, x)", .layer = &layer_relu },
    { LAYER("leaky_relu"), .about = "x where x > 0, else slope x", .layer = &layer_leaky_relu,
      .value = { NUMBER("slope", 1e-6, 1, "0.01") } },
    { LAYER("elu"), .about = "x where x > 0, else alpha (exp(x) - 1)", .layer = &layer_elu,
      .value = { NUMBER("alpha", 0, 64, "1") } },
    { LAYER("sigmoid"), .about = "1 / (1 + exp(-x))", .layer = &layer_sigmoid },
    { LAYER("tanh"), .about = "tanh(x)", .layer = &layer_tanh },
    { LAYER("softplus"), .about = "log(1 + exp(x))", .layer = &layer_softplus },
    { LAYER("gelu"), .about = "x P(x), P the normal distribution", .layer = &layer_gelu },
    { LAYER("gelu_tanh"), .about = "the same, approximated by tanh", .layer = &layer_gelu_tanh },
    { LAYER("silu"), .about = "x / (1 + exp(-x))", .layer = &layer_silu },
    { LAYER("conv"), .about = "kernels of kernel x kernel, slid over all channels, or over those of a group",
      .layer = &layer_conv,
      .value = { COUNT("out", 1, WIDEST), COUNT("kernel", 1, 1024), COUNT_STANDARD("stride", 1, 1024, "1"),
                 COUNT_STANDARD("pad", 0, 1024, "0"), COUNT_STANDARD("dilation", 1, 1024, "1"),
                 COUNT_STANDARD("groups", 1, WIDEST, "1") } },
    { LAYER("maxpool"), .about = "the largest of each window of SIDE x SIDE; stride 0: SIDE",
      .layer = &layer_maxpool, .has_alone = 1, .value = { WINDOWS } },
    { LAYER("avgpool"), .about = "the mean of each window; zeros that pad adds count, unless that is 0",
      .layer = &layer_avgpool, .has_alone = 1,
      .value = { WINDOWS, COUNT_STANDARD("count_include_pad", 0, 1, "1") } },
    { LAYER("globalavgpool"), .about = "the mean of each channel's rows and columns",
      .layer = &layer_globalavgpool },
    { LAYER("flatten"), .about = "channels x rows x columns as a row of features; nothing is moved",
      .layer = &layer_flatten },
    { LAYER("dropout"), .about = "in training, each element is 0 with probability p", .layer = &layer_dropout,
      .value = { NUMBER("p", 0, 0.999, "0.5") } },
    { LAYER("batchnorm"), .about = "each channel to mean 0, variance 1 of the batch; then gamma x + beta",
      .layer = &layer_batchnorm,
      .value = { NUMBER("momentum", 0, 1, "0.1"), NUMBER("eps", 1e-12, 1, "1e-5"),
                 COUNT_STANDARD("unbiased", 0, 1, "1") } },

    { .name = "loss", .place = PLACE_LOSS, .about = "what training minimizes", .choices = losses, .must = 1 },
    { .name = "optimizer", .about = "how a step moves the parameters", .choices = optimizers, .must = 1 },
    { .name = "schedule", .about = "how lr changes", .choices = schedules, .standard = "constant" },
    { .name = "warmup",
      .about = "epochs in which lr rises along a line, before the schedule begins",
      .has_alone = 1,
      .value = { NUMBER("EPOCHS", 0, 1e6, NULL) },
      .standard = "0" },
    { .name = "clip",
      .about = "limits for the gradient: each element's size, and then its norm; 0: none",
      .value = { NUMBER("value", 0, 1e6, "0"), NUMBER("norm", 0, 1e6, "0") },
      .standard = "" },
    { .name = "weight_decay",
      .about = "dw = dw + coupled w, w = w - lr decoupled w; of weights, with biases=1 of all",
      .value = { NUMBER("coupled", 0, 1e3, "0"), NUMBER("decoupled", 0, 1e3, "0"), SWITCH("biases") },
      .standard = "" },
    { .name = "l1",
      .about = "dw = dw + penalty sign(w), or each step moves w by lr proximal towards 0, and not beyond",
      .value = { NUMBER("penalty", 0, 1e3, "0"), NUMBER("proximal", 0, 1e3, "0") },
      .standard = "" },
    { .name = "max_norm",
      .about = "a unit whose weights are longer than this gets them scaled to it, after each step; 0: none",
      .has_alone = 1,
      .value = { NUMBER("LENGTH", 0, 1e6, NULL) },
      .standard = "0" },
    { .name = "data",
      .about = "a set of `rungs data`, or ./FILE or ./FOLDER of yours; label: a table's column of classes",
      .has_alone = 1,
      .value = { { "NAME", VALUE_DATA, 0, 0, NULL, NULL }, { "label", VALUE_TEXT, 0, 0, "first", NULL } },
      .must = 1 },
    { .name = "split",
      .about = "what is trained on, what validates, what tests; drawn once for all seeds",
      .choices = splits,
      .standard = "files" },
    { .name = "normalize",
      .about = "what the network sees of a pixel",
      .choices = scales,
      .standard = "measured" },
    { .name = "augment",
      .about = "images are seen moved by up to these: pixels, a probability, a share, degrees, a share",
      .value = { COUNT_STANDARD("shift", 0, 64, "0"), NUMBER("flip", 0, 1, "0"), NUMBER("crop", 0, 0.9, "0"),
                 NUMBER("rotate", 0, 180, "0"), NUMBER("scale", 0, 0.9, "0") },
      .standard = "" },
    { .name = "early_stop",
      .about = "epochs without a lower validation loss that end a training, at its best parameters; 0: never",
      .has_alone = 1,
      .value = { COUNT("PATIENCE", 0, 1e6), NUMBER("min_delta", 0, 1e3, "0") },
      .standard = "0" },
    { .name = "batch",
      .about = "examples per step",
      .has_alone = 1,
      .value = { COUNT("N", 1, 65536) },
      .standard = "64" },
    { .name = "epochs",
      .about = "how often to see every example; a resumed run's count too",
      .has_alone = 1,
      .value = { COUNT("N", 1, 1e6) },
      .standard = "10" },
    { .name = "init", .about = "the parameters' start", .choices = inits, .standard = "he_uniform" },
    { .name = "seed",
      .about = "of all random numbers: the start, the order of the examples",
      .has_alone = 1,
      .value = { COUNT("N", 0, 1e9) },
      .standard = "1" },
    { 0 },
};

/* ---- walking it ---- */

const struct word *grammar_find(const struct word *words, const char *name)
{
    for (const struct word *w = words; w->name; w++)
        if (!strcmp(w->name, name)) return w;
    return NULL;
}

struct name_list grammar_names(const struct word *words)
{
    size_t n = 0;
    while (words[n].name) n++;
    return (struct name_list){ &words[0].name, n, sizeof *words };
}

int grammar_values(const struct word *word)
{
    int n = 0;
    while (n < WORD_VALUES && word->value[n].name) n++;
    return n;
}

/* "original|match_rms_adamw" */
static size_t put_words(char *text, size_t room, const char *const *words)
{
    size_t used = 0;
    for (const char *const *w = words; *w && used < room; w++)
        used += (size_t)snprintf(text + used, room - used, "%s%s", w == words ? "" : "|", *w);
    return used;
}

const char *grammar_form(const struct word *word, char *text)
{
    size_t used = (size_t)snprintf(text, GRAMMAR_TEXT, "%s", word->name);
    for (const struct word *w = word->choices; w && w->name && used < GRAMMAR_TEXT; w++)
        used += (size_t)snprintf(text + used, GRAMMAR_TEXT - used, "%c%s", w == word->choices ? ' ' : '|',
                                 w->name);
    for (int v = 0; v < grammar_values(word) && used < GRAMMAR_TEXT; v++) {
        const struct value_rule *r = &word->value[v];
        const char *what = r->standard ? r->standard : r->kind == VALUE_COUNT ? "N" : "X";
        if (word->has_alone && !v) {
            used += (size_t)snprintf(text + used, GRAMMAR_TEXT - used, " %s", r->name);
        } else if (r->words) {
            char choices[GRAMMAR_TEXT];
            put_words(choices, sizeof choices, r->words);
            used += (size_t)snprintf(text + used, GRAMMAR_TEXT - used, " [%s=%s]", r->name, choices);
        } else
            used += (size_t)snprintf(text + used, GRAMMAR_TEXT - used, r->standard ? " [%s=%s]" : " %s=%s",
                                     r->name, what);
    }
    return text;
}
