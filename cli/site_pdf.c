/* site_pdf.c - the printed page of the lessons as a PDF, by Chromium; see site.h.
 *
 * The contents need the sheets' numbers, which no browser counts: the page is printed once without them,
 * the PDF says on which sheet each heading is, and the page is printed again. Chromium writes a PDF's
 * dictionaries as plain text, one object after the other:
 *
 *     18 0 obj
 *     <</Type /Pages
 *     /Kids [2 0 R 9 0 R]>>           sheets, or nodes with sheets below them
 *     ...
 *     /Dests 19 0 R                   where each place of the page is
 *     19 0 obj
 *     <</contents [9 0 R /XYZ 6 826 0]
 */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../base/process.h"
#include "site.h"

#define NOTES "notes" /* the browser's folder, below ours */

enum { OLDEST = 131, DEEPEST = 8 }; /* the first Chromium that writes page numbers; nodes above a sheet */

/* ---- programs ---- */

/* What the program prints, its first line; 0 if it does not start or fails. */
static int first_line(const char *const *argv, char *line, int room)
{
    char error[ERROR_TEXT];
    FILE *out = tmpfile(), *nowhere = tmpfile();
    if (!out || !nowhere) memory_fail("cannot make a working file in the folder for temporary files");
    int code = process_run(argv, -1, fileno(out), fileno(nowhere), error);
    rewind(out);
    if (code || !fgets(line, room, out)) *line = '\0';
    fclose(out);
    fclose(nowhere);
    return !code;
}

int site_browser(const char **browser, char *error)
{
    static const char *const names[] = { "chromium", "chromium-browser", "google-chrome" };
    char line[200];
    *browser = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !*browser; i++) {
        const char *const argv[] = { names[i], "--version", NULL };
        if (first_line(argv, line, sizeof line)) *browser = names[i];
    }
    if (!*browser)
        return error_set(error, "a PDF needs chromium: on Debian, apt install chromium fonts-noto-cjk; "
                                "or --book rungs.html, and print that page from a browser");
    const char *digit = line + strcspn(line, "0123456789");
    if (strtol(digit, NULL, 10) < OLDEST)
        return error_set(error, "a PDF needs chromium %d or newer, and %s is %.20s", OLDEST, *browser, digit);
    const char *const fonts[] = { "fc-list", ":lang=zh-cn", "family", NULL };
    if (first_line(fonts, line, sizeof line) && !*line)
        return error_set(error, "the book has Chinese words, and no font here has their characters: "
                                "on Debian, apt install fonts-noto-cjk");
    return 1;
}

/* The last line of a file, without its end; empty: it has none. */
static void last_line(FILE *f, char *line, int room)
{
    rewind(f);
    *line = '\0';
    while (fgets(line, room, f)) {
    }
    line[strcspn(line, "\n")] = '\0';
}

/* Prints the page. Chromium's exit code is 0 whatever happens: what it leaves is looked at. What it says goes
 * to a file, as most of it is about a desktop that is not there. It keeps what it notes in a folder of ours,
 * not at home, where there may be none. No sandbox: root and containers have none, and the page, which is
 * ours, has no scripts. */
static int run_browser(const struct site *s, const char *browser, const char *page, const char *pdf,
                       char *error)
{
    char from[FILE_PATH + 64], to[FILE_PATH + 64], notes[FILE_PATH + 64], line[300];
    snprintf(from, sizeof from, "file://%s", page);
    snprintf(to, sizeof to, "--print-to-pdf=%s", pdf);
    snprintf(notes, sizeof notes, "--user-data-dir=%s/" NOTES, s->parts);
    const char *const argv[] = { browser,
                                 "--headless",
                                 "--no-sandbox",
                                 "--disable-gpu",
                                 "--disable-dev-shm-usage",
                                 "--no-pdf-header-footer",
                                 "--generate-pdf-document-outline",
                                 notes,
                                 to,
                                 from,
                                 NULL };
    FILE *said = tmpfile();
    if (!said) memory_fail("cannot make a working file in the folder for temporary files");
    int code = process_run(argv, -1, fileno(said), fileno(said), error);
    last_line(said, line, sizeof line);
    fclose(said);
    if (code) error_one_line(line);
    return !code || error_set(error, "%s ended with code %d: %s", browser, code, line);
}

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *where)
{
    (void)is, (void)kind, (void)where;
    remove(path);
    return 0;
}

