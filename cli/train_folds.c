/* train_folds.c - rungs train NETWORK --folds K: K trainings, each of which leaves another K-th of all images
 * out and is tested on it, so that every image tests once; and how far the K results are apart. */
#include "train.h"
#include "train_spread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../base/json.h"
#include "../base/memory.h"

enum { FOLD_WORDS = 200 };

/* "folds of=5 fold=2", and what the file's own line says of how folds are drawn. 0 and a sentence if it
 * divides the images in another way that was asked for. */
static int words_of(const struct training *t, const struct netfile *file, int fold, char words[FOLD_WORDS],
                    char *error)
{
    const struct net_line *line = netfile_line(file, "split");
    const int is_fold = line->choice->split->is_fold;
    if (!is_fold && line->choice->split->from_all)
        return error_set(error,
                         "--folds divides all images, and so does `split %s`; leave out one of them, or say "
                         "how folds are drawn: --split \"folds validation=0.1 seed=2\"",
                         line->choice->name);
    snprintf(words, FOLD_WORDS, "folds of=%d fold=%d validation=%.9g stratified=%g seed=%.0f", t->folds, fold,
             net_line_number(line, "validation"), is_fold ? net_line_number(line, "stratified") : 1,
             net_line_number(line, "seed"));
    return 1;
}

/* ---- results ---- */

static void print_folds(const struct trained *run, int n)
{
    const struct spread a = spread_of(run, n, trained_accuracy), l = spread_of(run, n, trained_loss);
    int right = 0, all = 0;
    printf("\n%10s %8s %8s %12s %12s\n", "fold", "trained", "tested", "accuracy", "test loss");
    for (int k = 0; k < n; k++) {
        printf("%10d %8d %8d %10.2f %% %12.4f\n", k + 1, run[k].train_images, run[k].test.n,
               100 * trained_accuracy(&run[k]), trained_loss(&run[k]));
        right += run[k].test.right;
        all += run[k].test.n;
    }
    printf("%10s %8s %8s %10.2f %% %12.4f\n", "mean", "", "", 100 * a.mean, l.mean);
    printf("%10s %8s %8s %10.2f %% %12.4f\n", "deviation", "", "", 100 * a.deviation, l.deviation);
    printf(
        "\ntest accuracy %.2f %% in the mean of %d folds, from %.2f %% to %.2f %%; of all images %.2f %% (%d of "
        "%d)\n",
        100 * a.mean, n, 100 * a.least, 100 * a.most, 100.0 * right / all, right, all);
}

static void json_fold(struct json *j, const struct trained *r, int fold)
{
    json_on_one_line(j);
    json_object(j, NULL);
    json_integer(j, "fold", fold);
    json_integer(j, "train_images", r->train_images);
    json_integer(j, "validation_images", r->validation.n);
    json_integer(j, "test_images", r->test.n);
    json_integer(j, "epochs", r->epochs);
    json_number(j, "test_accuracy", trained_accuracy(r));
    json_number(j, "test_loss", trained_loss(r));
    json_number(j, "seconds", r->seconds);
    json_end(j);
}

static void json_folds(const struct trained *run, int n, const char *network)
{
    const struct spread a = spread_of(run, n, trained_accuracy), l = spread_of(run, n, trained_loss);
    struct json j = trainings_json_begin(run, network);
    json_list(&j, "folds");
    for (int k = 0; k < n; k++) json_fold(&j, &run[k], k + 1);
    json_end(&j);
    spread_json(&j, "test_accuracy", &a);
    spread_json(&j, "test_loss", &l);
    json_end(&j);
}

/* a row for each fold */
static void write_folds(FILE *out, const struct trained *run, int n)
{
    fputs("fold,train_images,validation_images,test_images,epochs,test_accuracy,test_loss,seconds\n", out);
    for (int k = 0; k < n; k++)
        fprintf(out, "%d,%d,%d,%d,%d,%.9g,%.9g,%.6g\n", k + 1, run[k].train_images, run[k].validation.n,
                run[k].test.n, run[k].epochs, trained_accuracy(&run[k]), trained_loss(&run[k]),
                run[k].seconds);
}

static int write_csv(const struct training *t, const struct trained *run)
{
    struct file_out f;
    char error[ERROR_TEXT];
    if (!t->csv) return EXIT_OK;
    if (!file_open(&f, t->csv, error)) return args_fail(EXIT_OUTPUT, "train", "%s", error);
    write_folds(f.out, run, t->folds);
    return file_keep(&f, error) ? EXIT_OK : args_fail(EXIT_OUTPUT, "train", "%s", error);
}

/* ---- the trainings ---- */

int training_folds(const struct training *t)
{
    static struct netfile file;
    char options[CHECKPOINT_OPTIONS], error[ERROR_TEXT], words[FOLD_WORDS];
    int code = training_file(t, NULL, &file, options, error);
    if (!code && !words_of(t, &file, 1, words, error)) code = EXIT_USAGE;
    if (code) return args_fail(code, "train", "%s", error);
    struct trained *run = memory_need((size_t)t->folds, sizeof *run);
    FILE *out = t->as_json ? stderr : stdout;
    for (int k = 0; !code && k < t->folds; k++) {
        struct training one = *t;
        words_of(t, &file, k + 1, words, error);
        training_set(&one, "split", words);
        if (k) fputc('\n', out);
        code = training_run(&one, out, &run[k]);
        if (!code)
            fprintf(out, "fold %d of %d: test accuracy %.2f %%\n", k + 1, t->folds,
                    100 * trained_accuracy(&run[k]));
    }
    if (!code) code = write_csv(t, run);
    if (!code && t->as_json)
        json_folds(run, t->folds, t->network);
    else if (!code)
        print_folds(run, t->folds);
    free(run);
    return code;
}
