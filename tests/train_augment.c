/* train_augment.c - augmentation: known answers of each motion, wrong versions that they reject, the range
 * and the spread of what is drawn, and the same images on any number of threads and after a resume. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "../reference/philox.h"
#include "../train/trainer.h"
#include "network_made.h"

enum { SIDE = 7, ROWS = 7, COLS = 5, PIXELS = SIDE * SIDE, DRAWN = 20000 };

static int failed;

static void report(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

static void must(int ok, const char *error)
{
    if (ok) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

/* ---- motions, and ways to do them wrong ---- */

enum lie { NONE, OTHER_WAY_ROUND, ROWS_FLIPPED, SHIFTED_BACK, ABOUT_THE_CORNER, LIES };

static const struct motion still = { .side = 1, .scale = 1 };

static struct warp warp_of(struct motion m, int rows, int cols, enum lie lie)
{
    if (lie == OTHER_WAY_ROUND) m.degrees = -m.degrees;
    if (lie == SHIFTED_BACK) m.down = -m.down, m.right = -m.right;
    struct warp w = augment_warp(&m, rows, cols);
    if (lie == ROWS_FLIPPED && m.flip) {
        w.a[0][0] = -w.a[0][0], w.at[0] = rows - 1;
        w.a[1][1] = -w.a[1][1], w.at[1] = 0;
    }
    if (lie == ABOUT_THE_CORNER) w.at[0] = w.at[1] = 0;
    return w;
}

static void draw_picture(int rows, int cols, unsigned char *pixel)
{
    for (int k = 0; k < rows * cols; k++)
        pixel[k] = (unsigned char)(1 + philox_word(3, 0, (uint64_t)k) % 255);
}

/* 1 if the picture that is seen has pixel (row, col) of the old one, or 0, at each place, exactly */
static int shows(struct motion m, int rows, int cols, enum lie lie, void (*from)(int, int, int *, int *))
{
    unsigned char pixel[PIXELS];
    float y[PIXELS];
    draw_picture(rows, cols, pixel);
    struct warp w = warp_of(m, rows, cols, lie);
    augment_image(&w, rows, cols, pixel, y);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < cols; c++) {
            int row, col;
            from(r, c, &row, &col);
            int is_inside = row >= 0 && row < rows && col >= 0 && col < cols;
            if (y[r * cols + c] != (is_inside ? (float)pixel[row * cols + col] : 0)) return 0;
        }
    return 1;
}

static void itself(int r, int c, int *row, int *col)
{
    *row = r, *col = c;
}

static void moved(int r, int c, int *row, int *col)
{
    *row = r - 2, *col = c + 1; /* two down, one left */
}

static void quarter(int r, int c, int *row, int *col)
{
    *row = c, *col = SIDE - 1 - r; /* the right column is the top row */
}

static void half(int r, int c, int *row, int *col)
{
    *row = ROWS - 1 - r, *col = COLS - 1 - c;
}

static void mirrored(int r, int c, int *row, int *col)
{
    *row = r, *col = COLS - 1 - c;
}

/* the turned picture, flipped, then shifted */
static void all_of_it(int r, int c, int *row, int *col)
{
    quarter(r - 1, SIDE - 1 - (c - 2), row, col);
}

static struct motion with(double degrees, int flip, int down, int right)
{
    struct motion m = still;
    m.degrees = degrees, m.flip = flip, m.down = down, m.right = right;
    return m;
}

