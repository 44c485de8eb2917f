/* source.c - bytes from files and memory; see source.h. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct source_file {
    int fd, ended; /* nothing more comes from fd */
    enum { PLAIN, IN_MEMBER, AFTER_MEMBER, PADDING } state;
    z_stream z; /* z.next_in, z.avail_in: what came from fd and was not handed out yet */
    unsigned char buffer[1 << 16];
};

/* ---- a file's bytes as they are on disk ---- */

/* Gets more of them if there are none; 0 at the end of the file or after an error */
static int fill(struct source *s)
{
    struct source_file *f = s->file;
    while (!f->z.avail_in && !f->ended) {
        ssize_t n = read(f->fd, f->buffer, sizeof f->buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) error_set(s->reason, "cannot read %s: %s", s->name, strerror(errno));
        f->ended = n <= 0;
        f->z.next_in = f->buffer;
        f->z.avail_in = n > 0 ? (unsigned)n : 0;
    }
    return f->z.avail_in > 0;
}

static size_t read_plain(struct source *s, unsigned char *into, size_t n)
{
    z_stream *z = &s->file->z;
    size_t got = 0;
    while (got < n && fill(s)) {
        size_t take = n - got < z->avail_in ? n - got : z->avail_in;
        memcpy(into + got, z->next_in, take);
        z->next_in += take;
        z->avail_in -= (unsigned)take;
        got += take;
    }
    return got;
}

/* ---- gzip ---- */

enum { GZIP_1 = 0x1f, GZIP_2 = 0x8b }; /* the first bytes of a member */

/* Behind a member: another one, zeros, or the end */
static void go_on(struct source *s)
{
    struct source_file *f = s->file;
    if (f->state == AFTER_MEMBER && *f->z.next_in == GZIP_1) {
        f->state = inflateReset(&f->z) == Z_OK ? IN_MEMBER : PADDING;
        return;
    }
    f->state = PADDING;
    while (f->z.avail_in && !*f->z.next_in) f->z.next_in++, f->z.avail_in--;
    if (f->z.avail_in)
        error_set(s->reason, "%s is a damaged gzip file: something else follows the packed data", s->name);
}

static void unpack(struct source *s)
{
    struct source_file *f = s->file;
    int code = inflate(&f->z, Z_NO_FLUSH); /* checks the CRC-32 and the length at a member's end */
    if (code == Z_STREAM_END)
        f->state = AFTER_MEMBER;
    else if (code == Z_MEM_ERROR)
        error_set(s->reason, "out of memory: cannot unpack %s", s->name);
    else if (code != Z_OK && code != Z_BUF_ERROR)
        error_set(s->reason, "%s is a damaged gzip file: %s", s->name,
                  f->z.msg ? f->z.msg : "it needs a dictionary");
}

static size_t read_packed(struct source *s, unsigned char *into, size_t n)
{
    const size_t chunk = 1 << 28; /* zlib counts in unsigned int */
    struct source_file *f = s->file;
    size_t got = 0;
    while (got < n && !*s->reason) {
        if (!fill(s)) {
            if (f->state == IN_MEMBER && !*s->reason)
                error_set(s->reason, "%s is a gzip file that ends too early; it was not copied completely",
                          s->name);
            break;
        }
        size_t ask = n - got < chunk ? n - got : chunk;
        f->z.next_out = into + got;
        f->z.avail_out = (unsigned)ask;
        if (f->state == IN_MEMBER)
            unpack(s);
        else
            go_on(s);
        got += ask - f->z.avail_out;
    }
    return got;
}

/* ---- sources ---- */

static int open_file(struct source *s, const char *path, int unpacks, char *error)
{
    enum { GZIP_ALONE = 15 + 16 }; /* the largest window; and no other format */
    struct stat about;
    *s = (struct source){ .name = path };
    if (stat(path, &about)) return error_set(error, "cannot open %s: %s", path, strerror(errno));
    if (S_ISDIR(about.st_mode)) return error_set(error, "%s is a folder, not a file", path);
    if (!S_ISREG(about.st_mode)) return error_set(error, "%s is not a regular file", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_set(error, "cannot open %s: %s", path, strerror(errno));
    struct source_file *f = calloc(1, sizeof *f);
    if (!f) {
        close(fd);
        return error_set(error, "cannot open %s: out of memory", path);
    }
    f->fd = fd;
    s->file = f;
    int is_gzip = fill(s) && unpacks && f->z.avail_in > 1 && f->buffer[0] == GZIP_1 && f->buffer[1] == GZIP_2;
    if (is_gzip && inflateInit2(&f->z, GZIP_ALONE) != Z_OK)
        error_set(s->reason, "cannot open %s: out of memory", path);
    else if (is_gzip)
        f->state = IN_MEMBER;
    if (!*s->reason) return 1;
    error_set(error, "%s", s->reason);
    source_close(s);
    return 0;
}

int source_open(struct source *s, const char *path, char *error)
{
    return open_file(s, path, 1, error);
}

int source_open_packed(struct source *s, const char *path, char *error)
{
    return open_file(s, path, 0, error);
}

void source_memory(struct source *s, const char *name, const void *bytes, size_t n)
{
    *s = (struct source){ .name = name, .at = bytes, .left = n };
}

static size_t read_memory(struct source *s, unsigned char *into, size_t n)
{
    size_t got = n < s->left ? n : s->left;
    if (got) memcpy(into, s->at, got);
    s->at += got;
    s->left -= got;
    return got;
}

size_t source_read(struct source *s, void *into, size_t n)
{
    if (!s->file) return read_memory(s, into, n);
    return s->file->state == PLAIN ? read_plain(s, into, n) : read_packed(s, into, n);
}

void source_close(struct source *s)
{
    if (!s->file) return;
    if (s->file->state != PLAIN) inflateEnd(&s->file->z);
    close(s->file->fd);
    free(s->file);
    s->file = NULL;
}

/* Grows *data to `room` bytes and fills it from byte `got` on; returns how many it then holds. */
static size_t grow(struct source *s, unsigned char **data, size_t got, size_t room)
{
    unsigned char *bigger = realloc(*data, room ? room : 1);
    if (!bigger) {
        error_set(s->reason, "out of memory: %s needs more than %zu bytes", s->name, room);
        return got;
    }
    *data = bigger;
    return got + source_read(s, bigger + got, room - got);
}

unsigned char *source_read_rest(struct source *s, size_t promised, char *error)
{
    unsigned char *data = NULL, beyond;
    size_t room = promised < 1 << 16 ? promised : 1 << 16, got = grow(s, &data, 0, room);
    while (got == room && room < promised) {
        room = room > promised / 2 ? promised : 2 * room;
        got = grow(s, &data, got, room);
    }
    if (!*s->reason && got < promised)
        error_set(s->reason, "%s is cut off: its header promises %zu bytes of data, %zu are there", s->name,
                  promised, got);
    else if (!*s->reason && source_read(s, &beyond, 1))
        error_set(s->reason, "%s goes on after the %zu bytes of data that its header promises", s->name,
                  promised);
    if (!*s->reason) return data;
    free(data);
    error_set(error, "%s", s->reason);
    return NULL;
}

unsigned char *source_read_all(struct source *s, size_t *n, char *error)
{
    unsigned char *data = NULL;
    size_t room = 1 << 12, got = grow(s, &data, 0, room);
    while (got == room && !*s->reason) {
        room *= 2;
        got = grow(s, &data, got, room);
    }
    *n = got;
    if (!*s->reason) return data;
    free(data);
    error_set(error, "%s", s->reason);
    return NULL;
}
