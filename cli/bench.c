/* bench.c - rungs bench: race the rungs against each other and against the libraries. */
#include "verbs.h"
#include "../base/clock.h"
#include "bench_cuda.h"
#include "bench_epochs.h"
#include "bench_memory.h"
#include "bench_networks.h"
#include "bench_steps.h"
#include "bench_table.h"
#include "bench_train.h"
#include "bench_with.h"
#include "with.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cpus.h"
#include "../base/error.h"
#include "../bench/bare.h"
#include "../bench/pinning.h"
#include "../base/interrupt.h"
#include "../bench/load.h"
#include "../bench/report.h"
#include "../plots/charts.h"
#include "../base/progress.h"

enum { MAX_LIST = 32, MAX_COUNTS = 8, MAX_CONTESTANTS = 256 }; /* MAX_LIST: shapes, or names of rungs */

static const char *set_text, *shapes_text, *rungs_text, *threads_text, *csv_path, *json_path, *with_text,
    *networks_text;
static int no_peers, quick, cold, large, cuda, load, limit, table, memory;

/* shapes whose double oracle takes a minute or more are left out unless asked for */
static const double large_flops = 4e9;

static const struct peer *peers; /* PEERS of them, or NULL */
static struct roofs roofs[MAX_COUNTS];
static int count[MAX_COUNTS], counts; /* the thread counts, ascending */
static struct machine machine;
static struct rows rows;

/* ---- the command line ---- */

static int read_counts(void)
{
    char buffer[128], all[24];
    const char *part[MAX_COUNTS];
    snprintf(all, sizeof all, pinning_cpus()->threads > 1 ? "1,%d" : "%d", pinning_cpus()->threads);
    counts = args_split(threads_text && strcmp(threads_text, "0") ? threads_text : all, buffer, sizeof buffer,
                        part, MAX_COUNTS);
    for (int i = 0; i < counts; i++) {
        char *end;
        long t = strtol(part[i], &end, 10);
        if (*end || t < 1 || t > pinning_cores() || (i && t <= count[i - 1]))
            counts = -1;
        else
            count[i] = (int)t;
    }
    if (counts > 0) return 1;
    args_refuse("bench", "--threads %s: give ascending numbers from 1 to %d, the CPUs here, like %s",
                threads_text, pinning_cores(), pinning_cores() > 1 ? "1,2" : "1");
    return 0;
}

/* The operations of the words; 0 after a sentence. */
static int find_ops(const char *const *word, int words, const struct op **op)
{
    int n = 0;
    if (words == 1 && !strcmp(word[0], "all")) {
        if (set_text) return args_refuse("bench", "--set needs operations by name, not 'all'"), 0;
        while (n < OPS) op[n] = ops[n], n++;
        return n;
    }
    for (int i = 0; i < words; i++) {
        op[n] = verb_find_op("bench", word[i]);
        if (op[n] && set_text) op[n] = verb_set("bench", op[n], set_text);
        if (!op[n++]) return 0;
    }
    return n;
}

/* Every name must be a rung of every operation; 0 after a sentence. */
static int check_rung_names(const struct op *const *op, int n)
{
    char buffer[512];
    const char *part[MAX_LIST];
    int names = rungs_text ? args_split(rungs_text, buffer, sizeof buffer, part, MAX_LIST) : 0;
    if (rungs_text && names < 1)
        return args_refuse("bench", "--rungs %s: give names like 00_naive,04_avx2", rungs_text), 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < names; k++)
            if (!verb_find_rung("bench", op[i], NULL, part[k])) return 0;
    return 1;
}

/* of the ladder: the rungs that --rungs names, or all */
static int is_chosen_of(const struct rung *ladder, const struct rung *rung)
{
    char buffer[512];
    const char *part[MAX_LIST];
    int names = rungs_text ? args_split(rungs_text, buffer, sizeof buffer, part, MAX_LIST) : 0,
        chosen = !rungs_text;
    for (int k = 0; k < names; k++) chosen |= rung_in(ladder, part[k]) == rung;
    return chosen;
}

static int is_chosen(const struct op *op, const struct rung *rung)
{
    return is_chosen_of(op->cpu, rung);
}

