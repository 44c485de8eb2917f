/* gradcheck_guard.h - work in a child process: what it prints, how it ends; files that must not stay
 * behind. */
#ifndef RUNGS_GRADCHECK_GUARD_H
#define RUNGS_GRADCHECK_GUARD_H

#include <stddef.h>

enum { SPOKEN_HEAD = 4096, SPOKEN_TAIL = 512 };

/* what a child wrote to stdout or stderr */
struct spoken {
    size_t bytes;
    char head[SPOKEN_HEAD + 1], tail[SPOKEN_TAIL + 1];
};

struct guard {
    double seconds;     /* then it is killed */
    double more;        /* so much later */
    const int *more_if; /* if this has become true; NULL: never */
    const double *done; /* 0..1, shared with the child; NULL: no progress bar */
    const char *what;   /* said beside the bar */
    enum { GUARD_DONE, GUARD_EXIT, GUARD_SIGNAL, GUARD_LATE, GUARD_NO_CHILD } end;
    int code; /* the exit status, or the signal */
    struct spoken out, err;
};

/* Runs work(arg) in a child and waits; its stdout and stderr are caught. GUARD_DONE: work came back. */
void guard_run(struct guard *g, void (*work)(void *), void *arg);

/* zeroed memory that children write and the parent reads; NULL if there is none */
void *guard_shared(size_t bytes);

/* A fresh folder under TMPDIR that is removed with its files by guard_remove_folder, also when the program is
 * interrupted. NULL with error set. */
const char *guard_folder(char *error);
/* The path of a file in it, which is then removed with it, if the process that removes the folder has
 * asked for it. NULL if there is no folder, if there are too many files, or if it is too long. */
const char *guard_file(const char *name);
void guard_remove_folder(void);

#endif
