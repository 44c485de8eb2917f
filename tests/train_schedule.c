/* train_schedule.c - the schedules of the learning rate, against numbers computed elsewhere from their
 * definitions; and wrong schedules, which these numbers must reject. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../train/schedule.h"
#include "../train/settings.h"
#include "network_made.h"

enum { EPOCHS = 5, PER_EPOCH = 4, STEPS = EPOCHS * PER_EPOCH, POINTS = 8, LOSSES = 12 };

static int failed;

static void report(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

static void make(struct schedule *s, struct netfile *file, const char *lines)
{
    char text[512];
    snprintf(text, sizeof text,
             "input 5\ndense 3\nloss softmax_xent\noptimizer sgd lr=1\ndata mnist\nepochs %d\n%s\n", EPOCHS,
             lines);
    made_netfile(file, text);
    schedule_make(s, file);
}

static double lr_at(const struct schedule *s, int step)
{
    return schedule_lr(s, (struct moment){ step / (double)PER_EPOCH, EPOCHS, step, STEPS }, 1);
}

/* ---- formulas ---- */

/* The rate at some steps of 5 epochs of 4 steps, from the definitions in Python (double): 0.8^(k/4) as
 * exp(k/4 log 0.8), cos(pi k / 40)^2, the loop over the phases of PyTorch's OneCycleLR with total_steps 20, a
 * warm-up by hand. step -1 ends a row. */
static const struct {
    const char *lines;
    struct {
        int step;
        double lr;
    } at[POINTS];
} rows[] = {
    { "schedule constant", { { 0, 1 }, { 19, 1 }, { -1, 0 } } },
    { "schedule step every=2 factor=0.5",
      { { 0, 1 }, { 1, 1 }, { 7, 1 }, { 8, 0.5 }, { 13, 0.5 }, { 19, 0.25 }, { -1, 0 } } },
    { "schedule exponential factor=0.8",
      { { 0, 1 },
        { 1, 0.945741609003176 },
        { 7, 0.676717608601961 },
        { 8, 0.64 },
        { 13, 0.484219703809626 },
        { 19, 0.346479415604204 },
        { -1, 0 } } },
    { "schedule linear",
      { { 0, 1 }, { 1, 0.95 }, { 7, 0.65 }, { 8, 0.6 }, { 13, 0.35 }, { 19, 0.05 }, { -1, 0 } } },
    { "schedule cosine",
      { { 0, 1 },
        { 1, 0.993844170297569 },
        { 7, 0.726995249869773 },
        { 8, 0.654508497187474 },
        { 13, 0.273004750130227 },
        { 19, 0.00615582970243115 },
        { -1, 0 } } },
    { "schedule one_cycle",
      { { 0, 0.04 },
        { 1, 0.131671842700025 },
        { 4, 0.908328157299975 },
        { 5, 1 },
        { 6, 0.987464006235087 },
        { 12, 0.500002 },
        { 18, 0.0125399937649126 },
        { 19, 4e-06 } } },
    { "schedule one_cycle start=0.5 div=10 final=100",
      { { 0, 0.1 }, { 3, 0.325 }, { 9, 1 }, { 10, 0.975552729889429 }, { 19, 0.001 }, { -1, 0 } } },
    { "warmup 2\nschedule cosine",
      { { 0, 0.125 },
        { 1, 0.25 },
        { 7, 1 },
        { 8, 1 },
        { 9, 0.982962913144534 },
        { 14, 0.5 },
        { 19, 0.0170370868554659 },
        { -1, 0 } } },
    { "warmup 0.5\nschedule step every=1 factor=0.5",
      { { 0, 0.5 }, { 1, 1 }, { 2, 1 }, { 5, 1 }, { 6, 0.5 }, { 9, 0.5 }, { 10, 0.25 }, { 19, 0.0625 } } },
    { "warmup 0.3\nschedule step every=1 factor=0.5", /* 1.2 steps are one */
      { { 0, 1 }, { 1, 1 }, { 4, 1 }, { 5, 0.5 }, { -1, 0 } } },
};

static int is_right(const struct schedule *s, size_t row)
{
    for (int k = 0; k < POINTS && rows[row].at[k].step >= 0; k++) {
        double lr = lr_at(s, rows[row].at[k].step), wanted = rows[row].at[k].lr;
        if (!(fabs(lr - wanted) <= 1e-14 * (1 + wanted))) return 0; /* 15 digits were printed */
    }
    return 1;
}

