/* sheets.c - sheets of grey tiles; see sheets.h. */
#include "sheets.h"

#include <math.h>

#include "draw.h"
#include "width.h"

/* Pixels of plots/sheets.gp: the picture's width and its edge, the left end of the tiles, beside which the
 * number of a row's first tile is; the widest row of tiles and the largest tile; a sheet's title, the space
 * behind a sheet, and the heading */
enum { WIDE = 820, EDGE = 12, LEFT = 52, ROOM = 752, LARGEST = 94, TITLE = 46, SPACE = 14, HEADING = 34 };

/* of a sheet: tiles in a row, rows of tiles, and pixels of a tile */
struct layout {
    int across, down;
    double wide, high;
};

static struct layout layout_of(const struct sheet *s)
{
    struct layout l = { .across = s->tiles < SHEET_ACROSS ? s->tiles : SHEET_ACROSS };
    int longer = s->rows > s->cols ? s->rows : s->cols;
    double side = fmin(LARGEST, (double)ROOM / l.across);
    l.down = (s->tiles + l.across - 1) / l.across;
    l.wide = side * s->cols / longer;
    l.high = side * s->rows / longer;
    return l;
}

static void write_rows(FILE *file, const struct sheet *s, const char *between)
{
    const struct layout l = layout_of(s);
    const size_t tile_size = (size_t)s->rows * (size_t)s->cols;
    for (int y = 0; y < l.down * s->rows; y++) {
        for (int x = 0; x < l.across * s->cols; x++) {
            int tile = y / s->rows * l.across + x / s->cols;
            size_t at = (size_t)(y % s->rows * s->cols + x % s->cols);
            if (x) fputs(between, file);
            if (tile < s->tiles)
                fprintf(file, "%.3g", (double)s->value[(size_t)tile * tile_size + at]);
            else
                fputs("nan", file);
        }
        fputc('\n', file);
    }
}

void sheets_write(FILE *file, const struct sheet *sheet, int n)
{
    for (int k = 0; k < n; k++) {
        fprintf(file, "# %s\n", sheet[k].title);
        write_rows(file, &sheet[k], ",");
        fputs("\n\n", file);
    }
}

/* one sheet's numbers for the script */
static void write_sheet(struct draw *d, const struct sheet *s, int k, double top)
{
    const struct layout l = layout_of(s);
    char title[SHEET_TITLE + 8];
    snprintf(title, sizeof title, "%s", s->title);
    width_fit(title, 14, WIDE - LEFT - 350);
    char name[24];
    snprintf(name, sizeof name, "title[%d]", k + 1);
    draw_text(d->var, name, title);
    fprintf(d->var, "tiles[%d] = %d\nacross[%d] = %d\ntile_rows[%d] = %d\ntile_cols[%d] = %d\n", k + 1,
            s->tiles, k + 1, l.across, k + 1, s->rows, k + 1, s->cols);
    fprintf(d->var, "tile_wide[%d] = %g\ntile_high[%d] = %g\ntop[%d] = %g\n", k + 1, l.wide, k + 1, l.high,
            k + 1, top);
    write_rows(d->dat, s, "\t");
    fputs("\n\n", d->dat);
}

int sheets_draw(const struct sheet *sheet, int n, const char *heading, const char *name, const char *out)
{
    static const char *const array[] = { "title",     "tiles",     "across",    "tile_rows",
                                         "tile_cols", "tile_wide", "tile_high", "top" };
    struct draw d;
    char fitting[256];
    double top = HEADING;
    if (!draw_open(&d, name)) return 0;
    snprintf(fitting, sizeof fitting, "%s", heading);
    width_fit(fitting, 16, WIDE - 2 * EDGE);
    draw_text(d.var, "heading", fitting);
    fprintf(d.var, "sheets = %d\n", n);
    for (size_t a = 0; a < sizeof array / sizeof *array; a++) fprintf(d.var, "array %s[%d]\n", array[a], n);
    for (int k = 0; k < n; k++) {
        const struct layout l = layout_of(&sheet[k]);
        write_sheet(&d, &sheet[k], k, top + TITLE);
        top += TITLE + l.down * l.high + SPACE;
    }
    fprintf(d.var, "height = %g\n", ceil(top));
    return draw_close(&d, "sheets", out);
}
