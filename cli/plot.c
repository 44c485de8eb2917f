/* plot.c - rungs plot: charts of measured CSV files, as pictures or as text. */
#include "verbs.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/csv.h"
#include "../base/file.h"
#include "../plots/charts.h"
#include "../plots/draw.h"

enum { MAX_FILES = 64, PATH = 1024 };

static const char *data = "plots/data", *out, *op_name, *shape_text;
static int as_text, by_samples;

static struct measurement measurement[MAX_FILES];
static struct ulp_table table[MAX_FILES];
static struct loss_run run[LOSS_MAX_RUNS];
static struct sweep sweep[MAX_FILES];
static struct find_lr_table search[MAX_FILES];
static struct training_log training[MAX_FILES];
static int measurements, tables, runs, sweeps, searches, trainings;

/* how the program ends if something is refused */
static int refusal = EXIT_USAGE;

/* ---- the files ---- */

/* 0 after a sentence about a file that is missing or not what it should be */
__attribute__((format(printf, 1, 2))) static int bad_input(const char *format, ...)
{
    char sentence[512];
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    refusal = args_fail(EXIT_INPUT, "plot", "%s", sentence);
    return 0;
}

static char file[MAX_FILES][PATH];
static int files;

static int add_file(const char *folder, const char *name)
{
    if (files == MAX_FILES)
        return args_refuse("plot", "more than %d files; name fewer with --data", MAX_FILES), 0;
    int n = snprintf(file[files], PATH, "%s%s%s", folder, *folder ? "/" : "", name);
    if (n >= PATH) return args_refuse("plot", "the path %.40s... is too long", name), 0;
    files++;
    return 1;
}

static int is_csv(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 4 && !strcmp(entry->d_name + n - 4, ".csv");
}

static int add_folder(const char *folder)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, is_csv, alphasort), ok = n >= 0;
    if (n < 0) bad_input("cannot read the folder %s", folder);
    if (n == 0)
        bad_input("no CSV files in %s; `rungs bench all --csv %s/NAME.csv` makes one", folder, folder);
    for (int i = 0; i < n; i++) {
        ok = ok && add_file(folder, entry[i]->d_name);
        free(entry[i]);
    }
    if (n >= 0) free(entry);
    return ok && n > 0;
}

/* A measurement, errors or a loss curve, by its columns. In a folder other tables may stand beside them:
 * `named` is for files that the user wrote down. 0 after a sentence. */
static int read_file(const char *path, int named)
{
    char error[256];
    struct csv t;
    if (!csv_read(&t, path, error)) return bad_input("%s", error);
    int measured = csv_column(&t, "roof_percent") >= 0, curve = csv_column(&t, "loss") >= 0,
        errors = csv_column(&t, "error_ulp") >= 0, cells = csv_column(&t, "cell") >= 0,
        rates = csv_column(&t, "smoothed_loss") >= 0;
    csv_free(&t);
    if (measured) {
        if (!measurement_read(&measurement[measurements], path, error)) return bad_input("%s", error);
        measurements++;
    } else if (errors) {
        if (!ulp_table_read(&table[tables], path, error)) return bad_input("%s", error);
        tables++;
    } else if (cells) {
        if (!sweep_read(&sweep[sweeps], path, error)) return bad_input("%s", error);
        sweeps++;
    } else if (rates) {
        if (!find_lr_read(&search[searches], path, error)) return bad_input("%s", error);
        searches++;
    } else if (curve && runs < LOSS_MAX_RUNS) {
        if (!training_log_read(&training[trainings], path, error)) return bad_input("%s", error);
        trainings++;
        if (!loss_read(&run[runs], path, error)) return bad_input("%s", error);
        runs++;
    } else if (curve) {
        fprintf(stderr, "rungs plot: %s left out: at most %d loss curves fit one chart\n", path,
                LOSS_MAX_RUNS);
    } else if (named) {
        return bad_input("%s is not from `rungs bench --csv`, `rungs ulp --csv`, `rungs train --log` or "
                         "`rungs train --csv`",
                         path);
    }
    return 1;
}

/* 0 after a sentence: there is no such file, though perhaps a machine of that name was measured */
static int refuse_path(const char *path)
{
    static const char measured[] = "plots/data";
    const char *name[MAX_FILES];
    char near[NEAREST_TEXT];
    struct dirent **entry;
    int n = scandir(measured, &entry, is_csv, alphasort), shown = n < MAX_FILES ? n : MAX_FILES, found = 0;
    for (int i = 0; i < shown; i++) name[i] = entry[i]->d_name;
    if (n > 0 && !strchr(path, '/'))
        found = nearest_name(path, (struct name_list){ name, (size_t)shown, sizeof *name }, near) != NULL;
    for (int i = 0; i < n; i++) free(entry[i]);
    if (n >= 0) free(entry);
    if (found) return bad_input("there is no %s; did you mean %s in %s?", path, near, measured);
    return bad_input("there is no %s; `rungs bench all --csv FILE` measures", path);
}

