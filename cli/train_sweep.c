/* train_sweep.c - rungs train NETWORK --sweep GRID: a training for every cell of a grid of settings, or one
 * for each of --seeds, and the cells in the order of what they reached on the images that validate. The
 * test images choose nothing: only the best cell is asked about them. */
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/json.h"
#include "../base/memory.h"
#include "../train/sha256.h"
#include "sweep_file.h"

struct cell {
    int k;                             /* of the grid                                              */
    int seeds, diverged;               /* trainings that ran to their end, and that did not        */
    double mean, deviation;            /* of the validation accuracy; of one training it is 0      */
    double loss, test, test_deviation; /* means of the validation loss and the test accuracy, and so */
    double seconds;
};

struct sweep {
    const struct training *what;
    struct sweep_grid grid;
    struct sweep_rows known;    /* what the file had, and what was added */
    struct sweep_row *row;      /* (cells, seeds) */
    int trainings, found, runs; /* all; of them, those that the file had, and those that were run */
    char kept[SWEEP_NETWORK + 128];
    FILE *out;
};

static int fail(int code, const char *error)
{
    return args_fail(code, "train", "%s", error);
}

/* ---- one training of the grid ---- */

/* The training of a cell from its seed-th seed. seed: room for the number's text */
static int training_of(const struct sweep *s, int cell, int seed, struct training *one, char text[24],
                       struct netfile *file, char *error)
{
    char options[CHECKPOINT_OPTIONS];
    *one = *s->what;
    one->log = one->save = NULL;
    for (int a = 0; a < s->grid.axes; a++)
        if (!training_set(one, s->grid.axis[a].name, sweep_grid_value(&s->grid, cell, a)))
            return error_set(error,
                             "--sweep: there is no setting '%s'; it is an option of `rungs train` that "
                             "changes the network file, such as lr, batch or hidden",
                             s->grid.axis[a].name),
                   EXIT_USAGE;
    int code = training_file(one, NULL, file, options, error);
    if (code) return code;
    snprintf(text, 24, "%.0f", netfile_number(file, "seed") + seed);
    training_set(one, "seed", text);
    return training_file(one, NULL, file, options, error);
}

/* a checksum of what the result depends on but the data */
static void key_of(const struct training *one, const struct netfile *file, char key[SWEEP_KEY])
{
    char *text = memory_need(NETFILE_BYTES, 1), digits[SHA256_TEXT], more[64];
    struct sha256 sum = sha256_begin();
    sha256_add(&sum, text, netfile_text(file, text));
    snprintf(more, sizeof more, "%d %.24s %d", one->most_steps, one->level, one->cuda);
    sha256_add(&sum, more, strlen(more));
    sha256_end(&sum, digits);
    snprintf(key, SWEEP_KEY, "%.*s", SWEEP_KEY - 1, digits);
    free(text);
}

/* Everything that can be refused is, before the first training. EXIT_OK, or an exit code with error set */
static int prepare(struct sweep *s, char *error)
{
    static struct netfile file;
    struct training one;
    char seed[24];
    for (int a = 0; a < s->grid.axes; a++)
        if (!strcmp(s->grid.axis[a].name, "seed"))
            return error_set(error, "--sweep: leave out seed; --seeds N trains each cell from N seeds"),
                   EXIT_USAGE;
    for (int k = 0; k < s->trainings; k++) {
        struct sweep_row *row = &s->row[k];
        int code = training_of(s, k / s->what->seeds, k % s->what->seeds, &one, seed, &file, error);
        if (code) return code;
        if (!split_validates(&file))
            return error_set(error,
                             "--sweep needs images to choose by, which are not the ones that test: add "
                             "--split \"files validation=0.1\""),
                   EXIT_USAGE;
        sweep_grid_cell(&s->grid, k / s->what->seeds, row->cell);
        snprintf(row->network, sizeof row->network, "%s", one.network);
        row->seed = (unsigned long long)netfile_number(&file, "seed");
        key_of(&one, &file, row->key);
    }
    return EXIT_OK;
}

/* EXIT_OK with the row filled, else how the program ends after a sentence */
static int run(struct sweep *s, int k)
{
    static struct netfile file;
    struct sweep_row *row = &s->row[k];
    struct training one;
    struct trained r;
    char seed[24], error[ERROR_TEXT];
    int code = training_of(s, k / s->what->seeds, k % s->what->seeds, &one, seed, &file, error);
    if (code) return fail(code, error);
    one.kept = s->kept;
    fprintf(s->out, "%straining %d of %d: %s, seed %s\n", s->runs ? "\n" : "", k + 1, s->trainings, row->cell,
            seed);
    fflush(s->out);
    row->validation_loss = row->validation_accuracy = row->test_loss = row->test_accuracy = row->seconds =
        nan("");
    code = training_run(&one, s->out, &r);
    if (code == EXIT_WRONG) return EXIT_OK; /* it diverged, and said so */
    if (code) return code;
    row->epochs = r.epochs;
    row->best_epoch = r.best_epoch;
    row->validation_loss = r.validation.loss;
    row->validation_accuracy = (double)r.validation.right / r.validation.n;
    row->test_loss = r.test.loss;
    row->test_accuracy = (double)r.test.right / r.test.n;
    row->seconds = r.seconds;
    return EXIT_OK;
}

