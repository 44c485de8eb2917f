/* bench_memory.c - the peak memory of training whole networks: of the rungs, PyTorch and JAX, measured
 * alike.
 *
 * Each contestant gets a new process for each network and number of threads. It makes the network, and the
 * optimizer, and takes STEPS steps on the same images. While it waits for its end, this process reads
 * from /proc/PID/status the most memory that it ever had resident (VmHWM): code, libraries, interpreter,
 * all. The size of the images and labels, which every training has in memory, is subtracted once. The
 * frameworks run in the user's own environment, not in that of the races, whose huge pages take more memory
 * to save time.
 */
#include "bench_memory.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/csv.h"
#include "../base/file.h"
#include "../base/interrupt.h"
#include "../base/process.h"
#include "../bench/machine.h"
#include "../bench/peer_frameworks.h"
#include "../optimized/team.h"
#include "args.h"
#include "bench_networks.h"

enum { STEPS = 20, LINE = 256 };

static struct bench_network now;

struct result {
    double start,
        peak; /* bytes resident at most: before there is a network, and at the end; NaN: it is lost */
    char note[PEER_LOST];
};

/* the most that the process had resident, in bytes; NaN where the system does not say */
static double peak_of(pid_t pid)
{
    char path[64], line[LINE];
    double bytes = (double)NAN;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmHWM:", 6)) bytes = 1024 * strtod(line + 6, NULL);
    if (status) fclose(status);
    return bytes;
}

/* ---- the rungs ---- */

/* In a child: a word through `tell` when it begins and when all steps are done; each time it then waits for
 * one from `hear`. */
__attribute__((noreturn)) static void train_here(int k, int threads, int tell, int hear)
{
    char error[ERROR_TEXT], word = 1;
    int fine =
        write(tell, &word, 1) == 1 && read(hear, &word, 1) == 1 && bench_network_make(&now, k, "best", error);
    team_use(threads);
    for (long s = 0; fine && s < STEPS; s++) bench_network_step(&now, s);
    if (fine && write(tell, &word, 1) == 1 && read(hear, &word, 1) == 1) _exit(EXIT_OK);
    _exit(EXIT_RESOURCES);
}

/* the peak of a child that has said its word; NaN if it ended instead */
static double peak_at_word(pid_t child, int hear, int tell)
{
    char word;
    if (read(hear, &word, 1) != 1) return (double)NAN;
    const double peak = peak_of(child);
    return write(tell, &word, 1) == 1 ? peak : (double)NAN;
}

static struct result of_rungs(int k, int threads)
{
    struct result r = { .start = (double)NAN, .peak = (double)NAN };
    int up[2], down[2];
    if (pipe(up)) return snprintf(r.note, sizeof r.note, "no pipe to a child"), r;
    if (pipe(down))
        return close(up[0]), close(up[1]), snprintf(r.note, sizeof r.note, "no pipe to a child"), r;
    fflush(NULL);
    const pid_t child = fork();
    if (!child) {
        close(up[0]), close(down[1]);
        train_here(k, threads, up[1], down[0]);
    }
    close(up[1]), close(down[0]);
    if (child > 0) {
        r.start = peak_at_word(child, up[0], down[1]);
        r.peak = peak_at_word(child, up[0], down[1]);
    }
    close(up[0]), close(down[1]);
    if (child > 0 && process_wait(child) != EXIT_OK) r.peak = (double)NAN;
    if (isnan(r.peak)) snprintf(r.note, sizeof r.note, "the training ended before it was done");
    return r;
}

/* ---- frameworks ---- */

static struct result of_framework(const char *framework, int threads, char version[PEER_LINE])
{
    struct result r = { .start = (double)NAN, .peak = (double)NAN };
    struct peer_child child;
    if (peer_framework_start(framework, threads, &child, version)) {
        r.start = peak_of(child.pid);
        if (peer_network_give(&child, &now.given) && !isnan(peer_network_steps(&child, STEPS)))
            r.peak = peak_of(child.pid);
    }
    snprintf(r.note, sizeof r.note, "%s", child.lost);
    peer_child_end(&child);
    return r;
}

