/* train_seeds.c - rungs train NETWORK --seeds N: the same training from N seeds, and how far its results are
 * apart. One number says little: what differs by less than the spread does not differ. */
#include "train.h"
#include "train_spread.h"

#include <stdio.h>
#include <stdlib.h>

#include "../base/json.h"
#include "../base/memory.h"

static void print_runs(const struct trained *run, int n)
{
    const struct spread a = spread_of(run, n, trained_accuracy), l = spread_of(run, n, trained_loss);
    printf("\n%10s %12s %12s\n", "seed", "accuracy", "test loss");
    for (int k = 0; k < n; k++)
        printf("%10llu %10.2f %% %12.4f\n", run[k].seed, 100 * trained_accuracy(&run[k]),
               trained_loss(&run[k]));
    printf("%10s %10.2f %% %12.4f\n", "mean", 100 * a.mean, l.mean);
    if (n > 1) printf("%10s %10.2f %% %12.4f\n", "deviation", 100 * a.deviation, l.deviation);
    printf("\ntest accuracy %.2f %% in the mean of %d seeds, from %.2f %% to %.2f %%\n", 100 * a.mean, n,
           100 * a.least, 100 * a.most);
}

static void json_runs(const struct trained *run, int n, const char *network)
{
    const struct spread a = spread_of(run, n, trained_accuracy), l = spread_of(run, n, trained_loss);
    struct json j = trainings_json_begin(run, network);
    json_list(&j, "runs");
    for (int k = 0; k < n; k++) {
        json_on_one_line(&j);
        json_object(&j, NULL);
        json_integer(&j, "seed", (long long)run[k].seed);
        json_integer(&j, "epochs", run[k].epochs);
        json_number(&j, "test_accuracy", trained_accuracy(&run[k]));
        json_number(&j, "test_loss", trained_loss(&run[k]));
        json_number(&j, "seconds", run[k].seconds);
        json_end(&j);
    }
    json_end(&j);
    spread_json(&j, "test_accuracy", &a);
    spread_json(&j, "test_loss", &l);
    json_end(&j);
}

int training_seeds(const struct training *t)
{
    static struct netfile file;
    char options[CHECKPOINT_OPTIONS], error[ERROR_TEXT], seed[24];
    int code = training_file(t, NULL, &file, options, error);
    if (code) return args_fail(code, "train", "%s", error);
    struct trained *run = memory_need((size_t)t->seeds, sizeof *run);
    FILE *out = t->as_json ? stderr : stdout;
    for (int k = 0; !code && k < t->seeds; k++) {
        struct training one = *t;
        snprintf(seed, sizeof seed, "%.0f", netfile_number(&file, "seed") + k);
        training_set(&one, "seed", seed);
        if (k) fputc('\n', out);
        code = training_run(&one, out, &run[k]);
    }
    if (!code && t->as_json)
        json_runs(run, t->seeds, t->network);
    else if (!code)
        print_runs(run, t->seeds);
    free(run);
    return code;
}
