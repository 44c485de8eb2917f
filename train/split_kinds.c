/* split_kinds.c - the ways to divide a data set; see split.h. */
#include <math.h>

#include "split.h"

/* validation */
static void of_files(const struct net_value *value, int files, int n, int *train, int *validation)
{
    (void)n;
    *validation = (int)lround(value[0].number * files);
    *train = files - *validation;
}

/* train, validation */
static void of_parts(const struct net_value *value, int files, int n, int *train, int *validation)
{
    (void)files;
    *train = (int)lround(value[0].number * n);
    *validation = (int)lround(value[1].number * n);
}

const struct split_kind split_files = { of_files, 0 }, split_parts = { of_parts, 1 };
