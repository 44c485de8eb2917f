/* png.c - PNG files, through libpng where the program was built with it (RUNGS_PNG); see picture.h. Palettes
 * become colours, and depths other than 8 bits are scaled; an image with transparent pixels is refused, as
 * what is behind them is not in the file. */
#include "picture.h"

#ifndef RUNGS_HAVE_PNG

int png_read(const char *name, const unsigned char *bytes, size_t n, struct picture *p, char *error)
{
    (void)bytes, (void)n;
    *p = (struct picture){ 0 };
    return error_set(error,
                     "%s is a PNG file, and this program was built without libpng (on Debian: apt install "
                     "libpng-dev, and build again); PGM and PPM files are read without it",
                     name);
}

#else

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    const char *name;
    const unsigned char *at;
    size_t left;
    struct picture *picture;
    char *error;
    unsigned char *row; /* of the file: samples of a pixel stand together */
};

static void read_bytes(png_structp png, png_bytep to, size_t n)
{
    struct reading *r = png_get_io_ptr(png);
    if (n > r->left) png_error(png, "it is cut off");
    memcpy(to, r->at, n);
    r->at += n;
    r->left -= n;
}

static void fail(png_structp png, png_const_charp what)
{
    struct reading *r = png_get_error_ptr(png);
    if (!*r->error) error_set(r->error, "%s is a damaged PNG file: %.100s", r->name, what);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp what)
{
    (void)png, (void)what;
}

/* what is refused ends in fail(), which keeps the sentence that is there */
static void read_header(png_structp png, png_infop info, struct reading *r)
{
    png_read_info(png, info);
    const int color = png_get_color_type(png, info);
    if (color & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS)) {
        error_set(r->error, "%s has transparent pixels; save it without them", r->name);
        png_error(png, "");
    }
    if (png_get_interlace_type(png, info) != PNG_INTERLACE_NONE) {
        error_set(r->error, "%s is interlaced; save it without that", r->name);
        png_error(png, "");
    }
    if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
    if (color == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8) png_set_expand_gray_1_2_4_to_8(png);
    if (png_get_bit_depth(png, info) == 16) png_set_scale_16(png);
    png_read_update_info(png, info);
    const size_t channels = png_get_channels(png, info);
    if (!picture_make(r->picture, r->name, channels, png_get_image_height(png, info),
                      png_get_image_width(png, info), r->error))
        png_error(png, "");
    r->row = malloc(png_get_rowbytes(png, info));
    if (!r->row) png_error(png, "out of memory");
}

static void read_rows(png_structp png, struct reading *r)
{
    struct picture *p = r->picture;
    const size_t plane = (size_t)p->rows * (size_t)p->cols, channels = (size_t)p->channels;
    for (size_t y = 0; y < (size_t)p->rows; y++) {
        png_read_row(png, r->row, NULL);
        for (size_t c = 0; c < channels; c++)
            for (size_t x = 0; x < (size_t)p->cols; x++)
                p->pixel[c * plane + y * (size_t)p->cols + x] = r->row[x * channels + c];
    }
    png_read_end(png, NULL);
    if (r->left) png_error(png, "something follows its end");
}

int png_read(const char *name, const unsigned char *bytes, size_t n, struct picture *p, char *error)
{
    struct reading r = { name, bytes, n, p, error, NULL };
    *p = (struct picture){ 0 };
    *error = '\0';
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, fail, ignore);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    volatile int ok = 0;
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        return error_set(error, "out of memory for %s", name);
    }
    if (!setjmp(png_jmpbuf(png))) {
        png_set_read_fn(png, &r, read_bytes);
        png_set_user_limits(png, PICTURE_MOST, PICTURE_MOST);
        png_set_chunk_malloc_max(png, 1 << 20);
        read_header(png, info, &r);
        read_rows(png, &r);
        ok = 1;
    }
    png_destroy_read_struct(&png, &info, NULL);
    free(r.row);
    if (!ok) picture_free(p);
    return ok;
}

#endif
