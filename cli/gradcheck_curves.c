/* gradcheck_curves.c - rungs gradcheck vcurve and taylor: how the error of a difference, and the remainder of
 * the expansion, depend on the step. A table for the eye, a chart for the page. */
#include "gradcheck.h"

/* ---- the V curve ---- */

static int vcurve_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    o.fork = 0; /* a crash shall reach the guard, who tells it */
    out->vrows = gc_vcurve(&s->problem, s->twin.forward ? &s->twin : NULL, &o, out->vrow, OUTCOME_ROWS,
                           &out->ladder_h, &out->ladder_error);
    if (out->vrows > 0) return 1;
    return error_set(
        out->reason,
        "there is no V curve of %s: its forward or its gradient is missing, refuses, or is not finite",
        s->name);
}

static int crashed(const struct outcome *out)
{
    return out->results > 0;
}

static int vcurve_report(const struct subject *s, const struct settings *set, struct outcome *out)
{
    if (crashed(out)) return report_print(s, set, out);
    report_vtable(out, "along a random direction");
    return report_folder(s->verb, set->out) &&
                   report_vcurve(stdout, s, out, set->out, set->only ? set->only : "all")
               ? EXIT_OK
               : EXIT_OUTPUT;
}

/* ---- Taylor ---- */

static int taylor_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    o.fork = 0;
    out->trows = gc_taylor(&s->problem, &o, out->trow, OUTCOME_ROWS);
    if (out->trows > 0) return 1;
    return error_set(
        out->reason,
        "there is no Taylor plot of %s: its forward or its gradient is missing, refuses, or is not finite",
        s->name);
}

static int taylor_report(const struct subject *s, const struct settings *set, struct outcome *out)
{
    char title[160];
    if (crashed(out)) return report_print(s, set, out);
    report_ttable(out);
    snprintf(title, sizeof title, "%s%s%s", s->name, set->only ? ", derivative by " : "",
             set->only ? set->only : "");
    return report_folder(s->verb, set->out) && report_taylor(stdout, s, out, set->out, title) ? EXIT_OK
                                                                                              : EXIT_OUTPUT;
}

/* ---- the pages ---- */

const struct subject_mode subject_modes[] = {
    { "vcurve", vcurve_work, vcurve_report, "the error of differences by step: table and chart",
      "NAME\n"
      "    rungs gradcheck vcurve - the error of a difference as a function of its step\n\n"
      "SYNOPSIS\n"
      "    rungs gradcheck vcurve so|sig|twin|run WORDS [options] [--out DIR]\n\n"
      "DESCRIPTION\n"
      "    Too large a step has truncation error, too small a step rounding error: between the two lies the "
      "V. Prints the\n"
      "    relative error of forward, central and fourth-order differences and, where there is a complex "
      "forward, of the\n"
      "    complex step, for h = 1, 1/2, 1/4, ..., against the analytic gradient; and draws them, with the "
      "step and the\n"
      "    error bar of the ladder. A curve with a flat bottom far above 1e-10 shows a gradient that is "
      "wrong.\n"
      "    The words are those of the subcommands so, sig, twin and run.\n\n"
      "OPTIONS\n"
      "    --out DIR, --seed N, --timeout N, --only TENSOR, --no-fork; `rungs gradcheck vcurve so --help` "
      "lists all\n\n"
      "EXIT STATUS\n"
      "    0   there is a curve\n"
      "    4   crash or time-out of the code under test\n"
      "    64  usage\n\n"
      "EXAMPLES\n"
      "    rungs gradcheck vcurve so ./logistic.so --loss logistic --grad logistic_grad --n 4 --out charts\n"
      "    rungs gradcheck vcurve twin model.c --loss loss --grad grad --n 10\n" },
    { "taylor", taylor_work, taylor_report, "how the remainder of the expansion falls: table and chart",
      "NAME\n"
      "    rungs gradcheck taylor - the remainder of the first-order expansion\n\n"
      "SYNOPSIS\n"
      "    rungs gradcheck taylor so|sig|twin|run WORDS [options] [--out DIR]\n\n"
      "DESCRIPTION\n"
      "    Along a random direction d, |f(x+hd) - f(x) - h g'd| falls as h^2 if g is the gradient, and as h "
      "if it is not.\n"
      "    Prints both remainders and the rate from step to step, and draws them beside lines of slope 1 and "
      "2.\n"
      "    The words are those of the subcommands so, sig, twin and run.\n\n"
      "OPTIONS\n"
      "    --out DIR, --seed N, --timeout N, --only TENSOR, --no-fork; `rungs gradcheck taylor so --help` "
      "lists all\n\n"
      "EXIT STATUS\n"
      "    0   there is a plot\n"
      "    4   crash or time-out of the code under test\n"
      "    64  usage\n\n"
      "EXAMPLES\n"
      "    rungs gradcheck taylor so ./logistic.so --loss logistic --grad logistic_grad --n 4 --out "
      "charts\n" },
    { 0 },
};
