/* read.h - what the files of `rungs read` share.
 *
 *   read.c        the verb: finds the page, has pandoc lay it out, shows it
 *   read_text.c   Markdown before pandoc: formulas, tables, marks for what is bold
 *   read_fill.c   pandoc's lines after it: those with Chinese end where they may
 *   read_lines.c  marks become colours
 */
#ifndef RUNGS_CLI_READ_H
#define RUNGS_CLI_READ_H

#include <stdio.h>

#include "../base/error.h"

/* Marks in the text, which are combining characters, so that they take no room in a line. Each begins and
 * ends its part. */
#define READ_BOLD    "\xcd\x8f" /* U+034F */
#define READ_CODE    "\xcd\xa3" /* U+0363 */
#define READ_HEADING "\xcd\xa4" /* U+0364 */

/* The same, one alone: the paragraph is to be filled anew. */
#define READ_FILL "\xcd\xa5" /* U+0365 */

/* And before a blank in a table's cell that is there for pandoc: a line may end in its place. */
#define READ_JOIN "\xcd\xa6" /* U+0366 */

/* Writes the page for pandoc, whose lines have so many columns (0: for people, without Markdown's signs):
 * formulas are text, blocks of them code, comments are gone. A section: the part below the heading that
 * begins so; NULL: all. 0 with error set: a formula that is not understood, or no such section. */
int read_prepare(const char *page, const char *section, int columns, FILE *out, char *error);

/* Copies pandoc's lines; fills the Chinese paragraphs that have READ_FILL in them, and takes out the blanks
 * behind READ_JOIN that no line ended at. */
void read_fill(FILE *in, FILE *out, int columns);

/* A cell of a table with READ_JOIN and a blank wherever a line of so many columns ends between two
 * characters; free it. */
char *read_break_cell(const char *text, int columns);

/* The columns of the widest part of a text that cannot be broken, among those of less than so many. */
int read_widest_word(const char *text, int less);

/* Copies lines; marks become a terminal's escape sequences, or go; without colour headings are underlined. */
void read_colour(FILE *in, FILE *out, int colour);

#endif
