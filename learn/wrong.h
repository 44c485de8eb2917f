/* wrong.h - declares every wrong version of mistakes.h, each with its operation's signature. */
#ifndef RUNGS_LEARN_WRONG_H
#define RUNGS_LEARN_WRONG_H

#include "../reference/reference.h"
#include "own.h"

#define MISTAKE(op, function, name, about)      \
    extern __typeof__(op##_f32) function##_f32; \
    extern __typeof__(op##_f64) function##_f64;
#include "mistakes.h"
#undef MISTAKE

#endif
