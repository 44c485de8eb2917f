/* source.c - bytes from files and memory; see source.h. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

int source_open(struct source *s, const char *path, char *why)
{
    struct stat about;
    *s = (struct source){ .name = path };
    if (stat(path, &about)) return error_set(why, "cannot open %s: %s", path, strerror(errno));
    if (S_ISDIR(about.st_mode)) return error_set(why, "%s is a folder, not a file", path);
    if (!S_ISREG(about.st_mode)) return error_set(why, "%s is no regular file", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_set(why, "cannot open %s: %s", path, strerror(errno));
    s->gz = gzdopen(fd, "rb");
    if (!s->gz) {
        close(fd);
        return error_set(why, "cannot open %s: out of memory", path);
    }
    return 1;
}

void source_memory(struct source *s, const char *name, const void *bytes, size_t n)
{
    *s = (struct source){ .name = name, .at = bytes, .left = n };
}

static void note_gz_error(struct source *s)
{
    int code = Z_OK;
    const char *text = gzerror(s->gz, &code);
    if (code == Z_BUF_ERROR)
        error_set(s->why, "%s is a gzip file that ends too early; it was not copied completely", s->name);
    else if (code == Z_DATA_ERROR)
        error_set(s->why, "%s is a damaged gzip file", s->name);
    else if (code != Z_OK && code != Z_STREAM_END)
        error_set(s->why, "cannot read %s: %s", s->name, code == Z_ERRNO ? strerror(errno) : text);
}

size_t source_read(struct source *s, void *into, size_t n)
{
    const size_t chunk = 1 << 28; /* zlib counts in unsigned int */
    size_t got = 0;
    if (!s->gz) {
        got = n < s->left ? n : s->left;
        if (got) memcpy(into, s->at, got);
        s->at += got;
        s->left -= got;
        return got;
    }
    while (got < n && !*s->why) {
        size_t ask = n - got < chunk ? n - got : chunk;
        int came = gzread(s->gz, (char *)into + got, (unsigned)ask);
        if (came > 0) got += (size_t)came;
        if (came < (int)ask) note_gz_error(s);
        if (came <= 0) break;
    }
    return got;
}

void source_close(struct source *s)
{
    if (s->gz) gzclose(s->gz);
    s->gz = NULL;
}

/* Grows *data to `room` bytes and fills it from byte `got` on; returns how many it then holds. */
static size_t grow(struct source *s, unsigned char **data, size_t got, size_t room)
{
    unsigned char *bigger = realloc(*data, room ? room : 1);
    if (!bigger) {
        error_set(s->why, "out of memory: %s needs more than %zu bytes", s->name, room);
        return got;
    }
    *data = bigger;
    return got + source_read(s, bigger + got, room - got);
}

unsigned char *source_read_rest(struct source *s, size_t promised, char *why)
{
    unsigned char *data = NULL, beyond;
    size_t room = promised < 1 << 16 ? promised : 1 << 16, got = grow(s, &data, 0, room);
    while (got == room && room < promised) {
        room = room > promised / 2 ? promised : 2 * room;
        got = grow(s, &data, got, room);
    }
    if (!*s->why && got < promised)
        error_set(s->why, "%s is cut off: its header promises %zu bytes of data, %zu are there", s->name,
                  promised, got);
    else if (!*s->why && source_read(s, &beyond, 1))
        error_set(s->why, "%s goes on after the %zu bytes of data that its header promises", s->name,
                  promised);
    if (!*s->why) return data;
    free(data);
    error_set(why, "%s", s->why);
    return NULL;
}
