/* train.c - a training run, and what it says on the way; see train.h. */
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/interrupt.h"
#include "../export/recording.h"
#include "../optimized/team.h"
#include "../train/blame.h"
#include "../train/curve.h"
#include "../train/on_device.h"
#include "../base/progress.h"
#include "train_dashboard.h"

_Static_assert((int)OPTION_WORDS <= (int)CURVE_OPTIONS, "a row of the curve holds all options");

struct run {
    const struct training *what;
    struct netfile file; /* with the options in it                                           */
    char options[CHECKPOINT_OPTIONS], words[OPTION_WORDS]; /* those options, and as the user wrote them */
    struct dataset data;
    struct trainer trainer;
    struct progress progress;
    struct dashboard *dashboard; /* NULL without one */
    FILE *out;                   /* where people read                                                */
    FILE *curve;                 /* NULL without --log                                               */
    struct curve_row past;       /* what the curve file says of the run before it was resumed        */
    struct curve_row sum;        /* over the examples since the last row                             */
    int rows;                    /* of the curve, written by this call                               */
    int saved;                   /* this call has written a checkpoint                               */
    int threads;                 /* that the rungs use                                               */
    long steps, samples;         /* of this call                                                     */
    double seconds;              /* in training steps, of this call                                  */
    double loss, right;          /* sums over the examples of the last epoch that was begun          */
    long seen, resumed;          /* how many; of them, by the run that this one goes on with         */
    struct train_test test;
    int best_epoch;             /* see trainer_take_best */
    struct recording recording; /* with --record */
};

static int fail(int code, const char *error)
{
    return args_fail(code, "train", "%s", error);
}

/* ---- training ---- */

static void say_what(const struct run *run)
{
    const struct trainer *t = &run->trainer;
    char note[DATA_NOTE], validation[40] = "";
    if (run->data.validation.n)
        snprintf(validation, sizeof validation, "%d to validate, ", run->data.validation.n);
    int width[LAYERS_MOST + 1], widths = network_widths(&t->net, width);
    fprintf(run->out, "%s: %d", run->what->network, width[0]);
    for (int l = 1; l < widths; l++) fprintf(run->out, "-%d", width[l]);
    fprintf(run->out, ", %zu parameters, %d images to train on, %s%d to test with\n", t->net.params,
            run->data.train.n, validation, run->data.test.n);
    fprintf(run->out, "batch %d, lr %g, seed %llu, rung %s, %d thread%s\n", t->batch,
            net_line_number(t->optimizer.line, "lr"), (unsigned long long)t->seed, t->net.rung, run->threads,
            run->threads == 1 ? "" : "s");
    if (t->net.on)
        fprintf(run->out, "operations on %s; without CUDA rungs, and so on the CPU: %d of %d\n",
                run->what->device->facts.name, on_device_calls_here(t->net.on, &t->net), t->net.calls);
    if (*run->words) fprintf(run->out, "options: %s\n", run->words);
    if (*data_note(&run->data, note)) fprintf(run->out, "note: %s\n", note);
    fflush(run->out);
}

static void show(struct run *run, double began)
{
    const struct trainer *t = &run->trainer;
    char left[32];
    double all = (double)(t->epochs - t->epoch) * run->data.train.n - t->done;
    long to_do = run->what->most_steps ? ((long)run->what->most_steps - run->steps) * t->batch : (long)all;
    if (to_do > (long)all) to_do = (long)all;
    double spent = clock_seconds() - began;
    progress_show(&run->progress, (double)run->samples / (double)(run->samples + to_do),
                  "epoch %d/%d  loss %.4f  %5.2f %%  %.0f images/s  %s left", t->epoch + (t->done > 0),
                  t->epochs, run->loss / (double)run->seen, 100 * run->right / (double)run->seen,
                  (double)run->samples / run->seconds,
                  progress_time(spent / (double)run->samples * (double)to_do, left));
}

static double right_of(const struct train_test *test)
{
    return (double)test->right / test->n;
}

