/* settings.c - which settings of a network file go together; see settings.h. */
#include "settings.h"

#include "layers.h"
#include "optimizer.h"
#include "split.h"

static int check_schedule(const struct netfile *f, char *error)
{
    const struct word *schedule = netfile_line(f, "schedule")->choice;
    double warmup = netfile_number(f, "warmup"), epochs = netfile_number(f, "epochs");
    if (warmup > 0 && schedule->schedule->warms_up)
        return error_set(error, "%s: the schedule %s has a warm-up of its own; leave out warmup %g", f->name,
                         schedule->name, warmup);
    if (warmup >= epochs && warmup > 0)
        return error_set(error, "%s: a warm-up of %g epochs leaves none of %g; use fewer, or more epochs",
                         f->name, warmup, epochs);
    if (netfile_line(f, "optimizer")->choice->optimizer->averages && !schedule->schedule->is_unchanging)
        return error_set(
            error,
            "%s: the optimizer %s averages instead of following a schedule; leave out the schedule %s, or "
            "take another optimizer",
            f->name, netfile_line(f, "optimizer")->choice->name, schedule->name);
    return 1;
}

/* a momentum that the schedule changes must be there, and must not have a schedule of its own */
static int check_momentum(const struct netfile *f, char *error)
{
    const struct net_line *schedule = netfile_line(f, "schedule"), *optimizer = netfile_line(f, "optimizer");
    if (net_line_number(schedule, "cycle_momentum") == 0) return 1;
    if (!optimizer_has_momentum(optimizer))
        return error_set(
            error,
            "%s: %s has no momentum for %s to change; set cycle_momentum=0, or take an optimizer "
            "with mu or beta1 above 0",
            f->name, optimizer->choice->name, schedule->choice->name);
    if (optimizer->choice->optimizer == &optimizer_nadam)
        return error_set(error,
                         "%s: nadam has a schedule of its momentum; set cycle_momentum=0, or take another "
                         "optimizer",
                         f->name);
    return 1;
}

static int check_split(const struct netfile *f, char *error)
{
    const struct net_line *split = netfile_line(f, "split"), *stop = netfile_line(f, "early_stop");
    if (net_line_number(split, "train") + net_line_number(split, "validation") > 0.99)
        return error_set(error, "%s: shares of %g to train on and %g to validate leave nothing to test with",
                         f->name, net_line_number(split, "train"), net_line_number(split, "validation"));
    if (stop->value[0].number > 0 && !split_validates(f))
        return error_set(error,
                         "%s: early_stop needs images to validate with: `split files validation=0.1` keeps "
                         "some apart",
                         f->name);
    return 1;
}

/* what an optimizer does by itself, or undoes */
static int check_decay(const struct netfile *f, char *error)
{
    const struct net_line *optimizer = netfile_line(f, "optimizer"), *decay = netfile_line(f, "weight_decay");
    double wd = net_line_number(optimizer, "wd"), decoupled = net_line_number(decay, "decoupled");
    if (wd > 0 && decoupled + net_line_number(decay, "coupled") > 0)
        return error_set(error, "%s: %s decays by itself, wd=%g; set that to 0, or leave out weight_decay",
                         f->name, optimizer->choice->name, wd);
    if (optimizer->choice->optimizer->averages &&
        decoupled + net_line_number(netfile_line(f, "l1"), "proximal") > 0)
        return error_set(
            error,
            "%s: %s makes its parameters anew in each step, so that decoupled decay and proximal steps "
            "are lost; use its wd, a coupled decay or a penalty",
            f->name, optimizer->choice->name);
    double longest = netfile_number(f, "max_norm");
    if (longest > 0 && longest < 1e-6)
        return error_set(error, "%s: a max_norm of %g leaves no weights: 1e-6 is the least, 0 is no limit",
                         f->name, longest);
    if (optimizer->choice->optimizer->averages && longest > 0)
        return error_set(
            error,
            "%s: %s makes its parameters anew in each step, so that max_norm's limit is lost; use "
            "its wd, or another optimizer",
            f->name, optimizer->choice->name);
    const struct net_line *clip = netfile_line(f, "clip");
    for (int v = 0; v < 2; v++)
        if (clip->value[v].number > 0 && clip->value[v].number < 1e-6)
            return error_set(
                error, "%s: a gradient clipped to %g would move nothing: 1e-6 is the least, 0 is no limit",
                f->name, clip->value[v].number);
    return 1;
}

/* The running statistics of batchnorm are those of the parameters that steps are made at. */
static int check_average(const struct netfile *f, char *error)
{
    const struct net_line *optimizer = netfile_line(f, "optimizer");
    for (int l = 0; l < f->lines; l++)
        if (f->line[l].word->place == PLACE_LAYER && f->line[l].word->layer->update &&
            optimizer->choice->optimizer->averages)
            return error_set(
                error,
                "%s: %s is tested with averaged parameters, for which the running statistics of %s are "
                "wrong; take another optimizer",
                f->name, optimizer->choice->name, f->line[l].word->name);
    return 1;
}

int settings_check(const struct netfile *f, char *error)
{
    return check_schedule(f, error) && check_momentum(f, error) && check_split(f, error) &&
           check_decay(f, error) && check_average(f, error);
}