/* ---- the problems of this run: operations, and shapes of each ---- */

static struct bench_problem problem[OPS * MAX_LIST];
static struct check_case *made_of[OPS * MAX_LIST]; /* NULL: not yet */
static int problems;

/* 0 after a sentence */
static int add_problem(const struct op *op, const int *size)
{
    if (problems == OPS * MAX_LIST)
        return args_refuse("bench", "at most %d shapes in one run; give fewer", OPS * MAX_LIST), 0;
    problem[problems].op = op;
    memcpy(problem[problems++].size, size, (size_t)op->nsize * sizeof *size);
    return 1;
}

/* Adds the operation at the shapes that the user wrote, or at its own, of which it may have
 * none; 0 after a sentence. */
static int add_problems(const struct op *op)
{
    char buffer[2048], error[ERROR_TEXT];
    const char *part[MAX_LIST];
    int size[MAX_SIZES] = { 0 };
    for (const int(*s)[MAX_SIZES] = op->bench_shapes; !shapes_text && **s; s++)
        if ((large || op->flops(*s) <= large_flops) && !add_problem(op, *s)) return 0;
    if (!shapes_text) return 1;
    int parts = args_split(shapes_text, buffer, sizeof buffer, part, MAX_LIST);
    for (int i = 0; i < parts; i++) {
        if (!op_parse_shape(op, part[i], size, error)) return args_refuse("bench", "%s", error), 0;
        if (!add_problem(op, size)) return 0;
    }
    if (parts < 1)
        args_refuse("bench", "--shapes %s: give up to %d shapes like 16x16x16,64x784x512", shapes_text,
                    MAX_LIST);
    return parts > 0;
}

/* Asked before anything is measured: can each problem be made? 0 after a sentence. */
static int is_room(void)
{
    char error[ERROR_TEXT];
    for (int i = 0; i < problems; i++)
        if (!check_room(problem[i].op, problem[i].size, 1, error))
            return args_refuse("bench", "%s", error), 0;
    return 1;
}

/* The double oracle of a large shape takes many seconds on one core: these are made
 * beforehand, on all cores. */
static void make_some(int k, void *arg)
{
    const double many_flops = 2e8;
    atomic_int *next = arg;
    (void)k;
    for (int i; (i = atomic_fetch_add(next, 1)) < problems && !interrupt_asked();)
        if (problem[i].op->flops(problem[i].size) > many_flops)
            made_of[i] = check_case_make(problem[i].op, problem[i].size, 1);
}

static void make_large_problems(void)
{
    atomic_int next = 0;
    (void)pinning_run(pinning_cores(), make_some, &next); /* refused: each is made when its turn comes */
    pinning_pin_self();
}

/* ---- progress: on a terminal only; a log gets the tables as they come ---- */

static struct progress progress;
static int race_number;
static double started;
static char race_name[96 + SHAPE_TEXT];

static void show_progress(int done, int all)
{
    char left[32] = "";
    double part = (race_number + (double)done / all) / (problems * (1 + cold)),
           spent = clock_seconds() - started;
    if (part > 0.01) progress_time(spent * (1 - part) / part, left);
    progress_show(&progress, part, "%s%s%s%s", race_name, *left ? ", about " : "", left,
                  *left ? " left" : "");
}

/* ---- racing ---- */

static struct roofs *roofs_of(int threads)
{
    for (int i = 0; i < counts; i++)
        if (count[i] == threads) return &roofs[i];
    return &roofs[0];
}

