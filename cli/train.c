/* train.c - rungs train: a network on real data, with a rung of choice. */
#include "verbs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#if defined _OPENMP
#include <omp.h>
#endif

#include "../train/curve.h"
#include "../train/progress.h"
#include "../train/trainer.h"

static const char *hidden = "512,256", *height = "best", *save, *resume, *log_path;
static int epochs = 10, batch = 64, threads, seed = 1, most_steps, as_json;
static double lr = 0.1;

struct run {
    const struct train_preset *preset;
    struct dataset data;
    struct trainer trainer;
    struct progress progress;
    FILE *out;             /* where people read: stderr when stdout is for a program           */
    FILE *curve;           /* NULL without --log                                               */
    struct curve_row past; /* what the curve file says of the run before it was resumed        */
    long steps, samples;   /* of this call                                                     */
    double seconds;        /* in training steps, of this call                                  */
    double loss, right;    /* sums over the examples of the last epoch that was begun          */
    long seen;             /* how many                                                         */
    struct train_test test;
};

static int fail(const char *why)
{
    fflush(stdout);
    fprintf(stderr, "rungs train: %s\n", why);
    return EXIT_WRONG;
}

/* ---- settings ---- */

/* A resumed run takes its settings from the checkpoint; an option that says otherwise is found out later, by
 * trainer_restore. 0 after a sentence. */
static int settle(int argc, char **argv, const struct checkpoint *from, struct train_settings *s)
{
    if (from->param) *s = train_settings_of(from, height);
    s->height = height;
    s->epochs = epochs;
    if (!from->param || args_given(argc, argv, "--batch")) s->batch = batch;
    if (!from->param || args_given(argc, argv, "--lr")) s->lr = (float)lr;
    if (!from->param || args_given(argc, argv, "--seed")) s->seed = (uint64_t)seed;
    if (from->param && !args_given(argc, argv, "--hidden")) return 1;
    if (train_parse_hidden(hidden, s)) return 1;
    args_refuse("train", "--hidden %s: it must be up to %d numbers of neurons like 512,256, or the word none",
                hidden, NETWORK_LAYERS - 1);
    return 0;
}

static int use_threads(void)
{
#if defined _OPENMP
    if (threads) omp_set_num_threads(threads);
    threads = omp_get_max_threads();
    return 1;
#else
    if (threads > 1) {
        args_refuse("train",
                    "this build has no OpenMP, so --threads must be 1; configure with -DRUNGS_OPENMP=ON");
        return 0;
    }
    threads = 1;
    return 1;
#endif
}

/* ---- training ---- */

static void say_what(const struct run *run)
{
    const struct trainer *t = &run->trainer;
    const struct train_settings *s = &t->settings;
    fprintf(run->out, "%s: %d", run->preset->name, t->net.size[0]);
    for (int l = 1; l <= t->net.layers; l++) fprintf(run->out, "-%d", t->net.size[l]);
    fprintf(run->out, ", %zu parameters, %d images to train on, %d to test with\n", t->net.params,
            run->data.train.n, run->data.test.n);
    fprintf(run->out, "batch %d, lr %g, seed %llu, rung %s, %d thread%s\n", s->batch, (double)s->lr,
            (unsigned long long)s->seed, t->net.rung, threads, threads == 1 ? "" : "s");
    fflush(run->out);
}

static void show(struct run *run, double began)
{
    const struct trainer *t = &run->trainer;
    const struct train_settings *s = &t->settings;
    char left[32];
    double all = (double)(s->epochs - t->epoch) * run->data.train.n - t->done;
    long to_do = most_steps ? ((long)most_steps - run->steps) * s->batch : (long)all;
    if (to_do > (long)all) to_do = (long)all;
    double spent = progress_clock() - began;
    progress_show(&run->progress, (double)run->samples / (double)(run->samples + to_do),
                  "epoch %d/%d  loss %.4f  %5.2f %%  %.0f images/s  %s left", t->epoch + (t->done > 0),
                  s->epochs, run->loss / (double)run->seen, 100 * run->right / (double)run->seen,
                  (double)run->samples / run->seconds,
                  progress_time(spent / (double)run->samples * (double)to_do, left));
}

/* about twenty rows an epoch, and always one at its end */
static void log_step(struct run *run, const struct train_step *step, struct curve_row *sum)
{
    const struct trainer *t = &run->trainer;
    int per_epoch = trainer_steps_per_epoch(t), every = per_epoch < 20 ? 1 : per_epoch / 20;
    sum->samples += step->n;
    sum->loss += (double)step->loss * step->n;
    sum->accuracy += step->right;
    if (!run->curve || (t->done && (t->done / t->settings.batch) % every)) return;
    double n = (double)sum->samples;
    struct curve_row row = { .epoch = t->epoch + (double)t->done / run->data.train.n,
                             .step = run->past.step + run->steps,
                             .samples = run->past.samples + run->samples,
                             .loss = sum->loss / n,
                             .accuracy = sum->accuracy / n,
                             .seconds = run->past.seconds + run->seconds };
    curve_add(run->curve, &row);
    *sum = (struct curve_row){ 0 };
}

