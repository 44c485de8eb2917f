/* peer_child.h - a peer that is a program of its own: it answers requests, line by line, over one socket that
 * is its standard input and output.
 *
 * A child that dies, hangs or answers what it should not is lost: it is ended, `lost` says why, and whatever
 * is asked of it afterwards fails at once. It never takes the bench with it. */
#ifndef RUNGS_PEER_CHILD_H
#define RUNGS_PEER_CHILD_H

#include <stddef.h>
#include <sys/types.h>

enum { PEER_LOST = 160, PEER_LINE = 256 };

struct peer_child {
    pid_t pid; /* 0: not started, or ended */
    int fd;
    char lost[PEER_LOST]; /* why; "": it is well */
};

/* For so many seconds a child may be silent, or refuse to read; a test sets fewer than 120. */
extern double peer_patience;

/* Starts argv[0], found on the PATH. All of these return 0 where the child is lost. */
int peer_child_start(struct peer_child *c, const char *const *argv);
void peer_child_end(struct peer_child *c);

int peer_child_send(struct peer_child *c, const void *bytes, size_t n);
int peer_child_receive(struct peer_child *c, void *bytes, size_t n);

/* One line without its end; at most PEER_LINE - 1 characters */
int peer_child_line(struct peer_child *c, char line[PEER_LINE]);

/* Ends it and remembers why; returns 0 */
int peer_child_lose(struct peer_child *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
