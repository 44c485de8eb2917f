/* split.c - dividing a data set; see split.h. */
#include "split.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"

/* A stream of its own, and always the same seed: what is validated and tested with is the same for every seed
 * of a training, so that runs with several seeds can be compared. */
static const uint64_t SEED = 0, STREAM = 1ull << 34;

int split_validates(const struct netfile *file)
{
    return net_line_number(netfile_line(file, "split"), "validation") > 0;
}

/* the images order[0..n-1], counted through those to train on and then those to test with */
static struct split take(const struct dataset *data, const int *order, int n)
{
    const size_t features = (size_t)data->features;
    struct split part = { n, memory_need((size_t)n * features, 1), memory_need((size_t)n, 1) };
    for (int k = 0; k < n; k++) {
        const struct split *from = order[k] < data->train.n ? &data->train : &data->test;
        size_t at = (size_t)(order[k] < data->train.n ? order[k] : order[k] - data->train.n);
        memcpy(part.image + (size_t)k * features, from->image + at * features, features);
        part.label[k] = from->label[at];
    }
    return part;
}

static void replace(struct split *old, struct split new)
{
    free(old->image);
    free(old->label);
    *old = new;
}

int split_data(struct dataset *data, const struct netfile *file, char *error)
{
    const struct net_line *line = netfile_line(file, "split");
    const struct split_kind *kind = line->choice->split;
    int train, validation, n = kind->from_all ? data->train.n + data->test.n : data->train.n;
    if (!split_validates(file) && !kind->from_all) return 1;
    kind->sizes(line->value, data->train.n, n, &train, &validation);
    int test = kind->from_all ? n - train - validation : data->test.n;
    if (train < 1 || validation < split_validates(file) || test < 1)
        return error_set(
            error,
            "%s: of the %d images of %s, %d would be trained on, %d would validate, %d would test; "
            "each must be at least 1",
            file->name, n, data->set->name, train, validation, test);
    int *order = memory_need((size_t)n, sizeof *order);
    philox_shuffle(SEED, STREAM, n, order);
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