/* after the last batch of an epoch; 0 and a sentence if the checkpoint could not be written */
static int end_epoch(struct run *run, double epoch_seconds, char *why)
{
    struct trainer *t = &run->trainer;
    run->test = trainer_test(t);
    progress_line(
        &run->progress, "epoch %2d/%d  loss %.4f  accuracy %5.2f %%  test %5.2f %%  %.0f images/s  %.1f s",
        t->epoch, t->settings.epochs, run->loss / (double)run->seen, 100 * run->right / (double)run->seen,
        100.0 * run->test.right / run->test.n, (double)run->seen / epoch_seconds, epoch_seconds);
    if (!save) return 1;
    struct checkpoint c = trainer_checkpoint(t);
    return checkpoint_write(save, &c, why);
}

static int train(struct run *run, char *why)
{
    struct trainer *t = &run->trainer;
    struct train_step step;
    struct curve_row sum = { 0 };
    double began = progress_clock(), epoch_began = 0;
    while (t->epoch < t->settings.epochs && (!most_steps || run->steps < most_steps)) {
        if (!t->done) {
            run->loss = run->right = 0;
            run->seen = 0;
            epoch_began = run->seconds;
        }
        double start = progress_clock();
        int fine = trainer_step(t, &step);
        run->seconds += progress_clock() - start;
        if (!fine)
            return WHY_NOT(
                why, "the training diverged: at step %ld the loss is no number; try a smaller --lr than %g",
                run->steps + 1, (double)t->settings.lr);
        run->steps++;
        run->samples += step.n;
        run->seen += step.n;
        run->loss += (double)step.loss * step.n;
        run->right += step.right;
        log_step(run, &step, &sum);
        show(run, began);
        if (!t->done && !end_epoch(run, run->seconds - epoch_began, why)) return 0;
    }
    if (t->done) {
        progress_line(&run->progress, "stopped after %ld steps  loss %.4f  accuracy %5.2f %%  %.0f images/s",
                      run->steps, run->loss / (double)run->seen, 100 * run->right / (double)run->seen,
                      (double)run->samples / run->seconds);
        if (save) progress_line(&run->progress, "the unfinished epoch is not in %s", save);
    }
    if (t->done || !run->steps) run->test = trainer_test(t); /* else the last epoch's end did it */
    return 1;
}

/* ---- results ---- */

static void print_confusion(const struct run *run)
{
    const char *const *name = run->data.set->class_name;
    fprintf(run->out, "\n%-12s guessed:\n%-12s", "", "true:");
    for (int c = 0; c < DATA_CLASSES; c++) fprintf(run->out, " %5.5s", name[c]);
    fprintf(run->out, "    right\n");
    for (int c = 0; c < DATA_CLASSES; c++) {
        int all = 0;
        fprintf(run->out, "%-12s", name[c]);
        for (int k = 0; k < DATA_CLASSES; k++) {
            fprintf(run->out, " %5d", run->test.confusion[c][k]);
            all += run->test.confusion[c][k];
        }
        if (all)
            fprintf(run->out, "  %5.1f %%\n", 100.0 * run->test.confusion[c][c] / all);
        else
            fprintf(run->out, "      -\n");
    }
    fprintf(run->out, "\ntest: loss %.4f, accuracy %.2f %% (%d of %d)\n", run->test.loss,
            100.0 * run->test.right / run->test.n, run->test.right, run->test.n);
}

static void print_number(const char *key, double x, const char *format)
{
    printf("  \"%s\": ", key);
    if (isfinite(x))
        printf(format, x);
    else
        printf("null"); /* JSON has no other word for "there is none" */
    printf(",\n");
}

static void print_json(const struct run *run)
{
    const struct trainer *t = &run->trainer;
    printf("{\n  \"preset\": \"%s\",\n  \"data\": \"%s\",\n  \"rung\": \"%s\",\n  \"threads\": %d,\n  "
           "\"sizes\": [",
           run->preset->name, run->data.set->name, t->net.rung, threads);
    for (int l = 0; l <= t->net.layers; l++) printf("%s%d", l ? ", " : "", t->net.size[l]);
    printf("],\n  \"batch\": %d,\n  \"lr\": %g,\n  \"seed\": %llu,\n  \"epochs\": %d,\n  \"steps\": %ld,\n",
           t->settings.batch, (double)t->settings.lr, (unsigned long long)t->settings.seed, t->epoch,
           run->steps);
    print_number("seconds", run->seconds, "%.6f");
    print_number("samples_per_second", (double)run->samples / run->seconds, "%.1f");
    print_number("loss", run->loss / (double)run->seen, "%.6f");
    print_number("accuracy", run->right / (double)run->seen, "%.6f");
    print_number("test_loss", run->test.loss, "%.6f");
    print_number("test_accuracy", (double)run->test.right / run->test.n, "%.6f");
    printf("  \"confusion\": [");
    for (int c = 0; c < DATA_CLASSES; c++) {
        printf("%s\n    [", c ? "," : "");
        for (int k = 0; k < DATA_CLASSES; k++) printf("%s%d", k ? ", " : "", run->test.confusion[c][k]);
        printf("]");
    }
    printf("\n  ]\n}\n");
}

