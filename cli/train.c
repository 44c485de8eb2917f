/* train.c - rungs train: a network on real data, with a rung of choice. */
#include "verbs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/interrupt.h"
#include "../base/json.h"
#include "../optimized/team.h"
#include "../train/curve.h"
#include "../base/progress.h"
#include "train.h"

struct run {
    const struct training *what;
    struct dataset data;
    struct trainer trainer;
    struct progress progress;
    FILE *out;             /* where people read                                                */
    FILE *curve;           /* NULL without --log                                               */
    struct curve_row past; /* what the curve file says of the run before it was resumed        */
    struct curve_row sum;  /* over the examples since the last row                             */
    int rows;              /* of the curve, written by this call                               */
    int saved;             /* this call has written a checkpoint                               */
    int threads;           /* that the rungs use                                               */
    long steps, samples;   /* of this call                                                     */
    double seconds;        /* in training steps, of this call                                  */
    double loss, right;    /* sums over the examples of the last epoch that was begun          */
    long seen;             /* how many                                                         */
    struct train_test test;
};

static int fail(int code, const char *why)
{
    return args_fail(code, "train", "%s", why);
}

/* ---- settings ---- */

/* A resumed run takes its settings from the checkpoint; an option that says otherwise is found out later, by
 * trainer_restore. 0 after a sentence. */
static int settle(const struct training *t, const struct checkpoint *from, struct train_settings *s)
{
    if (from->param) *s = train_settings_of(from, t->height);
    s->height = t->height;
    s->epochs = t->epochs;
    if (!from->param || t->batch_given) s->batch = t->batch;
    if (!from->param || t->lr_given) s->lr = (float)t->lr;
    if (!from->param || t->seed_given) s->seed = (uint64_t)t->seed;
    if (from->param && !t->hidden_given) return 1;
    if (train_parse_hidden(t->hidden, s)) return 1;
    args_refuse("train", "--hidden %s: it must be up to %d numbers of neurons like 512,256, or the word none",
                t->hidden, NETWORK_LAYERS - 1);
    return 0;
}

/* EXIT_OK, or an exit code after a sentence: the rung is unknown, or not for this machine */
static int check_height(const char *height)
{
    const struct op *dense = op_find("dense_forward");
    if (rung_at_height(dense, height)) return EXIT_OK;
    const struct rung *named = verb_find_rung("train", dense, NULL, height);
    if (!named) return EXIT_USAGE;
    return args_fail(EXIT_SKIPPED, "train", "the rung %s needs %s, which this machine lacks", height,
                     rung_lacks(named->needs));
}

/* ---- training ---- */

static void say_what(const struct run *run)
{
    const struct trainer *t = &run->trainer;
    const struct train_settings *s = &t->settings;
    char note[DATA_NOTE];
    fprintf(run->out, "%s: %d", run->what->preset->name, t->net.size[0]);
    for (int l = 1; l <= t->net.layers; l++) fprintf(run->out, "-%d", t->net.size[l]);
    fprintf(run->out, ", %zu parameters, %d images to train on, %d to test with\n", t->net.params,
            run->data.train.n, run->data.test.n);
    fprintf(run->out, "batch %d, lr %g, seed %llu, rung %s, %d thread%s\n", s->batch, (double)s->lr,
            (unsigned long long)s->seed, t->net.rung, run->threads, run->threads == 1 ? "" : "s");
    if (*data_note(&run->data, note)) fprintf(run->out, "note: %s\n", note);
    fflush(run->out);
}

static void show(struct run *run, double began)
{
    const struct trainer *t = &run->trainer;
    const struct train_settings *s = &t->settings;
    char left[32];
    double all = (double)(s->epochs - t->epoch) * run->data.train.n - t->done;
    long to_do = run->what->most_steps ? ((long)run->what->most_steps - run->steps) * s->batch : (long)all;
    if (to_do > (long)all) to_do = (long)all;
    double spent = clock_seconds() - began;
    progress_show(&run->progress, (double)run->samples / (double)(run->samples + to_do),
                  "epoch %d/%d  loss %.4f  %5.2f %%  %.0f images/s  %s left", t->epoch + (t->done > 0),
                  s->epochs, run->loss / (double)run->seen, 100 * run->right / (double)run->seen,
                  (double)run->samples / run->seconds,
                  progress_time(spent / (double)run->samples * (double)to_do, left));
}

