/* train_verb.c - rungs train: a network on real data, with a rung of choice. */
#include "train.h"
#include "verbs.h"

#include <math.h>
#include <stdio.h>

#include "../base/json.h"

/* EXIT_OK, or an exit code after a sentence: there is no device, the rung is unknown, or not for this
 * machine */
static int check_level(struct training *t)
{
    const struct op *dense = op_find("dense_forward");
    char reason[DEVICE_ERROR];
    if (t->cuda && !(t->device = device_open(NULL, reason)))
        return args_fail(EXIT_SKIPPED, "train", "--cuda: %s", reason);
    if (t->device ? device_rung_at_level(t->device, dense, t->level) : rung_at_level(dense, t->level))
        return EXIT_OK;
    const struct rung *named = verb_find_rung("train", dense, t->device, t->level);
    if (!named) return EXIT_USAGE;
    return args_fail(EXIT_SKIPPED, "train", "the rung %s needs %s, which %s lacks", t->level,
                     t->device ? device_lacks(t->device, named) : rung_lacks(named->needs),
                     t->device ? t->device->facts.name : "this machine");
}

/* ---- results ---- */

static void print_confusion(const struct trained *r)
{
    char text[DATA_CLASS];
    if (r->set->classes > DATA_CLASSES) return; /* wider than a page */
    printf("\n%-12s guessed:\n%-12s", "", "true:");
    for (int c = 0; c < r->set->classes; c++) printf(" %5.5s", data_class(r->set, c, text));
    printf("    right\n");
    for (int c = 0; c < r->set->classes; c++) {
        int all = 0;
        printf("%-12s", data_class(r->set, c, text));
        for (int k = 0; k < r->set->classes; k++) {
            printf(" %5d", r->test.confusion[c][k]);
            all += r->test.confusion[c][k];
        }
        if (all)
            printf("  %5.1f %%\n", 100.0 * r->test.confusion[c][c] / all);
        else
            printf("      -\n");
    }
}

static void print_test(const struct trained *r)
{
    print_confusion(r);
    printf("\ntest: loss %.4f, accuracy %.2f %% (%d of %d)\n", r->test.loss,
           100.0 * r->test.right / r->test.n, r->test.right, r->test.n);
}

static void print_json(const struct trained *r, const char *network)
{
    struct json j = json_begin(stdout);
    json_object(&j, NULL);
    json_text(&j, "network", network);
    training_options_json(&j, r->options);
    json_text(&j, "data", r->set->name);
    json_integer(&j, "known_files", r->known);
    json_text(&j, "rung", r->rung);
    json_integer(&j, "threads", r->threads);
    json_on_one_line(&j);
    json_list(&j, "sizes");
    for (int l = 0; l < r->widths; l++) json_integer(&j, NULL, r->width[l]);
    json_end(&j);
    json_integer(&j, "batch", r->batch);
    json_number(&j, "lr", r->lr);
    json_integer(&j, "seed", (long long)r->seed);
    json_integer(&j, "epochs", r->epochs);
    json_integer(&j, "steps", r->steps);
    json_number(&j, "seconds", r->seconds);
    json_number(&j, "samples_per_second", trained_samples_per_second(r));
    json_number(&j, "loss", r->loss);
    json_number(&j, "accuracy", r->accuracy);
    json_number(&j, "test_loss", r->test.loss);
    json_number(&j, "test_accuracy", (double)r->test.right / r->test.n);
    json_number(&j, "validation_loss", r->validation.n ? r->validation.loss : nan(""));
    json_number(&j, "validation_accuracy",
                r->validation.n ? (double)r->validation.right / r->validation.n : nan(""));
    json_integer(&j, "best_epoch", r->best_epoch);
    json_truth(&j, "stopped_early", r->stopped_early);
    const int classes = r->set->classes <= DATA_CLASSES ? r->set->classes : 0;
    json_list(&j, "confusion");
    for (int c = 0; c < classes; c++) {
        json_on_one_line(&j);
        json_list(&j, NULL);
        for (int k = 0; k < classes; k++) json_integer(&j, NULL, r->test.confusion[c][k]);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
}

/* ---- the verb ---- */

int verb_train(int argc, char **argv)
{
    struct training t;
    struct trained r;
    int code = training_read(argc, argv, &t);
    if (code >= 0) return code;
    if ((t.describe || t.gradcheck) &&
        (t.save || t.log || t.sweep || t.find_lr || (t.describe && t.gradcheck)))
        return args_refuse("train", "%s trains nothing: leave out --save, --log, --sweep, --find-lr%s",
                           t.describe ? "--describe" : "--gradcheck",
                           t.describe && t.gradcheck ? " and --gradcheck" : "");
    if (t.record && (t.describe || t.gradcheck || t.resume || t.seeds > 1 || t.folds || t.sweep || t.find_lr))
        return args_refuse(
            "train", "--record is for one training from its start: leave out --resume, --seeds, --folds, "
                     "--sweep, --find-lr, --describe and --gradcheck");
    if (t.describe && t.cuda) return args_refuse("train", "--describe is about the CPU: leave out --cuda");
    if ((code = check_level(&t))) return code;
    if (t.describe || t.gradcheck) return t.describe ? training_describe(&t) : training_gradcheck(&t);
    if (t.find_lr && (t.save || t.resume || t.log || t.sweep || t.folds || t.seeds > 1))
        return args_refuse("train",
                           "--find-lr goes without --save, --resume, --log, --sweep, --folds and --seeds");
    if (t.find_lr) return training_find_lr(&t);
    const char *several = t.sweep ? "--sweep" : t.folds ? "--folds" : t.seeds > 1 ? "--seeds" : NULL;
    if (several && (t.save || t.resume || t.log))
        return args_refuse("train", "%s trains several networks: leave out --save, --resume and --log",
                           several);
    if (t.folds && (t.sweep || t.seeds > 1))
        return args_refuse("train", "--folds or %s, not both", t.sweep ? "--sweep" : "--seeds");
    if (t.csv && !t.folds && !t.sweep)
        return args_refuse(
            "train",
            "--csv goes with --folds, --sweep or --find-lr; --log writes the loss curve of a training");
    if (t.sweep) return training_sweep(&t);
    if (t.folds) return training_folds(&t);
    if (t.seeds > 1) return training_seeds(&t);
    code = training_run(&t, t.as_json ? stderr : stdout, &r);
    if (code) return code;
    if (t.as_json)
        print_json(&r, t.network);
    else
        print_test(&r);
    return EXIT_OK;
}
