/* pnm.c - the reader of PGM and PPM files; see picture.h.
 *
 *   P5 28 28 255\n | 28 x 28 bytes        P2, P3: numbers as text; P3, P6: red, green and blue of each pixel
 *
 * From a # on, the rest of a line of the header is a comment. With a maximum above 255, a binary sample has
 * two bytes, the most significant first.
 */
#include "picture.h"

struct pnm {
    const char *name;
    const unsigned char *at, *end;
    char *error;
};

static int is_blank(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void pass_blanks(struct pnm *f)
{
    while (f->at < f->end && (is_blank(*f->at) || *f->at == '#')) {
        if (*f->at == '#')
            while (f->at < f->end && *f->at != '\n') f->at++;
        else
            f->at++;
    }
}

/* a number from 0 to most, in text */
static int read_number(struct pnm *f, unsigned most, unsigned *number)
{
    pass_blanks(f);
    if (f->at == f->end) return error_set(f->error, "%s is cut off", f->name);
    if (*f->at < '0' || *f->at > '9')
        return error_set(f->error, "%s: a number is missing, %zu bytes before its end", f->name,
                         (size_t)(f->end - f->at));
    for (*number = 0; f->at < f->end && *f->at >= '0' && *f->at <= '9'; f->at++) {
        *number = 10 * *number + (unsigned)(*f->at - '0');
        if (*number > most) return error_set(f->error, "%s: a number is larger than %u", f->name, most);
    }
    return 1;
}

/* the maximum becomes 255 */
static unsigned char scaled(unsigned sample, unsigned maximum)
{
    return (unsigned char)((sample * 255 + maximum / 2) / maximum);
}

static int read_sample(struct pnm *f, int is_text, unsigned maximum, unsigned *sample)
{
    if (is_text) return read_number(f, maximum, sample);
    const int bytes = maximum > 255 ? 2 : 1;
    if (f->end - f->at < bytes) return error_set(f->error, "%s is cut off", f->name);
    *sample = bytes == 2 ? (unsigned)(f->at[0] << 8 | f->at[1]) : *f->at;
    f->at += bytes;
    return *sample <= maximum ||
           error_set(f->error, "%s: a sample is larger than the maximum, %u", f->name, maximum);
}

/* samples of a pixel stand together, those of a plane do here */
static int read_samples(struct pnm *f, int is_text, unsigned maximum, struct picture *p)
{
    const int plane = p->rows * p->cols;
    unsigned sample;
    for (int i = 0; i < plane; i++)
        for (int c = 0; c < p->channels; c++) {
            if (!read_sample(f, is_text, maximum, &sample)) return 0;
            p->pixel[c * plane + i] = scaled(sample, maximum);
        }
    if (is_text) pass_blanks(f);
    return f->at == f->end || error_set(f->error, "%s goes on behind its %d pixels", f->name, plane);
}

int pnm_read(const char *name, const unsigned char *bytes, size_t n, struct picture *p, char *error)
{
    struct pnm f = { name, bytes + 2, bytes + n, error };
    const int kind = bytes[1] - '0', is_text = kind == 2 || kind == 3,
              channels = kind == 3 || kind == 6 ? 3 : 1;
    unsigned cols, rows, maximum;
    *p = (struct picture){ 0 };
    if (kind == 1 || kind == 4 || kind == 7)
        return error_set(error, "%s is a P%d file; of this family PGM and PPM are read, P2, P3, P5 and P6",
                         name, kind);
    if (!read_number(&f, PICTURE_MOST, &cols) || !read_number(&f, PICTURE_MOST, &rows) ||
        !read_number(&f, 65535, &maximum))
        return 0;
    if (!maximum) return error_set(error, "%s: its maximum is 0", name);
    if (f.at == f.end || !is_blank(*f.at)) return error_set(error, "%s ends inside its header", name);
    f.at++; /* one blank, and then the samples */
    /* a lying header costs nothing: a sample has at least one byte, or a digit and a blank */
    if ((size_t)(f.end - f.at) / (size_t)channels + 1 < (size_t)rows * cols)
        return error_set(error, "%s is cut off: its header promises %ux%u pixels", name, rows, cols);
    if (!picture_make(p, name, (size_t)channels, rows, cols, error)) return 0;
    if (read_samples(&f, is_text, maximum, p)) return 1;
    picture_free(p);
    return 0;
}
