/* chart.c - the files of a chart, and gnuplot; see chart.h. */
#include "chart.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void remove_unfinished(const struct gc_chart *c)
{
    static const char *const suffixes[] = { ".dat.unfinished", ".gp.unfinished", ".unfinished.svg",
                                            ".unfinished.png" };
    char path[GC_PATH + 32];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        path_of(path, c, suffixes[i]);
        unlink(path);
    }
}

static int rename_file(const struct gc_chart *c, const char *from, const char *to)
{
    char old[GC_PATH + 32], new[GC_PATH + 32];
    path_of(old, c, from);
    path_of(new, c, to);
    return rename(old, new) == 0;
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
    char path[GC_PATH + 32];
    c->dat = c->gp = NULL;
    c->width = width;
    if (!take_base(c, base)) return 0;
    path_of(path, c, ".dat.unfinished");
    c->dat = fopen(path, "w");
    path_of(path, c, ".gp.unfinished");
    c->gp = c->dat ? fopen(path, "w") : NULL;
    if (c->gp) {
        put_look(c->gp, c->base, width, height);
        return 1;
    }
    if (c->dat) fclose(c->dat);
    remove_unfinished(c);
    return 0;
}

/* Runs gnuplot quietly, without the user's own settings: its exit code, 127 if there is no gnuplot. */
static int run_gnuplot(const struct gc_chart *c)
{
    char script[GC_PATH + 32], out[GC_PATH + 32];
    int status = 0;
    path_of(script, c, ".gp");
    path_of(out, c, ".unfinished");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        if (nowhere >= 0) {
            dup2(nowhere, STDIN_FILENO);
            dup2(nowhere, STDOUT_FILENO);
            dup2(nowhere, STDERR_FILENO);
        }
        execlp("gnuplot", "gnuplot", "-d", "-c", script, out, (char *)NULL);
        _exit(127);
    }
    if (child < 0) return 1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int gc_chart_close(struct gc_chart *c)
{
    char path[GC_PATH + 32];
    int ok = !ferror(c->dat) && !ferror(c->gp);
    ok = !fclose(c->dat) && ok;
    ok = !fclose(c->gp) && ok;
    ok = ok && rename_file(c, ".dat.unfinished", ".dat") && rename_file(c, ".gp.unfinished", ".gp");
    int code = ok ? run_gnuplot(c) : 1;
    if (code == 0 && rename_file(c, ".unfinished.svg", ".svg") && rename_file(c, ".unfinished.png", ".png"))
        return 0;
    remove_unfinished(c);
    if (ok) { /* pictures of older data would belie this script */
        path_of(path, c, ".svg");
        unlink(path);
        path_of(path, c, ".png");
        unlink(path);
    }
    return code == 127 ? 1 : -1;
}
