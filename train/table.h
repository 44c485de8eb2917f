/* table.h - examples in a text file, one per line: the class, and then the numbers of the example, as many in
 * every line, separated by commas. All are whole numbers from 0 to 255. A first line of names is passed over,
 * and so are empty lines.
 *
 *     label,pixel0,pixel1,pixel2
 *     7,0,128,255
 */
#ifndef RUNGS_TABLE_H
#define RUNGS_TABLE_H

#include "source.h"

struct table {
    int n, features;
    unsigned char *x, *label; /* (n, features), (n) */
};

/* Reads all of it. 0 and a sentence, which names the line, if it is anything else: *t is then all zero. */
int table_read(struct source *s, struct table *t, char *error);
int table_read_file(const char *path, struct table *t, char *error);
void table_free(struct table *t);

#endif
