/* peer_kernels.h - which of a library's kernels a race should meet, by what the CPU can
 * do: the same in every run.
 *
 * A library chooses its kernels by the CPU's model, and an older one does not know a newer model: it then
 * falls back to kernels of half the width. A race between the kernels would find that out, but noise
 * decides it anew in each run.
 */
#ifndef RUNGS_PEER_KERNELS_H
#define RUNGS_PEER_KERNELS_H

enum { PEER_KERNELS = 6 };

struct x86 {
    int amd; /* or Hygon, of the same design */
    int avx2, avx512, avx512_bf16, amx;
};

/* this CPU; all 0 if it is none of x86-64 */
struct x86 x86_of_this_machine(void);

/* The kernels of "openblas" or "blis" that use all that such a CPU has, by the names that the library gives
 * them, best first; ends with NULL. Empty if there is nothing to choose: the library's own choice stands. */
void peer_kernels(const char *library, const struct x86 *cpu, const char *name[PEER_KERNELS + 1]);

#endif
