/* settings.c - which settings of a network file go together; see settings.h. */
#include "settings.h"

#include "optimizer.h"

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
            "%s: the optimizer %s averages in place of a schedule; leave out the schedule %s, or "
            "take another optimizer",
            f->name, netfile_line(f, "optimizer")->choice->name, schedule->name);
    return 1;
}

int settings_check(const struct netfile *f, char *error)
{
    return check_schedule(f, error);
}
