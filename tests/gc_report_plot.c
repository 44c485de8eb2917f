/* gc_report_plot.c - the gradient checker's charts: gc_report_plot FOLDER draws one of each there, with names
 * meant to break scripts, and checks what happens without gnuplot, without a folder and without room. */
#include <math.h>
#include <signal.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gc_report_made.h"

enum { ROWS = 51 };

static int failures;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL %s\n", what), failures++;
}

/* What a V curve looks like: truncation falls, rounding rises. */
static void made_curve(gc_vrow row[ROWS])
{
    for (int k = 0; k < ROWS; k++) {
        double h = ldexp(1, -k), u = 1.1e-16, v = 6e-8, jitter = 0.4 + fabs(made_number(5, (size_t)k));
        row[k] = (gc_vrow){ h,
                            0.5 * h + jitter * u / h,
                            0.2 * h * h + jitter * u / h,
                            0.1 * pow(h, 4) + 1.5 * jitter * u / h,
                            k < 4   ? 0.2 * h * h
                            : k % 5 ? jitter * u + 0.2 * h * h
                                    : 0,
                            0.5 * h + jitter * v / h,
                            k % 7 ? 0.2 * h * h + jitter * v / h : (double)NAN };
    }
}

static void made_remainders(gc_taylor_row row[ROWS], int rows)
{
    for (int k = 0; k < rows; k++) {
        double h = ldexp(1, -3 - k);
        row[k] = (gc_taylor_row){ h, 0.8 * h, 0.3 * h * h + 1e-16 * fabs(made_number(6, (size_t)k)), 2 };
    }
}

/* last row doubled, one element NaN, error bars to be seen */
static gc_result *made_wrong(const char *name, const size_t *dim)
{
    static double analytic[100000], numeric[100000];
    gc_result *r = made_result(name, GC_FAIL);
    gc_tensor_result *t = made_tensor(r, "W", dim);
    size_t n = t->elements, row = n / (t->nd ? dim[0] : 1);
    for (size_t i = 0; i < n; i++) {
        numeric[i] = made_number(7, i);
        analytic[i] = i + row >= n ? 2 * numeric[i] : numeric[i] * (1 + 1e-9 * made_number(8, i));
    }
    if (n > 3) analytic[n / 2] = (double)NAN;
    made_samples(t, analytic, numeric, n > 4096 ? 31 : 1);
    snprintf(t->pattern, sizeof t->pattern, "only the last row is wrong, and there analytic = 2 x numeric");
    return r;
}

static int begins(const char *base, const char *suffix, const char *bytes)
{
    char path[1200], got[16] = "";
    snprintf(path, sizeof path, "%s%s", base, suffix);
    FILE *f = fopen(path, "rb");
    if (!f) return 0;
    size_t n = fread(got, 1, sizeof got - 1, f);
    fclose(f);
    return n >= strlen(bytes) && !memcmp(got, bytes, strlen(bytes));
}

static int exists(const char *base, const char *suffix)
{
    char path[1200];
    struct stat s;
    snprintf(path, sizeof path, "%s%s", base, suffix);
    return stat(path, &s) == 0;
}

/* nothing else than the chart's own files bears its name */
static int nothing_half_written(const char *base)
{
    static const char *const own[] = { ".dat", ".gp", ".svg", ".png" };
    char pattern[1200];
    size_t known = 0;
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s.*", base);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) known += (size_t)exists(base, own[i]);
    if (glob(pattern, 0, NULL, &found)) return known == 0;
    size_t all = found.gl_pathc;
    globfree(&found);
    return all == known;
}

static void expect_pictures(int code, const char *base)
{
    expect(code == 0 && begins(base, ".svg", "<?xml") && begins(base, ".png", "\x89PNG"), base);
    expect(begins(base, ".gp", "# made by") && exists(base, ".dat") && nothing_half_written(base), base);
}

static void remove_all(const char *base)
{
    static const char *const suffix[] = { ".dat", ".gp", ".svg", ".png" };
    char path[1200];
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s%s", base, suffix[i]);
        unlink(path);
    }
}

static const char hostile[] = "it's \"`touch broken`\" \n'; system('touch broken') # <&> \xff $x @y %d";

