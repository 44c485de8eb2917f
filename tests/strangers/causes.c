/* causes.c - which words of a report name which cause. They are about what is meant, not about one
 * checker's sentences: a report that says it in other words of the same meaning should match, and its
 * words belong here if it does not. */
#include <regex.h>
#include <stdio.h>

#include "strangers.h"

static const struct {
    const char *name, *words; /* an extended regular expression, upper or lower case */
} causes[CAUSES] = {
    { "factor", "constant factor|the 2 of|square's 2|1/2|added twice|a scale|unit of measure|"
                "numeric / [0-9.]+$|= [0-9.]+ \\* numeric$" },
    { "mean", "a mean|average|batch size|number of (samples|elements)" },
    { "sign", "the sign|-numeric|negated|ascent" },
    { "term",
      "a term|term is (missing|wrong)|straight.through|path|constant is (added|missing)|one is missing" },
    { "penalty", "penalty|decay|regulari" },
    { "chain", "inner|chain|the factor [^ ]+ is|numeric [*/] [a-z(]|constant factor" },
    { "index",
      "transpos|shift|exchang|swap|flip|order|permut|revers|backwards|other places|index is|indices are mixed|rolled|stride" },
    { "range",
      "loop.* (begins|ends)|remainder|whole vectors|too early|too late|never (written|computed|writes)|"
      "is not computed|stays? (zero|0)|analytic = 0" },
    { "sum", "= where \\+=|sum over|summand|reach(es)? the gradient|repeated|overwrit" },
    { "mask", "mask|condition|branch|clip|sign of|padding" },
    { "accumulates", "adds to|accumulat|not cleared|\\+= where =" },
    { "stale", "stale|earlier|other point|cache|kept between|previous|left behind" },
    { "unsteady", "same (call|arguments)|called again|random number|determin|race|threads" },
    { "writes_x", "read-only|(changes|writes to) (its|an|the) input" },
    { "not_finite", "finite|NaN" },
    { "precision", "digits|precision|float|coarse|rounding|difference quotient" },
    { "formula", "formula|another function|wrong derivative" },
};

const char *cause_names(unsigned cause, char text[64])
{
    int n = 0;
    snprintf(text, 64, "-");
    for (int k = 0; k < CAUSES; k++)
        if (cause >> k & 1) n += snprintf(text + n, (size_t)(64 - n), "%s%s", n ? "|" : "", causes[k].name);
    return text;
}

static int has_words(unsigned cause, const char *text)
{
    int found = 0;
    for (int k = 0; k < CAUSES && !found; k++) {
        regex_t r;
        if (!(cause >> k & 1) || regcomp(&r, causes[k].words, REG_EXTENDED | REG_ICASE | REG_NOSUB)) continue;
        found = !regexec(&r, text, 0, NULL, 0);
        regfree(&r);
    }
    return found;
}

enum naming cause_naming(unsigned cause, const char *pattern, const char *given, const char *broken)
{
    if (*broken && has_words(cause, broken)) return NAMED;
    if (*given) return has_words(cause, given) ? NAMED : MISLEADING;
    if (*broken) return MISLEADING;
    return has_words(cause, pattern) ? NAMED : NOT_NAMED;
}

int causes_prove(FILE *out)
{
    static const struct {
        unsigned cause;
        const char *pattern, *given, *broken;
        enum naming worth;
    } said[] = {
        { SIGN, "analytic = -numeric", "likely: the sign is wrong", "", NAMED },
        { SIGN, "analytic = -numeric", "", "", NAMED },
        { SIGN, "the last element is wrong, and there analytic = -numeric",
          "likely: a loop ends one too early", "", MISLEADING },
        { FORMULA, "the elements 0 to 8 are wrong", "", "", NOT_NAMED },
        { FORMULA, "", "", "", NOT_NAMED },
        { UNSTEADY, "along a random direction the gradient says 1", "", "", NOT_NAMED },
        { FACTOR, "analytic = 5 * numeric", "likely: a mean over 5 is missing", "", MISLEADING },
        { INDEX, "two elements are exchanged: those at flat 0 and 2", "likely: two indices are mixed up", "",
          NAMED },
        { FACTOR | MEAN, "analytic = 5 * numeric", "likely: a mean over 5 is missing", "", NAMED },
        { TERM, "analytic = numeric + 0.15 * x",
          "likely: weight decay, or another such term, is in the gradient", "", MISLEADING },
        { PENALTY, "analytic = numeric + 0.15 * x",
          "likely: weight decay, or another such term, is in the gradient", "", NAMED },
        { UNSTEADY, "", "", "called again with the same arguments it gives something else", NAMED },
        { CHAIN, "", "", "called again with the same arguments it gives something else", MISLEADING },
        { TERM, "", "likely: a straight-through estimate of a rounded forward", "", NAMED },
        { MASK, "", "likely: a straight-through estimate of a rounded forward", "", MISLEADING },
        { MASK, "", "likely: a mask is missing",
          "called again with the same arguments it gives something else", NAMED },
    };
    int bad = 0;
    for (size_t k = 0; k < sizeof said / sizeof *said; k++) {
        char names[64];
        if (cause_naming(said[k].cause, said[k].pattern, said[k].given, said[k].broken) == said[k].worth)
            continue;
        fprintf(out, "FAIL  for %s these words are worth something else: '%s', '%s', '%s'\n",
                cause_names(said[k].cause, names), said[k].pattern, said[k].given, said[k].broken);
        bad = 1;
    }
    return bad;
}