/* A row for the steps since the last one, if there were any */
static void log_row(struct run *run)
{
    const struct trainer *t = &run->trainer;
    const struct curve_row *sum = &run->sum;
    if (!run->curve || !sum->samples) return;
    double n = (double)sum->samples;
    struct curve_row row = { .epoch = t->epoch + (double)t->done / run->data.train.n,
                             .step = run->past.step + run->steps,
                             .samples = run->past.samples + run->samples,
                             .loss = sum->loss / n,
                             .accuracy = sum->accuracy / n,
                             .seconds = run->past.seconds + run->seconds };
    curve_add(run->curve, &row);
    run->sum = (struct curve_row){ 0 };
    run->rows++;
}

/* A row after a curve's first step, about twenty per epoch, and one at its end; that of the very last step, wherever a
 * run ends, is train's. */
static void log_step(struct run *run, const struct train_step *step)
{
    const struct trainer *t = &run->trainer;
    int per_epoch = trainer_steps_per_epoch(t), every = per_epoch < 20 ? 1 : per_epoch / 20;
    run->sum.samples += step->n;
    run->sum.loss += (double)step->loss * step->n;
    run->sum.accuracy += step->right;
    int is_first = !run->rows && !run->past.step;
    if (is_first || !t->done || (t->done / t->settings.batch) % every == 0) log_row(run);
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
    if (!run->what->save) return 1;
    struct checkpoint c = trainer_checkpoint(t);
    return run->saved = checkpoint_write(run->what->save, &c, why);
}

/* until all epochs or steps are done, or Ctrl-C; EXIT_OK, or an exit code with why set */
static int train_steps(struct run *run, char *why)
{
    struct trainer *t = &run->trainer;
    struct train_step step;
    double began = clock_seconds(), epoch_began = 0;
    interrupt_watch();
    while (t->epoch < t->settings.epochs && !interrupt_asked() &&
           (!run->what->most_steps || run->steps < run->what->most_steps)) {
        if (!t->done) {
            run->loss = run->right = 0;
            run->seen = 0;
            epoch_began = run->seconds;
        }
        double start = clock_seconds();
        int fine = trainer_step(t, &step);
        run->seconds += clock_seconds() - start;
        if (!fine) {
            error_set(
                why, "training diverged: the loss is NaN or infinite at step %ld; try a smaller --lr than %g",
                run->steps + 1, (double)t->settings.lr);
            return EXIT_WRONG;
        }
        run->steps++;
        run->samples += step.n;
        run->seen += step.n;
        run->loss += (double)step.loss * step.n;
        run->right += step.right;
        log_step(run, &step);
        show(run, began);
        if (!t->done && !end_epoch(run, run->seconds - epoch_began, why)) return EXIT_OUTPUT;
    }
    return EXIT_OK;
}

static int train(struct run *run, char *why)
{
    const struct trainer *t = &run->trainer;
    int code = train_steps(run, why);
    log_row(run); /* of the last step, however it ended */
    if (code || interrupt_asked()) return code;
    if (t->done) {
        progress_line(&run->progress, "stopped after %ld step%s  loss %.4f  accuracy %5.2f %%  %.0f images/s",
                      run->steps, run->steps == 1 ? "" : "s", run->loss / (double)run->seen,
                      100 * run->right / (double)run->seen, (double)run->samples / run->seconds);
        if (run->what->save)
            progress_line(&run->progress, "the unfinished epoch is not in %s", run->what->save);
    }
    if (t->done || !run->steps)
        run->test = trainer_test(&run->trainer); /* else the last epoch's end did it */
    return EXIT_OK;
}

/* after Ctrl-C: what there is, and how to get the rest */
static void say_interrupted(const struct run *run)
{
    const struct training *what = run->what;
    fprintf(stderr, "\nrungs train: interrupted after %ld step%s; ", run->steps, run->steps == 1 ? "" : "s");
    if (run->saved)
        fprintf(stderr,
                "%s has %d of %d epochs: `rungs train %s --epochs %d --resume %s --save %s` goes on\n",
                what->save, run->trainer.epoch, run->trainer.settings.epochs, what->preset->name,
                run->trainer.settings.epochs, what->save, what->save);
    else if (what->save)
        fprintf(stderr, "nothing is saved, as no epoch was finished\n");
    else
        fprintf(stderr, "nothing is saved, as there was no --save\n");
}

/* ---- results ---- */

