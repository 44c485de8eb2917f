/* access_table.h - the counts of the whole process, by kernel and source line, and how they are shown. */
#ifndef EMU_ACCESS_TABLE_H
#define EMU_ACCESS_TABLE_H

#include <functional>
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
    unsigned size;          /* bytes per lane; 0: not filled in yet */
    unsigned kernel_number; /* of access_explain.h; 0: by its name alone */
};

/* The request of a line that costs most beyond the ideal, the first of several. */
struct WorstRequest {
    WarpRequest request;
    unsigned transactions, ideal, warp;
    uint3 block;
};

struct AccessCount {
    unsigned long requests, lanes, bytes;
    unsigned long transactions, ideal; /* sectors of global memory, wavefronts of shared memory */
    unsigned long same;                /* lanes that meet at one address, the most of each request */
    WorstRequest worst;
};

void count_request(AccessCount &count, const AccessKey &key, const WarpRequest &request, unsigned warp);

/* Accesses of one kernel on one line to one array, of the same kind and size, are one row. */
void add_to_table(const AccessKey &key, const AccessCount &count);

/* A row of the table. */
struct AccessRow {
    std::string kernel, file; /* the file's base name */
    int line;
    Space space;
    const void *start; /* of the array */
    std::string array;
    std::string what; /* load, store, atomic */
    unsigned size;
    std::string path; /* of the file, to quote the line from */
    size_t array_bytes;
    unsigned kernel_number;
    bool operator<(const AccessRow &o) const;
};
void each_row(const std::function<void(const AccessRow &, const AccessCount &)> &visit);

/* form: "1" for a table on stderr, or the name of a .csv or .json file; anything else
 * ends the program (64). */
void print_table_at_exit(const char *form);

} // namespace emu

#endif
