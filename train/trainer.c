/* trainer.c - epochs, batches and tests; see trainer.h. */
#include "trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "../reference/philox.h"
#include "own.h"
#include "scale.h"
#include "settings.h"

/* Random streams: an epoch's order takes 16 + the epoch, the parameters' start the others (network_init). */
enum { TEST_BATCH = TRAINER_WATCHED, SHUFFLES = 16 };

/* ---- making ---- */

int trainer_read(const struct netfile *file, struct dataset *data, char *error)
{
    const struct net_value *value = netfile_line(file, "data")->value; /* the name, and label */
    const struct shape input = netfile_line(file, "input")->value[0].shape;
    if (data_is_path(value[0].text)) return own_load(value[0].text, value[1].text, input, data, error);
    if (value[1].is_given) {
        *data = (struct dataset){ 0 };
        return error_set(error, "%s: label=%.80s is about a table of yours, and %s is none", file->name,
                         value[1].text, value[0].text);
    }
    return data_load(data_find(value[0].text), data, error);
}

int trainer_load(const struct netfile *file, struct dataset *data, char *error)
{
    if (!trainer_read(file, data, error)) return 0;
    if (split_data(data, file, error) && scale_data(data, file, error)) return 1;
    data_free(data);
    return 0;
}

int trainer_most(const struct netfile *file)
{
    int batch = (int)netfile_number(file, "batch");
    return batch > TEST_BATCH ? batch : TEST_BATCH;
}

static int check_data(const struct network *net, const struct netfile *file, const struct dataset *data,
                      char *error)
{
    const struct layer *first = &net->layer[0], *last = &net->layer[net->layers - 1];
    char in[EXTENTS_TEXT], image[EXTENTS_TEXT];
    struct shape here = { data->channels, data->rows, data->cols };
    int fits = shape_features(first->in) == data->features &&
               (!first->in.rows || !memcmp(&first->in, &here, sizeof here));
    if (!fits)
        return error_set(error, "%s: its input is %s, and the images of %s are %s; `--input %s` would fit",
                         file->name, shape_text(first->in, in), data->set->name, shape_text(here, image),
                         image);
    const int classes = data->set->classes;
    if (net->classes == classes) return 1;
    return error_set(
        error,
        "%s, line %d: %s gets %d numbers for each example, and %s has %d classes; a line `dense %d` "
        "before it would fit",
        file->name, last->line, last->word->name, net->classes, data->set->name, classes, classes);
}

int trainer_make(struct trainer *t, const struct dataset *data, const struct netfile *file, const char *level,
                 char *error)
{
    memset(t, 0, sizeof *t);
    int most = trainer_most(file);
    struct network *net = &t->net;
    if (!settings_check(file, error)) return 0;
    if (!network_design(net, file, most, level, error)) return 0;
    if (!check_data(net, file, data, error) || !network_make(net, file, most, level, error)) {
        memset(t, 0, sizeof *t);
        return 0;
    }
    t->data = data;
    t->file = *file;
    t->batch = (int)netfile_number(file, "batch");
    t->epochs = (int)netfile_number(file, "epochs");
    t->seed = (uint64_t)netfile_number(file, "seed");
    size_t examples = (size_t)(data->train.n > data->test.n ? data->train.n : data->test.n),
           elements = (size_t)most * (size_t)data->features;
    t->order = memory_need(examples, sizeof *t->order);
    t->label = memory_need((size_t)most, sizeof *t->label);
    t->next_label = memory_need((size_t)most, sizeof *t->label);
    t->x = memory_need(elements, sizeof *t->x);
    t->next_x = memory_need(elements, sizeof *t->x);
    optimizer_make(&t->optimizer, &t->file, net, level);
    augment_make(&t->augment, file);
    stopping_make(&t->stopping, &t->file, net);
    network_init(net, t->seed);
    net->seed = t->seed;
    return 1;
}