/* Rungs and peers at each thread count. A rung that keeps to one thread is not raced again with more. */
static int line_up(const struct op *op, struct contestant *c)
{
    int n = 0;
    for (int t = 0; t < counts; t++) {
        for (const struct rung *r = op->cpu; r->name && n < MAX_CONTESTANTS; r++)
            if (is_chosen(op, r))
                c[n++] = (struct contestant){ .name = r->name, .rung = r, .threads = count[t] };
        if (with_text && n < MAX_CONTESTANTS) c[n++] = bench_with_contestant(count[t]);
        if (bare_fits(op) && n < MAX_CONTESTANTS)
            c[n++] = (struct contestant){ .name = bare_name, .is_bare = 1, .threads = count[t] };
        for (int k = 0; peers && k < PEERS && n < MAX_CONTESTANTS; k++) {
            const struct peer *p = &peers[k];
            const struct peer_op *o = peer_find(p, op);
            if (o)
                c[n++] = (struct contestant){ .name = p->name, .peer = p, .peer_op = o, .threads = count[t] };
        }
    }
    race_probe(op, c, n);
    race_sweep(op, c, n);
    int kept = 0;
    for (int i = 0; i < n; i++) {
        int lacks = c[i].rung && rung_lacks(c[i].rung->needs);
        if (count[0] == 1 && c[i].threads > 1 && c[i].rung && (c[i].solo || lacks)) continue;
        c[kept++] = c[i];
    }
    return kept;
}

static void say_stops(struct cpus_stops before, struct cpus_stops after)
{
    if (after.times > before.times)
        printf("  the CPU quota stopped these threads %.0f times, for %.2f s in all: use fewer threads\n",
               after.times - before.times, after.seconds - before.seconds);
}

/* 0 after a sentence */
static int race_at(const struct op *op, const struct check_case *made, struct contestant *c, int n,
                   int is_cold)
{
    struct race setup = quick ? race_quick : race_full;
    setup.cold = is_cold;
    setup.progress = show_progress;
    progress_begin(&progress, stderr);
    snprintf(race_name, sizeof race_name, "%s %s", op->name, made->shape);
    struct cpus_stops before = cpus_stops(pinning_cpus());
    int ran = race_run(&setup, made, c, n);
    bench_with_ended();
    if (!ran) {
        args_refuse("bench", "out of memory at %s; try smaller shapes", race_name);
        return 0;
    }
    struct cpus_stops after = cpus_stops(pinning_cpus());
    for (int i = 0; i < n && !interrupt_asked(); i++) {
        struct roofs *r = roofs_of(c[i].threads);
        if (results_above_roof(&c[i], op, made->size, is_cold, r))
            (void)roof_measure(r, &machine, r->threads);
    }
    if (interrupt_asked()) { /* half a race, or a roof that is half measured, is none */
        progress_end(&progress);
        return 1;
    }
    int first = rows.n;
    for (int i = 0; i < n; i++) {
        struct roofs *r = roofs_of(c[i].threads);
        results_add_result(&rows, &c[i], op, made->size, is_cold, r, quick);
        rows.row[rows.n - 1].load = load;
        rows.row[rows.n - 1].throttled = after.seconds - before.seconds;
    }
    progress_end(&progress);
    report_race(&rows, first, n, made);
    bench_with_report(rows.row + first, n);
    say_stops(before, after);
    fflush(stdout);
    race_number++;
    return 1;
}

/* 0 after a sentence */
static int race_all(void)
{
    static struct contestant c[MAX_CONTESTANTS];
    int n = 0, ok = 1;
    for (int i = 0; ok && i < problems && !interrupt_asked(); i++) {
        const struct bench_problem *p = &problem[i];
        struct check_case *made = made_of[i] ? made_of[i] : check_case_make(p->op, p->size, 1);
        if (!i || p->op != p[-1].op) n = line_up(p->op, c);
        for (int is_cold = 0; ok && is_cold <= cold && !interrupt_asked(); is_cold++) {
            bench_with_check(made, c, n);
            ok = race_at(p->op, made, c, n, is_cold);
        }
        check_case_free(made);
    }
    return ok;
}

/* ---- set-up and files ---- */

static void open_peers(const struct op *const *op, int n)
{
    if (no_peers) return;
    peers = peers_open(op, n);
    for (int k = 0; k < PEERS; k++)
        if (*peers[k].pick) printf("peer %-13s %s\n", peers[k].name, peers[k].pick);
}

static int measure_roofs(void)
{
    for (int i = 0; i < counts && !interrupt_asked(); i++) {
        if (!roof_measure(&roofs[i], &machine, count[i])) {
            args_refuse("bench",
                        "out of memory for the bandwidth measurement; close other programs and try again");
            return 0;
        }
        if (!interrupt_asked()) report_roofs(&roofs[i]);
    }
    return 1;
}

