/* split.c - dividing a data set; see split.h. */
#include "split.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"

/* A stream of its own. Its seed is not that of a training: what is validated and tested with is the same for
 * every seed, so that runs with several seeds can be compared. */
static const uint64_t STREAM = 1ull << 34;

int split_validates(const struct netfile *file)
{
    return net_line_number(netfile_line(file, "split"), "validation") > 0;
}

const char *split_words(const char *words, char *text)
{
    unsigned train, validation, test;
    int used = 0;
    if (sscanf(words, "%3u/%3u/%3u%n", &train, &validation, &test, &used) != 3 || !used) return words;
    if (train + validation + test != 100 || (words[used] && words[used] != ' ')) return words;
    snprintf(text, SPLIT_TEXT, "parts train=%g validation=%g%.100s", train / 100.0, validation / 100.0,
             words + used);
    return text;
}

/* ---- which images ---- */

/* Images are counted through those to train on and then those to test with. */
static const struct split *split_of(const struct dataset *data, int image, int *at)
{
    const int is_test = image >= data->train.n;
    *at = is_test ? image - data->train.n : image;
    return is_test ? &data->test : &data->train;
}

/* Sorts them by class; within a class they stay in the order they are in. */
static void sort_by_class(const struct dataset *data, int n, int *order)
{
    int first[257] = { 0 }, *sorted = memory_need((size_t)n, sizeof *sorted), at;
    for (int k = 0; k < n; k++) first[split_of(data, order[k], &at)->label[at] + 1]++;
    for (int c = 0; c < 256; c++) first[c + 1] += first[c];
    for (int k = 0; k < n; k++) {
        const struct split *s = split_of(data, order[k], &at);
        sorted[first[s->label[at]]++] = order[k];
    }
    memcpy(order, sorted, (size_t)n * sizeof *order);
    free(sorted);
}

/* Moves m of n to the end. Taken evenly from a list that is sorted by class, a class of c images, which
 * stand together, gives within 1 of c m / n: the taken ones before a place k are floor(k m / n). */
static void hold_back(int n, int m, int *order)
{
    int *kept = memory_need((size_t)n, sizeof *kept), k_kept = 0, k_held = n - m;
    for (int64_t k = 0; k < n; k++) kept[(k + 1) * m / n > k * m / n ? k_held++ : k_kept++] = order[k];
    memcpy(order, kept, (size_t)n * sizeof *order);
    free(kept);
}

/* Moves the images of one fold to the end: every `of`-th, so that a class's numbers in two folds differ by at
 * most 1 where the list is sorted by class. */
static void hold_fold_back(int n, int of, int fold, int *order)
{
    int *kept = memory_need((size_t)n, sizeof *kept), k_kept = 0, k_held = n - n / of - (fold <= n % of);
    for (int k = 0; k < n; k++) kept[k % of == fold - 1 ? k_held++ : k_kept++] = order[k];
    memcpy(order, kept, (size_t)n * sizeof *order);
    free(kept);
}

/* ---- the parts ---- */

static struct split take(const struct dataset *data, const int *order, int n)
{
    struct split part = split_make(n, data->features, data->train.real != NULL);
    for (int k = 0; k < n; k++) {
        int at;
        const struct split *from = split_of(data, order[k], &at);
        split_copy(&part, k, from, at, data->features);
    }
    return part;
}

static void replace(struct split *old, struct split new)
{
    split_free(old);
    *old = new;
}

/* In the order: to train on, to validate with, to test with. order (n) */
static void arrange(const struct dataset *data, const struct net_line *line, int train, int validation, int n,
                    int *order)
{
    const int is_stratified = net_line_number(line, "stratified") > 0;
    philox_shuffle((uint64_t)net_line_number(line, "seed"), STREAM, n, order);
    if (is_stratified) sort_by_class(data, n, order);
    if (line->choice->split->is_fold)
        hold_fold_back(n, (int)net_line_number(line, "of"), (int)net_line_number(line, "fold"), order);
    else if (is_stratified)
        hold_back(n, n - train - validation, order);
    if (is_stratified) hold_back(train + validation, validation, order);
}

static int check_sizes(const struct dataset *data, const struct netfile *file, int n, int train,
                       int validation, int test, char *error)
{
    const struct net_line *line = netfile_line(file, "split");
    if (net_line_number(line, "fold") > net_line_number(line, "of"))
        return error_set(error, "%s: there is no fold %g of %g: folds are counted from 1", file->name,
                         net_line_number(line, "fold"), net_line_number(line, "of"));
    if (net_line_number(line, "of") > n)
        return error_set(error, "%s: the %d images of %s cannot be divided into %g folds: each needs one",
                         file->name, n, data->set->name, net_line_number(line, "of"));
    if (train >= 1 && validation >= split_validates(file) && test >= 1) return 1;
    return error_set(error,
                     "%s: of the %d images of %s, %d would be trained on, %d would validate, %d would test; "
                     "each must be at least 1",
                     file->name, n, data->set->name, train, validation, test);
}

int split_data(struct dataset *data, const struct netfile *file, char *error)
{
    const struct net_line *line = netfile_line(file, "split");
    const struct split_kind *kind = line->choice->split;
    int train, validation, n = kind->from_all ? data->train.n + data->test.n : data->train.n;
    if (!split_validates(file) && !kind->from_all) return 1;
    kind->sizes(line->value, data->train.n, n, &train, &validation);
    int test = kind->from_all ? n - train - validation : data->test.n;
    if (!check_sizes(data, file, n, train, validation, test, error)) return 0;
    int *order = memory_need((size_t)n, sizeof *order);
    arrange(data, line, train, validation, n, order);
    struct split to_train = take(data, order, train), to_validate = take(data, order + train, validation),
                 to_test = { 0 };
    if (kind->from_all) to_test = take(data, order + train + validation, test);
    replace(&data->train, to_train);
    replace(&data->validation, to_validate);
    if (kind->from_all) replace(&data->test, to_test);
    data_measure(data);
    free(order);
    return 1;
}
