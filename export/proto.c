/* proto.c - see proto.h. */
#include "proto.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

enum { VARINT = 0, LENGTH = 2, FIXED32 = 5 };

static unsigned char *grow(struct proto *p, size_t n)
{
    size_t least = p->n + n;
    if (least > p->room) {
        p->room = least > 2 * p->room ? least + 64 : 2 * p->room;
        p->bytes = realloc(p->bytes, p->room);
        if (!p->bytes) memory_fail("out of memory: cannot allocate %zu bytes", p->room);
    }
    unsigned char *at = p->bytes + p->n;
    p->n = least;
    return at;
}

/* a negative number is one of 64 bits, and so takes ten bytes */
static void put_varint(struct proto *p, uint64_t x)
{
    for (; x >= 128; x >>= 7) *grow(p, 1) = (unsigned char)(x | 128);
    *grow(p, 1) = (unsigned char)x;
}

static void put_key(struct proto *p, int field, int how)
{
    put_varint(p, (uint64_t)field << 3 | (uint64_t)how);
}

void proto_integer(struct proto *p, int field, int64_t x)
{
    put_key(p, field, VARINT);
    put_varint(p, (uint64_t)x);
}

void proto_float(struct proto *p, int field, float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_key(p, field, FIXED32);
    unsigned char *at = grow(p, 4);
    for (int b = 0; b < 4; b++) at[b] = (unsigned char)(bits >> 8 * b);
}

unsigned char *proto_bytes(struct proto *p, int field, size_t n)
{
    put_key(p, field, LENGTH);
    put_varint(p, n);
    return grow(p, n);
}

void proto_text(struct proto *p, int field, const char *text)
{
    size_t n = strlen(text);
    memcpy(proto_bytes(p, field, n), text, n);
}

void proto_message(struct proto *p, int field, struct proto *m)
{
    unsigned char *at = proto_bytes(p, field, m->n);
    if (m->n) memcpy(at, m->bytes, m->n);
    proto_free(m);
}

void proto_fields(struct proto *p, struct proto *m)
{
    if (m->n) memcpy(grow(p, m->n), m->bytes, m->n);
    proto_free(m);
}

void proto_free(struct proto *p)
{
    free(p->bytes);
    memset(p, 0, sizeof *p);
}
