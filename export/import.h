/* import.h - a checkpoint before its first epoch, made of a network file and tensors from somewhere else.
 *
 * Ours and theirs are matched by name: theirs has our name (named.h), or one that a rule gives it. Shapes
 * must be equal; a rule may say that theirs is transposed, as Keras and JAX keep weights: a matrix (IN,
 * OUT), and kernels (R, S, C, K). */
#ifndef RUNGS_IMPORT_H
#define RUNGS_IMPORT_H

#include "foreign.h"
#include "named.h"

enum { IMPORT_RULES = NAMED_MOST, IMPORT_RULE = 200 };

enum import_verdict { IMPORT_FITS, IMPORT_MISSING, IMPORT_MISSHAPED };

struct import_match { /* of a tensor of ours */
    int theirs;       /* -1: there is none */
    int is_transposed;
    enum import_verdict verdict;
    int would_fit; /* misshaped: it would if it were transposed, or not transposed */
};

struct import {
    struct network net; /* without memory */
    struct checkpoint c;
    int tensors;
    struct named named[NAMED_MOST];
    struct import_match match[NAMED_MOST];
    int missing, misshaped, extra;
    char *is_used; /* (their tensors) 1: it is one of ours, or of the input's */
};

/* An empty checkpoint of that network. 0 and a sentence if it cannot be made. A lack of memory ends the
 * program. Free it with import_free. */
int import_make(struct import *in, const struct netfile *file, char *error);
void import_free(struct import *in);

/* Matches the tensors. rules: texts "OURS=THEIRS", or "OURS=THEIRS^T" where theirs is transposed. OURS and
 * THEIRS are tensors, or layers, of which PyTorch's `weight` is our w or gamma, and `bias` our b or beta. 0
 * and a sentence if a rule names what is not there. Tensors that do not fit are counted in *in. */
int import_match(struct import *in, const struct foreign *f, int rules, const char *const *rule, char *error);

/* Fills the checkpoint with the tensors, all of which fit. 0 and a sentence if one has a number that no float
 * holds. */
int import_fill(struct import *in, const struct foreign *f, char *error);

#endif