static void draw_each(const char *folder)
{
    static const size_t shapes[][5] = { { 7, 12 }, { 3, 2, 3, 2 }, { 100 }, { 0 }, { 300, 300 }, { 1 } };
    gc_vrow row[ROWS];
    gc_taylor_row rest[ROWS];
    char base[1000];
    made_curve(row);
    made_remainders(rest, 30);
    snprintf(base, sizeof base, "%s/vcurve", folder);
    expect_pictures(
        gc_plot_vcurve(base, "mlp: the derivative along a random direction", row, ROWS, 3.1e-3, 2e-13), base);
    char wide[301];
    memset(wide, 'W', sizeof wide - 1), wide[sizeof wide - 1] = '\0';
    snprintf(base, sizeof base, "%s/wide", folder);
    expect_pictures(gc_plot_vcurve(base, wide, row, ROWS, 1e-3, 1e300), base);
    snprintf(base, sizeof base, "%s/it's a \"name\" `touch broken`", folder);
    expect_pictures(gc_plot_vcurve(base, hostile, row, ROWS, (double)NAN, (double)NAN), base);
    remove_all(base);
    snprintf(base, sizeof base, "%s/no rows", folder);
    expect_pictures(gc_plot_vcurve(base, "nothing", row, 0, 0, 0), base);
    expect_pictures(gc_plot_taylor(base, "nothing", rest, 0), base);
    remove_all(base);
    snprintf(base, sizeof base, "%s/taylor", folder);
    expect_pictures(gc_plot_taylor(base, "mlp: remainder of the first-order expansion", rest, 30), base);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        gc_result *r = made_wrong(i ? "layer" : hostile, shapes[i]);
        snprintf(base, sizeof base, "%s/heat%zu", folder, i);
        expect_pictures(gc_plot_heat(base, r, 0), base);
        snprintf(base, sizeof base, "%s/scatter%zu", folder, i);
        expect_pictures(gc_plot_scatter(base, r, 0), base);
        expect(gc_plot_heat(base, r, 1) == -1 && gc_plot_scatter(base, r, -1) == -1, "no such tensor");
        free(r);
    }
    expect(access("broken", F_OK) != 0, "no name runs a command");
}

static void check_failures(const char *folder)
{
    gc_vrow row[ROWS];
    char base[1000];
    made_curve(row);
    snprintf(base, sizeof base, "%s/missing/vcurve", folder);
    expect(gc_plot_vcurve(base, "t", row, ROWS, 1e-3, 1e-12) == -1, "no folder: -1");
    expect(gc_plot_vcurve("", "t", row, ROWS, 1e-3, 1e-12) == -1, "no name: -1");
    expect(gc_plot_vcurve("a\nb", "t", row, ROWS, 1e-3, 1e-12) == -1 && !exists("a\nb", ".dat"),
           "a line break in a name: -1");

    snprintf(base, sizeof base, "%s/full", folder);
    struct rlimit old, small = { 100, 100 };
    expect(getrlimit(RLIMIT_FSIZE, &old) == 0, "limits are known");
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &small) == 0) {
        expect(gc_plot_vcurve(base, "t", row, ROWS, 1e-3, 1e-12) == -1, "no room: -1");
        expect(!exists(base, ".dat") && !exists(base, ".gp") && nothing_half_written(base),
               "no room: nothing is left");
        setrlimit(RLIMIT_FSIZE, &old);
    }
    signal(SIGXFSZ, SIG_DFL);
}

static void check_without_gnuplot(const char *folder)
{
    gc_vrow row[ROWS];
    char base[1000];
    made_curve(row);
    snprintf(base, sizeof base, "%s/bare", folder);
    setenv("PATH", folder, 1);
    expect(gc_plot_vcurve(base, "t", row, ROWS, 1e-3, 1e-12) == 1, "without gnuplot: 1");
    expect(exists(base, ".dat") && exists(base, ".gp") && !exists(base, ".svg") && nothing_half_written(base),
           "without gnuplot: data and script are left");
}

static int have_gnuplot(void)
{
    gc_vrow row[ROWS];
    made_curve(row);
    return gc_plot_vcurve("gc_report_probe", "probe", row, ROWS, 1e-3, 1e-12) != 1;
}

int main(int argc, char **argv)
{
    if (argc != 2 || (mkdir(argv[1], 0777) && access(argv[1], W_OK))) {
        fputs("usage: gc_report_plot FOLDER\n", stderr);
        return 64;
    }
    unlink("broken");
    int pictures = have_gnuplot();
    remove_all("gc_report_probe");
    check_failures(argv[1]);
    if (pictures) draw_each(argv[1]);
    check_without_gnuplot(argv[1]);
    if (failures) return 1;
    puts(pictures ? "PASS charts" : "SKIP gnuplot is missing: apt install gnuplot-nox");
    return pictures ? 0 : 77;
}
