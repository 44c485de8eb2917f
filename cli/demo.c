/* demo.c - rungs demo: lesson 1 on real data, trained, checked, raced and charted, in under three minutes.
 *
 * Every part is a verb of this program, run as anybody would type it; the demo prints the command, so that a
 * reader can repeat and vary it. A part that does not work says so in a sentence and the others go on.
 */
#include "verbs.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/csv.h"
#include "../bench/machine.h"
#include "../train/progress.h"
#include "child.h"

enum { PATH = 512, NUMBER = 16 };

static const char *out = "out/demo";
static int threads, epochs = 3, steps = 40;

static char threads_text[NUMBER], epochs_text[NUMBER], steps_text[NUMBER];
static const char *command = "rungs"; /* what the user types: the launcher says if it is another word */
static int parts, failed;

/* ends every command line: the threads if the user chose, else nothing */
#define THREADS threads ? "--threads" : NULL, threads_text, NULL

/* the shapes of the network's own layers, at its batch of 64 */
static const char layers[] = "64x784x512,64x512x256,64x256x10";

/* ---- saying and running ---- */

static void heading(const char *format, const char *detail)
{
    int terminal = isatty(STDOUT_FILENO);
    printf("\n%s%d. ", terminal ? "\033[1m" : "", ++parts);
    printf(format, detail);
    printf("%s\n", terminal ? "\033[0m" : "");
}

static int run(const char *const *argv, child_line_fn *line, void *context)
{
    printf("   $ %s", command);
    for (int i = 0; argv[i]; i++) printf(" %s", argv[i]);
    puts("\n");
    int code = child_run(argv, line, context);
    if (code == 128 + SIGINT || code == 128 + SIGTERM) {
        puts("\nstopped");
        exit(code);
    }
    return code;
}

static void part_failed(const char *what)
{
    failed++;
    printf("   %s\n", what);
}

static const char *const curve_name[] = { "naive.csv", "best.csv" };
static const char race_name[] = "race.csv";

static void join(char path[PATH], const char *name)
{
    snprintf(path, PATH, "%s/%s", out, name);
}

/* mkdir -p; 0 after a sentence */
static int make_folder(const char *folder)
{
    char path[PATH];
    struct stat is;
    for (size_t i = 1; i <= strlen(folder); i++) {
        if (folder[i] && folder[i] != '/') continue;
        snprintf(path, sizeof path, "%.*s", (int)i, folder);
        if (mkdir(path, 0777) && errno != EEXIST) break;
    }
    if (!stat(folder, &is) && S_ISDIR(is.st_mode) && !access(folder, W_OK)) return 1;
    fprintf(stderr, "rungs demo: cannot write into the folder %s; name another with --out\n", folder);
    return 0;
}

/* What an earlier demo measured must not be drawn as if it were today's. */
static void remove_measurements(void)
{
    const char *const name[] = { curve_name[0], curve_name[1], race_name };
    char path[PATH];
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        join(path, name[i]);
        unlink(path);
    }
}

/* ---- training ---- */

struct results {
    double samples_per_second, test_accuracy, seconds;
    char rung[24];
};

/* one line of the JSON that `rungs train --json` prints, each key standing on a line of its own */
static void read_result(const char *line, void *context)
{
    struct results *r = context;
    sscanf(line, " \"samples_per_second\": %lf", &r->samples_per_second);
    sscanf(line, " \"test_accuracy\": %lf", &r->test_accuracy);
    sscanf(line, " \"seconds\": %lf", &r->seconds);
    sscanf(line, " \"rung\": \"%23[^\"]", r->rung);
}

static int train(const char *const *argv, struct results *r)
{
    *r = (struct results){ 0 };
    if (run(argv, read_result, r) == EXIT_OK && r->samples_per_second > 0) return 1;
    part_failed("No training here; the sentence above says why.");
    return 0;
}

static void train_both(void)
{
    struct results naive, best;
    char naive_curve[PATH], best_curve[PATH];
    join(naive_curve, curve_name[0]);
    join(best_curve, curve_name[1]);
    heading("Naive C learns to tell clothes apart (Fashion-MNIST); steps: %s", steps_text);
    if (!train((const char *[]){ "train", "fashion-mlp", "--rung", "naive", "--steps", steps_text, "--log",
                                 naive_curve, "--json", THREADS },
               &naive))
        return;
    heading("The same network on the top rung of every ladder; epochs: %s", epochs_text);
    if (!train((const char *[]){ "train", "fashion-mlp", "--rung", "best", "--epochs", epochs_text, "--log",
                                 best_curve, "--json", THREADS },
               &best))
        return;
    printf("\n   %-20s %12.0f images/s\n   %-20s %12.0f images/s, %.1f times as fast\n", naive.rung,
           naive.samples_per_second, best.rung, best.samples_per_second,
           best.samples_per_second / naive.samples_per_second);
    printf("   epochs: %s, test accuracy %.2f %%, %.1f s of training\n", epochs_text,
           100 * best.test_accuracy, best.seconds);
}

/* ---- checking ---- */

struct checks {
    struct progress progress;
    int lines, rungs, gradients, wrong, skipped, all;
    double worst_rung, worst_gradient;
};

