/* left_out.cpp - what if this barrier were not there? Runs a program without one of its synchronisations.
 *
 *   CUEMU_SYNCS=FILE              adds a line for each synchronisation that ran: "__syncthreads dense.cu:43"
 *   CUEMU_WITHOUT=dense.cu:43     leaves out those of that line, for all threads
 *
 * A test that still passes without a barrier does not test that barrier; or nobody needs it. */
#include <cstdio>
#include <cstdlib>
#include <set>
#include "emu_internal.h"

namespace emu
{

static const char *const without = getenv("CUEMU_WITHOUT"), *const syncs = getenv("CUEMU_SYNCS");

/* Each line once, at once: a kernel may end the process. */
static void note(const char *what, const std::string &line)
{
    static std::set<std::string> &noted = *new std::set<std::string>;
    if (!noted.insert(what + line).second) return;
    FILE *file = fopen(syncs, "a");
    bool written = file && fprintf(file, "%s %s\n", what, line.c_str()) > 0;
    if (file && fclose(file)) written = false;
    if (written) return;
    fprintf(stderr, "emu: CUEMU_SYNCS: %s cannot be written.\n", syncs);
    _Exit(1);
}

const bool watches_syncs = without || syncs;

bool left_out(const char *what, Where where)
{
    if (!watches_syncs) return false;
    std::string line = source_line(where);
    if (syncs) note(what, line);
    return without && line == without;
}

} // namespace emu
