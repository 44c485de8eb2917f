/* draw.c - writes a chart's files and runs gnuplot; see draw.h. */
#include "draw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/exit_code.h"
#include "../base/file.h"
#include "../base/process.h"

static char folder[FILE_PATH];  /* of the working files */
static char scripts[DRAW_PATH]; /* of the .gp files     */

static int ending = EXIT_OUTPUT;
static const char *user = "plot", *no_gnuplot = ""; /* see draw_begin */

int draw_exit_code(void)
{
    return ending;
}

static const char *const suffixes[] = { "var", "dat", "lab", "svg", "png", "err" };

/* beside the program in a build (plots/CMakeLists.txt), in share/rungs where it is installed */
static int find_scripts(void)
{
    static const char *const place[] = { "plots", "../share/rungs/plots" };
    char program[DRAW_PATH / 2], style[DRAW_PATH + 16];
    if (!folder_of_program(program, sizeof program)) program[0] = '\0';
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        snprintf(scripts, sizeof scripts, "%s/%s", program, place[i]);
        snprintf(style, sizeof style, "%s/style.gp", scripts);
        if (!access(style, R_OK)) return 1;
    }
    fprintf(stderr, "rungs %s: the gnuplot scripts are neither in %s/%s nor in %s; install rungs again\n",
            user, program, place[0], scripts);
    return 0;
}

int draw_begin(const char *verb, const char *without)
{
    char error[ERROR_TEXT];
    user = verb, no_gnuplot = without;
    if (!find_scripts()) return 0;
    if (folder_make_temporary(folder, error)) return 1;
    fprintf(stderr, "rungs %s: %s\n", user, error);
    return 0;
}

void draw_end(void)
{
    folder_remove(folder);
}

static void path_of(char *path, size_t room, const char *in, const char *name, const char *suffix)
{
    snprintf(path, room, "%s/%s.%s", in, name, suffix);
}

static void remove_files(const char *name)
{
    char path[DRAW_PATH + DRAW_NAME + 16];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        path_of(path, sizeof path, folder, name, suffixes[i]);
        unlink(path);
    }
}

void draw_name(char *name, const char *stem, const char *chart, const char *op, const char *shape)
{
    int n = snprintf(name, DRAW_NAME, "%.60s_%s_", stem, chart);
    snprintf(name + n, DRAW_NAME - (size_t)n, "%.60s%s%.100s", op, shape ? "_" : "", shape ? shape : "");
    for (char *at = name + n; *at; at++)
        if (*at == ' ' || *at == '=') *at = '_'; /* of named sizes and parameters */
}

int draw_open(struct draw *d, const char *name)
{
    FILE **file[] = { &d->var, &d->dat, &d->lab };
    char path[DRAW_PATH + DRAW_NAME + 16];
    snprintf(d->name, sizeof d->name, "%s", name);
    for (size_t i = 0; i < 3; i++) {
        path_of(path, sizeof path, folder, d->name, suffixes[i]);
        *file[i] = fopen(path, "w");
        if (*file[i]) continue;
        fprintf(stderr, "rungs %s: cannot write %s: %s\n", user, path, strerror(errno));
        while (i > 0) fclose(*file[--i]);
        remove_files(d->name);
        return 0;
    }
    return 1;
}

/* gnuplot -c SCRIPT WORKING-NAME OUTPUT-NAME STYLE-FOLDER, its words to a file; returns its exit code, 127
 * if there is no gnuplot */
static int run_gnuplot(const char *script, const char *base, const char *said, char *error)
{
    const char *const argv[] = { "gnuplot", "-c", script, base, base, scripts, NULL };
    int words = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int code = process_run(argv, -1, words, words, error);
    if (words >= 0) close(words);
    return code;
}

static int keep_pictures(const struct draw *d, const char *out)
{
    char from[DRAW_PATH + DRAW_NAME + 16], to[DRAW_PATH + DRAW_NAME + 16], error[ERROR_TEXT];
    for (int png = 0; png <= 1; png++) {
        path_of(from, sizeof from, folder, d->name, png ? "png" : "svg");
        path_of(to, sizeof to, out, d->name, png ? "png" : "svg");
        if (file_copy(from, to, error)) continue;
        fprintf(stderr, "rungs %s: %s\n", user, error);
        return 0;
    }
    printf("drew %s/%s.svg and .png\n", out, d->name);
    return 1;
}

/* what gnuplot complained about, on one line */
static void repeat_words(const char *said, const char *script)
{
    char line[400] = "";
    FILE *f = fopen(said, "r");
    size_t n = f ? fread(line, 1, sizeof line - 1, f) : 0;
    if (f) fclose(f);
    line[n] = '\0';
    for (char *p = line; *p; p++)
        if (*p == '\n' || *p == '\t') *p = ' ';
    fprintf(stderr, "rungs %s: gnuplot does not like %s: %s\n", user, script, line);
}

int draw_close(struct draw *d, const char *script, const char *out)
{
    char path[DRAW_PATH + DRAW_NAME + 16], base[DRAW_PATH + DRAW_NAME + 16], said[DRAW_PATH + DRAW_NAME + 16];
    int ok = !ferror(d->var) && !ferror(d->dat) && !ferror(d->lab);
    ok = !fclose(d->var) && ok;
    ok = !fclose(d->dat) && ok;
    ok = !fclose(d->lab) && ok;
    if (!ok) {
        fprintf(stderr, "rungs %s: cannot write in %s: is the disk full?\n", user, folder);
    } else {
        path_of(path, sizeof path, scripts, script, "gp");
        path_of(said, sizeof said, folder, d->name, "err");
        snprintf(base, sizeof base, "%s/%s", folder, d->name);
        char error[ERROR_TEXT];
        int code = run_gnuplot(path, base, said, error);
        if (code == 127) {
            ending = EXIT_SKIPPED;
            fprintf(stderr,
                    "rungs %s: gnuplot is missing, so there are no pictures; on Debian: apt install "
                    "gnuplot-nox%s\n",
                    user, no_gnuplot);
        } else if (code == 126) {
            ending = EXIT_RESOURCES;
            fprintf(stderr, "rungs %s: %s\n", user, error);
        } else if (code) {
            repeat_words(said, path);
        }
        ok = !code && keep_pictures(d, out);
    }
    remove_files(d->name);
    return ok;
}

static char harmless(char c)
{
    return (unsigned char)c < ' ' || c == '\'' || c == '"' || c == '\\' || c == 127 ? ' ' : c;
}

void draw_text(FILE *var, const char *name, const char *text)
{
    fprintf(var, "%s = '", name);
    for (; *text; text++) fputc(harmless(*text), var);
    fputs("'\n", var);
}

void draw_cell(FILE *dat, const char *text, char end)
{
    if (!*text) fputc(' ', dat);
    for (; *text; text++) fputc(harmless(*text), dat);
    fputc(end, dat);
}