void trainer_free(struct trainer *t)
{
    if (t->data) optimizer_free(&t->optimizer);
    stopping_free(&t->stopping);
    network_free(&t->net);
    free(t->order);
    free(t->label);
    free(t->next_label);
    free(t->x);
    free(t->next_x);
    memset(t, 0, sizeof *t);
}

/* ---- what the threads do together: each piece is some elements of the update, or some examples of a batch
 * ---- */

enum { GATHERED = 8, COUNTED = 64 }; /* examples in a piece */

struct work {
    struct trainer *t;
    int updates, gathers, counts; /* pieces of each                         */
    const struct split *split;    /* gathered from                          */
    int augments;                 /* 1: as in training                      */
    const int *order;             /* (gathered)                             */
    float *x;                     /* gathered to                            */
    int *label;
    int gathered, counted;          /* examples                               */
    int right[65536 / COUNTED + 1]; /* of the examples in each piece          */
};

static int pieces_of(int n, int each)
{
    return (n + each - 1) / each;
}

static int examples_in(int n, int each, int piece)
{
    int left = n - piece * each;
    return left < each ? left : each;
}

/* the same as data_gather, for one example that is seen moved */
static void gather_moved(const struct trainer *t, const struct split *split, int image, float *x, int *label)
{
    const struct dataset *data = t->data;
    const struct motion m = augment_draw(&t->augment, t->seed, t->epoch, image);
    const struct warp w = augment_warp(&m, data->rows, data->cols);
    const size_t plane = (size_t)data->rows * (size_t)data->cols;
    const size_t first = (size_t)image * (size_t)data->features;
    for (size_t c = 0; c < (size_t)data->channels; c++)
        if (split->real)
            augment_reals(&w, data->rows, data->cols, split->real + first + c * plane, x + c * plane);
        else
            augment_image(&w, data->rows, data->cols, split->image + first + c * plane, x + c * plane);
    data_standardize(data, x);
    *label = split->label[image];
}

static void gather_piece(const struct work *w, int piece)
{
    int at = piece * GATHERED, n = examples_in(w->gathered, GATHERED, piece);
    const size_t features = (size_t)w->t->data->features;
    float *x = w->x + (size_t)at * features;
    if (!w->augments || !augment_is_on(&w->t->augment)) {
        data_gather(w->t->data, w->split, n, w->order + at, x, w->label + at);
        return;
    }
    for (int k = 0; k < n; k++, x += features)
        gather_moved(w->t, w->split, w->order[at + k], x, w->label + at + k);
}

static void count_piece(struct work *w, int piece)
{
    int at = piece * COUNTED, n = examples_in(w->counted, COUNTED, piece), right = 0;
    for (int k = at; k < at + n; k++) right += network_guess(&w->t->net, k) == w->t->label[k];
    w->right[piece] = right;
}

static void do_piece(int piece, void *arg)
{
    struct work *w = arg;
    if (piece < w->updates)
        optimizer_piece(&w->t->optimizer, piece);
    else if ((piece -= w->updates) < w->gathers)
        gather_piece(w, piece);
    else
        count_piece(w, piece - w->gathers);
}

static void run(struct work *w)
{
    w->gathers = pieces_of(w->gathered, GATHERED);
    w->counts = pieces_of(w->counted, COUNTED);
    team_run(w->updates + w->gathers + w->counts, do_piece, w);
}

/* ---- training ---- */

int trainer_steps_per_epoch(const struct trainer *t)
{
    return (int)(((long)t->data->train.n + t->batch - 1) / t->batch);
}

double trainer_epochs(const struct trainer *t)
{
    return t->epoch + (double)t->done / t->data->train.n;
}

long trainer_steps(const struct trainer *t)
{
    return (long)t->epoch * trainer_steps_per_epoch(t) + t->done / t->batch;
}