double trained_samples_per_second(const struct trained *r)
{
    return (double)r->samples / r->seconds;
}

static void print_confusion(const struct trained *r)
{
    const char *const *name = r->set->class_name;
    printf("\n%-12s guessed:\n%-12s", "", "true:");
    for (int c = 0; c < DATA_CLASSES; c++) printf(" %5.5s", name[c]);
    printf("    right\n");
    for (int c = 0; c < DATA_CLASSES; c++) {
        int all = 0;
        printf("%-12s", name[c]);
        for (int k = 0; k < DATA_CLASSES; k++) {
            printf(" %5d", r->test.confusion[c][k]);
            all += r->test.confusion[c][k];
        }
        if (all)
            printf("  %5.1f %%\n", 100.0 * r->test.confusion[c][c] / all);
        else
            printf("      -\n");
    }
    printf("\ntest: loss %.4f, accuracy %.2f %% (%d of %d)\n", r->test.loss,
           100.0 * r->test.right / r->test.n, r->test.right, r->test.n);
}

static void print_json(const struct trained *r, const struct train_preset *preset)
{
    struct json j = json_begin(stdout);
    json_object(&j, NULL);
    json_text(&j, "preset", preset->name);
    json_text(&j, "data", r->set->name);
    json_integer(&j, "known_files", r->known);
    json_text(&j, "rung", r->rung);
    json_integer(&j, "threads", r->threads);
    json_on_one_line(&j);
    json_list(&j, "sizes");
    for (int l = 0; l <= r->layers; l++) json_integer(&j, NULL, r->size[l]);
    json_end(&j);
    json_integer(&j, "batch", r->settings.batch);
    json_number(&j, "lr", (double)r->settings.lr);
    json_integer(&j, "seed", (long long)r->settings.seed);
    json_integer(&j, "epochs", r->epochs);
    json_integer(&j, "steps", r->steps);
    json_number(&j, "seconds", r->seconds);
    json_number(&j, "samples_per_second", trained_samples_per_second(r));
    json_number(&j, "loss", r->loss);
    json_number(&j, "accuracy", r->accuracy);
    json_number(&j, "test_loss", r->test.loss);
    json_number(&j, "test_accuracy", (double)r->test.right / r->test.n);
    json_list(&j, "confusion");
    for (int c = 0; c < DATA_CLASSES; c++) {
        json_on_one_line(&j);
        json_list(&j, NULL);
        for (int k = 0; k < DATA_CLASSES; k++) json_integer(&j, NULL, r->test.confusion[c][k]);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
}

/* ---- the verb ---- */

/* everything that can be refused is, before the first step; EXIT_OK, or an exit code with why set */
static int prepare(struct run *run, const struct train_settings *s, const struct checkpoint *from, char *why)
{
    const struct training *what = run->what;
    if (from->param && s->epochs < from->epoch) {
        error_set(why, "%s already has %d epochs; --epochs counts from the start", what->resume, from->epoch);
        return EXIT_USAGE;
    }
    if (!data_load(data_find(what->preset->data), &run->data, why)) return EXIT_INPUT;
    if (!trainer_make(&run->trainer, &run->data, s, why)) return EXIT_USAGE;
    if (from->param && !trainer_restore(&run->trainer, from, why)) return EXIT_USAGE;
    if (!what->log) return EXIT_OK;
    run->curve =
        from->param ? curve_continue(what->log, from->epoch, &run->past, why) : curve_start(what->log, why);
    return run->curve ? EXIT_OK : EXIT_OUTPUT;
}

static void say_where_from(const struct run *run, const struct checkpoint *from)
{
    if (from->param) fprintf(run->out, "resuming after epoch %d of %s\n", from->epoch, run->what->resume);
    if (from->param && strcmp(from->rung, run->trainer.net.rung))
        fprintf(run->out, "note: the epochs before ran on rung %s, which rounds differently\n", from->rung);
}

static void keep_result(const struct run *run, struct trained *r)
{
    const struct trainer *t = &run->trainer;
    *r = (struct trained){ .set = run->data.set,
                           .known = run->data.known,
                           .settings = t->settings,
                           .layers = t->net.layers,
                           .threads = run->threads,
                           .epochs = t->epoch,
                           .steps = run->steps,
                           .samples = run->samples,
                           .seconds = run->seconds,
                           .loss = run->loss / (double)run->seen,
                           .accuracy = run->right / (double)run->seen,
                           .test = run->test };
    memcpy(r->size, t->net.size, sizeof r->size);
    snprintf(r->rung, sizeof r->rung, "%s", t->net.rung);
}

static int run_settings(struct run *run, const struct train_settings *s, const struct checkpoint *from,
                        struct trained *r)
{
    char why[ERROR_TEXT];
    int code = prepare(run, s, from, why);
    if (!code) {
        say_what(run);
        say_where_from(run, from);
        progress_begin(&run->progress, run->out);
        code = train(run, why);
        progress_end(&run->progress);
    }
    char too_late[sizeof why]; /* another reason to fail than the first */
    if (run->curve && !curve_close(run->curve, run->what->log, code ? too_late : why) && !code)
        code = EXIT_OUTPUT;
    if (!code && interrupt_asked()) {
        say_interrupted(run);
        interrupt_end();
    }
    if (!code) keep_result(run, r);
    trainer_free(&run->trainer);
    data_free(&run->data);
    return code ? fail(code, why) : EXIT_OK;
}

int training_run(const struct training *t, FILE *out, struct trained *r)
{
    team_use(t->threads);
    struct run run = { .what = t, .out = out, .threads = team_threads() };
    struct checkpoint from = { 0 };
    struct train_settings settings = t->preset->settings;
    char why[ERROR_TEXT];
    int code = check_height(t->height);
    if (code) return code;
    if (t->resume && !checkpoint_read_file(t->resume, &from, why)) return fail(EXIT_INPUT, why);
    code = settle(t, &from, &settings) ? run_settings(&run, &settings, &from, r) : EXIT_USAGE;
    checkpoint_free(&from);
    return code;
}

static int refuse_preset(const char *name)
{
    size_t n = 0;
    while (train_presets[n].name) n++;
    return args_unknown("train", "there is no preset", name,
                        (struct name_list){ &train_presets[0].name, n, sizeof *train_presets },
                        "`rungs train --help` lists them");
}

int training_read(int argc, char **argv, struct training *t)
{
    *t = (struct training){
        .hidden = "512,256", .height = "best", .epochs = 10, .batch = 64, .seed = 1, .lr = 0.1
    };
    const struct option_row options[] = {
        { "--hidden", OPTION_TEXT, &t->hidden, 0, 0, "neurons between input and output, or none" },
        { "--epochs", OPTION_INT, &t->epochs, 1, 1e6,
          "how often to see every image; a resumed run's count too" },
        { "--batch", OPTION_INT, &t->batch, 1, 65536, "images per step" },
        { "--lr", OPTION_REAL, &t->lr, 1e-9, 1e3, "learning rate" },
        { "--rung", OPTION_TEXT, &t->height, 0, 0, "naive, best, or a rung of `rungs list dense_forward`" },
        { "--threads", OPTION_INT, &t->threads, 0, 256,
          "for the threaded rungs; 0: all CPUs within the quota" },
        { "--seed", OPTION_INT, &t->seed, 0, 1e9, "of the starting weights and the order of the images" },
        { "--steps", OPTION_INT, &t->most_steps, 0, 1e9, "stop after so many steps; 0: no such limit" },
        { "--save", OPTION_FILE, &t->save, 0, 0, "write a checkpoint there after every epoch" },
        { "--resume", OPTION_TEXT, &t->resume, 0, 0, "go on from a checkpoint, with its settings" },
        { "--log", OPTION_FILE, &t->log, 0, 0, "write the loss curve there, as CSV" },
        { "--json", OPTION_FLAG, &t->as_json, 0, 0, "the results as JSON on stdout, all else on stderr" },
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
    int code;
    if (args_read(&usage, argc, argv, word, &code) < 0) return code;
    t->hidden_given = args_given(argc, argv, "--hidden");
    t->batch_given = args_given(argc, argv, "--batch");
    t->lr_given = args_given(argc, argv, "--lr");
    t->seed_given = args_given(argc, argv, "--seed");
    t->preset = train_preset_find(word[0]);
    return t->preset ? -1 : refuse_preset(word[0]);
}

int verb_train(int argc, char **argv)
{
    struct training t;
    struct trained r;
    int code = training_read(argc, argv, &t);
    if (code >= 0) return code;
    code = training_run(&t, t.as_json ? stderr : stdout, &r);
    if (code) return code;
    if (t.as_json)
        print_json(&r, t.preset);
    else
        print_confusion(&r);
    return EXIT_OK;
}
