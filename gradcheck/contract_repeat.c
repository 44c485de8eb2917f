/* contract_repeat.c - the same call again must give the same. */
#include <math.h>

#include "contract.h"

/* Three calls alike. A spread of some roundings is a sum in varying order, and is only reported. */
void gc_contract_repeat(struct gc_contract *c)
{
    struct gc_gap gap;
    double most = 0;
    const gc_problem *p = c->run->p;
    c->doing = "repeat";
    for (int again = 0; again < 2; again++) {
        if (!gc_scene_forward(c, &c->here, (double)NAN, &c->now)) return;
        int k = gc_changed_output(c, &c->now, 0, &gap);
        if (k >= 0) {
            if (!(gap.rel <= gc_rounding(p->out[k].dt)))
                gc_text(gc_broken(c, -1, "repeat")->reason, GC_TEXT,
                        "forward called again with the same inputs gives something else: " GC_EACH
                        " (spread %.0e); something is not initialised or is kept between calls",
                        gap.i, "", gc_name_of(&p->out[k]), gap.is, gap.was, gap.rel);
            most = fmax(most, gap.rel);
        }
        if (c->broken || !gc_scene_backward(c, &c->here, gc_nothing(c), &c->now)) return;
        int t = gc_changed_gradient(c, &c->now, 1, 0, &gap);
        if (t >= 0) {
            if (!(gap.rel <= gc_rounding(p->in[t].dt)))
                gc_text(gc_broken_gradient(c, t, "repeat", &gap)->reason, GC_TEXT,
                        "backward called again with the same arguments gives something else: " GC_EACH
                        " (spread %.0e); something is not initialised, kept between calls, or added by two "
                        "threads at once",
                        gap.i, "d", gc_name_of(&p->in[t]), gap.is, gap.was, gap.rel);
            most = fmax(most, gap.rel);
        }
        if (c->broken) return;
    }
    c->spread = most;
}