/* after Ctrl-C: what there is, and how to get the rest */
static void say_interrupted(int saved)
{
    fprintf(stderr, "\nrungs bench: interrupted after %d of %d races; ", race_number, problems * (1 + cold));
    if (!csv_path && !json_path)
        fprintf(stderr, "nothing is saved, as there was no --csv or --json\n");
    else if (!saved || !race_number)
        fprintf(stderr, "nothing is saved\n");
    else
        fprintf(stderr, "they are in %s; name the other operations or --shapes to race the rest\n",
                csv_path ? csv_path : json_path);
    interrupt_end();
}

/* the roofs, which a second measurement may have raised, stand before the results */
static int write_files(void)
{
    struct rows all = { 0 };
    for (int i = 0; i < counts; i++) results_add_roofs(&all, &roofs[i]);
    rows_append(&all, &rows);
    results_refresh(&all, roofs, counts);
    int ok = (!csv_path || rows_write_csv(&all, &machine, csv_path)) &&
             (!json_path || rows_write_json(&all, &machine, json_path));
    if (ok && csv_path) printf("\nwrote %s; `rungs plot --data %s` draws it\n", csv_path, csv_path);
    if (ok && json_path) printf("wrote %s\n", json_path);
    rows_free(&all);
    return ok;
}

/* Beside busy processes threads go where the system puts them, as in any program: a pinned one would share
 * its core while another is free. 0 after a sentence. */
static int start_load(void)
{
    char error[ERROR_TEXT];
    if (!load_start(load, error)) return args_refuse("bench", "%s", error), 0;
    pinning_unpin_all();
    printf("beside %d busy process%s, on threads that are not pinned\n", load, load > 1 ? "es" : "");
    return 1;
}

static int bench(const struct op *const *op, int n)
{
    int ok, saved = 0;
    interrupt_watch();
    pinning_pin_self();
    pinning_start_team();
    machine = machine_facts();
    machine_print(&machine);
    if (quick) puts("--quick: few and short samples; these numbers are not for quoting");
    int refused = bench_with_prepare(*op);
    if (refused >= 0) return refused;
    fflush(stdout);
    open_peers(op, n); /* before anything that starts threads */
    if (!measure_roofs()) return peers_close(), EXIT_RESOURCES;
    fflush(stdout);
    if (!interrupt_asked()) make_large_problems();
    if (load && !interrupt_asked() && !start_load()) return EXIT_RESOURCES;
    started = clock_seconds();
    ok = race_all();
    load_stop();
    peers_close();
    for (int i = 0; ok && i < n; i++) ladder_print(&rows, op[i]->name, NULL);
    if (ok && (csv_path || json_path) && (race_number || !interrupt_asked())) ok = saved = write_files();
    if (interrupt_asked()) say_interrupted(saved);
    if (rows.failed) printf("\n%d FAILED: a wrong result, or a time that cannot be\n", rows.failed);
    int wrong = rows.failed;
    rows_free(&rows);
    return wrong                               ? EXIT_WRONG
           : ok                                ? EXIT_OK
           : (csv_path || json_path) && !saved ? EXIT_OUTPUT
                                               : EXIT_RESOURCES;
}

/* 1 in the child process that does the work; see pinning_settle */
static int settle(int argc, char **argv, int *code)
{
    char *child[OPS + 64] = { "rungs" };
    if (argc >= (int)(sizeof child / sizeof *child) - 1) {
        *code = args_refuse("bench", "the command line is too long");
        return 0;
    }
    memcpy(child + 1, argv, (size_t)argc * sizeof *argv);
    return pinning_settle(child, code);
}

/* rungs bench train */
static int bench_trainings(int argc, char **argv)
{
    int code;
    if (shapes_text || rungs_text || cuda || cold || large || with_text || table)
        return args_refuse(
            "bench", "train takes --threads, --load, --quick, --csv and --json, no shapes, rungs or --with");
    if (!read_counts()) return EXIT_USAGE;
    return settle(argc, argv, &code)
               ? bench_train(&(struct bench_train){ counts, count, load, quick, csv_path, json_path })
               : code;
}

