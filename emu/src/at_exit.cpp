/* at_exit.cpp - how the process ends: leaks are looked for, and findings make it fail.
 *
 * The last line says what was looked at: a program of which no kernel ran has not been checked, and a build
 * that does not see reads in kernels has not found everything. */
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/auxv.h>
#include <unistd.h>
#include "memory.h"
#include "unwritten.h"

namespace emu
{

/* What the number of findings must not hide. */
static const char *missing()
{
    if (!kernels_run()) return "; no kernel ran";
    return reads_are_watched ? "" : "; reads inside kernels were not watched";
}

static int own_status; /* what the program itself ends with: findings hide it */

static void print_summary()
{
    unsigned long run = kernels_run();
    size_t count = found().size();
    if (count && options.summary)
        fprintf(stderr, "emu: %zu finding%s%s; the program itself ended with %d\n", count,
                count == 1 ? "" : "s", missing(), own_status);
    else if (count)
        fprintf(stderr, "emu: %zu finding%s%s\n", count, count == 1 ? "" : "s", missing());
    else if (!options.summary)
        return;
    else if (run)
        fprintf(stderr, "emu: %lu kernel%s ran%s\n", run, run == 1 ? "" : "s",
                reads_are_watched ? "; nothing found" : missing());
    else
        fprintf(stderr, "emu: no kernel ran\n");
}

/* A module that a program has loaded keeps its arrays for as long as the program likes. */
static bool is_module()
{
    Dl_info here, program;
    if (!dladdr((void *)is_module, &here) || !dladdr((void *)getauxval(AT_PHDR), &program)) return false;
    return here.dli_fbase != program.dli_fbase;
}

/* Whatever the program thinks of its results, it has failed. */
static struct AtExit {
    ~AtExit()
    {
        bool note = options.leaks == Leaks::note && found().empty() && !is_module();
        if (note || options.leaks == Leaks::finding) device_report_leaks();
        fflush(stdout);
        print_summary();
        if (found().empty()) return;
        fflush(nullptr);
        _exit(1);
    }
} at_exit;

/* Registered after at_exit, so it runs before. */
[[gnu::unused]] static const int registered =
    on_exit([](int status, void *) { own_status = status; }, nullptr);

} // namespace emu
