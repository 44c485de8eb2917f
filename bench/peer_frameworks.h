/* peer_frameworks.h - PyTorch, JAX and oneDNN 3 as peers, each operation in a child process; see
 * peer_frameworks.c. */
#ifndef RUNGS_PEER_FRAMEWORKS_H
#define RUNGS_PEER_FRAMEWORKS_H

#include "peer_child.h"
#include "peer_library.h"

/* peer_onednn3.py and peer_frameworks.py, which the build puts into the program; they run under
 * $RUNGS_PEER_PYTHON, or python3 */
extern const char peer_frameworks_text[];

/* the other peers are libraries */
enum { FRAMEWORKS = 7, LIBRARIES = PEERS - FRAMEWORKS };

/* its name in peer_names */
const char *peer_framework_name(int which);

/* the tables of what it can do, as a peer has them; NULL behind the last */
void peer_framework_ops(int which, const struct peer_op *knows[PEER_TABLES]);

/* Starts it on one thread: p->open, and its version, or how to get it, in p->pick */
void peer_framework_open(struct peer *p, int which);

/* Starts a process of that framework of so many threads; line: its first, "ready TEXT". 0 where there is
 * none, and why in child->lost */
int peer_framework_start(const char *framework, int threads, struct peer_child *child, char line[PEER_LINE]);

/* Ends all processes */
void peer_frameworks_close(void);

#endif
