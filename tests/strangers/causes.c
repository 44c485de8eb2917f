/* causes.c - which words of a report name which cause. They are about what is meant, not about one
 * checker's sentences: a report that says it in other words of the same meaning should match, and its
 * words belong here if it does not. */
#include <regex.h>
#include <stdio.h>

#include "strangers.h"

static const struct {
    const char *name, *words; /* an extended regular expression, upper or lower case */
} causes[CAUSES] = {
    { "factor",
      "constant factor|the 2 of|1/2|half|twice|a scale|scaled|wrong unit|numeric / [0-9.]+$|= [0-9.]+ \\* numeric$" },
    { "mean", "mean|average|batch size|number of (samples|elements)" },
    { "sign", "sign|-numeric|negat|ascent" },
    { "term", "term|constant is (added|missing)|one is missing" },
    { "penalty", "penalty|decay|regulari" },
    { "chain", "inner|chain|factor [a-z(]|numeric [*/] [a-z(]|derivative of" },
    { "index", "transpos|shift|exchang|swap|flip|order|permut|revers|other places|index is|rolled|stride" },
    { "range",
      "loop.* (begins|ends)|too early|too late|never (written|computed|writes)|tail|is not computed|stays? (zero|0)|analytic = 0" },
    { "sum", "= where \\+=|sum over|summand|reaches the gradient|reach the gradient|repeated|overwrit" },
    { "mask", "mask|condition|branch|clip|sign of|padding" },
    { "accumulates", "adds to|accumulat|not cleared|\\+= where =" },
    { "stale", "stale|earlier|other point|cache|state|between|previous" },
    { "unsteady", "same call|repeat|random|determin|race|differs? from call" },
    { "writes_x", "read-only|changes? (its|an|the) input|writes? (to|into) (its|an|the) input" },
    { "not_finite", "finite|NaN" },
    { "precision", "digits|precision|float|coarse|rounding" },
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

enum naming cause_naming(unsigned cause, const char *pattern, const char *given)
{
    if (*given) return has_words(cause, given) ? NAMED : MISLEADING;
    return has_words(cause, pattern) ? NAMED : NOT_NAMED;
}