/* A row for the steps since the last one, if there were any */
static void log_row(struct run *run)
{
    const struct trainer *t = &run->trainer;
    const struct curve_row *sum = &run->sum;
    if (!sum->samples) return;
    double n = (double)sum->samples;
    int is_validated = !t->done && t->validation.n;
    struct curve_row row = { .epoch = trainer_epochs(t),
                             .step = run->past.step + run->steps,
                             .samples = run->past.samples + run->samples,
                             .loss = sum->loss / n,
                             .accuracy = sum->accuracy / n,
                             .seconds = run->past.seconds + run->seconds,
                             .lr = (double)t->optimizer.lr,
                             .validation_loss = is_validated ? t->validation.loss : nan(""),
                             .validation_accuracy = is_validated ? right_of(&t->validation) : nan(""),
                             .options = run->words };
    if (run->curve) curve_add(run->curve, &row);
    dashboard_add(run->dashboard, &row);
    run->sum = (struct curve_row){ 0 };
    run->rows++;
}

/* A row after a curve's first step, about twenty per epoch, and one at its end; that of the very last step,
 * wherever a run ends, is train's. */
static void log_step(struct run *run, const struct train_step *step)
{
    const struct trainer *t = &run->trainer;
    int per_epoch = trainer_steps_per_epoch(t), every = per_epoch < 20 ? 1 : per_epoch / 20;
    run->sum.samples += step->n;
    run->sum.loss += (double)step->loss * step->n;
    run->sum.accuracy += step->right;
    int is_first = !run->rows && !run->past.step;
    if (is_first || !t->done || (t->done / t->batch) % every == 0) log_row(run);
}

/* Saves where the training is, also in the middle of an epoch. 0 and a sentence if it could not be written */
static int save(struct run *run, char *error)
{
    struct checkpoint c = trainer_checkpoint(&run->trainer);
    memcpy(c.options, run->options, sizeof c.options);
    if (run->trainer.done) {
        c.number[NUMBER_RIGHT] = run->right;
        c.number[NUMBER_ROW_SAMPLES] = (double)run->sum.samples;
        c.number[NUMBER_ROW_LOSS] = run->sum.loss;
        c.number[NUMBER_ROW_RIGHT] = run->sum.accuracy;
    }
    return run->saved = checkpoint_write(run->what->save, &c, error);
}

/* after the last batch of an epoch; 0 and a sentence if the checkpoint could not be written */
static int end_epoch(struct run *run, double epoch_seconds, char *error)
{
    struct trainer *t = &run->trainer;
    char validation[64] = "";
    run->test = trainer_test(t);
    if (t->validation.n)
        snprintf(validation, sizeof validation, "  validation %.4f %5.2f %%", t->validation.loss,
                 100 * right_of(&t->validation));
    progress_line(
        &run->progress, "epoch %2d/%d  loss %.4f  accuracy %5.2f %%%s  test %5.2f %%  %.0f images/s  %.1f s",
        t->epoch, t->epochs, run->loss / (double)run->seen, 100 * run->right / (double)run->seen, validation,
        100 * right_of(&run->test), (double)(run->seen - run->resumed) / epoch_seconds, epoch_seconds);
    run->resumed = 0;
    return !run->what->save || save(run, error);
}

static int device_failed(const struct trainer *t, char *error)
{
    error_set(error, "the device failed: %s", network_failure(&t->net));
    return EXIT_RESOURCES;
}

/* where the first number is that is not finite, as far as it can be seen */
static void say_diverged(struct run *run, int n, char *error)
{
    struct trainer *t = &run->trainer;
    char where[ERROR_TEXT];
    int found = network_blame(&t->net, n, t->x, t->label, where);
    error_set(error,
              "training diverged: the loss is NaN or infinite at step %ld%s%.60s; try a smaller --lr than %g",
              trainer_steps(t) + 1, found ? "; the first such number is in " : "", where,
              (double)t->optimizer.lr);
}

/* until all epochs or steps are done, or Ctrl-C; EXIT_OK, or an exit code with error set */
static int train_steps(struct run *run, char *error)
{
    struct trainer *t = &run->trainer;
    struct train_step step;
    double began = clock_seconds(), epoch_began = 0;
    interrupt_watch();
    while (!trainer_is_finished(t) && !interrupt_asked() &&
           (!run->what->most_steps || run->steps < run->what->most_steps)) {
        if (!t->done) {
            run->loss = run->right = 0;
            run->seen = 0;
            epoch_began = run->seconds;
        }
        double start = clock_seconds();
        int fine = trainer_step(t, &step);
        run->seconds += clock_seconds() - start;
        if (!fine && network_failure(&t->net)) return device_failed(t, error);
        if (!fine) {
            say_diverged(run, step.n, error);
            return EXIT_WRONG;
        }
        if (run->what->record) recording_step(&run->recording, step.loss);
        run->steps++;
        run->samples += step.n;
        run->seen += step.n;
        run->loss += (double)step.loss * step.n;
        run->right += step.right;
        if (!t->done) trainer_end_epoch(t);
        log_step(run, &step);
        show(run, began);
        if (!t->done && !end_epoch(run, run->seconds - epoch_began, error)) return EXIT_OUTPUT;
        if (network_failure(&t->net)) return device_failed(t, error); /* in the test after an epoch */
    }
    return EXIT_OK;
}