/* How many examples the batch has that begins after `done` */
static int batch_after(const struct trainer *t, int done)
{
    int left = t->data->train.n - done;
    return left < t->batch ? left : t->batch;
}

static void swap_batches(struct trainer *t)
{
    float *x = t->x;
    int *label = t->label;
    t->x = t->next_x, t->next_x = x;
    t->label = t->next_label, t->next_label = label;
    t->is_ahead = 0;
}

void trainer_order(const struct trainer *t, int epoch, int *order)
{
    philox_shuffle(t->seed, SHUFFLES + (uint64_t)epoch, t->data->train.n, order);
}

/* The batch that comes is in x: it was gathered during the last step, unless it is the first of an epoch. */
void trainer_fetch(struct trainer *t, int n)
{
    if (!t->done) {
        trainer_order(t, t->epoch, t->order);
        t->is_ahead = 0;
    }
    if (!t->is_ahead)
        run(&(struct work){ .t = t,
                            .augments = 1,
                            .split = &t->data->train,
                            .order = t->order + t->done,
                            .x = t->next_x,
                            .label = t->next_label,
                            .gathered = n });
    swap_batches(t);
}

static struct moment moment(const struct trainer *t)
{
    long per_epoch = trainer_steps_per_epoch(t);
    return (struct moment){ .epoch = trainer_epochs(t),
                            .epochs = t->epochs,
                            .step = trainer_steps(t),
                            .steps = t->epochs * per_epoch };
}

/* Moves the parameters, counts the right guesses, and gathers the batch after this one, all in one run of
 * the threads. */
static int finish_step(struct trainer *t, int n)
{
    int after = t->done + n, right = 0;
    struct work w = { .t = t,
                      .updates = t->optimizer.pieces,
                      .counted = n,
                      .augments = 1,
                      .split = &t->data->train,
                      .order = t->order + after,
                      .x = t->next_x,
                      .label = t->next_label,
                      .gathered = batch_after(t, after) };
    optimizer_begin(&t->optimizer, moment(t));
    run(&w);
    optimizer_end(&t->optimizer);
    for (int k = 0; k < w.counts; k++) right += w.right[k];
    t->is_ahead = w.gathered > 0;
    return right;
}

int trainer_step(struct trainer *t, struct train_step *step)
{
    int n = batch_after(t, t->done);
    if (!t->done) {
        trainer_end_epoch(t);
        t->loss = 0;
    }
    trainer_fetch(t, n);
    t->net.draw = (uint64_t)moment(t).step + 1;
    *step = (struct train_step){ .n = n, .loss = network_forward(&t->net, n, t->x, t->label) };
    if (!isfinite(step->loss)) return 0;
    network_backward(&t->net, n);
    step->right = finish_step(t, n);
    t->loss += (double)step->loss * n;
    t->done += n;
    if (t->done == t->data->train.n) {
        t->done = 0;
        t->epoch++;
    }
    return 1;
}

float *trainer_tested(struct trainer *t)
{
    return t->took_best ? t->net.param : optimizer_tested(&t->optimizer, t->stepped + moment(t).step);
}

static void count_guess(const struct trainer *t, int k, struct train_test *result)
{
    const int guess = network_guess(&t->net, k);
    result->right += guess == t->label[k];
    if (t->data->set->classes <= DATA_CLASSES) result->confusion[t->label[k]][guess]++;
}

/* the loss of n images of a split, from the image `first` on, of a network that is testing */
static double loss_of(struct trainer *t, const struct split *split, int first, int n, network_seen_fn *seen,
                      void *context)
{
    int index[TEST_BATCH];
    for (int k = 0; k < n; k++) index[k] = first + k;
    run(&(struct work){
        .t = t, .split = split, .order = index, .x = t->x, .label = t->label, .gathered = n });
    return (double)network_watch(&t->net, n, t->x, t->label, seen, context);
}

static void begin_test(struct trainer *t)
{
    t->net.is_testing = 1;
    network_use(&t->net, trainer_tested(t));
}

