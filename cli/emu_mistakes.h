/* emu_mistakes.h - how many mistakes the runs of `rungs emu` have shown. */
#ifndef RUNGS_EMU_MISTAKES_H
#define RUNGS_EMU_MISTAKES_H

/* Reads what one run printed to stderr. Returns how many of its reports are mistakes that no earlier run
 * has shown, and stores in *reports how many there are: findings, failures and sanitizers' errors, but no
 * notes. */
int emu_mistakes(const char *path, int *reports);

/* How many kernels that run says have run; -1: it did not say. */
long emu_kernels(const char *path);

/* The same lines in any order, as threads that print may give them? */
int emu_same_lines(const char *path, const char *other);

#endif
