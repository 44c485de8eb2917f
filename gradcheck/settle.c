/* settle.c - the verdict of a check that is not gc_check: its worst finding, and that finding's sentence. */
#include "gc_internal.h"

void gc_settle(gc_result *r)
{
    static const gc_verdict mildest_first[] = {
        GC_PASS, GC_KINK, GC_INCONCLUSIVE, GC_FAIL, GC_CONTRACT_BROKEN, GC_CRASH
    };
    for (size_t k = 1; k < sizeof mildest_first / sizeof *mildest_first; k++)
        for (int i = 0; i < r->findings; i++) {
            const gc_finding *f = &r->finding[i];
            if (f->verdict != mildest_first[k]) continue;
            if (r->verdict != f->verdict) gc_text(r->reason, sizeof r->reason, "%s", f->reason);
            r->verdict = f->verdict;
            if (f->tensor >= 0 && f->tensor < r->ntensors) r->tensor[f->tensor].verdict = f->verdict;
        }
    if (r->verdict == GC_PASS && !r->findings) {
        r->verdict = GC_INCONCLUSIVE;
        gc_text(r->reason, sizeof r->reason, "nothing was compared");
    }
}