static void remove_notes(const struct site *s)
{
    char path[FILE_PATH + 32];
    snprintf(path, sizeof path, "%s/" NOTES, s->parts);
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the PDF ---- */

struct pdf {
    char *bytes;
    size_t n;
    const char *places; /* the dictionary behind /Dests */
    long *sheets;       /* the objects that are sheets, in their order */
    int sheet_n;
    int missing; /* places that were asked for and that it has not */
};

static const char *find(const struct pdf *p, const char *from, const char *text)
{
    return memmem(from, p->n - (size_t)(from - p->bytes), text, strlen(text));
}

/* Where the dictionary of an object begins; NULL: there is none. */
static const char *object(const struct pdf *p, long number)
{
    char head[48];
    snprintf(head, sizeof head, "\n%ld 0 obj\n<<", number);
    return find(p, p->bytes, head);
}

/* Adds the sheets at and below an object. */
static int add_sheets(struct pdf *p, long number, int depth)
{
    const char *at = object(p, number), *end = at ? find(p, at, "\nendobj") : NULL;
    const char *kids = end ? find(p, at, "/Kids [") : NULL;
    if (!end || depth > DEEPEST) return 0;
    if (!kids || kids > end) {
        p->sheets = realloc(p->sheets, (size_t)(p->sheet_n + 1) * sizeof *p->sheets);
        if (!p->sheets) memory_fail("out of memory for the sheets of the book");
        p->sheets[p->sheet_n++] = number;
        return 1;
    }
    int ok = 1;
    for (kids += strlen("/Kids ["); ok && *kids != ']' && kids < end; kids += strspn(kids, " \n")) {
        char *behind;
        ok = add_sheets(p, strtol(kids, &behind, 10), depth + 1) && !strncmp(behind, " 0 R", 4);
        kids = behind + 4;
    }
    return ok;
}

static void pdf_close(struct pdf *p)
{
    free(p->bytes);
    free(p->sheets);
    *p = (struct pdf){ 0 };
}

static int pdf_open(struct pdf *p, const char *path, char *error)
{
    *p = (struct pdf){ 0 };
    FILE *f = fopen(path, "rb");
    if (!f) return error_set(error, "chromium made no PDF");
    FILE *copy = open_memstream(&p->bytes, &p->n);
    if (!copy) memory_fail("out of memory for the book");
    for (int c; (c = getc(f)) != EOF;) putc(c, copy);
    fclose(f);
    if (fclose(copy)) memory_fail("out of memory for the book");
    const char *root = p->n ? find(p, p->bytes, "/Type /Catalog") : NULL;
    const char *pages = root ? find(p, root, "/Pages ") : NULL,
               *places = root ? find(p, root, "/Dests ") : NULL;
    int ok = pages && places && p->n > 6 && find(p, p->bytes + p->n - 7, "%%EOF") &&
             add_sheets(p, strtol(pages + 7, NULL, 10), 0) &&
             (p->places = object(p, strtol(places + 7, NULL, 10)));
    if (ok) return 1;
    pdf_close(p);
    return error_set(error, "chromium's PDF does not say on which sheets its headings are");
}

/* The number of the sheet with that place, from 1; 0: it has no such place. */
static int find_sheet(const struct pdf *p, const char *place)
{
    char name[2 * SITE_NAME + 16];
    snprintf(name, sizeof name, "/%s [", place);
    const char *at = find(p, p->places, name);
    if (!at || at > find(p, p->places, "\nendobj")) return 0;
    long number = strtol(at + strlen(name), NULL, 10);
    int i = 0;
    while (i < p->sheet_n && p->sheets[i] != number) i++;
    return i < p->sheet_n ? i + 1 : 0;
}

/* ---- the book ---- */

static int sheet_of(void *of, const char *place)
{
    struct pdf *p = of;
    int sheet = find_sheet(p, place);
    p->missing += !sheet;
    return sheet;
}

static int no_sheet(void *of, const char *place)
{
    (void)of, (void)place;
    return 0; /* the numbers' room is the same, whatever they are */
}

/* The same places on the same sheets? */
static int is_same(const struct pdf *a, const struct pdf *b)
{
    const char *end = find(a, a->places, "\nendobj");
    int same = a->sheet_n == b->sheet_n;
    for (const char *at = a->places; same && (at = find(a, at, "/")) && at < end; at++) {
        char place[2 * SITE_NAME];
        snprintf(place, sizeof place, "%.*s", (int)strcspn(at + 1, " ["), at + 1);
        if (strcmp(place, "XYZ")) same = find_sheet(a, place) == find_sheet(b, place);
    }
    return same;
}

int site_pdf(struct site *s, const char *book, const char *browser, int *sheets, char *error)
{
    char page[FILE_PATH + 32], made[FILE_PATH + 32];
    struct pdf first = { 0 }, second = { 0 };
    struct print print;
    if (!site_print_open(s, &print, error)) return 0;
    snprintf(page, sizeof page, "%s/book.html", s->parts);
    snprintf(made, sizeof made, "%s/book.pdf", s->parts);
    int ok = site_print_write(&print, page, no_sheet, NULL, error) &&
             run_browser(s, browser, page, made, error) && pdf_open(&first, made, error) &&
             site_print_write(&print, page, sheet_of, &first, error) &&
             run_browser(s, browser, page, made, error) && pdf_open(&second, made, error);
    if (ok && (first.missing || !is_same(&first, &second)))
        ok = error_set(error,
                       "chromium's PDF lacks %d headings of the contents, or its second one has moved them",
                       first.missing);
    ok = ok && file_copy(made, book, error);
    remove_notes(s);
    *sheets = second.sheet_n;
    pdf_close(&first);
    pdf_close(&second);
    site_print_close(&print);
    return ok;
}
