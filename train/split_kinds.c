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

/* of, fold, validation. Folds differ in size by at most one image. */
static void of_folds(const struct net_value *value, int files, int n, int *train, int *validation)
{
    const int of = (int)value[0].number, fold = (int)value[1].number, rest = n - n / of - (fold <= n % of);
    (void)files;
    *validation = (int)lround(value[2].number * rest);
    *train = rest - *validation;
}

const struct split_kind split_files = { of_files, 0, 0 }, split_parts = { of_parts, 1, 0 },
                        split_folds = { of_folds, 1, 1 };