/* ---- the verb ---- */

/* everything that can be refused is, before the first step; 0 and a sentence */
static int prepare(struct run *run, const struct train_settings *s, const struct checkpoint *from, char *why)
{
    if (from->param && s->epochs < from->epoch)
        return WHY_NOT(why, "%s has %d epochs behind it already; --epochs counts from the start", resume,
                       from->epoch);
    if (save && !checkpoint_can_write(save, why)) return 0;
    if (!data_load(data_find(run->preset->data), &run->data, why)) return 0;
    if (!trainer_make(&run->trainer, &run->data, s, why)) return 0;
    if (from->param && !trainer_restore(&run->trainer, from, why)) return 0;
    if (log_path && from->param)
        run->curve = curve_continue(log_path, from->epoch, &run->past, why);
    else if (log_path)
        run->curve = curve_start(log_path, why);
    return !log_path || run->curve;
}

static int run_preset(const struct train_preset *preset, const struct train_settings *s,
                      const struct checkpoint *from)
{
    struct run run = { .preset = preset, .out = as_json ? stderr : stdout };
    char why[WHY];
    int ok = prepare(&run, s, from, why);
    if (ok) {
        say_what(&run);
        if (from->param) fprintf(run.out, "going on after epoch %d of %s\n", from->epoch, resume);
        if (from->param && strcmp(from->rung, run.trainer.net.rung))
            fprintf(run.out, "note: the epochs before ran on rung %s, which rounds otherwise\n", from->rung);
        progress_begin(&run.progress, run.out);
        ok = train(&run, why);
        progress_end(&run.progress);
    }
    if (run.curve && ok) ok = curve_close(run.curve, log_path, why);
    if (ok && as_json) print_json(&run);
    if (ok && !as_json) print_confusion(&run);
    trainer_free(&run.trainer);
    data_free(&run.data);
    return ok ? EXIT_OK : fail(why);
}

static int refuse_preset(const char *name)
{
    size_t n = 0;
    while (train_presets[n].name) n++;
    return args_unknown("train", "there is no preset", name,
                        (struct name_list){ &train_presets[0].name, n, sizeof *train_presets },
                        "`rungs train --help` lists them");
}

int verb_train(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--hidden", OPTION_TEXT, &hidden, 0, 0, "neurons between input and output, or none" },
        { "--epochs", OPTION_INT, &epochs, 1, 1e6,
          "how often to see every image; a resumed run's count too" },
        { "--batch", OPTION_INT, &batch, 1, 65536, "images to a step" },
        { "--lr", OPTION_REAL, &lr, 1e-9, 1e3, "learning rate" },
        { "--rung", OPTION_TEXT, &height, 0, 0, "naive, best, or a rung of `rungs list dense_forward`" },
        { "--threads", OPTION_INT, &threads, 0, 256, "for the threaded rungs; 0: as OpenMP decides" },
        { "--seed", OPTION_INT, &seed, 0, 1e9, "of the starting weights and the order of the images" },
        { "--steps", OPTION_INT, &most_steps, 0, 1e9, "stop after so many steps; 0: no such limit" },
        { "--save", OPTION_TEXT, &save, 0, 0, "write a checkpoint there after every epoch" },
        { "--resume", OPTION_TEXT, &resume, 0, 0, "go on from a checkpoint, with its settings" },
        { "--log", OPTION_TEXT, &log_path, 0, 0, "write the loss curve there, as CSV" },
        { "--json", OPTION_FLAG, &as_json, 0, 0, "the results as JSON on stdout, all else on stderr" },
        { 0 },
    };
    const struct usage usage = {
        "train",
        "train fashion-mlp|mnist-mlp [options]",
        "Trains a multi-layer perceptron (ReLU, softmax, cross-entropy, plain SGD) on real images and tests "
        "it.\n"
        "fashion-mlp: clothes. mnist-mlp: handwritten digits. A killed run loses at most its current epoch.",
        "  rungs train fashion-mlp\n  rungs train fashion-mlp --rung naive --steps 100\n"
        "  rungs train mnist-mlp --hidden 128 --epochs 5 --save digits.ckpt --log digits.csv\n"
        "  rungs train mnist-mlp --epochs 10 --resume digits.ckpt --save digits.ckpt\n",
        options,
        1,
        1,
    };
    const char *word[1];
    char why[WHY];
    int code;
    struct checkpoint from = { 0 };
    if (args_read(&usage, argc, argv, word, &code) < 0) return code;
    const struct train_preset *preset = train_preset_find(word[0]);
    if (!preset) return refuse_preset(word[0]);
    if (!use_threads()) return EXIT_USAGE;
    if (resume && !checkpoint_read_file(resume, &from, why)) return fail(why);
    struct train_settings settings = preset->settings;
    code = settle(argc, argv, &from, &settings) ? run_preset(preset, &settings, &from) : EXIT_USAGE;
    checkpoint_free(&from);
    return code;
}
