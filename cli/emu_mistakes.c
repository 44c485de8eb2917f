/* emu_mistakes.c - the emulator's reports, counted: see emu_mistakes.h.
 *
 * A mistake shows in several runs: in another order with other threads, and under the sanitizers in other
 * words. It is known by its lines: two reports are one mistake if they name the same lines, or begin with the
 * same one. */
#include "emu_mistakes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 8, PLACE_ROOM = 80, MOST = 400, LINE_ROOM = 8192 };

/* What a report says of memory that nobody has written: that its bits have come to the host, or where they
 * are read. */
enum unwritten { OTHERWISE, BITS_COPIED, READ };

/* The source lines that a report names, "dense.cu:34". */
struct report {
    enum unwritten unwritten;
    int places;
    char place[PLACES][PLACE_ROOM];
};

static struct report known[MOST];
static int known_count;

/* ---- places ---- */

static int is_name(char c)
{
    return isalnum((unsigned char)c) || strchr("_-+.", c);
}

static int has_place(const struct report *r, const char *place)
{
    for (int i = 0; i < r->places; i++)
        if (!strcmp(r->place[i], place)) return 1;
    return 0;
}

/* Adds every FILE.EXTENSION:NUMBER of the line that is not there yet. */
static void add_places(struct report *r, const char *line)
{
    for (const char *colon = strchr(line, ':'); colon; colon = strchr(colon + 1, ':')) {
        const char *begin = colon, *end = colon + 1;
        char place[PLACE_ROOM];
        while (begin > line && is_name(begin[-1])) begin--;
        while (isdigit((unsigned char)*end)) end++;
        size_t length = (size_t)(end - begin);
        if (end == colon + 1 || begin == colon || length >= sizeof place) continue;
        if (!memchr(begin, '.', (size_t)(colon - begin))) continue;
        memcpy(place, begin, length);
        place[length] = '\0';
        if (r->places < PLACES && !has_place(r, place)) strcpy(r->place[r->places++], place);
    }
}

static int same_mistake(const struct report *a, const struct report *b)
{
    if (a->unwritten && b->unwritten && a->unwritten != b->unwritten) return 1;
    if (!a->places || !b->places) return !a->places && !b->places;
    if (!strcmp(a->place[0], b->place[0])) return 1;
    for (int i = 0; i < a->places; i++)
        if (!has_place(b, a->place[i])) return 0;
    return a->places == b->places;
}

/* ---- reports ---- */

static int begins(const char *line, const char *words)
{
    return !strncmp(line, words, strlen(words));
}

/* A report of the emulator in one line, and not a note or a sum. */
static int is_report(const char *line)
{
    static const char *const other[] = { "note: ", "also: ", "in ", "no kernel ran" };
    char word[32], word2[32];
    int number;
    if (!begins(line, "emu: ")) return 0;
    line += 5;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (begins(line, other[i])) return 0;
    if (sscanf(line, "%d %31s", &number, word) == 2 && (begins(word, "finding") || begins(word, "kernel")))
        return 0;
    const char *sum = begins(line, "race: ") ? strrchr(line, ':') : NULL;
    return !(sum && sscanf(sum, ": %d %31s %d %31s", &number, word, &number, word2) == 4 &&
             begins(word, "mistake"));
}

static int is_sanitizers(const char *line)
{
    return strstr(line, "ERROR: AddressSanitizer") || strstr(line, ": runtime error: ");
}

static enum unwritten unwritten_of(const char *line)
{
    if (!begins(line, "emu: unwritten: ")) return OTHERWISE;
    return strstr(line, "as cudaMalloc left them") ? BITS_COPIED : READ;
}

static int is_new(const struct report *r, int before)
{
    for (int i = 0; i < before; i++)
        if (same_mistake(&known[i], r)) return 0;
    return 1;
}

int emu_mistakes(const char *path, int *reports)
{
    static char line[LINE_ROOM];
    int fresh = 0, before = known_count;
    struct report *open = NULL; /* of a sanitizer, whose first place is in a later line */
    FILE *f = fopen(path, "r");
    *reports = 0;
    while (f && fgets(line, sizeof line, f)) {
        int sanitizers = is_sanitizers(line);
        if (open && !open->places) add_places(open, line);
        if ((!sanitizers && !is_report(line)) || known_count == MOST) continue;
        struct report *r = &known[known_count++];
        r->places = 0;
        r->unwritten = unwritten_of(line);
        add_places(r, line);
        open = sanitizers ? r : NULL;
        ++*reports;
    }
    if (f) fclose(f);
    for (int i = before; i < known_count; i++) fresh += is_new(&known[i], before);
    return fresh;
}

long emu_kernels(const char *path)
{
    static char line[LINE_ROOM];
    long kernels = -1, number;
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        char word[32];
        if (sscanf(line, "emu: %ld %31s", &number, word) == 2 && begins(word, "kernel")) kernels = number;
        if (begins(line, "emu: no kernel ran")) kernels = 0;
    }
    if (f) fclose(f);
    return kernels;
}

/* ---- outputs ---- */

struct lines {
    char *text;
    const char **line;
    size_t count;
};

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* 0: it cannot be read, or there is no memory */
static int read_lines(const char *path, struct lines *to)
{
    FILE *f = fopen(path, "r");
    long size = f && !fseek(f, 0, SEEK_END) ? ftell(f) : -1;
    to->text = size >= 0 ? malloc((size_t)size + 1) : NULL;
    to->line = size >= 0 ? malloc(((size_t)size + 1) * sizeof *to->line) : NULL;
    to->count = 0;
    if (f) rewind(f);
    int read = to->text && to->line && fread(to->text, 1, (size_t)size, f) == (size_t)size;
    if (f) fclose(f);
    if (!read) return 0;
    to->text[size] = '\0';
    for (char *at = to->text; at < to->text + size;) {
        char *end = memchr(at, '\n', (size_t)(to->text + size - at));
        to->line[to->count++] = at;
        if (!end) break;
        *end = '\0';
        at = end + 1;
    }
    qsort(to->line, to->count, sizeof *to->line, compare_lines);
    return 1;
}

int emu_same_lines(const char *path, const char *other)
{
    struct lines a = { NULL, NULL, 0 }, b = { NULL, NULL, 0 };
    int read = read_lines(path, &a) & read_lines(other, &b), same = read && a.count == b.count;
    for (size_t i = 0; same && i < a.count; i++) same = !strcmp(a.line[i], b.line[i]);
    free(a.text), free(a.line), free(b.text), free(b.line);
    return same;
}
