/* machine.h - finds the facts beside which a number means something. */
#ifndef RUNGS_MACHINE_H
#define RUNGS_MACHINE_H

#include "results/machine_facts.h"

struct machine machine_facts(void);

/* Lines for a terminal or a log */
void machine_print(const struct machine *m);

#endif