/* ---- all of them ---- */

static const char *const contestants[] = { "rungs", "torch", "torch_channels_last", "jax" };
enum { CONTESTANTS = sizeof contestants / sizeof *contestants };

static double mib(double bytes)
{
    return bytes / (1 << 20);
}

static void print(const char *name, int threads, const struct result *r, double data, double share)
{
    printf("  %-20s %3d", name, threads);
    if (isnan(r->peak))
        printf("  left out: %s\n", r->note);
    else if (isnan(share))
        printf("  %8.1f  %8.1f\n", mib(r->peak - data), mib(r->start));
    else
        printf("  %8.1f  %8.1f  %.3f of the least of the others\n", mib(r->peak - data), mib(r->start),
               share);
}

static void write_row(FILE *csv, int k, const char *name, int threads, const struct result *r, double data,
                      const char *version)
{
    if (!csv || isnan(r->peak)) return;
    fprintf(csv, "%s,%s,%d,%d,%.0f,%.0f,%.0f,", bench_network_name(k), name, threads, STEPS, data, r->start,
            r->peak);
    csv_write(csv, version, '\n');
}

/* network k on so many threads */
static void measure(const struct bench_steps *b, int k, int threads, FILE *csv)
{
    struct result result[CONTESTANTS] = { { 0 } };
    char version[CONTESTANTS][PEER_LINE] = { "" }, error[ERROR_TEXT];
    const int n = b->no_peers ? 1 : CONTESTANTS;
    double least = (double)NAN;
    result[0] = of_rungs(k, threads); /* before anything is made here, which its process would have, too */
    if (!bench_network_make(&now, k, "best", error)) {
        printf("  %s\n", error);
        return;
    }
    bench_network_keep(&now);
    const double data = (double)(now.given.pixels * sizeof(float) + now.given.labels * sizeof(int));
    for (int c = 1; c < n && !interrupt_asked(); c++) {
        result[c] = of_framework(contestants[c], threads, version[c]);
        if (!(least <= result[c].peak - data)) least = result[c].peak - data;
    }
    if (!interrupt_asked())
        for (int c = 0; c < n; c++) {
            const char *after = strncmp(version[c], "ready ", 6) ? "" : version[c] + 6;
            print(contestants[c], threads, &result[c], data,
                  c ? (double)NAN : (result[0].peak - data) / least);
            write_row(csv, k, contestants[c], threads, &result[c], data, after);
        }
    fflush(stdout);
    bench_network_free(&now);
}

int bench_memory(const struct bench_steps *b)
{
    char error[ERROR_TEXT];
    struct file_out f = { 0 };
    if (b->csv_path && !file_open(&f, b->csv_path, error))
        return args_fail(EXIT_OUTPUT, "bench", "%s", error);
    if (f.out) fputs("network,contestant,threads,steps,data_bytes,start_bytes,peak_bytes,version\n", f.out);
    interrupt_watch();
    printf(
        "peak memory of %d training steps: MiB resident beyond the images, and before there is a network\n",
        STEPS);
    for (int k = 0; bench_network_name(k) && !interrupt_asked(); k++) {
        printf("\n%s\n  %-20s %3s  %8s  %8s\n", bench_network_name(k), "", "thr", "training", "start");
        for (int t = 0; t < b->counts && !interrupt_asked(); t++) measure(b, k, b->count[t], f.out);
    }
    if (interrupt_asked()) {
        file_drop(&f);
        interrupt_end();
    }
    if (f.out && !file_keep(&f, error)) return args_fail(EXIT_OUTPUT, "bench", "%s", error);
    if (b->csv_path) printf("\nwrote %s\n", b->csv_path);
    return EXIT_OK;
}
