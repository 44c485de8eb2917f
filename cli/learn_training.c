/* learn_training.c - the gate of a network: it is trained with the student's kernels in the place of ours;
 * see learn.h.
 *
 * A short training on synthetic images comes first. Different rounding changes the last digits of a loss, a
 * wrong kernel the first. It uses plain SGD, because Adam takes the same steps for a gradient that is divided
 * by something. Then its second half is run again, from a checkpoint. Before the long training a step is
 * timed, in turns with rungs of ours in place of the student's functions: by processor time, because the
 * student's are called in another process.
 */
#include "learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "../base/clock.h"
#include "../reference/philox.h"
#include "../train/trainer.h"
#include "gradcheck_guard.h"
#include "learn_remote.h"

enum { STEPS = 16, MIDDLE = 8, MADE = 256, SIDE = 28, CLASSES = 10 };

/* the share of the test images that is to be right, and by how much a loss may differ */
static const double accuracy_gate = 0.90, loss_gate = 1e-3;

struct training {
    struct told told;
    const struct submission *s;
    const char *middle;     /* the file of the checkpoint */
    char error[ERROR_TEXT]; /* what hindered it, and the exit code; */
    int code;
    int wrong_step; /* the first whose loss is wrong, from 1 on; 0: none */
    double own, right;
    int is_resumed; /* 1: in the same bits */
    int is_timed;   /* the times of steps are known */
    struct step_times times;
    double done;            /* the share of the whole training */
    struct train_test test; /* n is 0 where there was none */
};

/* 1 if the short training is not all */
static int is_whole(const struct submission *s)
{
    return !s->no_race && !s->mistake;
}

/* ---- in a child: the student's kernels in a network ---- */

static const struct submission *submitted;
static const struct op *kernel[MOST_FUNCTIONS];

static any_fn *in_place[MOST_FUNCTIONS]; /* of a rung that is called for the student's function, or NULL */
static double spent;                     /* the processor's seconds in these functions */

static double own_seconds(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)) return (double)NAN;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void call_kernel(int k, any_fn *run, const int *size, void *const *buf, const struct scalar *v)
{
    if (!in_place[k]) {
        remote_op(kernel[k])->call(run, size, buf, v);
        spent += remote_seconds();
        return;
    }
    const double began = own_seconds();
    kernel[k]->call(in_place[k], size, buf, v);
    spent += own_seconds() - began;
}

static void call_0(any_fn *run, const int *size, void *const *buf, const struct scalar *v)
{
    call_kernel(0, run, size, buf, v);
}

static void call_1(any_fn *run, const int *size, void *const *buf, const struct scalar *v)
{
    call_kernel(1, run, size, buf, v);
}

static void call_2(any_fn *run, const int *size, void *const *buf, const struct scalar *v)
{
    call_kernel(2, run, size, buf, v);
}

/* From now on the network calls the student's functions, or the wrong version that stands for one. */
static void take_kernels(struct network *net)
{
    static __typeof__(call_0) *const calls[MOST_FUNCTIONS] = { call_0, call_1, call_2 };
    static struct op own[MOST_FUNCTIONS];
    const struct mistake *m = submitted->mistake;
    for (int k = 0; k < MOST_FUNCTIONS && submitted->exercise->function[k]; k++) {
        kernel[k] = exercise_op_find(submitted->exercise->function[k]);
        own[k] = *kernel[k];
        own[k].call = calls[k];
        for (int i = 0; i < net->calls; i++) {
            if (op_base(net->call[i].op) != kernel[k]) continue;
            if (m && strcmp(m->op, kernel[k]->name)) continue;
            if (m)
                net->call[i].run = m->run;
            else
                net->call[i].op = &own[k];
        }
    }
}

/* ---- in a child: the short training ---- */

/* images of a class have bright pixels of their own */
static struct split make_images(int n, uint64_t seed)
{
    struct split s = split_make(n, SIDE * SIDE, 0);
    for (int k = 0; k < n; k++) {
        int class = (int)(philox_word(seed, 0, (uint64_t)k) % CLASSES);
        s.label[k] = (unsigned char)class;
        for (int i = 0; i < SIDE * SIDE; i++) {
            int is_bright = i / SIDE / 2 % CLASSES == class || i % SIDE / 2 % CLASSES == class;
            s.image[k * SIDE * SIDE + i] =
                (unsigned char)(philox_word(seed, 1 + (uint64_t)k, (uint64_t)i) % 90 +
                                (is_bright ? 140u : 0u));
        }
    }
    return s;
}