/* Files, or folders of files, separated by commas. 0 after a sentence. */
static int read_data(char *folder)
{
    static char list[8 * PATH];
    struct stat s;
    if (strlen(data) >= sizeof list) return args_refuse("plot", "--data is too long"), 0;
    strcpy(list, data);
    for (char *part = strtok(list, ","); part; part = strtok(NULL, ",")) {
        if (stat(part, &s)) return refuse_path(part);
        int first = files, is_folder = S_ISDIR(s.st_mode);
        if (!(is_folder ? add_folder(part) : add_file("", part))) return 0;
        for (int i = first; i < files; i++)
            if (!read_file(file[i], !is_folder)) return 0;
    }
    if (!files) return args_refuse("plot", "--data names no file"), 0;
    snprintf(folder, PATH, "%s", file[0]);
    char *slash = strrchr(folder, '/');
    strcpy(slash ? slash : folder, slash ? "" : ".");
    return 1;
}

/* ---- the charts ---- */

static int drawn, refused;

static void count(int result)
{
    drawn += result > 0;
    refused += result < 0;
}

enum {
    LADDER = 1,
    SIZE = 2,
    ROOFLINE = 4,
    LOSS = 8,
    ACCURACY = 16,
    OVER_X = 32,
    SWEEP = 64,
    FIND_LR = 128,
    TRAINING = 256,
    ALL = 511
};

/* The errors that were measured on the same CPU, for libm differs from one to the next;
 * else others. NULL: none */
static const struct ulp_table *table_of(const struct measurement *m, const char *op)
{
    const struct ulp_table *found = NULL;
    for (int i = 0; i < tables; i++)
        if (ulp_table_has(&table[i], op) && (!found || !strcmp(table[i].cpu, m->cpu))) found = &table[i];
    return found;
}

static void draw_accuracy(const struct measurement *m, const char *op)
{
    const struct ulp_table *t = table_of(m, op);
    if (!t) return;
    count(as_text ? accuracy_print(&m->rows, &t->rows, op, shape_text)
                  : accuracy_draw(m, t, op, shape_text, out));
}

static void draw_over_x(const struct ulp_table *t)
{
    for (const struct op *const *op = ops; *op && !refused; op++)
        if (!op_name || !strcmp(op_name, (*op)->name))
            count(as_text ? over_x_print(&t->rows, (*op)->name, (*op)->arg[0].name)
                          : over_x_draw(t, (*op)->name, (*op)->arg[0].name, out));
}

static void draw_measurement(const struct measurement *m, int what)
{
    const char *op[PICK_OPS];
    int all = pick_ops(&m->rows, op, PICK_OPS), threads[16], counts = 0;
    for (int i = 0; i < all; i++) {
        if (op_name && strcmp(op_name, op[i])) continue;
        int n = pick_threads(&m->rows, op[i], threads, 16);
        if (n > counts) counts = n;
        if (what & LADDER)
            count(as_text ? ladder_print(&m->rows, op[i], shape_text)
                          : ladder_draw(m, op[i], shape_text, out));
        if (what & ROOFLINE && !as_text) count(roofline_draw(m, op[i], shape_text, out));
        if (what & ACCURACY) draw_accuracy(m, op[i]);
        for (int t = 0; as_text && what & SIZE && t < n; t++) count(size_print(&m->rows, op[i], threads[t]));
        if (refused) return; /* the sentence would only come again */
    }
    for (int t = 0; !as_text && what & SIZE && t < counts && !refused; t++)
        count(size_draw(m, op_name, threads[t], out));
}

static void draw_all(int what)
{
    for (int i = 0; i < measurements && !refused; i++) draw_measurement(&measurement[i], what);
    for (int i = 0; i < tables && what & OVER_X && !refused; i++) draw_over_x(&table[i]);
    for (int i = 0; i < sweeps && what & SWEEP && !refused; i++)
        count(as_text ? sweep_print(&sweep[i]) : sweep_draw(&sweep[i], out));
    for (int i = 0; i < searches && what & FIND_LR && !refused; i++)
        count(as_text ? find_lr_print(&search[i]) : find_lr_draw(&search[i], out));
    for (int i = 0; i < trainings && what & TRAINING && !refused; i++)
        count(as_text ? training_log_print(&training[i]) : training_log_draw(&training[i], out));
    if (what & LOSS && runs && !refused)
        count(as_text ? loss_print(run, runs, by_samples) : loss_draw(run, runs, by_samples, out));
}

