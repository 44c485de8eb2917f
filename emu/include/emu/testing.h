/* emu/testing.h - for tests: set what the CUEMU_ variables set, and catch or read what the emulator says. */
#ifndef EMU_TESTING_H
#define EMU_TESTING_H

#include <string>
#include <vector>

namespace emu
{

enum class Order { forward, reverse, random };
enum class Streams { late, early, random }; /* see streams.cpp */
enum class Leaks { note, silent, finding };

struct Options {
    Order order = Order::forward;
    unsigned long seed = 1;
    bool eager_async = false;        /* cp.async copies at once, not at the wait         */
    Streams streams = Streams::late; /* when kernels and copies run that the host does not wait for */
    bool strict_race = false;        /* writes of one value by several threads are races, too */
    bool counting_barrier = false;   /* __syncthreads counts arrivals, wherever they are */
    bool throws = false;             /* a failure throws Failure; else it ends the process */
    bool summary = false;            /* a line at exit also where nothing was found      */
    Leaks leaks = Leaks::note;       /* unfreed device memory at exit                    */
    unsigned devices = 1;            /* emulated GPUs                                    */
    unsigned cores = 1;              /* which blocks of one launch may run on            */
    unsigned patience = 20;          /* milliseconds on one core first; 0: on all, even if it does not pay */
    unsigned timeout = 60;           /* CPU seconds a thread may keep from the scheduler */
};
extern Options options;

/* What ends a kernel: a short stable key ("barrier") and the sentence that would have been printed. */
struct Failure {
    std::string kind, what;
};

/* Findings that let the kernel go on ("race"): how many in this process, and the sentences not yet cleared.
 * At exit they make the process fail, unless a test has taken them back with forget_findings(). */
unsigned long findings();
const std::vector<Failure> &found();
void forget_findings();

} // namespace emu
#endif
