/* chart.c - the files of a chart, and gnuplot; see chart.h. */
#include "chart.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../base/process.h"
#include "format.h"

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

/* In thousandths of the font size, never too little for DejaVu Sans, the widest of the common fonts */
static int width_of(uint32_t c)
{
    if (c < 0x80 && strchr("ijl,.;:'|!`", (int)c)) return 340;
    if (c < 0x80 && strchr(" fIJrt()[]-/\\", (int)c)) return 420;
    if (c < 0x80 && strchr("mMWw%@", (int)c)) return 1000;
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? 640 : c < 0x80 ? 840 : 1000;
}

void gc_chart_quote(FILE *f, const char *text, int size, int most)
{
    long room = 1000L * most / size;
    fputc('\'', f);
    while (*text) {
        const char *start = text;
        uint32_t character = gc_utf8(&text);
        room -= width_of(character);
        if (room < (*text ? 1000 : 0)) {
            fputs("…", f);
            break;
        }
        if (character == '\'')
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

/* 'path', whole; take_base has seen to it that nothing in it breaks a line */
static void put_path(FILE *f, const char *path)
{
    fputc('\'', f);
    for (; *path; path++) fputs(*path == '\'' ? "''" : (const char[]){ *path, '\0' }, f);
    fputc('\'', f);
}

/* Colours are those of Okabe and Ito, which the colour-blind can tell apart. Every chart is drawn
 * twice, as SVG and PNG. */
static void put_look(FILE *gp, const char *base, int width, int height)
{
    fputs("# made by the gradient checker; draws base.svg and base.png:  gnuplot this-file\nbase = ", gp);
    put_path(gp, base);
    fputs("\ndat = base.'.dat'\n"
          "out = base\nif (exists('ARG1') && strlen(ARG1) > 0) { out = ARG1 }\n"
          "set encoding utf8\nset datafile missing 'nan'\n",
          gp);
    fprintf(gp,
            "width = %d; height = %d\nat_x(x) = 1.0*x/width\nat_y(y) = 1 - 1.0*y/height\n"
            "terminal(t) = t == 1 \\\n"
            "  ? \"set terminal svg noenhanced size %d,%d font 'Helvetica,14' background '#ffffff'; set "
            "xtics offset "
            "0,0.2; set output out.'.svg'\" \\\n"
            "  : \"set terminal pngcairo noenhanced size %d,%d font 'DejaVu Sans,14' fontscale 1.125 "
            "linewidth 1.5 "
            "pointscale 2.25 background '#ffffff'; set xtics offset 0,0; set output out.'.png'\"\n",
            width, height, width, height, 3 * width / 2, 3 * height / 2);
    fputs("set border 3 lc rgb '#555555'\n"
          "set tics nomirror textcolor rgb '#333333' scale 0.6\n"
          "set grid back lc rgb '#dddddd' lt 1 lw 0.8\n"
          "unset key\n"
          "set style line 1 lc rgb '#0072b2' lw 2 pt 7 ps 0.33\n"
          "set style line 2 lc rgb '#d55e00' lw 2 pt 5 ps 0.33\n"
          "set style line 3 lc rgb '#009e73' lw 2 pt 9 ps 0.4\n"
          "set style line 4 lc rgb '#cc79a7' lw 2 pt 13 ps 0.4\n"
          "set style line 5 lc rgb '#56b4e9' lw 2 dt 2 pt 6 ps 0.33\n"
          "set style line 6 lc rgb '#e69f00' lw 2 dt 2 pt 4 ps 0.33\n"
          "set style line 9 lc rgb '#888888' lw 1 dt 3\n",
          gp);
}

void gc_chart_title(struct gc_chart *c, const char *title, const char *below)
{
    fputs("set label 901 ", c->gp);
    gc_chart_quote(c->gp, title, 16, c->width - 26);
    fputs(" at screen at_x(13), at_y(25) left font ',16' tc rgb '#333333'\nset label 902 ", c->gp);
    gc_chart_quote(c->gp, below, 12, c->width - 26);
    fputs(" at screen at_x(13), at_y(50) left font ',12' tc rgb '#666666'\n", c->gp);
}

void gc_chart_area(struct gc_chart *c, int left, int top, int right, int bottom, const char *x, const char *y)
{
    fprintf(c->gp,
            "set lmargin at screen at_x(%d)\nset rmargin at screen at_x(%d)\nset tmargin at screen at_y(%d)\n"
            "set bmargin at screen at_y(%d)\n",
            left, right, top, bottom);
    fprintf(c->gp, "set label 903 '%s' at screen at_x(%d), at_y(%d) center tc rgb '#333333'\n", x,
            (left + right) / 2, bottom + 46);
    fprintf(c->gp, "set label 904 '%s' at screen at_x(18), at_y(%d) center rotate tc rgb '#333333'\n", y,
            (top + bottom) / 2);
}

void gc_chart_key(struct gc_chart *c, int number, int x, int y, const char *line, const char *point,
                  const char *name)
{
    if (*line)
        fprintf(c->gp, "set arrow %d from screen at_x(%d), at_y(%d) to screen at_x(%d), at_y(%d) nohead %s\n",
                910 + number, x, y, x + 30, y, line);
    if (*point)
        fprintf(c->gp, "set label %d '' at screen at_x(%d), at_y(%d) point %s\n", 910 + number, x + 15, y,
                point);
    fprintf(c->gp, "set label %d '%s' at screen at_x(%d), at_y(%d) left tc rgb '#333333'\n", 930 + number,
            name, x + 42, y);
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

/* Runs gnuplot quietly, without the user's own settings, on c's script, its pictures going to out.svg and
 * out.png: its exit code, 127 if there is no gnuplot. */
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
