/* at_exit.cpp - how the process ends: leaks are looked for, and findings make it fail. */
#include <cstdio>
#include <unistd.h>
#include "memory.h"

namespace emu
{

/* Whatever the program thinks of its results, it has failed. */
static struct AtExit {
    ~AtExit()
    {
        if (options.leaks) device_report_leaks();
        if (found().empty()) return;
        fflush(stdout);
        fprintf(stderr, "emu: %zu finding%s\n", found().size(), found().size() == 1 ? "" : "s");
        fflush(nullptr);
        _exit(1);
    }
} at_exit;

} // namespace emu
