/* eval.c - rungs eval: how good a trained network is, class by class, on the images of a data set. */
#include "eval.h"
#include "verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "../optimized/team.h"

static const char *data_name, *part = "test", *level = "best", *csv_path, *curves_path, *predictions_path,
                              *out;
static int top, bins, worst, threads, as_json;

struct eval {
    struct checkpoint from;
    struct dataset data, own; /* own: what it was trained on, if that is other data */
    struct trainer trainer;
    float *p;
    int *label;
    struct evaluated evaluated;
};

static int refuse(int code, const char *error)
{
    return args_fail(code, "eval", "%s", error);
}

/* ---- the data ---- */

/* What the network sees of other data's pixels is scaled as its own were in training. */
static int scale_as_trained(struct eval *e, const struct netfile *trained, char *error)
{
    if (!trainer_load(trained, &e->own, error)) return 0;
    if (e->own.features != e->data.features || e->own.channels != e->data.channels)
        return error_set(error,
                         "the images of %s are not of the size of those of %s, which %s was trained on",
                         e->data.set->name, e->own.set->name, e->evaluated.path);
    data_scale_as(&e->data, &e->own);
    return 1;
}

/* EXIT_OK, or an exit code with error set */
static int load(struct eval *e, char *error)
{
    static struct netfile trained;
    struct netfile *file = &e->from.file;
    trained = *file;
    if (data_name && !netfile_set(file, "data", data_name, error)) return EXIT_USAGE;
    if (!trainer_load(file, &e->data, error)) return EXIT_INPUT;
    if (data_name && !scale_as_trained(e, &trained, error)) return EXIT_INPUT;
    const struct split *const splits[] = { &e->data.test, &e->data.validation, &e->data.train };
    const char *const names[] = { "test", "validation", "train" };
    for (int k = 0; k < 3; k++)
        if (!strcmp(part, names[k])) e->evaluated.split = splits[k];
    if (!e->evaluated.split) {
        error_set(error, "--part %.20s: it must be test, validation or train", part);
        return EXIT_USAGE;
    }
    if (e->evaluated.split->n) return EXIT_OK;
    error_set(error, "%s kept no images apart to validate with; --part test or train has some",
              e->evaluated.path);
    return EXIT_USAGE;
}

/* everything that can be refused is, before the work; EXIT_OK, or an exit code after a sentence */
static int prepare(struct eval *e)
{
    char error[ERROR_TEXT];
    struct trainer *t = &e->trainer;
    if (out && !folder_make(out, error)) return refuse(EXIT_OUTPUT, error);
    if (!checkpoint_read_file(e->evaluated.path, &e->from, error)) return refuse(EXIT_INPUT, error);
    int code = load(e, error);
    if (code) return refuse(code, error);
    if (!trainer_make(t, &e->data, &e->from.file, level, error)) return refuse(EXIT_USAGE, error);
    if (!trainer_take(t, &e->from, error)) return refuse(EXIT_INPUT, error);
    e->evaluated.epoch = e->from.epoch;
    int best = trainer_is_finished(t) ? trainer_take_best(t) : 0;
    e->evaluated.done = best ? 0 : (int)e->from.number[NUMBER_DONE];
    if (best) e->evaluated.epoch = best;
    return EXIT_OK;
}

/* ---- the evaluation ---- */

/* EXIT_OK, or EXIT_WRONG after a sentence: what is not finite cannot be judged */
static int check_finite(const struct eval *e, int n, int classes)
{
    for (int k = 0; k < n * classes; k++)
        if (!isfinite(e->p[k]))
            return args_fail(EXIT_WRONG, "eval",
                             "%s: what it says about the %s image %d of %s is NaN or infinite",
                             e->evaluated.path, part, k / classes, e->data.set->name);
    return EXIT_OK;
}

static int evaluate(struct eval *e)
{
    const struct split *split = e->evaluated.split;
    const int n = split->n, classes = e->trainer.net.classes;
    e->p = memory_need((size_t)n * (size_t)classes, sizeof *e->p);
    e->label = memory_need((size_t)n, sizeof *e->label);
    for (int k = 0; k < n; k++) e->label[k] = split->label[k];
    e->evaluated.loss = trainer_probabilities(&e->trainer, split, e->p);
    if (check_finite(e, n, classes)) return EXIT_WRONG;
    const struct judged judged = { n, classes, e->p, e->label };
    evaluation_make(&e->evaluated.evaluation, judged, top, bins);
    e->evaluated.worsts = metrics_worst(&judged, worst, e->evaluated.worst);
    e->evaluated.part = part;
    e->evaluated.data = &e->data;
    e->evaluated.rung = e->trainer.net.rung;
    return EXIT_OK;
}

