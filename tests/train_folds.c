/* train_folds.c - parts and folds of a data set: every image tests exactly once, classes keep their shares as
 * an independent count finds them, and nothing that is held back moves the mean and deviation by which a
 * network sees its images. Each check is shown a wrong division that it must refuse. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../train/trainer.h"
#include "network_made.h"

enum { TRAIN = 203, TEST = 301, ALL = TRAIN + TEST, SIDE = 5, FEATURES = SIDE * SIDE, CLASSES = 10 };

static int failed;

static void report(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

static const struct netfile *file_with(const char *split)
{
    static struct netfile file;
    char text[512];
    snprintf(text, sizeof text,
             "input 25\ndense 10\nloss softmax_xent\ndata mnist\noptimizer sgd lr=1\nsplit %s\n", split);
    made_netfile(&file, text);
    return &file;
}

/* A set whose images carry their numbers, 0 to ALL - 1, in their first two pixels, so that each is known
 * again. Class 9 is rare: 7 images. is_real: the same as real numbers */
static struct dataset numbered(int is_real)
{
    struct dataset d = made_data(TRAIN, TEST, SIDE);
    struct split *part[] = { &d.train, &d.test };
    int number = 0;
    for (int p = 0; p < 2; p++) {
        struct split to = split_make(part[p]->n, FEATURES, is_real);
        for (int k = 0; k < to.n; k++, number++) {
            unsigned char *image = part[p]->image + k * FEATURES;
            image[0] = (unsigned char)(number % 256);
            image[1] = (unsigned char)(number / 256);
            part[p]->label[k] = (unsigned char)(number % 72 == 71 ? 9 : number % 9);
            split_copy(&to, k, part[p], k, FEATURES);
        }
        split_free(part[p]);
        *part[p] = to;
    }
    return d;
}

static int number_of(const struct split *s, int k)
{
    float x[FEATURES];
    split_numbers(s, FEATURES, k, x);
    return (int)x[0] + 256 * (int)x[1];
}

static int class_of_number(int number)
{
    return number % 72 == 71 ? 9 : number % 9;
}

/* how often each image is in the part; its label must be its own. Returns how many images the part has */
static int count(const struct split *s, int seen[ALL])
{
    for (int k = 0; k < s->n; k++) {
        const int number = number_of(s, k);
        seen[number] += s->label[k] == class_of_number(number) ? 1 : 1000;
    }
    return s->n;
}

static int all_are(const int seen[ALL], int times)
{
    for (int k = 0; k < ALL; k++)
        if (seen[k] != times) return 0;
    return 1;
}

static struct dataset divided(const char *split, int is_real)
{
    struct dataset d = numbered(is_real);
    char error[ERROR_TEXT];
    if (split_data(&d, file_with(split), error)) return d;
    printf("FAIL: %s: %s\n", split, error);
    exit(1);
}

/* ---- folds ---- */

/* 1 if over all folds each image tests once, is in one part of each fold, and folds are of equal size but for
 * 1. wrong: another fold is looked at in the place of the last */
static int folds_cover(int of, const char *keys, int wrong)
{
    int tested[ALL] = { 0 }, ok = 1;
    for (int fold = 1; fold <= of; fold++) {
        char split[80];
        int seen[ALL] = { 0 };
        snprintf(split, sizeof split, "folds of=%d fold=%d%s", of, wrong && fold == of ? 1 : fold, keys);
        struct dataset d = divided(split, 0);
        const int test = count(&d.test, tested);
        count(&d.train, seen), count(&d.validation, seen), count(&d.test, seen);
        ok = ok && all_are(seen, 1) && test >= ALL / of && test <= ALL / of + 1;
        data_free(&d);
    }
    return ok && all_are(tested, 1);
}

static void check_folds(void)
{
    static const int ofs[] = { 2, 3, 5, 10, 100 };
    for (size_t k = 0; k < sizeof ofs / sizeof *ofs; k++) {
        char what[80];
        snprintf(what, sizeof what, "each image tests in exactly one of %d folds", ofs[k]);
        report(folds_cover(ofs[k], "", 0) && folds_cover(ofs[k], " stratified=0", 0) &&
                   folds_cover(ofs[k], " validation=0.2 seed=3", 0),
               what);
    }
    report(!folds_cover(5, "", 1), "a fold that tests twice is noticed");
}

