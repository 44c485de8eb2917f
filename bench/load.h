/* load.h - busy processes beside a measurement, as a browser, a build or a neighbour in
 * the same container would be.
 *
 * Each computes without a pause, at this program's priority, on any of the processors that it may
 * use. They end with load_stop, and with this program however it ends: when it exits, is
 * interrupted, is killed or crashes.
 */
#ifndef RUNGS_LOAD_H
#define RUNGS_LOAD_H

enum { LOAD_MOST = 256 };

/* Starts n of them, 0..LOAD_MOST; to be called by the main thread. 0 and a sentence if not all can be
 * started: then none is left. */
int load_start(int n, char *error);

void load_stop(void);

#endif
