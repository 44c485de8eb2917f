/* look.c - rungs look: what a trained convolutional network has learned, as pictures: the filters of its
 * first convolution, and what each of its convolutions and poolings makes of an image.
 */
#include "verbs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "../plots/draw.h"
#include "../plots/sheets.h"
#include "../train/trainer.h"

enum { PATH = 1024, PLANES_MOST = 8, ASKED_MOST = 1000, NAMED_MOST = 12 };

static const char *out, *csv_path;
static int image, most_maps = 64;

struct look {
    const char *path; /* of the checkpoint */
    struct checkpoint from;
    struct dataset data;
    struct trainer trainer;
    struct sheet sheet[SHEETS_MOST];
    int filters, sheets; /* sheets[0..filters-1] are the filters, then come the image and its maps */
    int is_seen[LAYERS_MOST];
    float *largest[LAYERS_MOST]; /* of each map in all images, of layers that are asked (count_dead) */
};

static int refuse(int code, const char *error)
{
    return args_fail(code, "look", "%s", error);
}

/* ---- sheets ---- */

/* Room for a sheet's numbers; NULL: there are enough sheets */
static float *add_sheet(struct look *l, int tiles, int rows, int cols)
{
    if (l->sheets == SHEETS_MOST) return NULL;
    float *value = memory_need((size_t)tiles * (size_t)rows * (size_t)cols, sizeof *value);
    l->sheet[l->sheets++] = (struct sheet){ .tiles = tiles, .rows = rows, .cols = cols, .value = value };
    return value;
}

static char *title_of_last(struct look *l)
{
    return l->sheet[l->sheets - 1].title;
}

static int shown_of(int maps)
{
    return maps < most_maps ? maps : most_maps;
}

/* "32 maps of 28 x 28", or "the first 16 of 32 maps of 28 x 28" */
static void say_how_many(char *text, size_t room, int all, const char *what, int rows, int cols)
{
    int n = 0;
    if (shown_of(all) < all) n = snprintf(text, room, "the first %d of ", shown_of(all));
    snprintf(text + n, room - (size_t)n, "%d %s of %d x %d", all, what, rows, cols);
}

static int first_conv(const struct layer *layer, int layers)
{
    for (int k = 0; k < layers; k++)
        if (layer[k].kind == &layer_conv) return k;
    return -1;
}

/* which plane of a filter or an image: " on red" */
static const char *plane_name(int plane, int planes)
{
    static const char *const colour[] = { " on red", " on green", " on blue" };
    return planes == DATA_CHANNELS ? colour[plane] : "";
}

/* w (K,C,R,S) of the first convolution: a sheet for each of its C planes */
static void add_filters(struct look *l)
{
    const struct network *net = &l->trainer.net;
    int at = first_conv(net->layer, net->layers);
    const struct layer *layer = &net->layer[at];
    const float *w = trainer_tested(&l->trainer) + layers_params(net->layer, at);
    size_t rows = (size_t)layer->window.rows, cols = (size_t)layer->window.cols, size = rows * cols;
    int all = layer->out.channels, shown = shown_of(all), planes = layer->in.channels / layer->window.groups;
    for (int c = 0; c < planes && c < PLANES_MOST; c++) {
        float *value = add_sheet(l, shown, (int)rows, (int)cols);
        char many[SHEET_TITLE / 2];
        for (int k = 0; k < shown; k++)
            memcpy(value + (size_t)k * size, w + ((size_t)k * (size_t)planes + (size_t)c) * size,
                   size * sizeof *w);
        say_how_many(many, sizeof many, all, "filters", (int)rows, (int)cols);
        snprintf(title_of_last(l), SHEET_TITLE, "layer %d, conv: %s%s", at, many, plane_name(c, planes));
    }
    l->filters = l->sheets;
}

/* its pixels as they are in the data set */
static void add_image(struct look *l)
{
    const struct dataset *d = &l->data;
    float *value = add_sheet(l, d->channels, d->rows, d->cols);
    split_numbers(&d->test, d->features, image, value);
    snprintf(title_of_last(l), SHEET_TITLE, "the image, %d x %d%s", d->rows, d->cols,
             d->channels == DATA_CHANNELS ? ": red, green, blue" : "");
}

/* Convolutions and poolings; and what an operation gives that does a convolution's work and more. */
static int is_shown(const struct look *l, int at)
{
    const struct layer *layer = &l->trainer.net.layer[at];
    if (layer->out.rows * layer->out.cols <= 1) return 0;
    return layer->window.rows || (at && layer[-1].window.rows && !l->is_seen[at - 1]);
}

