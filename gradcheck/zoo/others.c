/* others.c - the wrong things that are not gradients of a problem: optimizers. */
#include "optimizers.h"
#include "selftest.h"

void zoo_others(struct zoo_totals *t, FILE *out)
{
    for (const struct zoo_optimizer *z = zoo_optimizers; z->name; z++) {
        gc_options o = gc_defaults();
        gc_result *r = gc_check_optimizer(&z->opt, &o);
        t->others++;
        if (zoo_is_caught(r) != z->wrong) {
            t->others_missed++;
            fprintf(out, "AMISS  optimizer %s (%s): %s: %s\n", z->name, z->mistake,
                    gc_verdict_name(r->verdict), r->why);
        }
        gc_free(r);
    }
}
