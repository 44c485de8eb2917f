/* ulp.c - rungs ulp: how exact is every rung of a function of one number? */
#include "verbs.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../bench/peers.h"
#include "../bench/machine.h"
#include "../bench/ulp_results.h"
#include "../base/file.h"
#include "../base/memory.h"
#include "../optimized/team.h"
#include "../plots/charts.h"
#include "../base/progress.h"

enum { MAX_NAMES = 32, SAMPLED = 4099, INTERVALS = 400 };

static int every = SAMPLED, exhaustive, over_x, intervals = INTERVALS, threads, no_peers;
static double from = -20, to = 20;
static const char *rungs_text, *csv_path, *json_path;
static int quiet; /* the table goes to standard output, alone */

static struct ulp_rows rows;
static int wrong;

/* ---- what to look at ---- */

static int is_function(const struct op *op)
{
    int out[ULP_OUTPUTS];
    return ulp_outputs(op, out) > 0;
}

static int is_chosen(const struct op *op, const struct rung *rung)
{
    char buffer[512];
    const char *name[MAX_NAMES];
    int names = rungs_text ? args_split(rungs_text, buffer, sizeof buffer, name, MAX_NAMES) : 0,
        chosen = !rungs_text;
    for (int i = 0; i < names; i++) chosen |= rung_in(op->cpu, name[i]) == rung;
    return chosen;
}

/* 0 after a sentence */
static int check_rung_names(const struct op *op)
{
    char buffer[512];
    const char *name[MAX_NAMES];
    int names = rungs_text ? args_split(rungs_text, buffer, sizeof buffer, name, MAX_NAMES) : 0;
    if (rungs_text && names < 1)
        return args_refuse("ulp", "--rung %s: give names like 00_naive,02_avx2", rungs_text), 0;
    for (int i = 0; i < names; i++)
        if (!verb_find_rung("ulp", op, NULL, name[i])) return 0;
    return 1;
}

/* ---- libraries ---- */

static const struct peer *peers; /* PEERS of them, or NULL */

struct peer_call {
    const struct peer *peer;
    const struct peer_op *how;
};

static void call_peer(const void *context, const int *size, void *const *buf)
{
    static pthread_mutex_t one_at_a_time =
        PTHREAD_MUTEX_INITIALIZER; /* a library's handles are not for more */
    const struct peer_call *c = context;
    pthread_mutex_lock(&one_at_a_time);
    c->how->call(c->peer, c->how, size, buf);
    pthread_mutex_unlock(&one_at_a_time);
}

/* The libraries that know the operation; returns how many. */
static int line_up_peers(const struct op *op, struct ulp_rung *rung)
{
    static struct peer_call call[PEERS];
    int n = 0;
    for (int k = 0; peers && k < PEERS; k++) {
        call[k] = (struct peer_call){ &peers[k], peer_find(&peers[k], op) };
        if (call[k].how)
            rung[n++] = (struct ulp_rung){ .name = peers[k].name, .call = call_peer, .context = &call[k] };
    }
    return n;
}

static void open_peers(const struct op *only)
{
    const struct op *wanted[OPS];
    int n = 0, before = team_threads();
    if (only) wanted[n++] = only;
    for (const struct op *const *op = ops; *op && !only; op++)
        if (is_function(*op)) wanted[n++] = *op;
    if (no_peers || rungs_text) return;
    peers = peers_open(wanted, n);
    for (int k = 0; k < PEERS; k++)
        if (peers[k].open && peers[k].set_threads) peers[k].set_threads(1);
    team_use(before); /* theirs may be ours */
}

/* ---- rungs ---- */

/* The chosen rungs that run here, then libraries, then the rungs that call another's kernel from
 * several threads. Free *rung. */
static int line_up(const struct op *op, struct ulp_rung **rung, int *threaded)
{
    int all = 0, n = 0;
    while (op->cpu[all].name) all++;
    *rung = memory_need((size_t)all + PEERS, sizeof **rung);
    *threaded = 0;
    for (int last = 0; last <= 1; last++) {
        for (const struct rung *r = op->cpu; r->name; r++) {
            if (!is_chosen(op, r) || (strstr(r->name, "_threads") != NULL) != last) continue;
            const char *lacks = rung_lacks(r->needs);
            if (lacks && !quiet) printf("  %-14s skipped: this machine has no %s\n", r->name, lacks);
            if (lacks) continue;
            *threaded += last;
            (*rung)[n++] = (struct ulp_rung){ .name = r->name, .run = r->run, .needs = r->needs };
        }
        if (!last) n += line_up_peers(op, *rung + n);
    }
    return n;
}