static void make_data(struct dataset *d, uint64_t seed)
{
    *d = (struct dataset){ .set = data_find("fashion-mnist"),
                           .channels = 1,
                           .rows = SIDE,
                           .cols = SIDE,
                           .features = SIDE * SIDE,
                           .train = make_images(MADE, seed),
                           .test = make_images(MADE / 8, seed + 1) };
    data_measure(d);
}

static void steps(struct trainer *t, int n, double *loss)
{
    struct train_step step;
    for (int k = 0; k < n; k++) loss[k] = trainer_step(t, &step) ? (double)step.loss : (double)NAN;
}

static int compare_losses(struct training *w, const double *own, const double *right)
{
    for (int k = 0; k < STEPS && !w->wrong_step; k++)
        if (!(fabs(own[k] - right[k]) <= loss_gate * (1 + right[k])))
            w->wrong_step = k + 1, w->own = own[k], w->right = right[k];
    return !w->wrong_step;
}

/* From the checkpoint of the middle to the end: 1 if that ends in the same bits as t did. */
static int resume(const struct dataset *data, const struct netfile *file, const char *middle,
                  const struct trainer *t, char *error)
{
    struct trainer again;
    struct checkpoint c;
    double loss[STEPS];
    if (!checkpoint_read_file(middle, &c, error)) return 0;
    int ok = trainer_make(&again, data, file, "best", error);
    if (ok) {
        ok = trainer_restore(&again, &c, error);
        take_kernels(&again.net);
        if (ok) steps(&again, STEPS - MIDDLE, loss);
        ok = ok && !memcmp(again.net.param, t->net.param, t->net.params * sizeof *t->net.param);
        trainer_free(&again);
    }
    checkpoint_free(&c);
    return ok;
}

static int train_shortly(struct training *w, const struct netfile *file, const struct dataset *data)
{
    struct trainer ours, own;
    double right[STEPS], loss[STEPS];
    if (!trainer_make(&ours, data, file, "best", w->error) ||
        !trainer_make(&own, data, file, "best", w->error))
        return 0;
    take_kernels(&own.net);
    steps(&ours, STEPS, right);
    steps(&own, MIDDLE, loss);
    struct checkpoint c = trainer_checkpoint(&own);
    int ok = checkpoint_write(w->middle, &c, w->error);
    steps(&own, STEPS - MIDDLE, loss + MIDDLE);
    if (ok && compare_losses(w, loss, right)) w->is_resumed = resume(data, file, w->middle, &own, w->error);
    trainer_free(&ours), trainer_free(&own);
    return ok;
}

/* ---- in a child: the time of a step ---- */

enum { ROUNDS = 9, WARM_UP = 2, TIMINGS = 3 };

/* Calls the rung of that name for each of the functions, or with NULL the student's; 0 if it cannot run
 * here. */
static int put_in_place(const char *name)
{
    for (int k = 0; k < MOST_FUNCTIONS && kernel[k]; k++) {
        const struct rung *r = name ? rung_find(kernel[k], name) : NULL;
        if (name && (!r || rung_lacks(r->needs))) return 0;
        in_place[k] = r ? r->run : NULL;
    }
    return 1;
}

/* of one thread, for the student's have one: the first ones that run here */
static void name_rungs(struct step_times *t)
{
    t->own.name = "yours", t->rungs = 0;
    for (const struct rung *r = kernel[0]->cpu; r->name && t->rungs < MOST_STEP_RUNGS; r++)
        if (!strstr(r->name, "threads") && put_in_place(r->name)) t->rung[t->rungs++].name = r->name;
}

/* a step by turns with each */
static int time_rounds(struct step_times *t, struct trainer *trainer)
{
    double seconds[MOST_STEP_RUNGS + 1][ROUNDS], rest[ROUNDS];
    struct train_step step;
    for (int k = -WARM_UP; k < ROUNDS; k++)
        for (int who = 0; who <= t->rungs; who++) {
            put_in_place(who ? t->rung[who - 1].name : NULL);
            const double began = clock_seconds();
            spent = 0;
            if (!trainer_step(trainer, &step)) return 0;
            if (k < 0) continue;
            seconds[who][k] = spent;
            if (who) rest[k] = clock_seconds() - began - spent;
        }
    t->own.seconds = stats_of(seconds[0], ROUNDS);
    for (int who = 1; who <= t->rungs; who++) t->rung[who - 1].seconds = stats_of(seconds[who], ROUNDS);
    t->rest = stats_of(rest, ROUNDS).median;
    return 1;
}