/* ---- classes ---- */

/* The largest distance of a class's images in a part from its share. independent: counted from the images'
 * numbers, not from the labels that were divided */
static double farthest(const struct split *part)
{
    double most = 0;
    for (int c = 0; c < CLASSES; c++) {
        int here = 0, all = 0;
        for (int k = 0; k < ALL; k++) all += class_of_number(k) == c;
        for (int k = 0; k < part->n; k++) here += class_of_number(number_of(part, k)) == c;
        most = fmax(most, fabs(here - (double)all * part->n / ALL));
    }
    return most;
}

/* Of what is held back to test, a class's number is within 1 of its share; of what validates, within 1 of
 * its share in the rest, which is within 1 again: below 2 with a share of at most 1. */
static int is_stratified(const struct dataset *d)
{
    return farthest(&d->test) < 1 && farthest(&d->validation) < 2 && farthest(&d->train) < 2;
}

static void check_classes(void)
{
    static const char *const splits[] = { "parts stratified=1",
                                          "parts train=0.5 validation=0.1 stratified=1 seed=9",
                                          "folds of=5 fold=3 validation=0.25", "folds of=7 fold=7 seed=4" };
    for (int k = 0; k < 4; k++) {
        struct dataset d = divided(splits[k], k % 2);
        report(is_stratified(&d), splits[k]);
        data_free(&d);
    }
    struct dataset d = divided("parts", 0), f = divided("folds of=5 fold=3 stratified=0", 0);
    report(!is_stratified(&d) && !is_stratified(&f), "parts that are not stratified are noticed");
    data_free(&d), data_free(&f);
    d = divided("files validation=0.25 stratified=1", 0);
    int most = 0;
    for (int c = 0; c < CLASSES; c++) {
        int files = 0, here = 0;
        for (int k = 0; k < TRAIN; k++) files += class_of_number(k) == c;
        for (int k = 0; k < d.validation.n; k++) here += d.validation.label[k] == c;
        most += fabs(here - 51.0 / TRAIN * files) >= 1;
    }
    report(d.validation.n == 51 && d.test.n == TEST && !most, "a stratified share of the files to train on");
    data_free(&d);
}

static void check_seeds(void)
{
    struct dataset a = divided("parts stratified=1 seed=1", 0), b = divided("parts stratified=1 seed=1", 0),
                   c = divided("parts stratified=1 seed=2", 0);
    const size_t bytes = (size_t)a.test.n * FEATURES;
    report(!memcmp(a.test.image, b.test.image, bytes), "the same seed draws the same images");
    report(memcmp(a.test.image, c.test.image, bytes) != 0, "another seed draws others");
    data_free(&a), data_free(&b), data_free(&c);
}

/* ---- no leak ---- */

static int is_held_back(const struct dataset *d, int number)
{
    for (int k = 0; k < d->train.n; k++)
        if (number_of(&d->train, k) == number) return 0;
    return 1;
}

/* Makes all pixels but the number of all images that are held back white. */
static void whiten(struct dataset *whole, const struct dataset *parts)
{
    struct split *part[] = { &whole->train, &whole->test };
    for (int p = 0; p < 2; p++)
        for (int k = 0; k < part[p]->n; k++)
            for (int i = 2; is_held_back(parts, number_of(part[p], k)) && i < FEATURES; i++)
                if (part[p]->real)
                    part[p]->real[k * FEATURES + i] = 1e6f;
                else
                    part[p]->image[k * FEATURES + i] = 255;
}

static int same_scale(const struct dataset *a, const struct dataset *b)
{
    return !memcmp(a->mean, b->mean, FEATURES * sizeof *a->mean) && a->deviation[0] == b->deviation[0];
}

/* 1 if mean and deviation are the same bits whatever the images are that are held back. leaks: they are
 * measured before the data are divided */