/* one line of `rungs check all --csv` */
static void read_check(const char *line, void *context)
{
    struct checks *c = context;
    char op[64], rung[64], verdict[8];
    int shapes;
    double worst;
    if (!c->lines++) return; /* the header */
    progress_show(&c->progress, (double)c->lines / c->all, "%s", line);
    if (sscanf(line, "%63[^,],%63[^,],%7[^,],%d,%lf", op, rung, verdict, &shapes, &worst) != 5) {
        c->wrong++;
        return;
    }
    int gradient = !strcmp(rung, "complex step"), pass = !strcmp(verdict, "PASS");
    double *most = gradient ? &c->worst_gradient : &c->worst_rung;
    c->rungs += pass && !gradient;
    c->gradients += pass && gradient;
    c->skipped += !strcmp(verdict, "SKIP");
    if (!strcmp(verdict, "FAIL")) {
        c->wrong++;
        progress_line(&c->progress, "   %s", line);
    }
    if (pass && !(worst <= *most)) *most = worst;
}

static void check_all(void)
{
    struct checks c = { .all = 1 };
    for (const struct op *const *op = ops; *op; op++) {
        c.all += (*op)->forward != NULL;
        for (const struct rung *r = (*op)->cpu; r->name; r++) c.all++;
    }
    heading("Is every rung right, and is every backward the gradient of its forward?%s", "");
    progress_begin(&c.progress, stdout);
    int code = run((const char *[]){ "check", "all", "--csv", THREADS }, read_check, &c);
    progress_end(&c.progress);
    if (code != EXIT_OK || c.wrong) {
        part_failed("Something is wrong; `rungs check all` says what.");
        return;
    }
    printf("   %d rungs agree with the double oracle; the worst error is %.0f %% of its bound.\n", c.rungs,
           100 * c.worst_rung);
    printf("   %d backwards agree with the complex step; the worst relative error is %.1e.\n", c.gradients,
           c.worst_gradient);
    if (c.skipped) printf("   %d rungs were skipped, as this machine cannot run them.\n", c.skipped);
}

/* ---- racing and drawing ---- */

static void race(void)
{
    char csv[PATH];
    join(csv, race_name);
    heading("The ladder of %s, raced at the layers of that network", "dense_forward");
    int code = run(
        (const char *[]){ "bench", "dense_forward", "--quick", "--shapes", layers, "--csv", csv, THREADS },
        NULL, NULL);
    if (code != EXIT_OK) part_failed("The race has no result; the sentence above says why.");
}

static void draw(void)
{
    heading("Charts of what was just measured%s", "");
    int code = run((const char *[]){ "plot", "all", "--data", out, "--out", out, NULL }, NULL, NULL);
    if (code != EXIT_OK) part_failed("No charts, or not all; the sentence above says why.");
}

/* ---- the verb ---- */

static void greet(void)
{
    struct machine m = machine_facts();
    printf("Rungs: deep learning's building blocks, from naive C to the limit of the machine.\n"
           "This machine: %s, %d core%s, %s.\n",
           m.cpu, m.cores, m.cores == 1 ? "" : "s", m.isa);
}

static const struct {
    const char *words, *about;
} next[] = {
    { "lesson 1", "how backpropagation works, by hand and in C" },
    { "list dense_forward", "the ladder, each rung with its idea" },
    { "train fashion-mlp --hidden 128", "another network" },
    { "--help", "everything else" },
};

static void farewell(double seconds)
{
    char time[32], where[PATH];
    if (!realpath(out, where)) snprintf(where, sizeof where, "%s", out);
    printf("\nDone in %s. Everything is in %s\n", progress_time(seconds, time), where);
    if (failed) printf("%d of %d parts did not work; their sentences say why.\n", failed, parts);
    puts("\nNext:");
    for (size_t i = 0; i < sizeof next / sizeof *next; i++)
        printf("  %s %-36s %s\n", command, next[i].words, next[i].about);
}

int verb_demo(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--out", OPTION_TEXT, &out, 0, 0, "the folder for measurements and charts" },
        { "--threads", OPTION_INT, &threads, 0, 256, "for the threaded rungs; 0: as OpenMP decides" },
        { "--steps", OPTION_INT, &steps, 1, 1e6, "of naive training" },
        { "--epochs", OPTION_INT, &epochs, 1, 1e4, "of training on the top rung" },
        { 0 },
    };
    const struct usage usage = {
        "demo",
        "demo [options]",
        "Trains lesson 1's network on real images with naive C and with the top rung, checks every rung and "
        "every\n"
        "gradient, races the ladder and draws the charts. Exit 1 if a part did not work.",
        "  rungs demo\n  rungs demo --epochs 10 --out /tmp/demo\n",
        options,
        0,
        0,
    };
    const char *word[1];
    int code;
    if (args_read(&usage, argc, argv, word, &code) < 0) return code;
    if (strlen(out) + sizeof "/naive.csv" > PATH) return args_refuse("demo", "--out is too long");
    if (!make_folder(out)) return EXIT_WRONG;
    snprintf(threads_text, NUMBER, "%d", threads);
    snprintf(epochs_text, NUMBER, "%d", epochs);
    snprintf(steps_text, NUMBER, "%d", steps);
    if (getenv("RUNGS_COMMAND")) command = getenv("RUNGS_COMMAND");
    remove_measurements();
    double began = progress_clock();
    greet();
    train_both();
    check_all();
    race();
    draw();
    farewell(progress_clock() - began);
    return failed ? EXIT_WRONG : EXIT_OK;
}
