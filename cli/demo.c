/* demo.c - rungs demo: lesson 1 on real data, trained, checked, raced and charted, and at last a table of all
 * ladders, in under three minutes.
 *
 * Every part is a verb of this program, called with the words that anybody would type; the demo prints
 * them, so that a reader can repeat and vary the command. What a part found comes back as a struct. A part
 * that does not work says so in a sentence and the others go on; training and racing run in a child, so
 * that this holds for a crash, too.
 */
#include "verbs.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/file.h"
#include "../base/process.h"
#include "../bench/machine.h"
#include "../optimized/check_all.h"
#include "../optimized/team.h"
#include "../base/progress.h"
#include "train.h"

enum { PATH = 512, NUMBER = 16 };

static const char *out = "out/demo";
static int threads, epochs = 3, steps = 40;

static char threads_text[NUMBER], epochs_text[NUMBER], steps_text[NUMBER];
static int parts, failed;

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

/* The words of a verb, which verbs may not write to; the last of them are --threads N
 * if the user chose them. */
struct command {
    char *word[24];
    int n;
};

static struct command command_of(const char *const *word)
{
    struct command c = { .n = 0 };
    for (; *word; word++) c.word[c.n++] = (char *)(uintptr_t)*word;
    return c;
}

static void add_threads(struct command *c)
{
    static char option[] = "--threads";
    if (!threads) return;
    c->word[c->n++] = option;
    c->word[c->n++] = threads_text;
}

static void show(const struct command *c)
{
    printf("   $ %s", args_program());
    for (int i = 0; i < c->n; i++) printf(" %s", c->word[i]);
    puts("\n");
    fflush(stdout);
}

/* Runs work(arg) in a child; its exit code. Ctrl-C ends child and demo alike. arg: shared memory,
 * if work is to fill it. */
static int apart(int (*work)(void *arg), void *arg)
{
    fflush(NULL); /* or the child would write these lines again */
    pid_t child = fork();
    if (child < 0) return args_fail(EXIT_RESOURCES, "demo", "cannot start a process: %s", strerror(errno));
    if (!child) _exit(process_end("rungs demo", work(arg)));
    int code = process_wait(child);
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
static const char race_name[] = "race.csv", table_name[] = "ladders.csv";

static void join(char path[PATH], const char *name)
{
    snprintf(path, PATH, "%s/%s", out, name);
}

/* What an earlier demo measured must not be drawn as if it were today's. */
static void remove_measurements(void)
{
    const char *const name[] = { curve_name[0], curve_name[1], race_name, table_name };
    char path[PATH];
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        join(path, name[i]);
        unlink(path);
    }
}

/* ---- training ---- */

struct run { /* shared with the child */
    struct training what;
    struct trained result;
};

static int run_training(void *arg)
{
    struct run *run = arg;
    return training_run(&run->what, stdout, &run->result);
}

