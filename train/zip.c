/* zip.c - see zip.h. The format: PKWARE's APPNOTE.TXT, 4.3. */
#include "zip.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    END = 22,   /* bytes of the end record, before its comment */
    ENTRY = 46, /* of an entry of the directory, before its name */
    LOCAL = 30, /* of what stands before a member, before its name */
    COMMENT = 65535,
    MEMBERS = 4096,
    STORED = 0,
    DEFLATED = 8,
    MOST_PACKED = 1032 /* deflate makes no byte of less than 1/1032 byte */
};

static uint32_t get16(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t get32(const unsigned char *at)
{
    return get16(at) | get16(at + 2) << 16;
}

static int damaged(const struct zip *z, const char *what, char *error)
{
    return error_set(error, "%s is a damaged archive: %s", z->name, what);
}

/* ---- the directory ---- */

/* the end record: the last one whose comment goes to the end of the file; NULL if there is none */
static const unsigned char *find_end(const struct zip *z)
{
    for (size_t behind = END; behind <= z->n && behind <= END + COMMENT; behind++) {
        const unsigned char *at = z->file + z->n - behind;
        if (!memcmp(at, "PK\5\6", 4) && get16(at + 20) == behind - END) return at;
    }
    return NULL;
}

/* Fills in where the member's bytes are; what stands before them has lengths of its own. */
static int locate(const struct zip *z, struct zip_member *m, size_t local, char *error)
{
    if (local > z->n || z->n - local < LOCAL || memcmp(z->file + local, "PK\3\4", 4))
        return damaged(z, "a member is not where its directory says", error);
    m->at = local + LOCAL + get16(z->file + local + 26) + get16(z->file + local + 28);
    if (m->at > z->n || z->n - m->at < m->packed) return damaged(z, "a member reaches over its end", error);
    return 1;
}

static int is_known(const struct zip *z, int members, const char *name)
{
    for (int k = 0; k < members; k++)
        if (!strcmp(z->member[k].name, name)) return 1;
    return 0;
}

static int get_name(const struct zip *z, struct zip_member *m, const unsigned char *name, size_t n,
                    char *error)
{
    if (!n || n >= ZIP_NAME)
        return error_set(error, "%s: a member's name has %zu bytes, and %d are the most", z->name, n,
                         ZIP_NAME - 1);
    for (size_t k = 0; k < n; k++)
        if (!isprint(name[k])) return damaged(z, "a member's name is no text", error);
    memcpy(m->name, name, n);
    m->name[n] = '\0';
    if (!is_known(z, (int)(m - z->member), m->name)) return 1;
    return error_set(error, "%s has two members called %s", z->name, m->name);
}

/* one entry of the directory, which ends before `end`; moves *at behind it */
static int get_entry(const struct zip *z, struct zip_member *m, const unsigned char **at,
                     const unsigned char *end, char *error)
{
    const unsigned char *e = *at;
    if (end - e < ENTRY || memcmp(e, "PK\1\2", 4)) return damaged(z, "its directory is cut off", error);
    const size_t name = get16(e + 28), more = get16(e + 30) + get16(e + 32);
    if ((size_t)(end - e) < ENTRY + name + more) return damaged(z, "its directory is cut off", error);
    if (get16(e + 8) & 1) return error_set(error, "%s is encrypted; save it without a password", z->name);
    const uint32_t how = get16(e + 10);
    if (how != STORED && how != DEFLATED)
        return error_set(error,
                         "%s is packed in a way that is not known here (%u); numpy.savez and "
                         "numpy.savez_compressed write ones that are",
                         z->name, how);
    m->is_deflated = how == DEFLATED;
    m->crc = get32(e + 16), m->packed = get32(e + 20), m->bytes = get32(e + 24);
    if (m->packed == UINT32_MAX || m->bytes == UINT32_MAX)
        return error_set(error, "%s has a member of 4 GiB or more; save its arrays as .npy files", z->name);
    if (m->is_deflated ? m->bytes / MOST_PACKED > m->packed : m->bytes != m->packed)
        return damaged(z, "a member is not as long as its directory says", error);
    *at = e + ENTRY + name + more;
    return get_name(z, m, e + ENTRY, name, error) && locate(z, m, get32(e + 42), error);
}

static int get_directory(struct zip *z, char *error)
{
    const unsigned char *end = z->n >= END ? find_end(z) : NULL, *at;
    if (!end) return error_set(error, "%s is no ZIP archive, or is cut off", z->name);
    const size_t bytes = get32(end + 12), from = get32(end + 16), members = get16(end + 10);
    if (members == 0xffff || from == UINT32_MAX)
        return error_set(error, "%s is an archive of 4 GiB or more; save its arrays as .npy files", z->name);
    if (from > (size_t)(end - z->file) || (size_t)(end - z->file) - from < bytes || members > bytes / ENTRY ||
        get16(end + 4) || get16(end + 8) != members)
        return damaged(z, "its directory is not where its end says", error);
    if (members > MEMBERS)
        return error_set(error, "%s has %zu members, and %d are the most", z->name, members, MEMBERS);
    z->member = calloc(members + 1, sizeof *z->member);
    if (!z->member) return error_set(error, "out of memory for %s", z->name);
    at = z->file + from;
    for (; z->members < (int)members; z->members++)
        if (!get_entry(z, &z->member[z->members], &at, z->file + from + bytes, error)) return 0;
    return 1;
}

int zip_read(struct source *s, struct zip *z, char *error)
{
    *z = (struct zip){ .name = s->name };
    z->file = source_read_all(s, &z->n, error);
    if (z->file && get_directory(z, error)) return 1;
    zip_free(z);
    return 0;
}

void zip_free(struct zip *z)
{
    free(z->file);
    free(z->member);
    memset(z, 0, sizeof *z);
}

/* ---- members ---- */

/* exactly n bytes of it, no less and no more */
static int unpack(const struct zip *z, const struct zip_member *m, unsigned char *to)
{
    z_stream s = { .next_in = z->file + m->at, .avail_in = (unsigned)m->packed };
    if (inflateInit2(&s, -15) != Z_OK) return 0; /* without a header of its own */
    s.next_out = to;
    s.avail_out = (unsigned)m->bytes + 1;
    int code = inflate(&s, Z_FINISH), ok = code == Z_STREAM_END && s.total_out == m->bytes && !s.avail_in;
    inflateEnd(&s);
    return ok;
}

unsigned char *zip_member(const struct zip *z, int k, size_t *n, char *error)
{
    const struct zip_member *m = &z->member[k];
    unsigned char *bytes = malloc(m->bytes + 1);
    int ok = bytes != NULL;
    if (!ok) return error_set(error, "out of memory for %s of %s", m->name, z->name), NULL;
    if (m->is_deflated)
        ok = unpack(z, m, bytes);
    else
        memcpy(bytes, z->file + m->at, m->bytes);
    *n = m->bytes;
    if (ok && crc32_z(0, bytes, m->bytes) == m->crc) return bytes;
    free(bytes);
    return error_set(error, "%s: %s is damaged; its checksum does not fit its contents", z->name, m->name),
           NULL;
}