/* ---- progress ---- */

static struct progress progress;
static const char *op_name;
static double started, part_done, part; /* parts of the whole work: done, and the operation of now */

static void show_progress(double done)
{
    char left[32] = "";
    double all = part_done + part * done, spent = clock_seconds() - started;
    if (all > 0.002) progress_time(spent * (1 - all) / all, left);
    progress_show(&progress, all, "%s%s%s%s", op_name, *left ? ", about " : "", left, *left ? " left" : "");
}

/* ---- words ---- */

/* r: NULL for a library, whose errors are not ours */
static void tell_row(const struct op *op, const struct ulp_row *row, const struct rung *r)
{
    int derivative = op->forward || !strcmp(row->argument, "s"), reduced = r && rung_is_reduced(r->needs);
    int bad = r && (row->bound_fraction > 1 || isinf(row->ulp) || row->wrong_at_limit);
    wrong += bad;
    if (quiet) return;
    printf("  %-14s %-2s %9.4g ulp%s at %-13.6g", row->rung, row->argument, row->ulp,
           derivative ? " of 1" : "", row->at);
    if (reduced && row->ulp > 0) printf(" %.1f bits;", row->bits);
    if (derivative || reduced)
        printf(" %.0f %% of its bound at %.6g", 100 * row->bound_fraction, row->bound_at);
    if (row->wrong_at_limit) printf(" not what it must be at %g", row->limit);
    puts(bad ? "  WRONG" : "");
    fflush(stdout);
}

/* ---- the floats ---- */

static void look_everywhere(const struct op *op)
{
    struct ulp_rung *rung;
    int threaded, n = line_up(op, &rung, &threaded), alone = n - threaded, first = rows.n;
    int step = exhaustive ? 1 : every, threaded_step = step > SAMPLED ? step : SAMPLED;
    ulp_sweep(op, rung, alone, (uint32_t)step, show_progress);
    ulp_sweep(op, rung + alone, threaded, (uint32_t)threaded_step, NULL);
    ulp_special(op, rung, n);
    progress_end(&progress);
    for (int i = 0; i < n; i++)
        ulp_results_add(&rows, op, &rung[i], nan(""), nan(""), i < alone ? step : threaded_step);
    for (int i = first; i < rows.n; i++) tell_row(op, &rows.row[i], rung_find(op, rows.row[i].rung));
    free(rung);
}

/* Numbers evenly over each interval: nearly all floats of (-20,20) are below 1, half of them below 1e-19. */
static void look_over_x(const struct op *op)
{
    enum { POINTS = 4096 };
    struct ulp_rung *rung;
    float x[POINTS];
    int threaded, n = line_up(op, &rung, &threaded);
    double width = (to - from) / intervals;
    if (!rungs_text) n -= threaded; /* their lines would be those of others */
    for (int i = 0; i < intervals; i++) {
        double low = from + i * width;
        show_progress((double)i / intervals);
        for (int k = 0; k < POINTS; k++) x[k] = (float)(low + width * (k + 0.5) / POINTS);
        for (int r = 0; r < n; r++) memset(rung[r].peak, 0, sizeof rung[r].peak);
        ulp_look(op, rung, n, x, POINTS);
        for (int r = 0; r < n; r++)
            ulp_results_add(&rows, op, &rung[r], low, i + 1 < intervals ? low + width : to, nan(""));
    }
    progress_end(&progress);
    if (!quiet) over_x_print(&rows, op->name, op->arg[0].name);
    free(rung);
}

static void look(const struct op *only)
{
    int all = 0;
    char time[32];
    const struct op *const one[] = { only, NULL }, *const *list = only ? one : ops;
    for (const struct op *const *op = list; *op; op++) all += is_function(*op);
    progress_begin(&progress, stderr);
    started = clock_seconds();
    part = 1.0 / all;
    for (const struct op *const *op = list; *op; op++) {
        if (!is_function(*op)) continue;
        op_name = (*op)->name;
        if (!quiet) printf("%s: %s\n", op_name, (*op)->formula);
        (over_x ? look_over_x : look_everywhere)(*op);
        part_done += part;
    }
    if (!quiet)
        printf("took %s on %d thread%s\n", progress_time(clock_seconds() - started, time), team_threads(),
               team_threads() > 1 ? "s" : "");
}

/* ---- files ---- */

