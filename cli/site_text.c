/* site_text.c - a page's Markdown before pandoc; see site.h. */
#include "site.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/memory.h"

enum { PARTS = 40 };

static int starts(const char *s, const char *with)
{
    return !strncmp(s, with, strlen(with));
}

static int ends(const char *s, const char *with)
{
    size_t n = strlen(s), m = strlen(with);
    return n >= m && !strcmp(s + n - m, with);
}

/* ---- names ---- */

/* files that a browser shows; all others are copied as text */
static int is_shown(const char *path)
{
    static const char *const kinds[] = { ".svg", ".png", ".json", ".txt" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (ends(path, kinds[i])) return 1;
    return 0;
}

static int is_picture(const char *name)
{
    return ends(name, ".svg") || ends(name, ".png");
}

void site_name(const char *path, char name[SITE_NAME])
{
    char stem[SITE_NAME];
    snprintf(stem, sizeof stem, "%s", path);
    int is_page = site_has_page(path);
    if (is_page) stem[strlen(stem) - 3] = '\0';
    if (ends(stem, "/README")) stem[strlen(stem) - 7] = '\0';
    if (ends(stem, "/README.zh")) strcpy(stem + strlen(stem) - 10, "-zh");
    if (!strcmp(stem, "README")) strcpy(stem, "index");
    for (char *c = stem; *c; c++)
        if (*c == '/') *c = '-';
    snprintf(name, SITE_NAME, "%.280s%s", stem, is_page ? ".html" : is_shown(path) ? "" : ".txt");
}

/* The path below the root of what a page links to, without ".." and "."; 0: it leaves the tree. */
static int resolve(const char *page, const char *target, char path[FILE_PATH])
{
    char joined[2 * FILE_PATH], *part[PARTS], *rest = joined;
    const char *slash = strrchr(page, '/');
    int n = 0;
    if (*target == '/' || !slash)
        snprintf(joined, sizeof joined, "%s", target + (*target == '/'));
    else
        snprintf(joined, sizeof joined, "%.*s/%s", (int)(slash - page), page, target);
    for (char *word; (word = strsep(&rest, "/"));) {
        if (!*word || !strcmp(word, ".")) continue;
        if (!strcmp(word, "..") && !n--) return 0;
        if (!strcmp(word, "..")) continue;
        if (n == PARTS) return 0;
        part[n++] = word;
    }
    *path = '\0';
    for (int i = 0; i < n; i++) {
        size_t used = strlen(path);
        snprintf(path + used, FILE_PATH - used, "%s%s", i ? "/" : "", part[i]);
    }
    return n > 0;
}

/* ---- links ---- */

/* What a link of the page becomes: 1: one to `name`; 0: one to the page's top, as it leads to a folder;
 * -1 with error set. */
static int follow(struct site *s, const char *page, const char *target, char name[SITE_NAME], char *error)
{
    char path[FILE_PATH], from[2 * FILE_PATH], to[2 * FILE_PATH];
    struct stat is;
    if (!resolve(page, target, path))
        return error_set(error, "%s links to %s, which is outside of the tree", page, target) - 1;
    snprintf(from, sizeof from, "%s/%s", s->root, path);
    if (stat(from, &is)) return error_set(error, "%s links to %s, which is not there", page, path) - 1;
    if (S_ISDIR(is.st_mode)) return 0;
    site_name(path, name);
    snprintf(to, sizeof to, "%s/%s", s->folder.unfinished, name);
    if (site_has_page(path) || !stat(to, &is)) return 1;
    return file_copy(from, to, error) ? 1 : -1;
}

/* Writes a link to another chapter of the printed book, with the place in it: "#clothes". 0: it is none. */
static int put_chapter_link(const char *page, const char *target, const char *place, size_t n, FILE *out)
{
    char path[FILE_PATH], name[SITE_NAME];
    if (!resolve(page, target, path) || !site_book_has(path)) return 0;
    site_name(path, name);
    *strrchr(name, '.') = '\0';
    fprintf(out, "(" SITE_CHAPTER_LINK "%s%s%.*s", name, n ? "-" : "", n ? (int)n - 1 : 0,
            n ? place + 1 : "");
    return 1;
}

/* Writes the target of a link, which begins at `at`; where the text goes on, or NULL with error set. */
static const char *put_target(struct site *s, const char *page, const char *at, FILE *out, char *error)
{
    size_t n = strcspn(at, ")\n"), bare = strcspn(at, "#)\n");
    char target[FILE_PATH], name[SITE_NAME] = "";
    if (starts(at, "http") || starts(at, "#") || n >= sizeof target) {
        fprintf(out, "(%.*s", (int)n, at);
        return at + n;
    }
    snprintf(target, sizeof target, "%.*s", (int)bare, at);
    if (s->book == BOOK_PRINT && put_chapter_link(page, target, at + bare, n - bare, out)) return at + n;
    int kind = follow(s, page, target, name, error);
    if (kind < 0) return NULL;
    if (s->book && !is_picture(name)) {
        fputs("{.file}", out); /* behind the words in brackets: a span of its own */
        return at + n + (at[n] == ')');
    }
    fprintf(out, "(%s%.*s", kind ? name : "#content", (int)(n - bare), at + bare);
    return at + n;
}

/* ---- the page ---- */

static const char *next_line(const char *at)
{
    at += strcspn(at, "\n");
    return at + (*at == '\n');
}

/* The fence at `at`; returns what is behind it. */
static const char *put_fence(const char *at, FILE *out)
{
    const char *inner = next_line(at), *end = strstr(inner - 1, "\n```");
    if (!end) end = inner + strlen(inner);
    const char *mark = starts(at, "```math\n") ? "$$" : NULL;
    if (mark)
        fprintf(out, "%s%.*s%s\n", mark, (int)(end - inner), inner, mark);
    else
        fprintf(out, "%.*s\n```\n", (int)(end - at), at);
    return *end ? next_line(end + 1) : end;
}

int site_markdown(struct site *s, const char *path, const char *text, FILE *out, char *error)
{
    int in_code = 0;
    for (const char *at = text; *at;) {
        int begins_line = at == text || at[-1] == '\n';
        const char *end;
        if (begins_line && starts(at, "```")) {
            at = put_fence(at, out);
        } else if (begins_line && starts(at, "<!--") && (end = strstr(at, "-->"))) {
            at = next_line(end);
        } else if (!in_code && starts(at, "](")) {
            fputc(']', out);
            if (!(at = put_target(s, path, at + 2, out, error))) return 0;
        } else {
            if (*at == '`') in_code = !in_code;
            if (*at == '\n' && at[1] == '\n') in_code = 0;
            fputc(*at++, out);
        }
    }
    return 1;
}

void site_title(const char *markdown, char title[SITE_NAME])
{
    const char *at = strncmp(markdown, "# ", 2) ? strstr(markdown, "\n# ") : markdown;
    size_t skip = at ? strspn(at, "\n# ") : 0;
    snprintf(title, SITE_NAME, "%.*s", at ? (int)strcspn(at + skip, "\n") : 0, at ? at + skip : "");
}

char *site_read(const struct site *s, const char *path, char *error)
{
    char full[2 * FILE_PATH], *text = NULL;
    size_t room = 0;
    snprintf(full, sizeof full, "%s/%s", s->root, path);
    FILE *f = fopen(full, "r");
    if (!f || getdelim(&text, &room, '\0', f) < 0) {
        free(text);
        text = NULL;
        error_set(error, "cannot read %s", full);
    }
    if (f) fclose(f);
    return text;
}
