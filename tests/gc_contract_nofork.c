/* gc_contract_nofork.c - where no child process can be had, and where none is wanted, the checks run in this
 * one: right code passes, and contracts that break without a fault are told. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "zoo/contracts.h"
#include "zoo/optimizers.h"

static int forks;

/* in place of the system's */
pid_t fork(void);
pid_t fork(void)
{
    forks++;
    errno = EAGAIN;
    return -1;
}

static int amiss(const struct zoo_contract *z, int want_fork)
{
    gc_options o = gc_defaults();
    o.fork = want_fork;
    gc_result *r = gc_check(&z->problem, &o);
    int bad = r->verdict != z->expect || (z->word && !strstr(r->reason, z->word));
    if (bad) printf("%s: %s, %s\n", z->name, gc_verdict_name(r->verdict), r->reason);
    gc_free(r);
    return bad;
}

/* Mistakes that need neither a guard page nor a fresh process. */
static int is_harmless(const struct zoo_contract *z)
{
    static const char *const names[] = { "f_accumulates",    "f_leaves_last",    "f_random",
                                         "f_writes_input",   "b_accumulates",    "b_leaves_last",
                                         "b_random",         "b_reads_gradient", "b_ignores_upstream",
                                         "b_clips_upstream", "b_normalizes",     "b_overwrites" };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strcmp(names[k], z->name)) return 1;
    return z->expect == GC_PASS;
}

int main(void)
{
    int bad = 0, rows = 0;
    for (const struct zoo_contract *z = zoo_contracts; z->name; z++)
        if (is_harmless(z)) bad += amiss(z, 0) + amiss(z, 1), rows++;
    for (const struct zoo_optimizer *z = zoo_optimizers; z->name; z++) {
        if (z->wrong) continue;
        gc_result *r = gc_check_optimizer(&z->opt, NULL);
        if (r->verdict != GC_PASS) printf("%s: %s, %s\n", z->name, gc_verdict_name(r->verdict), r->reason);
        bad += r->verdict != GC_PASS;
        gc_free(r);
    }
    printf("%d rows without a child, fork refused %d times: %d amiss\n", rows, forks, bad);
    return bad || rows < 15 || !forks;
}