typedef void print_fn(FILE *out, const struct ulp_rows *r, const struct machine *m);

/* 0 after a sentence */
static int write_file(const char *path, print_fn *print)
{
    struct file_out f;
    char error[ERROR_TEXT];
    struct machine machine = machine_facts();
    int ok = file_open(&f, path, error);
    if (ok) {
        print(f.out, &rows, &machine);
        ok = file_keep(&f, error);
    }
    if (!ok) return args_fail(0, "ulp", "%s", error);
    if (!quiet) printf("wrote %s\n", path);
    return 1;
}

static int write_files(void)
{
    int ok = 1;
    if (quiet)
        ulp_rows_print_csv(stdout, &rows, NULL);
    else if (csv_path)
        ok = write_file(csv_path, ulp_rows_print_csv);
    if (json_path) ok = write_file(json_path, ulp_rows_print_json) && ok;
    return ok;
}

static const char about[] =
    "Compares the rungs of a function of one number (activations: value and derivative), and libraries\n"
    "that have it, with the double oracle, over every 4099th or all of the 2^32 floats: the largest error\n"
    "of a value in units in the last place (ulp), of a derivative in ulp of 1 and as a part of its bound,\n"
    "and where. The rungs on threads, which call another's kernel, are only sampled. Exit 1 if a rung is\n"
    "beyond its bound, or turns a number into NaN, or is wrong for an infinity or a NaN.";

static const char examples[] =
    "  rungs ulp gelu_forward\n"
    "  rungs ulp tanh_with_derivative --exhaustive --rung 02_avx2\n"
    "  rungs ulp all --exhaustive --csv plots/data/ulp_my-machine.csv\n"
    "  rungs ulp gelu_forward --over-x --from -15 --to 5\n"
    "  rungs ulp gelu_forward --over-x --rung 00_naive,01_polynomial --csv over_x_gelu.csv\n"
    "  rungs plot over-x --data over_x_gelu.csv\n";

int verb_ulp(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--every", OPTION_INT, &every, 1, 1e9, "look at every N-th float" },
        { "--exhaustive", OPTION_FLAG, &exhaustive, 0, 0,
          "look at every float: a minute or two an operation" },
        { "--rung", OPTION_TEXT, &rungs_text, 0, 0, "only this rung, or these: 00_naive,02_avx2" },
        { "--over-x", OPTION_FLAG, &over_x, 0, 0, "the largest error in each of many intervals of x" },
        { "--from", OPTION_REAL, &from, -1e30, 1e30, "where the first interval begins" },
        { "--to", OPTION_REAL, &to, -1e30, 1e30, "where the last one ends" },
        { "--intervals", OPTION_INT, &intervals, 2, 10000, "how many" },
        { "--no-peers", OPTION_FLAG, &no_peers, 0, 0, "without the libraries" },
        { "--threads", OPTION_INT, &threads, 0, 256, "0: all CPUs within the quota" },
        { "--csv", OPTION_FILE, &csv_path, 0, 0,
          "write the rows to this file; -: print them, and nothing else" },
        { "--json", OPTION_FILE, &json_path, 0, 0, "write the rows to this file" },
        { 0 },
    };
    const struct usage usage = { "ulp", "ulp OP|all [options]", about, examples, options, 1, 1 };
    const char *word[1];
    int code;
    if (args_read(&usage, argc, argv, word, &code) < 0) return code;
    int all = !strcmp(word[0], "all");
    const struct op *only = all ? NULL : verb_find_op("ulp", word[0]);
    if (!all && !only) return EXIT_USAGE;
    if (only && !is_function(only))
        return args_refuse("ulp",
                           "%s is not a function of one number; the activations are, `rungs list` shows them",
                           only->name);
    if (all && rungs_text) return args_refuse("ulp", "--rung needs one operation, not 'all'");
    if (only && !check_rung_names(only)) return EXIT_USAGE;
    if (over_x && !(from < to)) return args_refuse("ulp", "--from must be less than --to");
    if (over_x && exhaustive)
        return args_refuse("ulp", "--exhaustive takes all floats, --over-x some of an interval");
    team_use(threads);
    quiet = csv_path && !strcmp(csv_path, "-");
    open_peers(only);
    look(only);
    int ok = write_files(), looked = rows.n;
    ulp_rows_free(&rows);
    return wrong ? EXIT_WRONG : !ok ? EXIT_OUTPUT : looked ? EXIT_OK : EXIT_SKIPPED;
}