static void see_map(void *context, int at, const float *y)
{
    struct look *l = context;
    const struct layer *layer = &l->trainer.net.layer[at];
    const struct shape *s = &layer->out;
    l->is_seen[at] = 1;
    if (!is_shown(l, at)) return;
    int shown = shown_of(s->channels);
    float *value = add_sheet(l, shown, s->rows, s->cols);
    char many[SHEET_TITLE / 2];
    if (!value) return;
    memcpy(value, y, (size_t)shown * (size_t)s->rows * (size_t)s->cols * sizeof *y);
    say_how_many(many, sizeof many, s->channels, "maps", s->rows, s->cols);
    if (layer->window.rows)
        snprintf(title_of_last(l), SHEET_TITLE, "layer %d, %s: %s", at, layer->word->name, many);
    else
        snprintf(title_of_last(l), SHEET_TITLE, "layer %d, %s and %s: %s", at - 1, layer[-1].word->name,
                 layer->word->name, many);
}

static int is_finite(const struct sheet *s)
{
    for (size_t k = 0; k < (size_t)s->tiles * (size_t)s->rows * (size_t)s->cols; k++)
        if (!isfinite(s->value[k])) return 0;
    return 1;
}

/* ---- dead filters ---- */

/* the first relu behind each convolution */
static int is_asked(const struct network *net, int at)
{
    if (net->layer[at].kind != &layer_relu || !net->layer[at].out.rows) return 0;
    for (int k = at - 1; k >= 0; k--) {
        if (net->layer[k].kind == &layer_relu) return 0;
        if (net->layer[k].kind == &layer_conv) return 1;
    }
    return 0;
}

struct asking {
    struct look *look;
    int n; /* images */
};

static void see_largest(void *context, int at, const float *y)
{
    const struct asking *a = context;
    const struct shape *s = &a->look->trainer.net.layer[at].out;
    float *largest = a->look->largest[at];
    for (int k = 0; largest && k < a->n; k++)
        for (int c = 0; c < s->channels; c++)
            for (int i = 0; i < s->rows * s->cols; i++, y++)
                if (*y > largest[c]) largest[c] = *y;
}

static void say_dead(const struct network *net, int at, const float *largest, int asked)
{
    int maps = net->layer[at].out.channels, dead = 0;
    for (int c = 0; c < maps; c++) dead += !(largest[c] > 0);
    char first[40] = "test image";
    if (asked > 1) snprintf(first, sizeof first, "%d test images", asked);
    printf("layer %d, relu: of its %d maps %d %s 0 everywhere in the first %s", at, maps, dead,
           dead == 1 ? "is" : "are", first);
    int named = 0;
    for (int c = 0; c < maps; c++)
        if (!(largest[c] > 0) && named++ < NAMED_MOST) printf("%s %d", named == 1 ? ":" : ",", c);
    puts(named > NAMED_MOST ? ", ..." : "");
}

static void count_dead(struct look *l)
{
    struct network *net = &l->trainer.net;
    int asked = l->data.test.n < ASKED_MOST ? l->data.test.n : ASKED_MOST;
    for (int at = 0; at < net->layers; at++)
        if (is_asked(net, at))
            l->largest[at] = memory_need((size_t)net->layer[at].out.channels, sizeof(float));
    for (int first = 0; first < asked; first += TRAINER_WATCHED) {
        struct asking a = { l, asked - first < TRAINER_WATCHED ? asked - first : TRAINER_WATCHED };
        trainer_watch(&l->trainer, first, a.n, see_largest, &a);
    }
    for (int at = 0; at < net->layers; at++) {
        if (l->largest[at]) say_dead(net, at, l->largest[at], asked);
        free(l->largest[at]);
    }
}

/* ---- saying and drawing ---- */

/* "fashion-mnist, test image 0: ankle boot, taken for ankle boot" */
static void say_image(const struct look *l, char *text, size_t room)
{
    char right[DATA_CLASS], guess[DATA_CLASS];
    const struct trainer *t = &l->trainer;
    const struct data_set *set = l->data.set;
    snprintf(text, room, "%s, test image %d: %s, taken for %s", set->name, image,
             data_class(set, t->label[0], right), data_class(set, network_guess(&t->net, 0), guess));
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "FOLDER/run.ckpt" is drawn as run_filters and run_image7 */
static void name_picture(const struct look *l, const char *what, char name[DRAW_NAME])
{
    const char *base = base_name(l->path), *dot = strrchr(base, '.');
    int length = dot && dot > base ? (int)(dot - base) : (int)strlen(base);
    snprintf(name, DRAW_NAME, "%.*s_%s", length < 100 ? length : 100, base, what);
    for (char *at = name; *at; at++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *at)) *at = '_';
}

