/* doc_sync_figure.c - figures: data from a command, pictures from the data; see doc_sync.h. */
#include "doc_sync.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/memory.h"

/* Pictures differ from one gnuplot version to the next, so a picture is not compared: it carries, as a
 * comment at its end, a hash (FNV-1a) of the data and the script that it was made from. */
static uint64_t hash_of(const char *text, uint64_t h)
{
    for (; *text; text++) h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return h;
}

static char *in_folder(struct text *t, const char *name, const char *suffix)
{
    char *path = memory_need(strlen(t->path) + strlen(name) + strlen(suffix) + 2, 1);
    const char *slash = strrchr(t->path, '/');
    sprintf(path, "%.*s/%s%s", slash ? (int)(slash - t->path) : 1, slash ? t->path : ".", name, suffix);
    return path;
}

static void stamp_of(const char *data, const char *script, char stamp[60])
{
    sprintf(stamp, "<!-- made from %016" PRIx64 " -->\n",
            hash_of(script, hash_of(data, 0xcbf29ce484222325u)));
}

static void draw(struct text *t, const char *script, const char *svg, const char *stamp)
{
    char *line = memory_need(strlen(script) + 20, 1);
    sprintf(line, "gnuplot %s", script);
    int code;
    char *printed = text_command(line, &code);
    char *picture = code ? NULL : text_read(svg);
    if (!picture) {
        text_fault(t, "`%s` made no %s: %s", line, svg, printed ? printed : "it could not be run");
    } else {
        char *stamped = memory_need(strlen(picture) + strlen(stamp) + 1, 1);
        sprintf(stamped, "%s%s", picture, stamp);
        if (!text_write(svg, stamped)) text_fault(t, "%s could not be written", svg);
        free(stamped);
    }
    free(picture);
    free(printed);
    free(line);
}

struct files {
    char *csv, *script, *svg, *png;
};

/* The data as it should be (free it): what stands in the file if that agrees with what the command prints. */
static char *fresh_data(struct text *t, const char *command, const struct tolerance *tol, const char *csv)
{
    int code;
    char error[400], *printed = text_command(command, &code), *old = text_read(csv);
    if (!printed || code) {
        if (!printed || !text_skips(t, command, code, printed))
            text_fault(t, "`%s` failed with %d", command, code);
        free(printed);
        return old;
    }
    if (old && text_same(old, printed, tol, error, sizeof error)) {
        free(printed);
        return old;
    }
    text_problem(t, "%s is not what `%s` prints%s%s", csv, command, old ? ": " : "", old ? error : "");
    if (t->update && !text_write(csv, printed)) text_fault(t, "%s could not be written", csv);
    free(old);
    return printed;
}

static void refresh_picture(struct text *t, const struct files *f, const char *data)
{
    char stamp[60], *script = text_read(f->script), *svg = text_read(f->svg);
    if (!script) {
        text_fault(t, "there is no script %s", f->script);
    } else {
        stamp_of(data, script, stamp);
        if (!svg || !strstr(svg, stamp) || access(f->png, R_OK)) {
            text_problem(t, "%s and .png are not drawn from these data by this script", f->svg);
            if (t->update) draw(t, f->script, f->svg, stamp);
        }
    }
    free(svg);
    free(script);
}

void text_figure(struct text *t, char *args, const char *image)
{
    struct tolerance tol = { 0 };
    char link[100], *from = strstr(args, " from ");
    if (!from || !text_options(from, &tol) || from - args > 60) {
        text_fault(t, "write: <!-- figure: NAME from COMMAND -->");
        return;
    }
    *from = '\0';
    snprintf(link, sizeof link, "](%s.svg)", args);
    if (!strstr(image, link))
        text_fault(t, "the line after this marker must show the picture: ![words%s", link);
    struct files f = { in_folder(t, args, ".csv"), in_folder(t, args, ".gp"), in_folder(t, args, ".svg"),
                       in_folder(t, args, ".png") };
    char *data = fresh_data(t, from + strlen(" from "), &tol, f.csv);
    if (data) refresh_picture(t, &f, data);
    free(data);
    free(f.csv), free(f.script), free(f.svg), free(f.png);
}