/* with early stopping, at the end of a finished training */
static void say_best(struct run *run)
{
    struct trainer *t = &run->trainer;
    const struct stopping *s = &t->stopping;
    if (!trainer_is_finished(t) || !(run->best_epoch = trainer_take_best(t))) return;
    if (stopping_is_over(s))
        progress_line(&run->progress, "stopped early: for %d epoch%s the validation loss was no lower",
                      s->since, s->since == 1 ? "" : "s");
    progress_line(&run->progress,
                  "tested with the parameters of epoch %d, whose validation loss is the lowest: %.4f",
                  s->epoch, s->best);
}

static int train(struct run *run, char *error)
{
    const struct trainer *t = &run->trainer;
    int code = train_steps(run, error);
    if (!code && t->done && run->steps && run->what->save && !save(run, error)) code = EXIT_OUTPUT;
    log_row(run); /* of the last step, however it ended */
    if (code || interrupt_asked()) return code;
    if (t->done) {
        progress_line(&run->progress, "stopped after %ld step%s  loss %.4f  accuracy %5.2f %%  %.0f images/s",
                      run->steps, run->steps == 1 ? "" : "s", run->loss / (double)run->seen,
                      100 * run->right / (double)run->seen, (double)run->samples / run->seconds);
        if (run->what->save)
            progress_line(&run->progress, "%s has all of them; --resume %s goes on there", run->what->save,
                          run->what->save);
    }
    if (!t->done) say_best(run);
    if (t->done || !run->steps || run->best_epoch)
        run->test = trainer_test(&run->trainer); /* else the last epoch's end did it */
    if (t->done || run->best_epoch) trainer_validate(&run->trainer);
    return network_failure(&t->net) ? device_failed(t, error) : EXIT_OK;
}

/* after Ctrl-C: what there is, and how to get the rest */
static void say_interrupted(const struct run *run)
{
    const struct training *what = run->what;
    const struct trainer *t = &run->trainer;
    fprintf(stderr, "\nrungs train: interrupted after %ld step%s; ", run->steps, run->steps == 1 ? "" : "s");
    if (what->kept) {
        fprintf(stderr, "%s\n", what->kept);
    } else if (run->saved) {
        fprintf(stderr, "%s has them, %.6g of %d epochs: `rungs train %s --epochs %d", what->save,
                trainer_epochs(t), t->epochs, what->network, t->epochs);
        if (strcmp(what->level, "best")) fprintf(stderr, " --rung %s", what->level);
        fprintf(stderr, "%s --resume %s --save %s%s%s` goes on\n", what->cuda ? " --cuda" : "", what->save,
                what->save, what->log ? " --log " : "", what->log ? what->log : "");
    } else {
        fprintf(stderr, "nothing is saved, as there was no %s\n", what->save ? "step" : "--save");
    }
}

double trained_samples_per_second(const struct trained *r)
{
    return (double)r->samples / r->seconds;
}

/* ---- the whole ---- */

/* Where the run stopped that this one goes on with, maybe in the middle of an epoch: its sums go on, and its
 * curve after the last row that it would have had without stopping. 0 and a sentence */
static int go_on(struct run *run, const double *number, char *error)
{
    const struct trainer *t = &run->trainer;
    run->loss = t->done ? t->loss : 0;
    run->right = number[NUMBER_RIGHT];
    run->seen = run->resumed = t->done;
    run->sum = (struct curve_row){ .samples = (long)number[NUMBER_ROW_SAMPLES],
                                   .loss = number[NUMBER_ROW_LOSS],
                                   .accuracy = number[NUMBER_ROW_RIGHT] };
    if (!run->what->log) {
        run->rows = t->epoch || t->done;
        return 1;
    }
    const double half = 0.5 * t->batch; /* a row's epoch is rounded */
    const double kept = t->done - (double)run->sum.samples + (t->done ? half : 0);
    run->curve = curve_continue(run->what->log, t->epoch + kept / run->data.train.n, &run->past, error);
    if (!run->past.step) run->sum = (struct curve_row){ 0 }; /* a curve that begins here */
    run->past.step += run->sum.samples / t->batch;
    run->past.samples += run->sum.samples;
    return run->curve != NULL;
}