/* an end at the last step, one too early */
static double cosine_to_zero(const struct net_value *value, struct moment now)
{
    (void)value;
    return (1 + cos(3.14159265358979323846 * (double)now.step / (double)(now.steps - 1))) / 2;
}

/* in whole epochs, as where the schedule is called after each */
static double exponential_by_epoch(const struct net_value *value, struct moment now)
{
    return pow(value[0].number, floor(now.epoch));
}

/* lowered from the first epoch on */
static double steps_too_early(const struct net_value *value, struct moment now)
{
    return pow(value[1].number, 1 + floor(now.epoch / value[0].number));
}

/* the phases without the step that each loses to the count from 0 */
static double one_cycle_by_steps(const struct net_value *value, struct moment now)
{
    double at = (double)now.step / (double)now.steps, start = value[0].number, low = 1 / value[1].number;
    double part = at < start ? at / start : (at - start) / (1 - start),
           to = at < start ? 1 : low / value[2].number, from = at < start ? low : 1;
    return to + (from - to) * (1 + cos(3.14159265358979323846 * part)) / 2;
}

static double linear_by_epoch(const struct net_value *value, struct moment now)
{
    (void)value;
    return 1 - floor(now.epoch) / now.epochs;
}

static void check_wrong_kind(const char *schedule, double (*factor)(const struct net_value *, struct moment))
{
    static struct netfile file;
    struct schedule s;
    int tried = 0, noticed = 0;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (!strstr(rows[r].lines, schedule)) continue;
        make(&s, &file, rows[r].lines);
        struct schedule_kind wrong = { .factor = factor };
        struct word word = *s.line->choice;
        struct net_line line = *s.line;
        word.schedule = &wrong, line.choice = &word, s.line = &line;
        tried++;
        noticed += !is_right(&s, r);
    }
    char what[80];
    snprintf(what, sizeof what, "a wrong %s is noticed", schedule);
    report(tried && noticed == tried, what);
}

static void check_formulas(void)
{
    static struct netfile file;
    struct schedule s;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        make(&s, &file, rows[r].lines);
        report(is_right(&s, r), rows[r].lines);
        s.warmup = s.warmup > 0 ? 0 : 1; /* a warm-up that is forgotten, or one that is not asked for */
        if (is_right(&s, r)) report(strstr(rows[r].lines, "0.3") != NULL, "a wrong warm-up is noticed");
    }
    check_wrong_kind("cosine", cosine_to_zero);
    check_wrong_kind("exponential", exponential_by_epoch);
    check_wrong_kind("schedule step", steps_too_early);
    check_wrong_kind("one_cycle", one_cycle_by_steps);
    check_wrong_kind("linear", linear_by_epoch);
}

/* ---- momentum that cycles ---- */

/* by the loop over the phases of PyTorch's OneCycleLR, in Python */
static const struct {
    const char *lines;
    struct {
        int step;
        double momentum;
    } at[POINTS];
} cycles[] = {
    { "schedule one_cycle cycle_momentum=1",
      { { 0, 0.95 },
        { 1, 0.940450849718747 },
        { 4, 0.859549150281253 },
        { 5, 0.85 },
        { 6, 0.851253604390909 },
        { 12, 0.9 },
        { 18, 0.948746395609091 },
        { 19, 0.95 } } },
    { "schedule one_cycle start=0.5 cycle_momentum=1 base_momentum=0.6 max_momentum=0.9",
      { { 0, 0.9 },
        { 3, 0.825 },
        { 6, 0.675 },
        { 9, 0.6 },
        { 10, 0.607341522555727 },
        { 12, 0.661832212156129 },
        { 18, 0.892658477444273 },
        { 19, 0.9 } } },
};

static int cycles_right(const struct schedule *s, size_t row)
{
    for (int k = 0; k < POINTS; k++) {
        struct moment now = { 0, EPOCHS, cycles[row].at[k].step, STEPS };
        if (!(fabs(schedule_momentum(s, now) - cycles[row].at[k].momentum) <= 1e-14)) return 0;
    }
    return 1;
}

/* high where the rate is high */
static double momentum_with_the_rate(const struct net_value *value, struct moment now)
{
    return value[4].number + value[5].number - schedule_one_cycle.momentum(value, now);
}

static double momentum_that_stays(const struct net_value *value, struct moment now)
{
    (void)now;
    return value[5].number;
}