static void end_test(struct trainer *t)
{
    t->net.is_testing = 0;
    network_use(&t->net, NULL);
}

static struct train_test test_with(struct trainer *t, const struct split *split)
{
    struct train_test result = { .n = split->n };
    begin_test(t);
    for (int at = 0; at < result.n; at += TEST_BATCH) {
        int n = result.n - at < TEST_BATCH ? result.n - at : TEST_BATCH;
        result.loss += loss_of(t, split, at, n, NULL, NULL) * n;
        for (int k = 0; k < n; k++) count_guess(t, k, &result);
    }
    end_test(t);
    result.loss /= result.n;
    return result;
}

struct train_test trainer_test(struct trainer *t)
{
    return test_with(t, &t->data->test);
}

void trainer_validate(struct trainer *t)
{
    if (t->data->validation.n) t->validation = test_with(t, &t->data->validation);
}

void trainer_watch(struct trainer *t, int first, int n, network_seen_fn *seen, void *context)
{
    begin_test(t);
    (void)loss_of(t, &t->data->test, first, n, seen, context);
    end_test(t);
}

double trainer_probabilities(struct trainer *t, const struct split *split, float *p)
{
    double loss = 0;
    begin_test(t);
    for (int at = 0; at < split->n; at += TEST_BATCH) {
        int n = split->n - at < TEST_BATCH ? split->n - at : TEST_BATCH;
        loss += loss_of(t, split, at, n, NULL, NULL) * n;
        for (int k = 0; k < n; k++, p += t->net.classes) network_probabilities(&t->net, k, p);
    }
    end_test(t);
    return loss / split->n;
}

void trainer_end_epoch(struct trainer *t)
{
    double loss = t->loss / t->data->train.n;
    if (t->ended == t->epoch) return;
    t->ended = t->epoch;
    trainer_validate(t);
    if (t->validation.n) loss = t->validation.loss;
    schedule_observe(&t->optimizer.schedule, loss);
    stopping_observe(&t->stopping, loss, t->epoch, trainer_tested(t), t->net.buffer);
}

int trainer_is_finished(struct trainer *t)
{
    if (t->done) return 0;
    trainer_end_epoch(t);
    return t->epoch >= t->epochs || stopping_is_over(&t->stopping);
}

/* of a network that has buffers */
static void copy_buffer(const struct trainer *t, float *to, const float *from)
{
    if (t->net.buffered) memcpy(to, from, t->net.buffered * sizeof *to);
}

int trainer_take_best(struct trainer *t)
{
    if (!t->stopping.epoch) return 0;
    memcpy(t->net.param, t->stopping.param, t->net.params * sizeof *t->net.param);
    copy_buffer(t, t->net.buffer, t->stopping.buffer);
    t->took_best = 1;
    return t->stopping.epoch;
}

/* ---- checkpoints ---- */

/* to numbers of a checkpoint, or from them */
static void put_learned(const struct trainer *t, double *number)
{
    const struct schedule *s = &t->optimizer.schedule;
    number[NUMBER_LOWERED] = s->lowered;
    number[NUMBER_BEST] = s->best;
    number[NUMBER_BAD] = s->bad;
    number[NUMBER_COOLDOWN] = s->cooldown;
    number[NUMBER_STOP_BEST] = t->stopping.best;
    number[NUMBER_STOP_SINCE] = t->stopping.since;
    number[NUMBER_STOP_EPOCH] = t->stopping.epoch;
    number[NUMBER_DONE] = t->done;
    number[NUMBER_LOSS] = t->done ? t->loss : 0;
}

static int count_of(double number)
{
    return number < 1e9 ? (int)number : 1000000000;
}

