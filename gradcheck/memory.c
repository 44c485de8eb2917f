/* memory.c - arrays between pages that nobody may touch, so that an access out of
 * bounds is a fault with a name.
 *
 *     | header | guard | canary, data | guard |      gc_memory_new:     one byte past the end faults
 *     | header | guard | data, canary | guard |      gc_memory_new_low: one byte before the start faults
 *
 * An array is a whole number of elements, so its end can lie on the page's end and every element is
 * still aligned; the slack on the other side holds a known pattern. Memory that is given back stays
 * reserved, without contents, until some tens of others have followed: a pointer kept from an earlier
 * call then faults as what it is. After that its pages serve the next array of as many. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gc_internal.h"

enum { GUARD_BYTES = 1 << 16, CANARY = 0xC5, KEPT = 64, SPARE = 32 };

struct block {
    struct block *next;
    unsigned char *base; /* of the whole mapping: this header */
    unsigned char *room, *room_end, *data;
    size_t mapped, bytes;
    int given_back;
    char name[GC_NAME + 1];
};

static struct block *live, *kept; /* kept: given back, newest first */

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static struct block *find(const void *p)
{
    struct block *b = live;
    while (b && b->data != p) b = b->next;
    return b;
}

/* Pages for `mapped` bytes with a header that may be written: those of an array that was given back long ago,
 * or new ones. NULL: there are none */
static unsigned char *pages_for(size_t mapped, size_t page)
{
    int n = 0;
    for (struct block **at = &kept; *at; at = &(*at)->next) {
        struct block *b = *at;
        if (++n <= KEPT || b->mapped != mapped) continue;
        *at = b->next;
        return b->base;
    }
    unsigned char *base = mmap(NULL, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return NULL;
    if (!mprotect(base, page, PROT_READ | PROT_WRITE)) return base;
    munmap(base, mapped);
    return NULL;
}

static void *new_block(size_t bytes, int low)
{
    size_t page = page_bytes();
    if (bytes > SIZE_MAX / 2) return NULL;
    size_t room = bytes ? (bytes + page - 1) / page * page : page;
    size_t mapped = page + room + 2 * (size_t)GUARD_BYTES;
    unsigned char *base = pages_for(mapped, page);
    if (!base) return NULL;
    unsigned char *start = base + page + GUARD_BYTES;
    if (mprotect(start, room, PROT_READ | PROT_WRITE)) {
        munmap(base, mapped);
        return NULL;
    }
    struct block *b = (struct block *)base;
    *b = (struct block){ .next = live, .base = base, .room = start, .room_end = start + room };
    b->data = low ? start : start + room - bytes;
    b->mapped = mapped, b->bytes = bytes;
    memset(b->room, CANARY, (size_t)(b->data - b->room));
    memset(b->data + bytes, CANARY, (size_t)(b->room_end - b->data) - bytes);
    live = b;
    return b->data;
}

void *gc_memory_new(size_t bytes)
{
    return new_block(bytes, 0);
}

void *gc_memory_new_low(size_t bytes)
{
    return new_block(bytes, 1);
}

/* Gives the oldest of too many kept blocks back to the system. */
static void forget_oldest(void)
{
    int n = 0;
    for (struct block **at = &kept; *at; at = &(*at)->next)
        if (++n > KEPT + SPARE) {
            struct block *b = *at;
            *at = NULL;
            munmap(b->base, b->mapped);
            return;
        }
}

void gc_memory_free(void *p)
{
    struct block *b = p ? find(p) : NULL;
    if (!b) return;
    struct block **at = &live;
    while (*at != b) at = &(*at)->next;
    *at = b->next;
    size_t room = (size_t)(b->room_end - b->room);
    void *fresh = mmap(b->room, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (fresh == MAP_FAILED) {
        munmap(b->base, b->mapped);
        return;
    }
    b->given_back = 1;
    b->next = kept;
    kept = b;
    forget_oldest();
}

void gc_memory_read_only(void *p, int yes)
{
    struct block *b = p ? find(p) : NULL;
    if (b) mprotect(b->room, (size_t)(b->room_end - b->room), yes ? PROT_READ : PROT_READ | PROT_WRITE);
}

void gc_memory_name(void *p, const char *name)
{
    struct block *b = p ? find(p) : NULL;
    if (!b) return;
    size_t n = strlen(name);
    if (n > GC_NAME) n = GC_NAME;
    memcpy(b->name, name, n);
    b->name[n] = 0;
}

/* ---- words, without a function that a signal handler may not call ---- */

static void append(char *text, size_t room, const char *more)
{
    size_t n = 0;
    while (n < room && text[n]) n++;
    while (n + 1 < room && *more) text[n++] = *more++;
    if (n < room) text[n] = 0;
}

static void append_number(char *text, size_t room, size_t x)
{
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = 0;
    do digits[--at] = (char)('0' + x % 10);
    while (x /= 10);
    append(text, room, digits + at);
}

/* "8 bytes past the end of dW" */
static int say_location(const struct block *b, const unsigned char *at, char *text, size_t room)
{
    const char *name = b->name[0] ? b->name : "an array without a name";
    int location = GC_INSIDE;
    if (room) *text = 0;
    if (b->given_back) {
        location = GC_GIVEN_BACK;
    } else if (at >= b->data + b->bytes) {
        size_t beyond = (size_t)(at - b->data) - b->bytes;
        location = GC_PAST_END;
        if (beyond) append_number(text, room, beyond);
        append(text, room, beyond ? " bytes past the end of " : "just past the end of ");
    } else if (at < b->data) {
        location = GC_BEFORE_START;
        append_number(text, room, (size_t)(b->data - at));
        append(text, room, " bytes before the start of ");
    }
    append(text, room, name);
    return location;
}

int gc_memory_describe(const void *address, char *text, size_t room)
{
    const unsigned char *at = address;
    const struct block *const lists[] = { live, kept };
    for (int i = 0; i < 2; i++)
        for (const struct block *b = lists[i]; b; b = b->next)
            if (at >= b->room - GUARD_BYTES && at < b->room_end + GUARD_BYTES)
                return say_location(b, at, text, room);
    if (room) *text = 0;
    return GC_ELSEWHERE;
}

/* Are all n bytes that of the canary? Each is then the same as the one before it. */
static int is_canary(const unsigned char *at, size_t n)
{
    return !n || (*at == CANARY && !memcmp(at, at + 1, n - 1));
}

int gc_memory_intact(const void *p, char *text, size_t room)
{
    const struct block *b = find(p);
    if (!b) return 1;
    const unsigned char *end = b->data + b->bytes;
    if (is_canary(b->room, (size_t)(b->data - b->room)) && is_canary(end, (size_t)(b->room_end - end)))
        return 1;
    for (const unsigned char *at = b->data; at-- > b->room;)
        if (*at != CANARY) return say_location(b, at, text, room), 0;
    for (const unsigned char *at = end; at < b->room_end; at++)
        if (*at != CANARY) return say_location(b, at, text, room), 0;
    return 1;
}
