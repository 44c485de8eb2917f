/* pinning.h - threads that stay on their cores, so that a number means the same twice.
 *
 * An unpinned worker that wakes up may share its caller's core for milliseconds. The bench therefore runs
 * in a child with the environment it wants (pinning_settle), pins its own thread to the first core, and to
 * the next ones the rungs' threads and those that libraries start behind its back. One hardware thread of
 * each core comes first, and fast cores before slow: two threads are on two cores.
 */
#ifndef RUNGS_PINNING_H
#define RUNGS_PINNING_H

#include <stddef.h>

enum { PINNING_MAX = 256 };

/* Environment variables that steer a library's kernels or threads (OPENBLAS_CORETYPE, OMP_NUM_THREADS, ...)
 * change what its number means, and they are read when it is loaded. So: run this program once more, as a
 * child, with all of them cleared, the libraries' OpenMP threads pinned, and malloc told to keep large blocks
 * on huge pages (else libraries that allocate in each call pay for page faults). argv is the child's command
 * line, ended by NULL. Returns 1 in the child, and also, after a sentence, where no child can be had; the
 * caller then does its work. Returns 0 in the parent: the work is done and *exit_code is the child's. What
 * was cleared is said on stderr. */
int pinning_settle(char *const *argv, int *exit_code);

/* The processors that this program may use, as they were before any thread was pinned; and how many of them
 * the bench uses at most: 1..PINNING_MAX */
struct cpus;
const struct cpus *pinning_cpus(void);
int pinning_cores(void);

/* This thread onto the first core, or back onto all of them. Where the system has no
 * pinning, nothing happens. */
void pinning_pin_self(void);
void pinning_unpin_self(void);

/* Between these two a library starts its workers; pinning_adopt pins those that appeared, one to
 * each core after the first. */
void pinning_note_threads(void);
void pinning_adopt(void);

/* Starts the rungs' threads (team.h), as many as there are cores, and pins them so. */
void pinning_start_team(void);

/* All threads of this process back onto all cores: beside other load the system places
 * them, as in any program. */
void pinning_unpin_all(void);

/* Waits until every other thread of this process sleeps (at most 100 ms): idle workers of one library spin
 * for a while, and would take the core from the workers of the next. */
void pinning_wait_quiet(void);

/* Runs work(k, arg) for k in 0..threads-1 at the same time, each on its own core: all start together. Returns
 * 0 if the threads cannot be had. */
int pinning_run(int threads, void (*work)(int k, void *arg), void *arg);

#endif