static int no_leak(const char *split, int is_real, int leaks)
{
    struct dataset parts = divided(split, is_real), changed = numbered(is_real), whole = numbered(is_real);
    char error[ERROR_TEXT];
    whiten(&changed, &parts);
    if (leaks) {
        struct split all = split_make(ALL, FEATURES, is_real), kept = changed.train;
        for (int k = 0; k < ALL; k++)
            split_copy(&all, k, k < TRAIN ? &changed.train : &changed.test, k < TRAIN ? k : k - TRAIN,
                       FEATURES);
        changed.train = all;
        data_measure(&changed);
        split_free(&all);
        changed.train = kept;
    } else if (!split_data(&changed, file_with(split), error)) {
        return 0;
    }
    const int ok = same_scale(&parts, &changed);
    data_free(&parts), data_free(&changed), data_free(&whole);
    return ok;
}

static void check_leaks(void)
{
    static const char *const splits[] = { "parts", "parts stratified=1 seed=5",
                                          "folds of=4 fold=2 validation=0.2",
                                          "folds of=3 fold=3 stratified=0" };
    for (int k = 0; k < 4; k++)
        for (int real = 0; real < 2; real++) {
            char what[120];
            snprintf(what, sizeof what, "what `%s` holds back moves no mean and no deviation%s", splits[k],
                     real ? ", of real numbers" : "");
            report(no_leak(splits[k], real, 0), what);
            report(!no_leak(splits[k], real, 1), "  and a mean of all images is noticed");
        }
}

/* mean and deviation of real numbers, as their definition has them */
static void check_real_scale(void)
{
    struct dataset d = divided("parts", 1);
    double worst = 0, squares = 0;
    for (int i = 0; i < FEATURES; i++) {
        double sum = 0;
        for (int k = 0; k < d.train.n; k++) sum += (double)d.train.real[k * FEATURES + i];
        sum /= d.train.n;
        worst = fmax(worst, fabs(sum - (double)d.mean[i]));
        for (int k = 0; k < d.train.n; k++) squares += pow((double)d.train.real[k * FEATURES + i] - sum, 2);
    }
    squares = sqrt(squares / d.train.n / FEATURES);
    report(worst < 256 * 0x1p-24 && fabs(squares - (double)d.deviation[0]) < 256 * 0x1p-23,
           "mean and deviation of real numbers"); /* they are rounded to float once */
    data_measure_columns(&d);
    float x[FEATURES];
    double sum = 0, square = 0;
    for (int k = 0; k < d.train.n; k++) {
        split_numbers(&d.train, FEATURES, k, x);
        data_standardize(&d, x);
        sum += (double)x[7], square += (double)x[7] * (double)x[7];
    }
    report(fabs(sum / d.train.n) < 1e-5 && fabs(square / d.train.n - 1) < 1e-5,
           "a column by itself gets mean 0 and variance 1");
    data_free(&d);
}

/* ---- words ---- */

static void check_words(void)
{
    static const char *const said[][2] = {
        { "60/20/20", "parts train=0.6 validation=0.2" },
        { "70/0/30 stratified=1", "parts train=0.7 validation=0 stratified=1" },
        { "60/20/21", "60/20/21" }, /* as it is: the network file's reader refuses it */
        { "60/20", "60/20" },
        { "60/20/20x", "60/20/20x" },
        { "folds of=3", "folds of=3" },
    };
    char text[SPLIT_TEXT], error[ERROR_TEXT];
    for (size_t k = 0; k < sizeof said / sizeof *said; k++)
        report(!strcmp(split_words(said[k][0], text), said[k][1]), said[k][0]);
    struct dataset d = numbered(0);
    report(!split_data(&d, file_with("folds of=3 fold=4"), error) && strstr(error, "no fold 4 of 3") &&
               d.train.n == TRAIN,
           error);
    report(!split_data(&d, file_with("folds of=505"), error) &&
               strstr(error, "504 images of mnist cannot be divided into 505"),
           error);
    data_free(&d);
}

int main(void)
{
    check_folds();
    check_classes();
    check_seeds();
    check_leaks();
    check_real_scale();
    check_words();
    return failed;
}