static void check_cycles(void)
{
    static double (*const wrong[])(const struct net_value *, struct moment) = { momentum_with_the_rate,
                                                                                momentum_that_stays };
    static struct netfile file;
    struct schedule s;
    for (size_t r = 0; r < sizeof cycles / sizeof *cycles; r++) {
        make(&s, &file, cycles[r].lines);
        report(cycles_right(&s, r), cycles[r].lines);
        for (int k = 0; k < 2; k++) {
            struct schedule_kind kind = *s.line->choice->schedule;
            struct word word = *s.line->choice;
            struct net_line line = *s.line;
            struct schedule other = s;
            kind.momentum = wrong[k], word.schedule = &kind, line.choice = &word, other.line = &line;
            report(!cycles_right(&other, r), "a wrong momentum is noticed");
        }
    }
    make(&s, &file, "schedule one_cycle");
    report(schedule_momentum(&s, (struct moment){ 0, EPOCHS, 3, STEPS }) < 0,
           "it stays unless it is asked for");
    make(&s, &file, "schedule cosine");
    report(schedule_momentum(&s, (struct moment){ 0, EPOCHS, 3, STEPS }) < 0, "others change none");
}

/* ---- the plateau ---- */

/* The rates after each loss, as PyTorch's ReduceLROnPlateau counts (its lines written out in Python) */
static const struct {
    const char *values;
    int n;
    double loss[LOSSES], lr[LOSSES];
} plateaus[] = {
    { "factor=0.5 patience=2",
      9,
      { 1, 1, 1, 1, 1, 1, 1, 1, 1 },
      { 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25 } },
    { "factor=0.1 patience=1", /* 1.99999 is not better by a ten-thousandth */
      10,
      { 3, 2, 2, 2, 1.99999, 2, 2, 2, 2, 2 },
      { 1, 1, 1, 0.1, 0.1, 0.01, 0.01, 1e-3, 1e-3, 1e-4 } },
    { "factor=0.5 patience=1 cooldown=2",
      12,
      { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
      { 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125 } },
    { "factor=0.5 patience=0 min_lr=0.2",
      12,
      { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
      { 1, 0.5, 0.25, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2 } },
    { "factor=0.5 patience=2",
      10,
      { 5, 4, 4.5, 3, 3.5, 3.2, 2.9, 2.95, 2.95, 2.95 },
      { 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5 } },
};

static int follows(size_t row, void (*observe)(struct schedule *, double))
{
    static struct netfile file;
    struct schedule s;
    char lines[120];
    int ok = 1;
    snprintf(lines, sizeof lines, "schedule plateau %s", plateaus[row].values);
    make(&s, &file, lines);
    for (int k = 0; k < plateaus[row].n; k++) {
        observe(&s, plateaus[row].loss[k]);
        ok = ok && fabs(lr_at(&s, 3) - plateaus[row].lr[k]) <= 1e-14;
    }
    return ok;
}

/* as Keras counts: lowered by the loss that makes patience full, not by the one after it */
static void observe_as_keras(struct schedule *s, double loss)
{
    if (s->bad + 1 == (int)net_line_number(s->line, "patience") && !(loss < s->best)) s->bad++;
    schedule_observe(s, loss);
}

/* one that forgets that the loss became better */
static void observe_without_reset(struct schedule *s, double loss)
{
    int bad = s->bad;
    schedule_observe(s, loss);
    if (s->bad == 0 && bad && s->lowered == 1) s->bad = bad;
}

static void check_plateau(void)
{
    int keras = 1, forgets = 1;
    for (size_t r = 0; r < sizeof plateaus / sizeof *plateaus; r++) {
        report(follows(r, schedule_observe), plateaus[r].values);
        keras = keras && follows(r, observe_as_keras);
        forgets = forgets && follows(r, observe_without_reset);
    }
    report(!keras, "Keras' counting is noticed");
    report(!forgets, "a count that is not reset is noticed");
}

/* ---- what does not go together ---- */

static void check_refusals(void)
{
    static const struct {
        const char *lines, *says;
    } wrong[] = {
        { "schedule one_cycle\nwarmup 1", "made: the schedule one_cycle has a warm-up of its own" },
        { "warmup 5", "made: a warm-up of 5 epochs leaves none of 5" },
        { "schedule one_cycle cycle_momentum=1", "made: sgd has no momentum for one_cycle to change" },
    };
    static struct netfile file;
    struct schedule s;
    char error[ERROR_TEXT];
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        make(&s, &file, wrong[k].lines);
        report(!settings_check(&file, error) && strstr(error, wrong[k].says), wrong[k].says);
    }
    make(&s, &file, "schedule cosine\nwarmup 4.5");
    report(settings_check(&file, error), "what goes together is accepted");
}

int main(void)
{
    check_formulas();
    check_cycles();
    check_plateau();
    check_refusals();
    return failed;
}