static void check_exact(void)
{
    report(shows(still, ROWS, COLS, NONE, itself), "no motion: the image itself");
    report(shows(with(0, 0, 2, -1), ROWS, COLS, NONE, moved), "two down, one left");
    report(!shows(with(0, 0, 2, -1), ROWS, COLS, SHIFTED_BACK, moved), "the other way is noticed");
    report(shows(with(90, 0, 0, 0), SIDE, SIDE, NONE, quarter), "a quarter turn, counter-clockwise");
    report(shows(with(-270, 0, 0, 0), SIDE, SIDE, NONE, quarter), "three quarters clockwise are the same");
    report(!shows(with(90, 0, 0, 0), SIDE, SIDE, OTHER_WAY_ROUND, quarter), "clockwise is noticed");
    report(!shows(with(90, 0, 0, 0), SIDE, SIDE, ABOUT_THE_CORNER, quarter),
           "a turn about the corner is noticed");
    report(shows(with(180, 0, 0, 0), ROWS, COLS, NONE, half), "half a turn, not square");
    report(shows(with(360, 0, 0, 0), ROWS, COLS, NONE, itself), "a whole turn");
    report(shows(with(0, 1, 0, 0), ROWS, COLS, NONE, mirrored), "flipped: left and right change places");
    report(!shows(with(0, 1, 0, 0), ROWS, COLS, ROWS_FLIPPED, mirrored),
           "top and bottom instead are noticed");
    report(shows(with(90, 1, 1, 2), SIDE, SIDE, NONE, all_of_it), "turned, flipped, shifted, in this order");
}

static void check_flip_twice(void)
{
    unsigned char pixel[ROWS * COLS], again[ROWS * COLS];
    float once[ROWS * COLS], twice[ROWS * COLS];
    const struct motion flip = with(0, 1, 0, 0);
    struct warp w = augment_warp(&flip, ROWS, COLS);
    int same = 1;
    draw_picture(ROWS, COLS, pixel);
    augment_image(&w, ROWS, COLS, pixel, once);
    for (int k = 0; k < ROWS * COLS; k++) again[k] = (unsigned char)once[k];
    augment_image(&w, ROWS, COLS, again, twice);
    for (int k = 0; k < ROWS * COLS; k++) same = same && twice[k] == (float)pixel[k];
    report(same && memcmp(again, pixel, sizeof pixel) != 0, "flipped twice: the image itself");
}

/* ---- between pixels: a plane stays a plane, whatever the motion ---- */

static double nearest(const struct warp *w, int r, int c)
{
    return 10 * floor(w->a[0][0] * r + w->a[0][1] * c + w->at[0] + 0.5) +
           3 * floor(w->a[1][0] * r + w->a[1][1] * c + w->at[1] + 0.5);
}

/* The plane 10 row + 3 column, seen at (r, c), where that is inside of the image; *rounded: the largest error
 * of a nearest pixel instead */
static int is_plane(struct motion m, double *rounded)
{
    unsigned char pixel[ROWS * COLS];
    float y[ROWS * COLS];
    int inside = 0;
    for (int k = 0; k < ROWS * COLS; k++) pixel[k] = (unsigned char)(10 * (k / COLS) + 3 * (k % COLS));
    struct warp w = augment_warp(&m, ROWS, COLS);
    augment_image(&w, ROWS, COLS, pixel, y);
    *rounded = 0;
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLS; c++) {
            double row = w.a[0][0] * r + w.a[0][1] * c + w.at[0],
                   col = w.a[1][0] * r + w.a[1][1] * c + w.at[1];
            if (!(row >= 0 && row <= ROWS - 1 && col >= 0 && col <= COLS - 1)) continue;
            double wanted = 10 * row + 3 * col;
            if (!(fabs((double)y[r * COLS + c] - wanted) <= 1e-5)) return 0; /* rounded to float below 128 */
            *rounded = fmax(*rounded, fabs(nearest(&w, r, c) - wanted));
            inside++;
        }
    return inside > ROWS * COLS / 3;
}

