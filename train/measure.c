/* measure.c - what a network sees of the numbers of a data set: mean and deviation of the examples to train
 * on, and examples scaled by them; see data.h. */
#include "data.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

/* ---- splits ---- */

void split_free(struct split *s)
{
    free(s->image);
    free(s->label);
    free(s->real);
    *s = (struct split){ 0 };
}

struct split split_make(int n, int features, int is_real)
{
    const size_t numbers = (size_t)n * (size_t)features;
    struct split s = { .n = n, .label = memory_need((size_t)n, 1) };
    if (is_real)
        s.real = memory_need(numbers, sizeof *s.real);
    else
        s.image = memory_need(numbers, 1);
    return s;
}

void split_copy(struct split *to, int at, const struct split *from, int example, int features)
{
    const size_t row = (size_t)features;
    if (to->real)
        split_numbers(from, features, example, to->real + (size_t)at * row);
    else
        memcpy(to->image + (size_t)at * row, from->image + (size_t)example * row, row);
    to->label[at] = from->label[example];
}

void split_numbers(const struct split *s, int features, int example, float *x)
{
    const size_t row = (size_t)features, at = (size_t)example * row;
    if (s->real)
        memcpy(x, s->real + at, row * sizeof *x);
    else
        for (size_t i = 0; i < row; i++) x[i] = (float)s->image[at + i];
}

/* ---- mean and deviation of bytes ---- */

static float root_of(double variance)
{
    return variance > 0 ? (float)sqrt(variance) : 1; /* all alike: nothing to scale */
}

/* Whole numbers until the end, so the result is the same everywhere. With S_i and Q_i the sums of pixel i and
 * of its square over n images, its variance is Q_i / n - (S_i / n)^2. */
static void measure_pixels(struct dataset *data)
{
    size_t features = (size_t)data->features;
    uint64_t *sum = memory_need(features, sizeof *sum), squares = 0;
    double n = data->train.n, variance = 0;
    const unsigned char *pixel = data->train.image;
    for (int k = 0; k < data->train.n; k++)
        for (size_t i = 0; i < features; i++, pixel++) {
            sum[i] += *pixel;
            squares += (uint64_t)*pixel * *pixel;
        }
    for (size_t i = 0; i < features; i++) {
        double mean = (double)sum[i] / n;
        data->mean[i] = (float)mean;
        variance -= mean * mean;
    }
    data->deviation[0] = root_of((variance + (double)squares / n) / (double)features);
    free(sum);
}

/* the same for all pixels of a channel: S and Q are sums over them, too */
static void measure_channel(struct dataset *data, int c)
{
    const size_t features = (size_t)data->features, plane = features / (size_t)data->channels;
    const unsigned char *pixel = data->train.image + (size_t)c * plane;
    uint64_t sum = 0, squares = 0;
    for (int k = 0; k < data->train.n; k++, pixel += features)
        for (size_t i = 0; i < plane; i++) {
            sum += pixel[i];
            squares += (uint64_t)pixel[i] * pixel[i];
        }
    double n = (double)data->train.n * (double)plane, mean = (double)sum / n;
    for (size_t i = 0; i < plane; i++) data->mean[(size_t)c * plane + i] = (float)mean;
    data->deviation[c] = root_of((double)squares / n - mean * mean);
}

/* ---- of real numbers ---- */

/* Both passes in double: the second sums squares of distances from the first's mean, as the difference of two
 * sums of squares would lose the digits of numbers that are far from 0. squares (features) is their mean. */
static void moments_of(const struct dataset *data, double *mean, double *squares)
{
    const size_t features = (size_t)data->features;
    const double n = data->train.n;
    const float *x = data->train.real;
    for (int k = 0; k < data->train.n; k++)
        for (size_t i = 0; i < features; i++) mean[i] += (double)*x++;
    for (size_t i = 0; i < features; i++) mean[i] /= n;
    x = data->train.real;
    for (int k = 0; k < data->train.n; k++)
        for (size_t i = 0; i < features; i++, x++) {
            const double off = (double)*x - mean[i];
            squares[i] += off * off;
        }
    for (size_t i = 0; i < features; i++) squares[i] /= n;
}

