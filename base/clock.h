/* clock.h - the one clock: seconds since an arbitrary moment, never set back. */
#ifndef RUNGS_CLOCK_H
#define RUNGS_CLOCK_H

double clock_seconds(void);

#endif
