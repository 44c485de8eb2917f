/* process.h - child processes, and what the program owes the shell that started it. */
#ifndef RUNGS_PROCESS_H
#define RUNGS_PROCESS_H

#include <sys/types.h>

#include "error.h"

/* ---- children ---- */

/* Waits for that child: its exit code, 128 + the signal that ended it, or PROCESS_UNKNOWN where the system
 * took the answer (a program that ignores SIGCHLD gets none). */
enum { PROCESS_UNKNOWN = -1 };
int process_wait(pid_t child);

/* Starts the program argv[0], found on the PATH. in, out, err: file descriptors that become its standard
 * streams, or -1 for ours; it gets ordinary signal handling whatever this program has. 0 and a sentence if it
 * does not start; *missing (or NULL) is then 1 if there is no such program. */
int process_start(pid_t *child, const char *const *argv, int in, int out, int err, int *missing, char *error);

/* Starts it and waits: its exit code as from process_wait, 127 with a sentence if there is no such program,
 * 126 with one if it does not start. */
int process_run(const char *const *argv, int in, int out, int err, char *error);

/* ---- the program's own begin and end ---- */

/* First thing in main. Signals that a careless parent left blocked, or SIGCHLD that it left ignored, become
 * ordinary; a standard stream that it closed refuses to be used (no file of ours can take its number); a file
 * that grows over the shell's limit is an error of the write, not the end of the program; a limit on CPU time
 * ends it with a sentence and EXIT_RESOURCES. */
void process_begin(void);

/* Last thing in main: the exit code, once stdout and stderr are known to have taken all that was
 * printed. If one did not, a sentence says so and success becomes EXIT_OUTPUT. `name` begins the
 * sentence: "rungs list". */
int process_end(const char *name, int exit_code);

#endif
