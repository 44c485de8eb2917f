/* finding.c - what a check finds: its findings, and the names, ranks and exit codes of verdicts. */
#include "gc_internal.h"

#include <stdarg.h>

/* ---- words ---- */

void gc_text(char *to, size_t room, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (room) vsnprintf(to, room, format, args);
    va_end(args);
}

void gc_stage(gc_result *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->stage, sizeof r->stage, format, args);
    va_end(args);
}

const char *gc_verdict_name(gc_verdict v)
{
    static const char *const name[] = { "PASS", "FAIL", "INCONCLUSIVE", "KINK", "CONTRACT", "CRASH" };
    return name[v];
}

const char *gc_test_name(unsigned test)
{
    static const char *const name[] = { "contract", "direction", "elements", "complex step", "kinks",
                                        "adjoint",  "reference", "taylor",   "symmetry",     "hvp",
                                        "map",      "duality",   "mean" };
    for (unsigned bit = 0; bit < sizeof name / sizeof *name; bit++)
        if (test == 1u << bit) return name[bit];
    return test ? "several" : "setup";
}

int gc_exit_code(const gc_result *r)
{
    static const int code[] = { 0, 1, 2, 0, 3, 4 };
    return code[r->verdict];
}

gc_options gc_defaults(void)
{
    return (gc_options){ .checks = GC_STANDARD,
                         .seed = 1,
                         .n_dir = 3,
                         .n_points = 3,
                         .max_elem = 4096,
                         .fork = 1,
                         .timeout_s = 60 };
}

/* ---- findings ---- */

/* What the user should hear first: dead code, a broken contract, a wrong gradient, and then what could not
 * be said. */
int gc_rank(gc_verdict v)
{
    static const int order[] = {
        [GC_PASS] = 0, [GC_KINK] = 1, [GC_INCONCLUSIVE] = 2, [GC_FAIL] = 3, [GC_CONTRACT_BROKEN] = 4,
        [GC_CRASH] = 5
    };
    return order[v];
}

gc_finding *gc_find(gc_result *r, unsigned test, int tensor)
{
    for (int i = 0; i < r->findings; i++)
        if (r->finding[i].test == test && r->finding[i].tensor == tensor) return &r->finding[i];
    return NULL;
}

/* Room for one more: a free place, or that of the mildest finding if it is milder than this. */
static gc_finding *location(gc_result *r, gc_verdict verdict)
{
    if (r->findings < GC_MAX_FINDINGS) return &r->finding[r->findings++];
    gc_finding *mildest = &r->finding[0];
    for (int i = 1; i < r->findings; i++)
        if (gc_rank(r->finding[i].verdict) < gc_rank(mildest->verdict)) mildest = &r->finding[i];
    return gc_rank(mildest->verdict) < gc_rank(verdict) ? mildest : NULL;
}

gc_finding *gc_note(gc_result *r, unsigned test, int tensor, int point, gc_verdict verdict)
{
    static gc_finding scratch;
    gc_finding *f = gc_find(r, test, tensor);
    if (f && gc_rank(verdict) <= gc_rank(f->verdict))
        f = &scratch;
    else if (!f)
        f = location(r, verdict);
    if (!f) f = &scratch;
    *f = (gc_finding){ .test = test, .tensor = tensor, .point = point, .verdict = verdict };
    return f;
}