static int write_table(const char *path, void (*write)(FILE *out, const struct evaluated *e),
                       const struct evaluated *e)
{
    struct file_out f;
    char error[ERROR_TEXT];
    if (!path) return EXIT_OK;
    if (!file_open(&f, path, error)) return refuse(EXIT_OUTPUT, error);
    write(f.out, e);
    return file_keep(&f, error) ? EXIT_OK : refuse(EXIT_OUTPUT, error);
}

static int report(const struct evaluated *e)
{
    int code = write_table(csv_path, eval_write_classes, e);
    if (!code) code = write_table(curves_path, eval_write_curves, e);
    if (!code) code = write_table(predictions_path, eval_write_predictions, e);
    if (code) return code;
    if (as_json)
        eval_json(e);
    else
        eval_print(e);
    fflush(stdout);
    return out ? eval_draw(e, out) : EXIT_OK;
}

/* ---- the verb ---- */

static const char about[] =
    "Says how good a trained network is on the images of a data set: accuracy; precision, recall and F1 of each\n"
    "class, and their means (macro: classes count alike; micro: images do; weighted: a class counts as its\n"
    "images); the area under its ROC curve, one class against all others, and its average precision; how often\n"
    "the true class is among the likeliest; the confusion; and whether it is right as often as it is sure.\n"
    "Of equal probabilities the lower class comes first. A class that was never guessed has precision 0, one\n"
    "without images recall 0; one with neither has no numbers, and the macro means leave it out.";

int verb_eval(int argc, char **argv)
{
    top = 5, bins = 15, worst = 8;
    const struct option_row options[] = {
        { "--data", OPTION_TEXT, &data_name, 0, 0,
          "other data than the network was trained on; pixels are scaled as in training" },
        { "--part", OPTION_TEXT, &part, 0, 0, "which images of it: test, validation or train" },
        { "--top", OPTION_INT, &top, 1, 1000, "how many of the likeliest classes may hold the true one" },
        { "--bins", OPTION_INT, &bins, 1, 1000, "of the calibration, from 0 to 1" },
        { "--csv", OPTION_FILE, &csv_path, 0, 0, "write the numbers of the classes to this file" },
        { "--curves", OPTION_FILE, &curves_path, 0, 0,
          "write the points of all ROC, precision-recall and calibration curves to this file, as CSV" },
        { "--predictions", OPTION_FILE, &predictions_path, 0, 0,
          "write class, guess and probabilities of every image to this file, as CSV" },
        { "--worst", OPTION_INT, &worst, 0, WORST_MOST, "name so many images that it is most wrong about" },
        { "--out", OPTION_FOLDER, &out, 0, 0,
          "draw confusion, ROC, calibration and the worst images in this folder, as SVG and PNG" },
        { "--rung", OPTION_TEXT, &level, 0, 0, "naive, best, or a rung of `rungs list dense_forward`" },
        { "--threads", OPTION_INT, &threads, 0, 256, "for the threaded rungs; 0: all CPUs within the quota" },
        { "--json", OPTION_FLAG, &as_json, 0, 0, "all of it as JSON" },
        { 0 },
    };
    const struct usage usage = {
        "eval",
        "eval CHECKPOINT [options]",
        about,
        "  rungs train mnist-mlp --epochs 3 --save digits.ckpt\n  rungs eval digits.ckpt\n"
        "  rungs eval digits.ckpt --csv classes.csv --curves curves.csv\n"
        "  rungs eval digits.ckpt --out pictures --worst 32\n",
        options,
        1,
        1,
    };
    static struct eval e;
    int code;
    if (args_read(&usage, argc, argv, &e.evaluated.path, &code) < 0) return code;
    team_use(threads);
    code = prepare(&e);
    if (!code) code = evaluate(&e);
    if (!code) code = report(&e.evaluated);
    evaluation_free(&e.evaluated.evaluation);
    free(e.p);
    free(e.label);
    trainer_free(&e.trainer);
    data_free(&e.data);
    data_free(&e.own);
    checkpoint_free(&e.from);
    return code;
}
