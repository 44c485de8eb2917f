/* access_table.h - the counts of the whole process, by kernel and source line, and how they are shown. */
#ifndef EMU_ACCESS_TABLE_H
#define EMU_ACCESS_TABLE_H

#include <string>
#include "access.h"

namespace emu
{

struct AccessKey {
    std::string kernel;
    Location array; /* what it accessed first */
    const void *pc; /* or where */
    Where where;
    Space space;
    bool write, atomic;
    unsigned size; /* bytes per lane; 0: not filled in yet */
};

struct AccessCount {
    unsigned long requests, lanes, bytes;
    unsigned long transactions, ideal; /* sectors of global memory, wavefronts of shared memory */
};

void count_request(AccessCount &count, const AccessKey &key, const WarpRequest &request);

/* Accesses of one kernel on one line to one array, of the same kind and size, are one row. */
void add_to_table(const AccessKey &key, const AccessCount &count);

/* form: "1" for a table on stderr, or the name of a .csv or .json file; anything else
 * ends the program (64). */
void print_table_at_exit(const char *form);

} // namespace emu

#endif
