/* schedule.h - running the threads of one block. */
#ifndef EMU_SCHEDULE_H
#define EMU_SCHEDULE_H

#include "emu_internal.h"

namespace emu
{

void run_block(); /* block.index and block.linear are set; returns when all threads have exited or one has failed */

void wait_as(State state, Where where); /* the current thread leaves the CPU until it is ready */
void make_ready(Thread &thread);        /* ... which also counts as progress                   */

extern unsigned long turns; /* how often a thread was given the CPU */

/* warp.cpp: wakes lanes that wait for others which have exited, or that converge; true if it woke any */
bool settle_warps(bool nothing_else_runs);
void report_disagreement();
const char *name_of(Collective kind);

/* report.cpp: who acts, "gemm<16>, block (0,1,0), thread (3,0,0)" */
std::string acting();

/* report.cpp: for a failure that nobody caught */
extern bool failed;
void throw_failure(); /* if failed */

} // namespace emu
#endif
