/* workspace.h - the memory that kernels pack into: two areas for each calling thread, kept between calls. */
#ifndef RUNGS_WORKSPACE_H
#define RUNGS_WORKSPACE_H

#include <stddef.h>

/* At least n floats on a 64-byte boundary, their contents unspecified; NULL if the system refuses. Valid
 * until this thread's next call; freed when the thread ends. */
float *workspace_floats(size_t n);

/* The same in an area of its own, for a rung that calls such as use workspace_floats */
float *workspace_floats_of_caller(size_t n);

#endif