/* A channel's mean is that of its pixels' means; around it, a pixel's variance grows by the square of the
 * distance between the two. */
static void share_channel(const struct dataset *data, double *mean, double *squares)
{
    const size_t plane = (size_t)data->rows * (size_t)data->cols;
    for (int c = 0; c < data->channels; c++, mean += plane, squares += plane) {
        double all = 0;
        for (size_t i = 0; i < plane; i++) all += mean[i] / (double)plane;
        for (size_t i = 0; i < plane; i++) {
            squares[i] += (mean[i] - all) * (mean[i] - all);
            mean[i] = all;
        }
    }
}

static void measure_reals(struct dataset *data)
{
    const size_t features = (size_t)data->features, plane = features / (size_t)data->channels;
    double *mean = memory_need(features, sizeof *mean), *squares = memory_need(features, sizeof *squares);
    moments_of(data, mean, squares);
    if (data->channels > 1) share_channel(data, mean, squares);
    for (size_t i = 0; i < features; i++) data->mean[i] = (float)mean[i];
    for (int c = 0; c < data->channels; c++) {
        double variance = 0;
        for (size_t i = 0; i < plane; i++) variance += squares[(size_t)c * plane + i] / (double)plane;
        data->deviation[c] = root_of(variance);
    }
    free(mean);
    free(squares);
}

/* ---- both ---- */

void data_measure(struct dataset *data)
{
    free(data->mean);
    free(data->column);
    data->column = NULL;
    data->mean = memory_need((size_t)data->features, sizeof *data->mean);
    if (data->train.real)
        measure_reals(data);
    else if (data->channels == 1)
        measure_pixels(data);
    else
        for (int c = 0; c < data->channels; c++) measure_channel(data, c);
    if (data->train.real && data->channels == 1 && data->rows == 1) data_measure_columns(data);
}

void data_measure_columns(struct dataset *data)
{
    const size_t features = (size_t)data->features;
    double *mean = memory_need(features, sizeof *mean), *squares = memory_need(features, sizeof *squares);
    struct split reals = data->train;
    if (!reals.real) {
        reals = split_make(data->train.n, data->features, 1);
        for (int k = 0; k < reals.n; k++) split_copy(&reals, k, &data->train, k, data->features);
    }
    const struct dataset view = { .features = data->features, .train = reals };
    moments_of(&view, mean, squares);
    if (!data->train.real) split_free(&reals);
    if (!data->column) data->column = memory_need(features, sizeof *data->column);
    for (size_t i = 0; i < features; i++) {
        data->mean[i] = (float)mean[i];
        data->column[i] = root_of(squares[i]);
    }
    free(mean);
    free(squares);
}

void data_scale_as(struct dataset *data, const struct dataset *other)
{
    const size_t bytes = (size_t)data->features * sizeof *data->mean;
    memcpy(data->mean, other->mean, bytes);
    memcpy(data->deviation, other->deviation, sizeof data->deviation);
    free(data->column);
    data->column = NULL;
    if (!other->column) return;
    data->column = memory_need((size_t)data->features, sizeof *data->column);
    memcpy(data->column, other->column, bytes);
}

/* ---- what a network sees ---- */

void data_standardize(const struct dataset *data, float *x)
{
    const int plane = data->rows * data->cols;
    const float *mean = data->mean;
    for (int i = 0; data->column && i < data->features; i++) x[i] = (x[i] - mean[i]) * (1 / data->column[i]);
    for (int c = 0; !data->column && c < data->channels; c++, mean += plane, x += plane) {
        const float scale = 1 / data->deviation[c];
        for (int i = 0; i < plane; i++) x[i] = (x[i] - mean[i]) * scale;
    }
}

void data_gather(const struct dataset *data, const struct split *split, int n, const int *order, float *x,
                 int *label)
{
    for (int k = 0; k < n; k++, x += data->features) {
        split_numbers(split, data->features, order[k], x);
        data_standardize(data, x);
        label[k] = split->label[order[k]];
    }
}
