/* errata.h - the table of a lesson's errata: a formula of an article, its value as printed,
 * the true one, the verdict.
 *
 *     errata_head();
 *     errata_right("000 4.4", "w_new = w_old - rate dJ/dw", printed, truth);
 *     errata_row("001 4.2", "z = s(W a + b)", printed, truth, correct, "this is a");
 *     return errata_end();
 *
 *     errata_typed("000 4.2", "s(x) in float", printed, truth, correct, "e^89 is infinite");
 *
 * errata_typed is for a formula that is right, but not when it is typed in: its correct form is in float too,
 * and NaN may be the truth. Nobody asserts a verdict: it is right if both numbers agree to 1e-12. The row
 * then has to be one of errata_right; a wrong one also holds the value of the correct form that the page
 * gives, which must be the truth. Where that is not so, the row says so, and errata_end returns 1. For one
 * program each: the counts are the file's own.
 */
#ifndef RUNGS_ERRATA_H
#define RUNGS_ERRATA_H

#include <math.h>
#include <stdio.h>

static int errata_rows, errata_rights, errata_failures;

static inline int errata_same(double a, double b, double tolerance) /* 0 if one is NaN */
{
    return fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}

static inline void errata_number(double x, int width)
{
    if (isnan(x)) /* its sign differs between machines */
        printf(" %*s", width, "nan");
    else if (fabs(x) < 5e-6 && fabs(x) > 0)
        printf(" %*.3e", width, x);
    else
        printf(" %*.5f", width, x);
}

static inline void errata_head(void)
{
    printf("  %-12s %-42s %10s %12s  %s\n", "article", "formula (s: sigma)", "as printed", "true", "verdict");
}

static inline void errata_show(const char *where, const char *formula, double printed, double truth,
                               int right, int correct_is_true, const char *mistake)
{
    int good = right == !mistake && correct_is_true;
    printf("  %-12s %-42s", where, formula);
    errata_number(printed, 10);
    errata_number(truth, 12);
    printf("  %s%s%s\n", right ? "right" : "wrong: ", right || !mistake ? "" : mistake,
           good ? "" : "  <- CHECK THE CORRECT FORM");
    errata_rows++;
    errata_rights += right;
    errata_failures += !good;
}

static inline void errata_row(const char *where, const char *formula, double printed, double truth,
                              double correct, const char *mistake)
{
    errata_show(where, formula, printed, truth, errata_same(printed, truth, 1e-12),
                errata_same(correct, truth, 1e-12), mistake);
}

static inline void errata_typed(const char *where, const char *formula, double printed, double truth,
                                double correct, const char *mistake)
{
    int is_true = isnan(truth) ? isnan(correct) : errata_same(correct, truth, 1e-6);
    int right = isnan(truth) ? isnan(printed) : errata_same(printed, truth, 1e-6);
    errata_show(where, formula, printed, truth, right, is_true, mistake);
}

static inline void errata_right(const char *where, const char *formula, double printed, double truth)
{
    errata_row(where, formula, printed, truth, truth, NULL);
}

/* the exit code */
static inline int errata_end(void)
{
    printf("%d formulas: %d right as printed, %d wrong; %d disagree with their correct form\n", errata_rows,
           errata_rights, errata_rows - errata_rights, errata_failures);
    return errata_failures != 0;
}

#endif
