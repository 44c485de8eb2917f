/* strangers.h - the second zoo: gradients in the style of other people's C, written by authors who did
 * not know the checker's code. All fields and the ways through them. */
#ifndef STRANGERS_H
#define STRANGERS_H

#include <stdio.h>

#include "stranger.h"

/* One row, found. */
struct stranger {
    const char *field;
    const struct row *row;
    const struct long_row *twin; /* its unit in long double */
    int place;                   /* among the rows of its field */
};

int strangers(void); /* how many rows there are */
struct stranger stranger_at(int i);
const char *part_name(enum part p);

/* The k-th number in [0,1) of a seed. */
double stranger_random(uint64_t seed, uint64_t k);

/* x (n) for a seed: each number in the unit's range */
void stranger_point(const struct unit *u, uint64_t seed, double *x);

/* ---- what a report says, and what it should ---- */

enum naming { NOT_NAMED, NAMED, MISLEADING, NAMINGS };

const char *cause_names(unsigned cause, char text[64]); /* "range|sum", "-" */

/* What the words of a report are worth where `cause` is to be named: its pattern or, where it has
 * none, its reason; the cause it gives; and what it says of a broken contract ("" where there is
 * none). What it gives must be one of these causes, else it misleads; a pattern is enough where it
 * gives none. */
enum naming cause_naming(unsigned cause, const char *pattern, const char *given, const char *broken);

/* Examples of all that; 1 after lines about those that are not as they should be. */
int causes_prove(FILE *out);

/* ---- the proof ---- */

/* Differences in long double show that each right gradient is right and each wrong one wrong, and
 * would refuse every label if it were exchanged. 1 where they do not, after lines that say so; 77
 * where long double is double. only: the rows of this unit, or NULL. */
int strangers_prove(const char *only, FILE *out);

#endif
