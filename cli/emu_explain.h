/* emu_explain.h - rungs emu --explain and --diff: why kernels are slow, and what a change did to them. */
#ifndef RUNGS_EMU_EXPLAIN_H
#define RUNGS_EMU_EXPLAIN_H

#include "emu_build.h"

struct emu_explain {
    const char *gpu;               /* a word of explain_gpus[] */
    const char *json, *csv, *html; /* where results go, or NULL */
    double flops;                  /* of one launch; 0: counted */
    int registers;                 /* per thread; 0: asked of nvcc */
    int keep;
};

/* Builds the program, runs it with these arguments (they end with NULL) and explains its kernels. The exit
 * code. */
int emu_explain(const struct emu_program *p, const char *const *arguments, const struct emu_explain *how);

/* The same of two programs of one source each: what changed from a to b. */
int emu_diff(const struct emu_program *a, const struct emu_program *b, const char *const *arguments,
             const struct emu_explain *how);

#endif