/* All that the file does not have yet; it gets each of them at once. */
static int run_all(struct sweep *s)
{
    const char *csv = s->what->csv;
    const int again = csv && sweep_file_is_regular(csv);
    char error[ERROR_TEXT];
    for (int k = 0; k < s->trainings; k++) {
        const struct sweep_row *known = sweep_rows_find(&s->known, s->row[k].key);
        if (known) {
            char cell[SWEEP_TEXT]; /* as it is written now */
            strcpy(cell, s->row[k].cell);
            s->row[k] = *known;
            strcpy(s->row[k].cell, cell);
            s->found++;
            continue;
        }
        if (again)
            snprintf(s->kept, sizeof s->kept, "%.200s has %d of %d trainings: the same command does the rest",
                     csv, k, s->trainings);
        else
            snprintf(s->kept, sizeof s->kept, "nothing is saved, as there was no --csv with a file");
        int code = run(s, k);
        if (code) return code;
        s->runs++;
        sweep_rows_add(&s->known, &s->row[k]);
        if (again && !sweep_file_write(&s->known, csv, error)) return fail(EXIT_OUTPUT, error);
    }
    if (csv && !again && !sweep_file_write(&s->known, csv, error)) return fail(EXIT_OUTPUT, error);
    return EXIT_OK;
}

/* ---- the table ---- */

/* of the trainings that did not diverge; deviation: see train_seeds.c */
static void moments(const struct sweep_row *row, int n, double (*of)(const struct sweep_row *row),
                    double *mean, double *deviation)
{
    double sum = 0, squares = 0;
    int all = 0;
    for (int k = 0; k < n; k++)
        if (!isnan(row[k].validation_loss)) sum += of(&row[k]), all++;
    *mean = sum / all;
    for (int k = 0; k < n; k++)
        if (!isnan(row[k].validation_loss)) squares += (of(&row[k]) - *mean) * (of(&row[k]) - *mean);
    *deviation = all > 1 ? sqrt(squares / (all - 1)) : 0;
}

static double validation_of(const struct sweep_row *row)
{
    return row->validation_accuracy;
}

static double loss_of(const struct sweep_row *row)
{
    return row->validation_loss;
}

static double test_of(const struct sweep_row *row)
{
    return row->test_accuracy;
}

static double seconds_of(const struct sweep_row *row)
{
    return row->seconds;
}

/* The best first: those of which no training diverged, by accuracy, then by loss; equal ones as in the
 * grid */
static int compare(const void *p, const void *q)
{
    const struct cell *a = p, *b = q;
    if (!a->diverged != !b->diverged) return a->diverged ? 1 : -1;
    if (a->mean != b->mean && a->seeds && b->seeds) return a->mean < b->mean ? 1 : -1;
    if (a->loss != b->loss && a->seeds && b->seeds) return a->loss > b->loss ? 1 : -1;
    if (!a->seeds != !b->seeds) return a->seeds ? -1 : 1;
    return a->k - b->k;
}

static struct cell *cells_of(const struct sweep *s)
{
    struct cell *cell = memory_need((size_t)s->grid.cells, sizeof *cell);
    const int seeds = s->what->seeds;
    for (int k = 0; k < s->grid.cells; k++) {
        const struct sweep_row *row = &s->row[k * seeds];
        struct cell *c = &cell[k];
        double unused;
        c->k = k;
        for (int i = 0; i < seeds; i++) c->diverged += isnan(row[i].validation_loss) != 0;
        c->seeds = seeds - c->diverged;
        moments(row, seeds, validation_of, &c->mean, &c->deviation);
        moments(row, seeds, loss_of, &c->loss, &unused);
        moments(row, seeds, test_of, &c->test, &c->test_deviation);
        moments(row, seeds, seconds_of, &c->seconds, &unused);
    }
    qsort(cell, (size_t)s->grid.cells, sizeof *cell, compare);
    return cell;
}

/* how many other cells' means are no further from the best one's than its deviation */
static int cells_near(const struct cell *cell, int n)
{
    int near = 0;
    for (int k = 1; k < n; k++) near += !cell[k].diverged && cell[k].mean >= cell[0].mean - cell[0].deviation;
    return near;
}

static void print_best(const struct sweep *s, const struct cell *cell)
{
    char text[SWEEP_TEXT];
    const int seeds = s->what->seeds;
    if (!cell->seeds) {
        printf("\nevery training diverged: try smaller rates\n");
        return;
    }
    printf("\nbest of %d on the images that validate: %s\n", s->grid.cells,
           sweep_grid_cell(&s->grid, cell->k, text));
    printf("its test accuracy: %.2f %%", 100 * cell->test);
    if (cell->seeds > 1)
        printf(" in the mean of %d seeds, deviation %.2f %%", cell->seeds, 100 * cell->test_deviation);
    const int near = cells_near(cell, s->grid.cells);
    if (seeds == 1)
        printf("\none seed each: how far chance moves these figures, --seeds 5 would say\n");
    else if (near)
        printf("\nwithin its deviation of it: %d other%s, which %s as good as far as %d seeds can tell\n",
               near, near == 1 ? "" : "s", near == 1 ? "is" : "are", seeds);
    else
        printf("\n");
}

