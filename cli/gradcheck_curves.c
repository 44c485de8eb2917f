/* gradcheck_curves.c - rungs gradcheck vcurve and taylor: how the error of a difference, and the remainder of the
 * expansion, depend on the step. A table for the eye, a chart for the page. */
#include "gradcheck.h"

#include <math.h>
#include <string.h>

/* ---- the V curve ---- */

static int vcurve_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    o.fork = 0; /* a crash shall reach the guard, who tells it */
    out->vrows = gc_vcurve(&s->problem, s->twin.forward ? &s->twin : NULL, &o, out->vrow, OUTCOME_ROWS,
                           &out->ladder_h, &out->ladder_error);
    if (out->vrows > 0) return 1;
    return error_set(
        out->why,
        "there is no V curve of %s: its forward or its gradient is missing, refuses, or is not finite",
        s->name);
}

static void put_number(double x, int decimals)
{
    if (isfinite(x))
        printf("  %10.*e", decimals, x);
    else
        printf("  %10s", "-");
}

void report_vtable(const struct outcome *out, const char *along)
{
    int complex_step = 0, f32 = 0;
    for (int i = 0; i < out->vrows; i++) {
        complex_step |= isfinite(out->vrow[i].complex_step) != 0;
        f32 |= isfinite(out->vrow[i].central_f32) != 0;
    }
    printf("relative error of the derivative %s, by step and method\n\n"
           "           h     forward     central   4th order%s%s\n",
           along, complex_step ? "     complex" : "", f32 ? " forward f32 central f32" : "");
    for (int i = 0; i < out->vrows; i++) {
        const gc_vrow *row = &out->vrow[i];
        put_number(row->h, 3);
        put_number(row->forward, 1), put_number(row->central, 1), put_number(row->fourth, 1);
        if (complex_step) put_number(row->complex_step, 1);
        if (f32) put_number(row->forward_f32, 1), put_number(row->central_f32, 1);
        putchar('\n');
    }
    printf("\nladder: it settles at h = %.1e, with an error bar of %.0e\n", out->ladder_h, out->ladder_error);
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
        out->why,
        "there is no Taylor plot of %s: its forward or its gradient is missing, refuses, or is not finite",
        s->name);
}

static int taylor_report(const struct subject *s, const struct settings *set, struct outcome *out)
{
    char title[160];
    if (crashed(out)) return report_print(s, set, out);
    puts("remainder of the expansion along a random direction d: a right gradient g has rate 2\n\n"
         "           h  |f(x+hd)-f(x)|  |f(x+hd)-f(x)-hg'd|    rate");
    for (int i = 0; i < out->trows; i++) {
        const gc_taylor_row *row = &out->trow[i];
        put_number(row->h, 3);
        printf("    "), put_number(row->zeroth, 3);
        printf("         "), put_number(row->first, 3);
        if (isfinite(row->rate))
            printf("  %6.3f\n", row->rate);
        else
            printf("  %6s\n", "-");
    }
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
