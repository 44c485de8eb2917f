/* access_explain.h - what `rungs emu --explain` shows beside the counts of access.h: for each kernel its
 * launches, barriers, active lanes, floating-point operations, distinct sectors of memory, and the races of
 * two threads.
 *
 * Launches of one kernel with one shape are counted together. CUEMU_EXPLAIN=FOLDER turns it on; at exit the
 * folder gets kernels.csv, lines.csv, lanes.csv and races.csv. Lanes and operations are counted per basic
 * block, so they need a program that is built with -fsanitize-coverage=trace-pc (access_blocks.cpp). */
#ifndef EMU_ACCESS_EXPLAIN_H
#define EMU_ACCESS_EXPLAIN_H

#include "access_table.h"

namespace emu
{

/* Reads CUEMU_EXPLAIN. Without it all of these do nothing, and explain_kernel() is 0. */
bool explain_asked();

void explain_kernel_begin();
void explain_kernel_end();
unsigned explain_kernel(); /* the number of the kernel and shape that run, from 1 */

void explain_request(const AccessKey &key, const WarpRequest &request);
void explain_barrier(int threads);
void explain_collective(Collective kind);
void explain_meet(unsigned warp); /* all its lanes have met, as access.cpp says */

/* One of the two threads of a race. */
struct RaceSide {
    std::string thread, block, file, what; /* "(3,0,0)", "(0,1,0)", "dense.cu", "wrote it" */
    int line;
};
void explain_race(const RaceSide &first, const RaceSide &second, const std::string &array,
                  const std::string &text);

/* ---- access_blocks.cpp ---- */

/* Floating-point operations of all threads: an addition, subtraction, multiplication, division or square root
 * is one, a fused multiply-add two. */
struct Operations {
    double of_float, of_double;
};
/* Basic blocks of the kernel's source that warps have entered, and the threads that did. */
struct Lanes {
    unsigned long warps, threads;
};
void blocks_kernel_begin();
void blocks_meet(unsigned warp);
void blocks_kernel_end(unsigned number);
bool blocks_were_seen(); /* was the program built for it? */
/* By kernel; false: this machine's code is not understood, or there is no objdump. */
bool count_operations(std::vector<Operations> &of_kernel);
/* Calls visit for each kernel and line. */
void each_line_of_lanes(const std::function<void(unsigned number, Where where, const Lanes &lanes)> &visit);

} // namespace emu

#endif
