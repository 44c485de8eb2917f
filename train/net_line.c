/* net_line.c - the values of one line of a network file; see netfile.h. It is below the grammar, because the
 * kinds of layers and optimizers that the grammar's table names read their lines with it. */
#include "netfile.h"

#include <string.h>

double net_line_number(const struct net_line *line, const char *key)
{
    const struct word *word = line->choice ? line->choice : line->word;
    for (int v = 0; v < WORD_VALUES && word->value[v].name; v++)
        if (!strcmp(word->value[v].name, key)) return line->value[v].number;
    return 0;
}