/* rungs bench steps, and rungs bench epochs */
static int bench_networks(int argc, char **argv, int epochs)
{
    int code;
    char error[ERROR_TEXT];
    if (shapes_text || rungs_text || cuda || cold || large || with_text || load || table)
        return args_refuse("bench",
                           "steps takes --threads, --no-peers, --quick, --memory, --csv and --json, no "
                           "shapes or rungs");
    if (memory && epochs) return args_refuse("bench", "--memory is for `rungs bench steps`");
    if (memory && (quick || json_path))
        return args_refuse("bench", "steps --memory takes --threads, --no-peers and --csv");
    if (!read_counts()) return EXIT_USAGE;
    if (!bench_networks_choose(networks_text, error)) return args_refuse("bench", "--networks: %s", error);
    if (epochs && !networks_text)
        return args_refuse("bench", "epochs needs networks; give some with --networks");
    const struct bench_steps b = {
        counts, count, quick, no_peers, networks_text != NULL, csv_path, json_path
    };
    if (memory) return bench_memory(&b);
    if (!settle(argc, argv, &code)) return code;
    return epochs ? bench_epochs(&b) : bench_steps(&b);
}

/* rungs bench --table */
static int bench_as_table(int argc, char **argv, const struct op *const *op, int n)
{
    int code;
    if (shapes_text || rungs_text || cuda || cold || large || with_text || load || json_path || quick)
        return args_refuse("bench", "--table takes --threads, --no-peers, --set and --csv alone");
    return settle(argc, argv, &code) ? bench_table(&(struct bench_table){
                                           op, n, threads_text ? count[counts - 1] : 1, no_peers, csv_path })
                                     : code;
}

static const char about[] =
    "Races an operation's rungs against each other and against OpenBLAS, BLIS, oneDNN, SLEEF, PyTorch, JAX:\n"
    "interleaved rounds, each contestant verified before and after, medians with 95 % intervals,\n"
    "beside the machine's roofs measured in the same run. Exit 1 if a contestant is wrong (it gets no\n"
    "number) or faster than a roof. A library that is less exact than the rungs at special arguments\n"
    "(tails, near 0, infinities) gets a star, and the columns worst_... say where. PyTorch and\n"
    "JAX race where python3, or the Python that RUNGS_PEER_PYTHON names, has them. Beside an optimizer's\n"
    "step races a bare loop, which moves the same arrays and computes nothing. 'train' races whole\n"
    "trainings of fashion-mlp, each thread count against the first, in pairs. 'steps' races one training\n"
    "step of small networks against PyTorch's and JAX's, and with --memory the memory that it takes. 'epochs'\n"
    "races whole epochs with their data and a test, beside PyTorch's and JAX's.";

static const char examples[] =
    "  rungs bench dense_forward --shape 64x784x512\n"
    "  rungs bench dense_forward dense_backward_dx --rungs naive,avx2 --threads 1\n"
    "  rungs bench sigmoid_forward --quick --no-peers\n"
    "  rungs bench dense_forward --with ./mine.so:dense_fast,needs=avx2 --csv mine.csv\n"
    "  rungs bench all --table                   what each ladder is worth, in half a minute\n"
    "  rungs bench all --csv plots/data/my-machine.csv\n"
    "  rungs bench dense_forward --load 2        beside two busy processes\n"
    "  rungs bench train --load 2 --threads 1,2  whole trainings, in pairs\n"
    "  rungs bench steps --threads 1,2           training steps beside PyTorch and JAX\n"
    "  rungs bench steps --memory                the memory that training takes, beside theirs\n"
    "  rungs bench steps --networks a002-mnist-64,a004-mnist-500\n"
    "  rungs bench epochs --networks a002-mnist-64 --threads 2\n"
    "  rungs bench dense_forward --cuda --large --csv plots/data/my-card.csv\n";