static int draw(const struct look *l, const char *image_text)
{
    char folder[PATH], name[DRAW_NAME], heading[160], what[24], error[ERROR_TEXT];
    const struct sheet *maps = l->sheet + l->filters;
    const char *slash = strrchr(l->path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - l->path) + (slash == l->path) : 1,
             slash ? l->path : ".");
    if (!out) out = folder;
    if (!folder_make(out, error)) return refuse(EXIT_OUTPUT, error);
    if (!draw_begin("look", "")) return draw_exit_code();
    name_picture(l, "filters", name);
    snprintf(heading, sizeof heading, "%.100s, epoch %d: the filters of its first convolution",
             base_name(l->path), l->from.epoch);
    int ok = sheets_draw(l->sheet, l->filters, heading, name, out);
    snprintf(what, sizeof what, "image%d", image);
    name_picture(l, what, name);
    ok = ok && sheets_draw(maps, l->sheets - l->filters, image_text, name, out);
    draw_end();
    return ok ? EXIT_OK : draw_exit_code();
}

static int write_csv(const struct look *l)
{
    struct file_out f;
    char error[ERROR_TEXT];
    if (!csv_path) return EXIT_OK;
    if (!file_open(&f, csv_path, error)) return refuse(EXIT_OUTPUT, error);
    sheets_write(f.out, l->sheet, l->sheets);
    return file_keep(&f, error) ? EXIT_OK : refuse(EXIT_OUTPUT, error);
}

/* ---- the verb ---- */

static int look_at_image(struct look *l)
{
    char text[200];
    const struct trainer *t = &l->trainer;
    add_filters(l);
    add_image(l);
    trainer_watch(&l->trainer, image, 1, see_map, l);
    for (int k = 0; k < l->sheets; k++)
        if (!is_finite(&l->sheet[k]))
            return args_fail(EXIT_WRONG, "look", "%s: numbers of %s are not finite", l->path,
                             l->sheet[k].title);
    say_image(l, text, sizeof text);
    printf("%s, epoch %d, rung %s\n%s\n", l->path, l->from.epoch, t->net.rung, text);
    count_dead(l);
    int code = write_csv(l);
    return code ? code : draw(l, text);
}

/* everything that can be refused is, before the work; EXIT_OK, or an exit code after a sentence */
static int prepare(struct look *l)
{
    static struct layer layer[LAYERS_MOST];
    char error[ERROR_TEXT];
    struct trainer *t = &l->trainer;
    if (!checkpoint_read_file(l->path, &l->from, error)) return refuse(EXIT_INPUT, error);
    int layers = layers_of(&l->from.file, layer, error);
    if (!layers) return refuse(EXIT_INPUT, error);
    if (first_conv(layer, layers) < 0)
        return args_refuse(
            "look",
            "the network in %s has no convolution; `rungs train fashion-cnn --save FILE` trains "
            "one that has",
            l->path);
    if (!trainer_load(&l->from.file, &l->data, error)) return refuse(EXIT_INPUT, error);
    if (image >= l->data.test.n)
        return args_refuse("look", "--image %d: the test images of %s are numbered 0 to %d", image,
                           l->data.set->name, l->data.test.n - 1);
    if (!trainer_make(t, &l->data, &l->from.file, "best", error)) return refuse(EXIT_USAGE, error);
    if (!trainer_take(t, &l->from, error)) return refuse(EXIT_INPUT, error);
    if (trainer_is_finished(t)) (void)trainer_take_best(t);
    return EXIT_OK;
}

static const char about[] =
    "Draws what a trained convolutional network has learned, as SVG and PNG (gnuplot must be installed): the\n"
    "filters of its first convolution, and what each of its convolutions and poolings makes of one image of\n"
    "the test set. All numbers of a sheet have one scale, which is above it: 0 is the grey in the middle, or\n"
    "black where nothing is below 0. It counts the filters that never answer, too: dead ones.";

int verb_look(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--image", OPTION_INT, &image, 0, 1e9, "which image of the test set" },
        { "--maps", OPTION_INT, &most_maps, 1, 512, "at most so many filters and maps of each layer" },
        { "--out", OPTION_FOLDER, &out, 0, 0, "the folder for the pictures; default: beside the checkpoint" },
        { "--csv", OPTION_FILE, &csv_path, 0, 0, "write the numbers of the pictures to this file" },
        { 0 },
    };
    const struct usage usage = {
        "look",  "look CHECKPOINT [options]",
        about,   "  rungs train fashion-cnn --epochs 3 --save cnn.ckpt\n  rungs look cnn.ckpt --image 7\n",
        options, 1,
        1,
    };
    static struct look l;
    int code;
    if (args_read(&usage, argc, argv, &l.path, &code) < 0) return code;
    code = prepare(&l);
    if (!code) code = look_at_image(&l);
    for (int k = 0; k < l.sheets; k++) free((void *)(uintptr_t)l.sheet[k].value);
    trainer_free(&l.trainer);
    data_free(&l.data);
    checkpoint_free(&l.from);
    return code;
}