static void check_between(void)
{
    struct motion turned = with(33, 0, 0, 0), large = still, cut = still;
    double rounded, wrong = 0;
    large.scale = 1.7;
    cut.side = 0.6, cut.up = 0.3, cut.left = 0.1;
    report(is_plane(turned, &rounded), "a plane that is turned");
    wrong = fmax(wrong, rounded);
    report(is_plane(large, &rounded), "a plane that is scaled");
    wrong = fmax(wrong, rounded);
    report(is_plane(cut, &rounded), "a plane that is cut");
    report(wrong > 1, "the nearest pixel instead is noticed");
    const struct warp w = augment_warp(&cut, ROWS, COLS); /* the corners, by hand */
    report(fabs(w.at[0] - 0.3 * 6) < 1e-12 && fabs(w.at[1] - 0.1 * 4) < 1e-12 &&
               fabs(w.at[0] + w.a[0][0] * 6 - 0.9 * 6) < 1e-12 &&
               fabs(w.at[1] + w.a[1][1] * 4 - 0.7 * 4) < 1e-12,
           "the window's corners");
    const struct warp l = augment_warp(&large, ROWS, COLS);
    report(fabs(l.a[0][0] - 1 / 1.7) < 1e-12 && fabs(l.at[0] + 3 * l.a[0][0] - 3) < 1e-12,
           "1.7 times as large, about the centre");
}

/* ---- drawing ---- */

struct seen { /* smallest, largest and mean */
    double low, high, mean;
};

static void see(struct seen *s, double x, int n)
{
    s->low = n ? fmin(s->low, x) : x;
    s->high = n ? fmax(s->high, x) : x;
    s->mean += x / DRAWN;
}

/* From low to high, as a uniform variable is: in 20,000 draws the ends are met within a thousandth of the
 * range but for a chance of 2 exp(-20), and the mean within 5 of its standard deviations, range / sqrt(12 n),
 * but for one of 6e-7. The seed is fixed, so each either holds or does not. */
static int is_uniform(struct seen s, double low, double high)
{
    double range = high - low;
    return s.low >= low && s.high <= high && s.low <= low + range / 1000 && s.high >= high - range / 1000 &&
           fabs(s.mean - (low + high) / 2) <= 5 * range / sqrt(12.0 * DRAWN);
}

static void check_draws(void)
{
    const struct augment a = { .shift = 3, .flip = 0.3, .crop = 0.4, .rotate = 20, .scale = 0.25 };
    struct seen degrees = { 0 }, scale = { 0 }, side = { 0 }, down = { 0 }, right = { 0 };
    int flips = 0, inside = 1, count[7] = { 0 };
    for (int k = 0; k < DRAWN; k++) {
        struct motion m = augment_draw(&a, 11, k / 5000, k % 5000);
        see(&degrees, m.degrees, k), see(&scale, m.scale, k), see(&side, m.side, k);
        see(&down, m.down, k), see(&right, m.right, k);
        flips += m.flip;
        if (m.down >= -3 && m.down <= 3) count[m.down + 3]++;
        inside =
            inside && m.up >= 0 && m.left >= 0 && m.up + m.side <= 1 + 1e-12 && m.left + m.side <= 1 + 1e-12;
    }
    report(is_uniform(degrees, -20, 20) && is_uniform(scale, 0.75, 1.25) && is_uniform(side, 0.6, 1),
           "degrees, scales and windows are spread evenly");
    report(!is_uniform(degrees, -20, 20.5) && !is_uniform(scale, 0.7, 1.25), "another range is noticed");
    report(inside, "windows are inside of the image");
    int even = down.low == -3 && down.high == 3 && right.low == -3 && right.high == 3;
    for (int k = 0; k < 7; k++) /* binomial, 5 standard deviations */
        even = even && fabs(count[k] - DRAWN / 7.0) <= 5 * sqrt(DRAWN * 6 / 49.0);
    report(even, "seven shifts, as often each");
    report(fabs(flips - 0.3 * DRAWN) <= 5 * sqrt(DRAWN * 0.21), "three in ten are flipped");
    report(fabs(flips - 0.35 * DRAWN) > 5 * sqrt(DRAWN * 0.21), "seven in twenty would be noticed");
}

static int same_motion(struct motion a, struct motion b)
{
    return a.degrees == b.degrees && a.down == b.down && a.side == b.side;
}

