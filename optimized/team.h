/* team.h - the threads of the threaded rungs: pieces of work, shared among threads that never
 * wait long for each other.
 *
 * A machine has other work to do than ours, and then a thread of ours stands still for milliseconds at any
 * moment. So a thread takes its pieces one by one, takes those of a sibling that has not begun them when its
 * own are done, and waits for a piece only while somebody is at it. Who waits looks for some microseconds,
 * then lets others run, then sleeps. Which thread does a piece is a matter of chance: a piece's result must
 * not depend on it, nor on how many threads there are.
 *
 * The threads belong to the process, start when they are first needed, and end with it. A child
 * process (fork) starts its own. A run that is called from two threads at once, or from within a
 * piece, is done by its caller alone.
 */
#ifndef RUNGS_TEAM_H
#define RUNGS_TEAM_H

/* does piece number `piece` of the run that arg describes */
typedef void team_fn(int piece, void *arg);

/* Does the pieces 0..pieces-1, each once, in any order, on as many threads as team_threads() says; returns
 * when all are done. Where a thread cannot be started, the others do its work. */
void team_run(int pieces, team_fn *work, void *arg);

enum { TEAM_MOST = 256 };

/* How many threads share a run: what team_use said last, or else OMP_NUM_THREADS, or else as many as the
 * affinity mask and the cgroup's CPU quota leave (cpus.h). 1..TEAM_MOST */
int team_threads(void);

/* How many would share a run that begins now: team_threads(), or 1 while the machine is so busy that the
 * caller works alone. For work whose best cut depends on it. */
int team_present(void);

/* From now on so many threads (1..TEAM_MOST); 0: as many as there would be without this
 * call. Not during a run. */
void team_use(int threads);

#endif