/* the result, or NULL after a sentence; it is never freed */
static const struct trained *train(struct command c)
{
    struct run *run = mmap(NULL, sizeof *run, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    add_threads(&c);
    show(&c);
    if (run == MAP_FAILED) {
        part_failed("No training here: out of memory.");
        return NULL;
    }
    if (training_read(c.n, c.word, &run->what) < 0 && apart(run_training, run) == EXIT_OK &&
        run->result.samples > 0)
        return &run->result;
    part_failed("No training here; see the message above.");
    return NULL;
}

static void put_speed(const struct trained *r)
{
    printf("   %-20s %12.0f images/s", r->rung, trained_samples_per_second(r));
}

static void train_both(void)
{
    char naive_curve[PATH], best_curve[PATH];
    join(naive_curve, curve_name[0]);
    join(best_curve, curve_name[1]);
    heading("Naive C learns to tell clothes apart (Fashion-MNIST); steps: %s", steps_text);
    const struct trained *naive = train(command_of((const char *[]){
        "train", "fashion-mlp", "--rung", "naive", "--steps", steps_text, "--log", naive_curve, NULL }));
    if (!naive) return;
    heading("The same network on the top rung of every ladder; epochs: %s", epochs_text);
    const struct trained *best = train(command_of((const char *[]){
        "train", "fashion-mlp", "--rung", "best", "--epochs", epochs_text, "--log", best_curve, NULL }));
    if (!best) return;
    putchar('\n');
    put_speed(naive);
    putchar('\n');
    put_speed(best);
    printf(", %.1f times as fast\n", trained_samples_per_second(best) / trained_samples_per_second(naive));
    printf("   epochs: %s, test accuracy %.2f %%, %.1f s of training\n", epochs_text,
           100.0 * best->test.right / best->test.n, best->seconds);
}

/* ---- checking ---- */

static void tell_finding(const struct finding *f, void *context)
{
    struct progress *bar = context;
    progress_show(bar, (double)f->number / f->of, "%s %s", f->op->name, f->name);
    if (f->check.verdict == CHECK_FAIL)
        progress_line(bar, "   FAIL  %s %s: %s", f->op->name, f->name, f->check.reason);
}

static const char *plural(int n)
{
    return n == 1 ? "" : "s";
}

static void check_everything(void)
{
    struct command c = command_of((const char *[]){ "check", "all", NULL });
    struct progress bar;
    heading("Is every rung right, and is every backward the gradient of its forward?%s", "");
    add_threads(&c);
    show(&c);
    team_use(threads);
    progress_begin(&bar, stdout);
    struct check_counts n = check_all(&(struct checking){ .seed = 1 }, tell_finding, &bar);
    progress_end(&bar);
    if (n.lacks) {
        printf("   %s\n", n.lacks);
        part_failed("The check did not come to its end.");
    } else if (n.failed) {
        part_failed("Something is wrong; `rungs check all` says what.");
    } else {
        printf("   %d rung%s agree%s with the double oracle; the worst error is %.0f %% of its bound.\n",
               n.rungs, plural(n.rungs), n.rungs == 1 ? "s" : "", 100 * n.worst_rung);
        printf("   %d gradient%s agree%s with differences of %s; the worst relative error is %.1e.\n",
               n.gradients, plural(n.gradients), n.gradients == 1 ? "s" : "",
               n.gradients == 1 ? "its forward" : "their forwards", n.worst_gradient);
        if (n.skipped)
            printf("   %d rung%s skipped, as this machine cannot run %s.\n", n.skipped,
                   n.skipped == 1 ? " was" : "s were", n.skipped == 1 ? "it" : "them");
    }
}

/* ---- racing and drawing ---- */

static int run_bench(void *arg)
{
    struct command *c = arg;
    return verb_bench(c->n, c->word);
}

static void race(void)
{
    char csv[PATH];
    join(csv, race_name);
    struct command c = command_of(
        (const char *[]){ "bench", "dense_forward", "--quick", "--shapes", layers, "--csv", csv, NULL });
    heading("The ladder of %s, raced at the layers of that network", "dense_forward");
    add_threads(&c);
    show(&c);
    if (apart(run_bench, &c) != EXIT_OK) part_failed("The race has no result; see the message above.");
}

static void draw(void)
{
    struct command c = command_of((const char *[]){ "plot", "all", "--data", out, "--out", out, NULL });
    heading("Charts of what was just measured%s", "");
    show(&c);
    if (verb_plot(c.n, c.word) != EXIT_OK) part_failed("No charts, or not all; see the message above.");
}

static void compare_all(void)
{
    char csv[PATH];
    join(csv, table_name);
    struct command c = command_of((const char *[]){ "bench", "all", "--table", "--csv", csv, NULL });
    heading("What every ladder is worth: its top rung, naive C and the libraries%s", "");
    add_threads(&c);
    show(&c);
    if (apart(run_bench, &c) != EXIT_OK) part_failed("The table is not whole; see the message above.");
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
    if (failed) printf("%d of %d parts did not work; see their messages.\n", failed, parts);
    puts("\nNext:");
    for (size_t i = 0; i < sizeof next / sizeof *next; i++)
        printf("  %s %-36s %s\n", args_program(), next[i].words, next[i].about);
}

int verb_demo(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--out", OPTION_FOLDER, &out, 0, 0, "the folder for measurements and charts" },
        { "--threads", OPTION_INT, &threads, 0, 256, "for the threaded rungs; 0: all CPUs within the quota" },
        { "--steps", OPTION_INT, &steps, 1, 1e6, "of naive training" },
        { "--epochs", OPTION_INT, &epochs, 1, 1e4, "of training on the top rung" },
        { 0 },
    };
    const struct usage usage = {
        "demo",
        "demo [options]",
        "Trains lesson 1's network on real images with naive C and with the top rung, checks every rung and "
        "every\n"
        "gradient, races the ladder, draws the charts, and ends with a table of all ladders. Exit 1 if a part "
        "did\n"
        "not work.",
        "  rungs demo\n  rungs demo --epochs 10 --out /tmp/demo\n",
        options,
        0,
        0,
    };
    const char *word[1];
    int code;
    if (args_read(&usage, argc, argv, word, &code) < 0) return code;
    if (strlen(out) + sizeof "/naive.csv" > PATH) return args_refuse("demo", "--out is too long");
    char error[ERROR_TEXT];
    int lock;
    if (!folder_take(out, &lock, error)) return args_fail(EXIT_OUTPUT, "demo", "%s", error);
    snprintf(threads_text, NUMBER, "%d", threads);
    snprintf(epochs_text, NUMBER, "%d", epochs);
    snprintf(steps_text, NUMBER, "%d", steps);
    remove_measurements();
    double began = clock_seconds();
    greet();
    train_both();
    check_everything();
    race();
    draw();
    compare_all();
    farewell(clock_seconds() - began);
    folder_release(lock);
    return failed ? EXIT_WRONG : EXIT_OK;
}
