/* measure.h - the checker on the second zoo: what it said of each row, and the counts. */
#ifndef STRANGERS_MEASURE_H
#define STRANGERS_MEASURE_H

#include "../../gradcheck/gc.h"
#include "strangers.h"

/* What a verdict is worth. */
enum outcome {
    CAUGHT,      /* wrong, and FAIL, CONTRACT or CRASH         */
    MISSED,      /* wrong, and PASS or KINK                    */
    PASSED,      /* right, and PASS or KINK                    */
    FALSE_ALARM, /* right, and FAIL, CONTRACT or CRASH         */
    UNDECIDED,   /* INCONCLUSIVE                               */
    UNFOUNDED,   /* right, and PASS, where nothing is measured */
    OUTCOMES
};

struct said {
    struct stranger s;
    double scale;
    uint64_t seed;
    gc_verdict verdict;
    enum outcome outcome;
    enum naming naming; /* of what is caught */
    size_t forwards, backwards;
    double seconds;
    char pattern[GC_TEXT], cause[GC_TEXT], reason[GC_TEXT];
};

const char *outcome_name(enum outcome o);
const char *naming_name(enum naming n);

/* Checks one row, its loss times scale; report: where gc_print writes, or NULL. */
struct said strangers_measure(const struct stranger *s, double scale, uint64_t seed, FILE *report);

struct tally {
    int wrong, right, outcome[OUTCOMES][2]; /* outcome: of right rows [0], of wrong ones [1] */
    int naming[NAMINGS];
};

void strangers_count(struct tally *t, const struct said *w);

/* ---- tables of what was said (measure_tables.c) ---- */

/* For people: one block for each part and scale, then each verdict that is not as it should be; of
 * rows kept apart only if kept_too. */
void strangers_print(FILE *out, const struct said *w, int n, int kept_too);
void strangers_csv(FILE *out, const struct said *w, int n);
void strangers_json(FILE *out, const struct said *w, int n);

#endif