/* everything that can be refused is, before the first step; EXIT_OK, or an exit code with error set */
static int prepare(struct run *run, const struct checkpoint *from, char *error)
{
    const struct training *what = run->what;
    if (from->param && (int)netfile_number(&run->file, "epochs") < from->epoch) {
        error_set(error, "%s already has %d epochs; --epochs counts from the start", what->resume,
                  from->epoch);
        return EXIT_USAGE;
    }
    if (!trainer_load(&run->file, &run->data, error)) return EXIT_INPUT;
    if (!training_make(what, &run->file, &run->data, &run->trainer, error)) return EXIT_USAGE;
    if (from->param && !trainer_restore(&run->trainer, from, error)) return EXIT_USAGE;
    if (what->record && !recording_begin(&run->recording, what->record, &run->trainer, error))
        return EXIT_OUTPUT;
    return (from->param ? go_on(run, from->number, error)
                        : !what->log || (run->curve = curve_start(what->log, error)))
               ? EXIT_OK
               : EXIT_OUTPUT;
}

static void say_where_from(const struct run *run, const struct checkpoint *from)
{
    const int done = run->trainer.done;
    if (from->param && done)
        fprintf(run->out, "resuming after epoch %d and %d examples of %s\n", from->epoch, done,
                run->what->resume);
    else if (from->param)
        fprintf(run->out, "resuming after epoch %d of %s\n", from->epoch, run->what->resume);
    if (from->param && strcmp(from->rung, run->trainer.net.rung))
        fprintf(run->out, "note: the epochs before ran on rung %s, which rounds differently\n", from->rung);
}

static void keep_result(const struct run *run, struct trained *r)
{
    const struct trainer *t = &run->trainer;
    *r = (struct trained){ .set = run->data.set,
                           .known = run->data.known,
                           .batch = t->batch,
                           .train_images = run->data.train.n,
                           .lr = net_line_number(t->optimizer.line, "lr"),
                           .seed = t->seed,
                           .threads = run->threads,
                           .epochs = t->epoch,
                           .steps = run->steps,
                           .samples = run->samples,
                           .seconds = run->seconds,
                           .loss = run->loss / (double)run->seen,
                           .accuracy = run->right / (double)run->seen,
                           .test = run->test,
                           .validation = t->validation,
                           .best_epoch = run->best_epoch,
                           .stopped_early = stopping_is_over(&t->stopping) };
    memcpy(r->options, run->options, sizeof r->options);
    r->widths = network_widths(&t->net, r->width);
    snprintf(r->rung, sizeof r->rung, "%s", t->net.rung);
}

static int run_file(struct run *run, const struct checkpoint *from, struct trained *r)
{
    char error[ERROR_TEXT];
    int code = prepare(run, from, error);
    if (!code) {
        say_what(run);
        say_where_from(run, from);
        progress_begin(&run->progress, run->out);
        if (run->what->dashboard) run->dashboard = dashboard_begin(&run->progress, run->what->network);
        code = train(run, error);
        dashboard_end(run->dashboard);
        progress_end(&run->progress);
    }
    char too_late[sizeof error]; /* another reason to fail than the first */
    if (run->curve && !curve_close(run->curve, run->what->log, code ? too_late : error) && !code)
        code = EXIT_OUTPUT;
    if (!code && run->what->record && !interrupt_asked() &&
        !recording_write(&run->recording, &run->trainer, error))
        code = EXIT_OUTPUT;
    recording_free(&run->recording);
    if (!code && interrupt_asked()) {
        say_interrupted(run);
        interrupt_end();
    }
    if (!code) keep_result(run, r);
    trainer_free(&run->trainer);
    data_free(&run->data);
    return code ? fail(code, error) : EXIT_OK;
}

int training_run(const struct training *t, FILE *out, struct trained *r)
{
    team_use(t->threads);
    struct run run = { .what = t, .out = out, .threads = team_threads() };
    struct checkpoint from = { 0 };
    char error[ERROR_TEXT];
    if (t->resume && !checkpoint_read_file(t->resume, &from, error)) return fail(EXIT_INPUT, error);
    int code = training_file(t, &from, &run.file, run.options, error);
    if (!code) training_options_words(run.options, run.words);
    code = code ? fail(code, error) : run_file(&run, &from, r);
    checkpoint_free(&from);
    return code;
}
