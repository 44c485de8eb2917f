/* train_find_lr.c - rungs train NETWORK --find-lr: with which learning rate to begin; see train/find_lr.h.
 * Nothing is saved, and nothing goes on from a checkpoint. */
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/file.h"
#include "../base/json.h"
#include "../base/memory.h"
#include "../optimized/team.h"
#include "../plots/charts.h"
#include "../train/find_lr.h"

/* between which rates */
static const double lowest_rate = 1e-7, highest_rate = 10;

static int fail(int code, const char *error)
{
    return args_fail(code, "train", "%s", error);
}

/* ---- results ---- */

static void print_chart(const struct find_lr *f)
{
    double *number = memory_need(3 * (size_t)f->n, sizeof *number);
    struct find_lr_table table = { .stem = "loss",
                                   .n = f->n,
                                   .lr = number,
                                   .loss = number + f->n,
                                   .smooth = number + 2 * f->n,
                                   .suggested = nan("") };
    for (int k = 0; k < f->n; k++)
        table.lr[k] = f->row[k].lr, table.loss[k] = f->row[k].loss, table.smooth[k] = f->row[k].smooth;
    find_lr_print(&table);
    free(number);
}

static void print_text(const struct find_lr *f, const struct trainer *t)
{
    printf("%d steps of batch %d, the rate rising from %g to %g\n", f->n, t->batch, lowest_rate,
           f->n ? f->row[f->n - 1].lr : lowest_rate);
    if (f->n > 1) print_chart(f);
    if (f->diverged && f->n)
        printf("\nended at lr %.3g: the loss was beyond %d times its lowest\n", f->row[f->n - 1].lr,
               FIND_LR_FAR);
    else
        printf("\nthe loss did not diverge up to lr %g\n", highest_rate);
    if (!isnan(f->lowest)) printf("lowest at lr %.3g\n", f->lowest_lr);
    if (!isnan(f->suggested))
        printf(
            "suggested: --lr %.2g, a tenth of where it is lowest (the rule of fastai's lr_find; the test is "
            "arXiv:1506.01186's)\n",
            f->suggested);
    else
        printf("nothing to suggest: the loss %s\n",
               f->diverged ? "fell at no rate" : "was still falling at the last");
}

static void print_json(const struct find_lr *f, const char *network, const char *options)
{
    struct json j = json_begin(stdout);
    json_object(&j, NULL);
    json_text(&j, "network", network);
    training_options_json(&j, options);
    json_integer(&j, "steps", f->n);
    json_truth(&j, "diverged", f->diverged);
    json_number(&j, "lowest_lr", f->lowest_lr);
    json_number(&j, "lowest_loss", f->lowest);
    json_number(&j, "suggested_lr", f->suggested);
    json_end(&j);
}

static int write_csv(const struct find_lr *f, const char *path, char *error)
{
    struct file_out out;
    if (!file_open(&out, path, error)) return 0;
    fputs("step,lr,loss,smoothed_loss,suggested_lr\n", out.out);
    for (int k = 0; k < f->n; k++) {
        fprintf(out.out, "%d,%.6g,%.6g,%.6g,", k + 1, f->row[k].lr, f->row[k].loss, f->row[k].smooth);
        if (isnan(f->suggested))
            fputc('\n', out.out);
        else
            fprintf(out.out, "%.6g\n", f->suggested);
    }
    return file_keep(&out, error);
}

/* ---- the test ---- */

static int find(const struct training *what, const struct netfile *file, const struct dataset *data,
                const char *options)
{
    struct trainer t;
    char error[ERROR_TEXT];
    int code = EXIT_OK;
    if (!training_make(what, file, data, &t, error)) return fail(EXIT_USAGE, error);
    struct find_lr *f = find_lr(&t, lowest_rate, highest_rate);
    if (network_failure(&t.net)) {
        error_set(error, "the device failed: %s", network_failure(&t.net));
        code = fail(EXIT_RESOURCES, error);
    } else if (what->csv && !write_csv(f, what->csv, error)) {
        code = fail(EXIT_OUTPUT, error);
    } else if (what->as_json) {
        print_json(f, what->network, options);
    } else {
        print_text(f, &t);
    }
    free(f);
    trainer_free(&t);
    return code;
}

int training_find_lr(const struct training *t)
{
    static struct netfile file;
    struct dataset data;
    char options[CHECKPOINT_OPTIONS], error[ERROR_TEXT];
    team_use(t->threads);
    int code = training_file(t, NULL, &file, options, error);
    if (!code && !find_lr_file(&file, error)) code = EXIT_USAGE;
    if (!code && !trainer_load(&file, &data, error)) code = EXIT_INPUT;
    if (code) return fail(code, error);
    code = find(t, &file, &data, options);
    data_free(&data);
    return code;
}
