/* table.h - examples in a text file, one per line: the class and the numbers of the example, separated by
 * commas. The class is in the first column, the last one, or the one that a first line of names calls so.
 *
 *     label,pixel0,pixel1,pixel2          sepal,petal,"species, as found"
 *     7,0,128,255                         5.1,1.4,setosa
 *
 * As RFC 4180 has it, a field may be in quotes, with commas and ends of lines in it, and a quote written
 * twice. Empty lines are passed over. A first line is one of names if a number's column has none in it, or if
 * its class is a name and that of the next line a number. Numbers are finite; classes are what classes.h
 * says.
 */
#ifndef RUNGS_TABLE_H
#define RUNGS_TABLE_H

#include "classes.h"
#include "source.h"

struct table {
    int n, features;
    unsigned char *x;     /* (n, features), if all are whole numbers from 0 to 255; else NULL */
    float *real;          /* (n, features), else                                              */
    unsigned char *label; /* (n)                                                              */
};

/* Reads all of it. label: "first", "last", or the name of the column with the class; classes: those that
 * other tables had before, and then those of this one, too. 0 and a sentence, which names the line, if the
 * text is anything else: *t is then all zero. */
int table_read(struct source *s, const char *label, struct classes *classes, struct table *t, char *error);
int table_read_file(const char *path, const char *label, struct classes *classes, struct table *t,
                    char *error);
void table_free(struct table *t);

#endif