static int time_steps(struct training *w, const struct netfile *file, const struct dataset *data)
{
    struct trainer trainer;
    struct netfile endless = *file;
    if (!netfile_set(&endless, "epochs", "1000", w->error) ||
        !trainer_make(&trainer, data, &endless, "best", w->error))
        return 0;
    take_kernels(&trainer.net);
    name_rungs(&w->times);
    int tries = 0;
    do w->is_timed = time_rounds(&w->times, &trainer);
    while (w->is_timed && steps_in_doubt(&w->times, w->s->exercise->reach) && ++tries < TIMINGS);
    put_in_place(NULL);
    trainer_free(&trainer);
    return w->is_timed || error_set(w->error, "a step could not be timed: the training diverged");
}

/* ---- in a child: the whole training ---- */

static int train_wholly(struct training *w, const struct netfile *file)
{
    struct dataset data;
    struct trainer t;
    struct train_step step;
    if (!trainer_load(file, &data, w->error)) return 0;
    if (!trainer_make(&t, &data, file, "best", w->error)) return 0;
    take_kernels(&t.net);
    while (!trainer_is_finished(&t) && trainer_step(&t, &step)) w->done = trainer_epochs(&t) / t.epochs;
    w->test = trainer_test(&t);
    trainer_free(&t);
    data_free(&data);
    return 1;
}

static void train(void *arg)
{
    struct training *w = arg;
    const char *text = learn_text(w->s->exercise->network);
    struct netfile file;
    struct dataset data;
    submitted = w->s;
    w->code = EXIT_RESOURCES;
    if (!netfile_parse(&file, w->s->exercise->network, text, strlen(text), w->error)) return;
    struct netfile quick = file;
    if (!netfile_set(&quick, "optimizer", "sgd lr=0.01", w->error) ||
        !netfile_set(&quick, "batch", "32", w->error))
        return;
    make_data(&data, w->s->seed);
    int ok = train_shortly(w, &quick, &data);
    const int goes_on = ok && is_whole(w->s) && w->is_resumed;
    ok = ok && (!goes_on || time_steps(w, &file, &data));
    data_free(&data);
    if (!ok) return;
    w->code = EXIT_INPUT;
    FILE *nowhere = fopen("/dev/null", "w");
    const int is_fast = goes_on && nowhere && !steps_judge(&w->times, w->s->exercise->reach, nowhere);
    if (nowhere) fclose(nowhere);
    if (is_fast && !train_wholly(w, &file)) return;
    w->code = EXIT_OK;
}

/* ---- what is said ---- */

static int say_training(const struct training *w, FILE *f)
{
    if (w->code) return fprintf(f, "%s\n", w->error), w->code;
    if (w->wrong_step) {
        fprintf(f, "a short training: the loss of step %d is %.5f, and should be %.5f within a thousandth\n",
                w->wrong_step, w->own, w->right);
        if (w->wrong_step > 1)
            fprintf(f, "the first %d are right: so is the forward pass, and a gradient is wrong\n",
                    w->wrong_step - 1);
        return EXIT_WRONG;
    }
    fprintf(f, "a short training: the losses of %d steps agree with ours within a thousandth\n", STEPS);
    if (!w->is_resumed)
        return fprintf(
                   f,
                   "resumed in the middle it ends in different bits: a kernel keeps something between calls\n"),
               EXIT_WRONG;
    fprintf(f, "resumed in the middle it ends in the same bits\n");
    int code = w->is_timed ? steps_judge(&w->times, w->s->exercise->reach, f) : EXIT_OK;
    if (code || !w->test.n) return code;
    double share = (double)w->test.right / w->test.n;
    fprintf(f, "Fashion-MNIST: %.2f %% of %d test images, the gate is %g %%\n", 100 * share, w->test.n,
            100 * accuracy_gate);
    return share >= accuracy_gate ? EXIT_OK : EXIT_WRONG;
}

int gate_training(const struct submission *s, const struct op *op, FILE *f)
{
    enum { WHOLE_SECONDS = 4 * 3600 };
    struct training *w = guard_shared(sizeof *w);
    if (!w) return fprintf(f, "out of memory for a training with %s\n", op->name), EXIT_RESOURCES;
    w->s = s;
    w->middle = guard_file("middle.ckpt"); /* here: what a child asks for stays behind */
    struct guard g = { .seconds = is_whole(s) ? WHOLE_SECONDS : 4.0 * s->seconds,
                       .done = is_whole(s) ? &w->done : NULL,
                       .what = "eight epochs of 60,000 images" };
    int code = w->middle ? gate_run(&g, "the training", train, &w->told, f)
                         : (fprintf(f, "no room for a temporary file\n"), EXIT_OUTPUT);
    if (!code) code = say_training(w, f);
    munmap(w, sizeof *w);
    return code;
}
