/* chart.c - the files of a chart, and gnuplot; see chart.h. */
#include "chart.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../base/process.h"
#include "words.h"

/* ---- names ---- */

static void path_of(char path[GC_PATH + 32], const struct gc_chart *c, const char *suffix)
{
    snprintf(path, GC_PATH + 32, "%s%s", c->base, suffix);
}

/* 0 if no script could name these files */
static int take_base(struct gc_chart *c, const char *base)
{
    for (const char *p = base; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127) return 0;
    int n = snprintf(c->base, sizeof c->base, "%s%s", *base == '/' ? "" : "./", base);
    return *base && n > 0 && (size_t)n < sizeof c->base;
}

/* ---- text ---- */

void gc_chart_quote(FILE *f, const char *text, int most)
{
    fputc('\'', f);
    for (int told = 0; *text && told < most; told++) {
        const char *start = text;
        uint32_t character = gc_utf8(&text);
        if (told + 1 == most && *text)
            fputs("…", f);
        else if (character == '\'')
            fputs("''", f);
        else if (character < ' ' || character == 0x7f || character == 0xfffd)
            fputc(' ', f);
        else
            fwrite(start, 1, (size_t)(text - start), f);
    }
    fputc('\'', f);
}

void gc_chart_number(FILE *dat, double x)
{
    char text[GC_NUMBER];
    fputs(gc_number(x, text), dat);
    fputc(' ', dat);
}

/* Colours are those of Okabe and Ito, which the colour-blind can tell apart. Every chart is drawn twice, as SVG and PNG. */
static void put_look(FILE *gp, const char *base, int width, int height)
{
    fputs("# made by the gradient checker; draws base.svg and base.png:  gnuplot this-file\nbase = ", gp);
    gc_chart_quote(gp, base, GC_PATH);
    fputs("\ndat = base.'.dat'\n"
          "out = base\nif (exists('ARG1') && strlen(ARG1) > 0) { out = ARG1 }\n"
          "set encoding utf8\nset datafile missing 'nan'\n",
          gp);
    fprintf(
        gp,
        "terminal(t) = t == 1 \\\n"
        "  ? \"set terminal svg noenhanced size %d,%d font 'Helvetica,14' background '#ffffff'; set output "
        "out.'.svg'\" \\\n"
        "  : \"set terminal pngcairo noenhanced size %d,%d font 'Helvetica,14' fontscale 1.36 linewidth 1.5 "
        "pointscale 1.5 background '#ffffff'; set output out.'.png'\"\n",
        width, height, 3 * width / 2, 3 * height / 2);
    fputs("set border 3 lc rgb '#555555'\n"
          "set tics nomirror textcolor rgb '#333333' scale 0.6\n"
          "set grid back lc rgb '#dddddd' lt 1 lw 0.8\n"
          "set xlabel textcolor rgb '#333333'\nset ylabel textcolor rgb '#333333'\n"
          "set key textcolor rgb '#333333'\n"
          "set style line 1 lc rgb '#0072b2' lw 2 pt 7 ps 0.5\n"
          "set style line 2 lc rgb '#d55e00' lw 2 pt 5 ps 0.5\n"
          "set style line 3 lc rgb '#009e73' lw 2 pt 9 ps 0.6\n"
          "set style line 4 lc rgb '#cc79a7' lw 2 pt 13 ps 0.6\n"
          "set style line 5 lc rgb '#56b4e9' lw 2 dt 2 pt 6 ps 0.5\n"
          "set style line 6 lc rgb '#e69f00' lw 2 dt 2 pt 4 ps 0.5\n"
          "set style line 9 lc rgb '#888888' lw 1 dt 3\n",
          gp);
}

void gc_chart_title(struct gc_chart *c, const char *title, const char *below)
{
    fputs("set label 901 ", c->gp);
    gc_chart_quote(c->gp, title, c->width * 10 / 96);
    fputs(" at screen 0.015, screen 1 offset 0,-1.2 left font ',16' tc rgb '#333333'\nset label 902 ", c->gp);
    gc_chart_quote(c->gp, below, c->width * 10 / 71);
    fputs(" at screen 0.015, screen 1 offset 0,-2.6 left font ',12' tc rgb '#666666'\n", c->gp);
}

/* ---- files ---- */

int gc_chart_open(struct gc_chart *c, const char *base, int width, int height)
{
    char path[GC_PATH + 32], error[ERROR_TEXT];
    c->dat = c->gp = NULL;
    c->width = width;
    if (!take_base(c, base)) return 0;
    path_of(path, c, ".dat");
    if (!file_open(&c->dat_file, path, error)) return 0;
    path_of(path, c, ".gp");
    if (!file_open(&c->gp_file, path, error)) {
        file_drop(&c->dat_file);
        return 0;
    }
    c->dat = c->dat_file.out;
    c->gp = c->gp_file.out;
    put_look(c->gp, c->base, width, height);
    return 1;
}

/* Runs gnuplot quietly, without the user's own settings, on c's script, its pictures going to out.svg and out.png: its
 * exit code, 127 if there is no gnuplot. */
static int run_gnuplot(const struct gc_chart *c, const char *out)
{
    char script[GC_PATH + 32], error[ERROR_TEXT];
    const char *const argv[] = { "gnuplot", "-d", "-c", script, out, NULL };
    path_of(script, c, ".gp");
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    int code = process_run(argv, nowhere, nowhere, nowhere, error);
    if (nowhere >= 0) close(nowhere);
    return code;
}

/* Puts a picture in its place; without one, what was there would belie the new script, and goes. */
static int keep_picture(const struct gc_chart *c, const char *drawn, const char *suffix)
{
    char from[FILE_PATH + 32], to[GC_PATH + 32], error[ERROR_TEXT];
    path_of(to, c, suffix);
    snprintf(from, sizeof from, "%s%s", drawn, suffix);
    if (!access(from, R_OK) && file_copy(from, to, error)) return 1;
    unlink(to);
    return 0;
}

int gc_chart_close(struct gc_chart *c)
{
    char folder[FILE_PATH] = "", drawn[FILE_PATH + 16], error[ERROR_TEXT];
    int dat = file_keep(&c->dat_file, error), gp = file_keep(&c->gp_file, error);
    int ok = dat && gp && folder_make_temporary(folder, error);
    snprintf(drawn, sizeof drawn, "%s/chart", folder);
    int code = ok ? run_gnuplot(c, drawn) : 1;
    int kept = keep_picture(c, drawn, ".svg") & keep_picture(c, drawn, ".png");
    if (ok) folder_remove(folder);
    return kept ? 0 : code == 127 ? 1 : -1;
}
