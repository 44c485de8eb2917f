/* judged.h - exercises in which the student's function judges: it is handed versions of something, one at a
 * time, and says of each whether it is wrong. A version runs where the student's function is not, and they
 * come in an order that the seed decides: there is nothing to tell them apart by but what they compute.
 * Or it does something with what it is handed (GATE_STEPS): versions are then problems, none of them is
 * wrong, and whoever serves them judges.
 */
#ifndef RUNGS_LEARN_JUDGED_H
#define RUNGS_LEARN_JUDGED_H

#include <stdint.h>

#include "channel.h"
#include "learn.h"

enum { MOST_VERSIONS = 64, MOST_RUNS = 32, JUDGED_STATE = 1 << 16 };

struct version {
    const char *name;  /* NULL ends a list                                          */
    const char *about; /* of a wrong one what is wrong, of a right one what may look so */
    int is_wrong;
    any_fn *run;
    int variant; /* for whoever serves it */
};

/* one call of a version, checked: arrays are where they say, and of as many bytes */
struct handed {
    int which, size[CHANNEL_SIZES], arrays;
    double scalar[CHANNEL_SCALARS];
    void *array[CHANNEL_ARRAYS];
    size_t bytes[CHANNEL_ARRAYS];
    uint64_t seed;
    void *state; /* JUDGED_STATE bytes, 0 before a version's first call  */
    char *said;  /* ERROR_TEXT bytes: why a student's own work is wrong */
};

/* Does the call. NULL, or a sentence on why it cannot be done: "calls the loss with a label that is no
 * class". Whoever asks is not to be trusted. */
typedef const char *serve_fn(const struct version *v, struct handed *call);

/* The entry of the exercise's header: calls the student's function with the stubs; its verdict. */
typedef int entry_fn(struct channel *c, any_fn *student);

/* a row of `wrong` below: a function that judges as the student's does, and what is wrong with it */
#define WRONG_JUDGE(judge, function, name, about)      \
    {                                                  \
        judge, name, about, (any_fn *)(function), NULL \
    }

struct judged {
    const char *header; /* "learn/false_friends.h", which defines FUNCTION_entry */
    const struct version *versions;
    serve_fn *serve;
    entry_fn *entry;
    const struct mistake *wrong; /* submissions that the grader must reject; ends with op == NULL */
    int runs;                    /* how often each version is handed over, with other seeds */
};

extern const struct judged judged_losses, judged_gradients, judged_optimizers, judged_convolutions,
    judged_masks, judged_steps;
extern const struct mistake wrong_checkers[], wrong_kernels[];

/* bytes of data that the arrays take; more than CHANNEL_BYTES if they are not there */
size_t channel_used(const struct channel *c);

/* one version, while it is judged */
struct judging {
    const struct judged *judged;
    const struct version *version;
    uint64_t seed;
    void *state;
    char *said;
};

/* Does what is asked in c, where channel_used has been looked at; as serve_fn. */
const char *judged_serve(const struct judging *j, struct channel *c);

#endif
