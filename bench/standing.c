/* standing.c - where a function from outside stands; see standing.h. */
#include "standing.h"

#include <stdio.h>
#include <string.h>

/* 1 if this row stands for its rung: no other has more threads that `own` has, too */
static int counts(const struct row *row, int n, const struct row *x, const struct row *own)
{
    if (x->kind != ROW_RUNG || !(x->seconds > 0) || x->threads > own->threads) return 0;
    for (const struct row *y = row; y < row + n; y++)
        if (y->kind == ROW_RUNG && y->seconds > 0 && !strcmp(y->rung, x->rung) && y->threads > x->threads &&
            y->threads <= own->threads)
            return 0;
    return 1;
}

static int is_equal(const struct row *a, const struct row *b)
{
    return stats_overlap(a->low, a->high, b->low, b->high);
}

/* The rungs around own: the fastest that is slower, the slowest that is faster, the nearest without a
 * difference; or NULL. Of several that do not differ from that one, the first of the ladder. */
struct around {
    const struct row *slower, *faster, *equal;
};

static double apart(const struct row *a, const struct row *b)
{
    return a->seconds > b->seconds ? a->seconds / b->seconds : b->seconds / a->seconds;
}

/* the first rung on the same side of own that does not differ from x */
static const struct row *first_like(const struct row *row, int n, const struct row *own, const struct row *x)
{
    for (const struct row *y = row; x && y < x; y++)
        if (counts(row, n, y, own) && !is_equal(y, own) && is_equal(y, x) &&
            (y->seconds > own->seconds) == (x->seconds > own->seconds))
            return y;
    return x;
}

static struct around look_around(const struct row *row, int n, const struct row *own)
{
    struct around a = { 0 };
    for (const struct row *x = row; x < row + n; x++) {
        if (!counts(row, n, x, own)) continue;
        const struct row **place = is_equal(x, own)            ? &a.equal
                                   : x->seconds > own->seconds ? &a.slower
                                                               : &a.faster;
        if (!*place || apart(x, own) < apart(*place, own)) *place = x;
    }
    a.slower = first_like(row, n, own, a.slower);
    a.faster = first_like(row, n, own, a.faster);
    return a;
}

char *standing_text(const struct row *row, int n, const struct row *own, char *text)
{
    struct around a = look_around(row, n, own);
    int used = snprintf(text, STANDING_TEXT, "%s on %d thread%s ", own->rung, own->threads,
                        own->threads > 1 ? "s" : "");
    char *rest = text + used;
    size_t room = STANDING_TEXT - (size_t)used;
    if (a.equal && a.faster)
        snprintf(rest, room, "is as fast as %s: no difference in time; %s is %.2f times as fast",
                 a.equal->rung, a.faster->rung, apart(a.faster, own));
    else if (a.equal)
        snprintf(rest, room, "is as fast as %s, the top of the ladder: no difference in time", a.equal->rung);
    else if (a.slower && a.faster)
        snprintf(rest, room,
                 "is between %s and %s: %.2f times as fast as the one, and the other is %.2f times as fast",
                 a.slower->rung, a.faster->rung, apart(a.slower, own), apart(a.faster, own));
    else if (a.slower)
        snprintf(rest, room, "is above the whole ladder: %.2f times as fast as %s", apart(a.slower, own),
                 a.slower->rung);
    else if (a.faster)
        snprintf(rest, room, "is below the whole ladder: %s is %.2f times as fast", a.faster->rung,
                 apart(a.faster, own));
    else
        snprintf(rest, room, "was raced beside no rung");
    return text;
}