static void print_table(const struct sweep *s)
{
    struct cell *cell = cells_of(s);
    char text[SWEEP_TEXT];
    printf("\n%12s %10s %10s %8s  %s\n", "validation", "deviation", "loss", "seconds", "cell");
    for (int k = 0; k < s->grid.cells; k++) {
        const struct cell *c = &cell[k];
        sweep_grid_cell(&s->grid, c->k, text);
        if (!c->seeds)
            printf("%12s %10s %10s %8s  %s\n", "diverged", "-", "-", "-", text);
        else if (c->seeds == 1)
            printf("%10.2f %% %10s %10.4f %8.1f  %s", 100 * c->mean, "-", c->loss, c->seconds, text);
        else
            printf("%10.2f %% %8.2f %% %10.4f %8.1f  %s", 100 * c->mean, 100 * c->deviation, c->loss,
                   c->seconds, text);
        if (c->seeds && c->diverged)
            printf(" (%d of %d seeds diverged)\n", c->diverged, c->diverged + c->seeds);
        else if (c->seeds)
            printf("\n");
    }
    print_best(s, cell);
    free(cell);
}

/* ---- JSON ---- */

static void json_row(struct json *j, const struct sweep_row *row)
{
    json_on_one_line(j);
    json_object(j, NULL);
    json_integer(j, "seed", (long long)row->seed);
    json_integer(j, "epochs", row->epochs);
    json_number(j, "validation_loss", row->validation_loss);
    json_number(j, "validation_accuracy", row->validation_accuracy);
    json_number(j, "test_loss", row->test_loss);
    json_number(j, "test_accuracy", row->test_accuracy);
    json_number(j, "seconds", row->seconds);
    json_end(j);
}

static void json_cell(struct json *j, const struct sweep *s, const struct cell *c)
{
    json_object(j, NULL);
    json_on_one_line(j);
    json_object(j, "settings");
    for (int a = 0; a < s->grid.axes; a++)
        json_text(j, s->grid.axis[a].name, sweep_grid_value(&s->grid, c->k, a));
    json_end(j);
    json_number(j, "validation_accuracy", c->mean);
    json_number(j, "validation_accuracy_deviation", c->seeds > 1 ? c->deviation : nan(""));
    json_number(j, "validation_loss", c->loss);
    json_number(j, "test_accuracy", c->test);
    json_integer(j, "diverged", c->diverged);
    json_list(j, "runs");
    for (int k = 0; k < s->what->seeds; k++) json_row(j, &s->row[c->k * s->what->seeds + k]);
    json_end(j);
    json_end(j);
}

static void print_json(const struct sweep *s)
{
    struct cell *cell = cells_of(s);
    struct json j = json_begin(stdout);
    json_object(&j, NULL);
    json_text(&j, "network", s->what->network);
    json_integer(&j, "trainings", s->trainings);
    json_integer(&j, "found", s->found);
    json_list(&j, "cells");
    for (int k = 0; k < s->grid.cells; k++) json_cell(&j, s, &cell[k]);
    json_end(&j);
    json_end(&j);
    free(cell);
}

/* ---- the whole ---- */

static int sweep(struct sweep *s)
{
    char error[ERROR_TEXT];
    int code = prepare(s, error);
    if (!code && s->what->csv && !sweep_file_read(&s->known, s->what->csv, error)) code = EXIT_OUTPUT;
    if (code) return fail(code, error);
    if ((code = run_all(s))) return code;
    if (s->found)
        fprintf(s->out, "%s%d of %d trainings were in %s already\n", s->runs ? "\n" : "", s->found,
                s->trainings, s->what->csv);
    if (s->what->as_json)
        print_json(s);
    else
        print_table(s);
    return EXIT_OK;
}

int training_sweep(const struct training *t)
{
    static struct sweep s;
    char error[ERROR_TEXT];
    s = (struct sweep){ .what = t, .out = t->as_json ? stderr : stdout };
    if (!sweep_grid_read(&s.grid, t->sweep, error)) return fail(EXIT_USAGE, error);
    if ((long)s.grid.cells * t->seeds > SWEEP_CELLS)
        return args_refuse("train", "--sweep: %d cells from %d seeds are more than %d trainings",
                           s.grid.cells, t->seeds, SWEEP_CELLS);
    s.trainings = s.grid.cells * t->seeds;
    s.row = memory_need((size_t)s.trainings, sizeof *s.row);
    int code = sweep(&s);
    free(s.row);
    sweep_rows_free(&s.known);
    return code;
}