static void check_streams(void)
{
    const struct augment a = { .shift = 3, .flip = 0.3, .crop = 0.4, .rotate = 20, .scale = 0.25 };
    const struct augment turned = { .rotate = 20 };
    struct motion m = augment_draw(&a, 1, 2, 3);
    report(same_motion(m, augment_draw(&a, 1, 2, 3)) && !same_motion(m, augment_draw(&a, 2, 2, 3)) &&
               !same_motion(m, augment_draw(&a, 1, 3, 3)) && !same_motion(m, augment_draw(&a, 1, 2, 4)),
           "a motion follows from seed, epoch and image");
    report(augment_draw(&turned, 1, 2, 3).degrees == m.degrees, "one motion's number is its own");
    struct motion none = augment_draw(&(struct augment){ 0 }, 1, 2, 3);
    report(same_motion(none, still) && none.scale == 1 && !none.flip && !none.right && none.up == 0 &&
               none.left == 0,
           "nothing asked for, nothing moved");
}

/* ---- in a training ---- */

static void make(struct trainer *t, const struct dataset *data, const char *augment)
{
    static struct netfile file;
    char text[512], error[ERROR_TEXT];
    snprintf(text, sizeof text,
             "input 1x7x7\ndense 20\nrelu\ndense 10\nloss softmax_xent\ndata mnist\noptimizer sgd lr=0.1\n"
             "batch 48\nseed 5\n%s\n",
             augment);
    made_netfile(&file, text);
    must(trainer_make(t, data, &file, "best", error), error);
}

static void train_to(struct trainer *t, int epoch)
{
    struct train_step step;
    while (t->epoch < epoch) must(trainer_step(t, &step), "it diverged");
}

static int same_params(const struct trainer *a, const struct trainer *b)
{
    return !memcmp(a->net.param, b->net.param, a->net.params * sizeof(float));
}

static const char all[] = "augment shift=1 flip=0.5 crop=0.2 rotate=15 scale=0.1";

static void check_threads(const struct dataset *data)
{
    static struct trainer one, other, plain;
    team_use(1);
    make(&one, data, all), make(&plain, data, "");
    train_to(&one, 2), train_to(&plain, 2);
    for (int threads = 2; threads <= 3; threads++) {
        team_use(threads);
        make(&other, data, all);
        train_to(&other, 2);
        report(same_params(&one, &other), "the same bits on any number of threads");
        trainer_free(&other);
    }
    team_use(0);
    report(!same_params(&one, &plain), "without it the bits are others");
    struct checkpoint c = trainer_checkpoint(&one);
    make(&other, data, all);
    char error[ERROR_TEXT];
    must(trainer_restore(&other, &c, error), error);
    train_to(&other, 4), train_to(&one, 4);
    report(same_params(&one, &other), "resumed: the same bits");
    trainer_free(&one), trainer_free(&other), trainer_free(&plain);
}

/* what the network sees is the moved image, scaled as all are; what it is tested with is not moved */
static void check_seen(const struct dataset *data)
{
    static struct trainer t, plain;
    float y[PIXELS];
    int right = 1, moved_at_all = 0;
    make(&t, data, all), make(&plain, data, "");
    report(trainer_test(&t).loss == trainer_test(&plain).loss, "a test sees the images as they are");
    trainer_fetch(&t, 48), trainer_fetch(&plain, 48);
    for (int k = 0; k < 48; k++) {
        int image = t.order[k];
        struct motion m = augment_draw(&t.augment, 5, 0, image);
        struct warp w = augment_warp(&m, SIDE, SIDE);
        augment_image(&w, SIDE, SIDE, data->train.image + image * PIXELS, y);
        for (int i = 0; i < PIXELS; i++)
            right = right && t.x[k * PIXELS + i] == (y[i] - data->mean[i]) * (1 / data->deviation[0]);
        right = right && t.label[k] == data->train.label[image];
        moved_at_all += memcmp(t.x + k * PIXELS, plain.x + k * PIXELS, sizeof y) != 0;
    }
    report(right && moved_at_all >= 47, "a batch is of moved images, with their labels");
    trainer_free(&t), trainer_free(&plain);
}

int main(void)
{
    struct dataset data = made_data(100, 60, SIDE);
    check_exact();
    check_flip_twice();
    check_between();
    check_draws();
    check_streams();
    check_threads(&data);
    check_seen(&data);
    data_free(&data);
    return failed;
}
