/* tex_box.c - see tex_box.h. */
#include "tex_box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

/* ---- UTF-8 ---- */

/* The code point at *at, which is moved past it; a byte that begins none stands for itself. */
static uint32_t next_letter(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;
    int more = *s >= 0xf0 ? 3 : *s >= 0xe0 ? 2 : *s >= 0xc0 ? 1 : 0;
    uint32_t letter = more ? *s & (0x3fU >> more) : *s;
    int i = 1;
    for (; i <= more && (s[i] & 0xc0) == 0x80; i++) letter = letter << 6 | (s[i] & 0x3f);
    *at += i;
    return letter;
}

static void put_letter(FILE *out, uint32_t c)
{
    if (c < 0x80) {
        fputc((int)c, out);
    } else if (c < 0x800) {
        fprintf(out, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        fprintf(out, "%c%c%c", 0xe0 | c >> 12, 0x80 | (c >> 6 & 0x3f), 0x80 | (c & 0x3f));
    } else {
        fprintf(out, "%c%c%c%c", 0xf0 | c >> 18, 0x80 | (c >> 12 & 0x3f), 0x80 | (c >> 6 & 0x3f),
                0x80 | (c & 0x3f));
    }
}

static int is_mark(uint32_t c)
{
    return c >= 0x300 && c < 0x370;
}

static int columns_of(uint32_t c)
{
    if (is_mark(c)) return 0;
    return (c >= 0x1100 && c < 0x1160) || (c >= 0x2e80 && c < 0xa4d0) || (c >= 0xac00 && c < 0xd7a4) ||
                   (c >= 0xf900 && c < 0xfb00) || (c >= 0xfe30 && c < 0xfe70) ||
                   (c >= 0xff00 && c < 0xff61) || (c >= 0x20000 && c < 0x40000)
               ? 2
               : 1;
}

int text_columns(const char *utf8)
{
    int n = 0;
    while (*utf8) n += columns_of(next_letter(&utf8));
    return n;
}

/* ---- boxes ---- */

static struct box new_box(int width, int height, int axis)
{
    struct box b = { width, height, axis, memory_need((size_t)width * height + 1, sizeof *b.at) };
    for (int i = 0; i < width * height; i++) b.at[i].letter = ' ';
    return b;
}

void box_free(struct box *b)
{
    free(b->at);
    *b = (struct box){ 0 };
}

/* Copies a into b with its upper left corner at (row, column), and frees it. */
static void place(struct box *b, int row, int column, struct box a)
{
    for (int i = 0; i < a.height; i++)
        for (int j = 0; j < a.width; j++) b->at[(row + i) * b->width + column + j] = a.at[i * a.width + j];
    box_free(&a);
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

struct box box_text(const char *utf8)
{
    struct box b = new_box(text_columns(utf8), 1, 0);
    for (int n = 0; *utf8;) {
        uint32_t c = next_letter(&utf8);
        if (is_mark(c)) {
            if (n) b.at[n - 1].mark = c;
            continue;
        }
        b.at[n++].letter = c;
        if (columns_of(c) == 2) b.at[n++].letter = 0;
    }
    return b;
}

struct box box_beside(struct box a, struct box b)
{
    int above = larger(a.axis, b.axis), below = larger(a.height - a.axis, b.height - b.axis);
    struct box c = new_box(a.width + b.width, above + below, above);
    int width = a.width;
    place(&c, above - a.axis, 0, a);
    place(&c, above - b.axis, width, b);
    return c;
}

struct box box_under(struct box a, struct box b)
{
    int width = larger(a.width, b.width), height = a.height;
    struct box c = new_box(width, a.height + b.height, a.axis);
    place(&c, 0, (width - a.width) / 2, a);
    place(&c, height, (width - b.width) / 2, b);
    return c;
}

/* `width` times a letter */
static struct box line_of(uint32_t letter, int width)
{
    struct box b = new_box(width, 1, 0);
    for (int i = 0; i < width; i++) b.at[i].letter = letter;
    return b;
}

struct box box_fraction(struct box a, struct box b)
{
    int bar = a.height;
    struct box c = box_under(box_under(a, line_of(0x2500, larger(a.width, b.width))), b);
    c.axis = bar;
    return c;
}

struct box box_scripts(struct box base, struct box below, struct box above)
{
    int up = above.height, down = below.height, width = base.width;
    struct box c = new_box(width + larger(below.width, above.width), up + base.height + down, up + base.axis);
    int height = base.height;
    place(&c, up, 0, base);
    place(&c, 0, width, above);
    place(&c, up + height, width, below);
    return c;
}

struct box box_limits(struct box base, struct box below, struct box above)
{
    int axis = base.axis + above.height;
    struct box c = above.height ? box_under(above, base) : base;
    if (below.height) c = box_under(c, below);
    c.axis = axis;
    return c;
}

struct box box_root(struct box a)
{
    struct box c = new_box(a.width + 1, a.height + 1, a.axis + 1);
    for (int j = 1; j <= a.width; j++) c.at[j].letter = '_';
    for (int i = 1; i <= a.height; i++) c.at[i * c.width].letter = i == a.height ? 0x221a : 0x2502;
    place(&c, 1, 1, a);
    return c;
}

/* ---- fences ---- */

/* a fence of several rows: its first, its middle ones, its last; the one in the middle, where it has one */
static const struct {
    uint32_t small, first, between, last, middle;
} fences[] = {
    { '(', 0x239b, 0x239c, 0x239d, 0 },      { ')', 0x239e, 0x239f, 0x23a0, 0 },
    { '[', 0x23a1, 0x23a2, 0x23a3, 0 },      { ']', 0x23a4, 0x23a5, 0x23a6, 0 },
    { '{', 0x23a7, 0x23aa, 0x23a9, 0x23a8 }, { '}', 0x23ab, 0x23aa, 0x23ad, 0x23ac },
    { '|', 0x2502, 0x2502, 0x2502, 0 },      { 0x230a, 0x23a2, 0x23a2, 0x23a3, 0 },
    { 0x230b, 0x23a5, 0x23a5, 0x23a6, 0 },
};

static struct box fence(uint32_t small, int height, int axis)
{
    struct box b = new_box(small == '.' ? 0 : 1, height, axis);
    if (small == '.') return b;
    for (size_t k = 0; k < sizeof fences / sizeof *fences; k++) {
        if (fences[k].small != small) continue;
        for (int i = 0; i < height; i++)
            b.at[i].letter = i == 0 ? fences[k].first : i == height - 1 ? fences[k].last : fences[k].between;
        if (fences[k].middle && height > 2) b.at[height / 2].letter = fences[k].middle;
        if (height > 1) return b;
    }
    b.at[0].letter = small;
    for (int i = 1; i < height; i++) b.at[i].letter = small;
    return b;
}

struct box box_fenced(uint32_t left, struct box a, uint32_t right)
{
    int height = a.height, axis = a.axis;
    return box_beside(box_beside(fence(left, height, axis), a), fence(right, height, axis));
}

struct box box_marked(struct box a, uint32_t mark)
{
    for (int i = 0; i < a.width * a.height; i++)
        if (a.at[i].letter && a.at[i].letter != ' ') a.at[i].mark = mark;
    return a;
}

char *box_string(const struct box *b)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) memory_fail("out of memory for a formula");
    for (int i = 0; i < b->height; i++) {
        const struct cell *row = b->at + i * b->width;
        int n = b->width;
        while (n && row[n - 1].letter == ' ') n--;
        for (int j = 0; j < n; j++) {
            if (row[j].letter) put_letter(out, row[j].letter);
            if (row[j].mark) put_letter(out, row[j].mark);
        }
        if (i < b->height - 1) fputc('\n', out);
    }
    if (fclose(out)) memory_fail("out of memory for a formula");
    return text;
}
