/* settings.h - which settings of a network file go together. */
#ifndef RUNGS_SETTINGS_H
#define RUNGS_SETTINGS_H

#include "netfile.h"

/* 0 and a sentence if two settings of the file contradict each other: each alone is as the grammar has it. */
int settings_check(const struct netfile *f, char *error);

#endif