static int parse_what(const char *word)
{
    static const char *const name[] = { "ladder", "size",  "roofline", "loss",     "accuracy",
                                        "over-x", "sweep", "find-lr",  "training", "all" };
    static const int bit[] = {
        LADDER, SIZE, ROOFLINE, LOSS, ACCURACY, OVER_X, SWEEP, FIND_LR, TRAINING, ALL
    };
    enum { NAMES = sizeof name / sizeof *name };
    for (int i = 0; i < NAMES; i++)
        if (!strcmp(word, name[i])) return bit[i];
    args_unknown(
        "plot", "there is no chart", word, (struct name_list){ name, NAMES, sizeof *name },
        "there are ladder, size, roofline, loss, accuracy, over-x, sweep, find-lr, training and all");
    return 0;
}

static const char about[] =
    "Draws charts of measured CSV files as SVG and PNG (gnuplot must be installed), or as text:\n"
    "  ladder     how many times faster than naive each rung is, with intervals, and the libraries\n"
    "  size       speed against size, a panel for each operation\n"
    "  roofline   every rung under the machine's roofs\n"
    "  loss       loss curves of training runs\n"
    "  accuracy   time an element against the largest error, from a race and from `rungs ulp OP --csv`\n"
    "  over-x     the largest error over x, from `rungs ulp OP --over-x --csv`\n"
    "  sweep      settings and the accuracy that they reach, from `rungs train NETWORK --sweep GRID --csv`\n"
    "  find-lr    loss against learning rate, from `rungs train NETWORK --find-lr --csv`\n"
    "  training   loss and accuracy over the epochs, a chart for each file of `rungs train NETWORK --log`";

static const char examples[] = "  rungs plot\n"
                               "  rungs plot ladder --data my.csv --text\n"
                               "  rungs plot ladder --op dense_forward --shape 64x784x512\n"
                               "  rungs plot accuracy --data bench.csv,ulp.csv --op gelu_forward\n"
                               "  rungs plot over-x --data over_x.csv --text\n"
                               "  rungs plot loss --data naive.csv,best.csv --out charts\n";

int verb_plot(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--data", OPTION_TEXT, &data, 0, 0, "CSV files, or folders of them, with commas between" },
        { "--out", OPTION_FOLDER, &out, 0, 0, "the folder for the pictures; default: beside the data" },
        { "--op", OPTION_TEXT, &op_name, 0, 0, "only this operation" },
        { "--shape", OPTION_TEXT, &shape_text, 0, 0,
          "of ladder and roofline; default: the largest with all rungs" },
        { "--samples", OPTION_FLAG, &by_samples, 0, 0, "loss against samples seen, not seconds" },
        { "--text", OPTION_FLAG, &as_text, 0, 0, "print on the terminal, without gnuplot" },
        { 0 },
    };
    const struct usage usage = {
        "plot",  "plot [ladder|size|roofline|loss|accuracy|over-x|sweep|find-lr|training|all] [options]",
        about,   examples,
        options, 0,
        1
    };
    const char *word[1];
    char folder[PATH], error[ERROR_TEXT];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    if (op_name && (code = verb_renamed("plot", op_name))) return code;
    int what = words ? parse_what(word[0]) : ALL;
    if (!what || !read_data(folder)) return refusal;
    if (!out) out = folder;
    if (as_text) {
        draw_all(what);
    } else if (!folder_make(out, error)) {
        return args_fail(EXIT_OUTPUT, "plot", "%s", error);
    } else if (draw_begin("plot", "; --text draws without it")) {
        draw_all(what);
        draw_end();
    } else {
        refused = 1;
    }
    for (int i = 0; i < measurements; i++) measurement_free(&measurement[i]);
    for (int i = 0; i < tables; i++) ulp_table_free(&table[i]);
    for (int i = 0; i < runs; i++) loss_free(&run[i]);
    for (int i = 0; i < sweeps; i++) sweep_free(&sweep[i]);
    for (int i = 0; i < searches; i++) find_lr_free(&search[i]);
    for (int i = 0; i < trainings; i++) training_log_free(&training[i]);
    if (refused) return as_text ? EXIT_WRONG : draw_exit_code();
    if (drawn) return EXIT_OK;
    return args_refuse("plot", "nothing in %s to draw like that; `rungs plot --help` says what there is",
                       data);
}