static void get_learned(struct trainer *t, const double *number)
{
    struct schedule *s = &t->optimizer.schedule;
    s->lowered = number[NUMBER_LOWERED];
    s->best = number[NUMBER_BEST];
    s->bad = count_of(number[NUMBER_BAD]);
    s->cooldown = count_of(number[NUMBER_COOLDOWN]);
    t->stopping.best = number[NUMBER_STOP_BEST];
    t->stopping.since = count_of(number[NUMBER_STOP_SINCE]);
    t->stopping.epoch = count_of(number[NUMBER_STOP_EPOCH]);
}

struct checkpoint trainer_checkpoint(struct trainer *t)
{
    trainer_end_epoch(t);
    struct checkpoint c = { .file = t->file,
                            .epoch = t->epoch,
                            .has_numbers = 1,
                            .params = t->net.params,
                            .param = t->net.param,
                            .buffered = t->net.buffered,
                            .buffer = t->net.buffer,
                            .best_buffer = t->stopping.buffer,
                            .best = t->stopping.param,
                            .states = t->optimizer.states };
    for (int k = 0; k < c.states; k++) c.state[k] = t->optimizer.state[k];
    snprintf(c.rung, sizeof c.rung, "%s", t->net.rung);
    put_learned(t, c.number);
    return c;
}

static int check_same(const struct netfile *here, const struct netfile *there, char *error)
{
    const struct net_line *ours, *theirs;
    char a[GRAMMAR_TEXT], b[GRAMMAR_TEXT];
    theirs = netfile_line(there, "data"), ours = netfile_line(here, "data");
    if (strcmp(ours->value[0].text, theirs->value[0].text))
        return error_set(error, "the checkpoint was trained on %s, not on %s", theirs->value[0].text,
                         ours->value[0].text);
    theirs = netfile_difference(here, there, "epochs", &ours);
    if (!theirs) return 1;
    if (!ours)
        return error_set(error, "the checkpoint is of a network with different layers: only one has '%s'",
                         net_line_text(theirs, a));
    return error_set(error, "the checkpoint was trained with '%s', not with '%s'", net_line_text(theirs, a),
                     net_line_text(ours, b));
}

/* the middle of an epoch is between two of its batches */
static int check_done(const struct trainer *t, double done, char *error)
{
    return (done >= 0 && done < t->data->train.n && fmod(done, t->batch) == 0) ||
           error_set(error, "the checkpoint claims %g examples of an epoch of %d, in batches of %d", done,
                     t->data->train.n, t->batch);
}

/* as trainer_step does before the first batch of an epoch */
static void begin_within_epoch(struct trainer *t, const double *number)
{
    t->done = count_of(number[NUMBER_DONE]);
    t->loss = number[NUMBER_LOSS];
    t->is_ahead = 0;
    philox_shuffle(t->seed, SHUFFLES + (uint64_t)t->epoch, t->data->train.n, t->order);
}

int trainer_take(struct trainer *t, const struct checkpoint *c, char *error)
{
    if (!check_same(&t->file, &c->file, error)) return 0;
    memcpy(t->net.param, c->param, t->net.params * sizeof *c->param);
    for (int k = 0; k < c->states; k++)
        memcpy(t->optimizer.state[k], c->state[k], t->net.params * sizeof *c->param);
    copy_buffer(t, t->net.buffer, c->buffer);
    if (c->best) {
        memcpy(t->stopping.param, c->best, t->net.params * sizeof *c->best);
        copy_buffer(t, t->stopping.buffer, c->best_buffer);
    }
    if (c->has_numbers) get_learned(t, c->number);
    t->epoch = t->ended = c->epoch;
    t->done = t->took_best = 0;
    t->stepped = c->epoch > 0 || c->number[NUMBER_DONE] > 0;
    return 1;
}

int trainer_restore(struct trainer *t, const struct checkpoint *c, char *error)
{
    if (!check_done(t, c->number[NUMBER_DONE], error) || !trainer_take(t, c, error)) return 0;
    if (c->number[NUMBER_DONE] > 0) begin_within_epoch(t, c->number);
    return 1;
}
