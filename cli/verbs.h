/* verbs.h - one function for each verb of the program; main.c holds their table. */
#ifndef RUNGS_VERBS_H
#define RUNGS_VERBS_H

#include "args.h"
#include "../optimized/op.h"

/* how many operations there are */
enum {
    OPS = 0
#define OP(name) +1
#include "../optimized/ops/list.h"
#undef OP
};

int verb_list(int argc, char **argv);
int verb_lesson(int argc, char **argv);
int verb_read(int argc, char **argv);
int verb_site(int argc, char **argv);
int verb_learn(int argc, char **argv);
int verb_check(int argc, char **argv);
int verb_bench(int argc, char **argv);
int verb_emu(int argc, char **argv);
int verb_nvcc(int argc, char **argv);
int verb_ulp(int argc, char **argv);
int verb_plot(int argc, char **argv);
int verb_train(int argc, char **argv);
int verb_look(int argc, char **argv);
int verb_export(int argc, char **argv);
int verb_import(int argc, char **argv);
int verb_eval(int argc, char **argv);
int verb_data(int argc, char **argv);
int verb_demo(int argc, char **argv);
int verb_gradcheck(int argc, char **argv);
int verb_test(int argc, char **argv);

/* The operation of that name, which may have a set: "dropout_forward p=0.5". NULL after a sentence that says
 * what it is called today, what is wrong with the set, or which name is the nearest. */
const struct op *verb_find_op(const char *verb, const char *name);

/* EXIT_USAGE after a sentence, if an operation was called so once; else 0 */
int verb_renamed(const char *verb, const char *name);

/* The operation with the parameters of a set; NULL after a sentence. */
const struct op *verb_set(const char *verb, const struct op *op, const char *set);

struct device;

/* The operation's rung of that name; on a device, NULL for the CPU, of its CUDA ladder. NULL after a sentence
 * that lists those there are. */
const struct rung *verb_find_rung(const char *verb, const struct op *op, const struct device *device,
                                  const char *name);

#endif