int verb_bench(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--shape", OPTION_TEXT, &shapes_text, 0, 0, "only this shape, like 64x784x512" },
        { "--shapes", OPTION_TEXT, &shapes_text, 0, 0, "only these: 16x16x16,64x784x512" },
        { "--set", OPTION_TEXT, &set_text, 0, 0, "with other parameters, like p=0.5 or \"lr=0.01 t=1\"" },
        { "--large", OPTION_FLAG, &large, 0, 0, "also shapes over 4 GFLOP, whose check takes minutes" },
        { "--rungs", OPTION_TEXT, &rungs_text, 0, 0, "only these rungs: 00_naive,04_avx2" },
        { "--with", OPTION_TEXT, &with_text, 0, 0, WITH_HELP },
        { "--limit", OPTION_INT, &limit, 0, 3600,
          "with --with: seconds for one shape, then it counts as an endless loop; 0: 30" },
        { "--no-peers", OPTION_FLAG, &no_peers, 0, 0, "without the libraries and frameworks" },
        { "--threads", OPTION_TEXT, &threads_text, 0, 0,
          "thread counts, like 1,2; default: 1 and all within the CPU quota" },
        { "--load", OPTION_INT, &load, 0, LOAD_MOST, "beside so many busy processes of its own" },
        { "--cuda", OPTION_FLAG, &cuda, 0, 0,
          "the CUDA rungs, on this machine's GPU, beside cuBLAS and cuDNN" },
        { "--table", OPTION_FLAG, &table, 0, 0,
          "a line for each operation: its top rung beside naive C and the libraries, in short races on one "
          "thread" },
        { "--memory", OPTION_FLAG, &memory, 0, 0,
          "with steps: the memory that a process takes to train, not the time" },
        { "--quick", OPTION_FLAG, &quick, 0, 0, "few and short samples: not for quoting" },
        { "--cold", OPTION_FLAG, &cold, 0, 0, "also with the operands flushed from the caches" },
        { "--networks", OPTION_TEXT, &networks_text, 0, 0,
          "with steps and epochs: these of `rungs train --list`, like mnist-mlp,a004-mnist-500" },
        { "--csv", OPTION_FILE, &csv_path, 0, 0, "write the rows to this file" },
        { "--json", OPTION_FILE, &json_path, 0, 0, "write machine facts and rows to this file" },
        { 0 },
    };
    const struct usage usage = {
        "bench", "bench OP...|all|train|steps|epochs [options]", about, examples, options, 1, OPS
    };
    const char *word[OPS];
    const struct op *op[OPS];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    const int is_steps = words == 1 && !strcmp(word[0], "steps");
    const int is_epochs = words == 1 && !strcmp(word[0], "epochs");
    if (memory && !is_steps) return args_refuse("bench", "--memory is for `rungs bench steps`");
    if (words == 1 && !strcmp(word[0], "train")) return bench_trainings(argc, argv);
    if (networks_text && !is_steps && !is_epochs)
        return args_refuse("bench", "--networks is for `rungs bench steps` and `rungs bench epochs`");
    if (is_steps || is_epochs) return bench_networks(argc, argv, is_epochs);
    int n = find_ops(word, words, op);
    if (!n || !read_counts() || (!cuda && !check_rung_names(op, n))) return EXIT_USAGE;
    if (table) return bench_as_table(argc, argv, op, n);
    if (with_text && (n > 1 || !strcmp(word[0], "all")))
        return args_refuse("bench", "--with needs one operation");
    if (with_text && (code = bench_with_read(with_text, op[0], limit)) >= 0) return code;
    if (with_text && cuda && !bench_with_is_cuda())
        return args_refuse("bench", "--with: with --cuda it must be a .cu file");
    cuda |= bench_with_is_cuda();
    if (cold && !race_can_flush())
        return args_refuse("bench", "--cold: this machine's caches cannot be flushed");
    for (int i = 0; i < n; i++)
        if (!add_problems(op[i])) return EXIT_USAGE;
    if (!problems)
        return args_refuse("bench", "%s has no default benchmark shape; give one with --shape%s", op[0]->name,
                           large ? "" : ", or --large");
    if (!is_room()) return EXIT_RESOURCES;
    if (cuda)
        return bench_cuda(&(struct bench_cuda){ problem, problems, rungs_text ? is_chosen_of : NULL, no_peers,
                                                quick, csv_path, json_path });
    return settle(argc, argv, &code) ? bench(op, n) : code;
}
