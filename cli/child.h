/* child.h - a verb of this program, run in a process of its own. */
#ifndef RUNGS_CHILD_H
#define RUNGS_CHILD_H

/* What to do with a line that the child wrote to stdout; no '\n' at its end. */
typedef void child_line_fn(const char *line, void *context);

/* Runs `rungs argv[0] argv[1] ...` (ends with NULL) and waits. With a line function the child's stdout goes there,
 * line by line as it comes; without one it stays this program's. Returns the child's exit code, 128 + the signal
 * that ended it, or EXIT_WRONG after a sentence if it could not be started. */
int child_run(const char *const *argv, child_line_fn *line, void *context);

#endif
