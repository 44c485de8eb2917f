/* site_print.c - the lessons as one HTML page that is made to be printed: a title page, the contents, a
 * chapter after the other; see site.h.
 *
 * The page needs no other file. A chapter's places have its name in front of theirs, so that "derivation" is
 * in each lesson; its sheets have its title at their head, by a CSS page of its own. */
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../base/process.h"
#include "site.h"

/* cli/site/print.css, made when CMake runs */
extern const char site_print_style[];

static const char linked[] = "href=\"" SITE_CHAPTER_LINK; /* site_text.c writes links to other chapters so */

struct parts {
    FILE *rules, *body; /* CSS of the chapters' sheets; their HTML */
    int chapters;
};

/* ---- a chapter ---- */

/* The columns of the longest line between two places, where an entity is one letter. */
static int columns_of(const char *at, const char *end)
{
    int columns = 0, most = 0, in_tag = 0;
    for (; at < end; at++) {
        if (*at == '&' && memchr(at, ';', (size_t)(end - at))) at = memchr(at, ';', (size_t)(end - at));
        if (*at == '<') in_tag = 1;
        columns += !in_tag && *at != '\n' && ((unsigned char)*at & 0xc0) != 0x80;
        if (*at == '>') in_tag = 0;
        if (columns > most) most = columns;
        if (*at == '\n') columns = 0;
    }
    return most;
}

/* The HTML of a chapter: a listing's letters are as small as its longest line asks for; links to other
 * chapters lead to places of this page. */
static void put_html(const char *html, FILE *out)
{
    while (*html) {
        if (!strncmp(html, "<pre", 4)) {
            const char *end = strstr(html, "</pre>");
            fprintf(out, "<pre style=\"--columns: %d\"", columns_of(html, end ? end : html));
            html += 4;
        } else if (!strncmp(html, linked, sizeof linked - 1)) {
            fputs("href=\"#", out);
            html += sizeof linked - 1;
        } else {
            fputc(*html++, out);
        }
    }
}

/* A text as a string of CSS. */
static void put_css_string(const char *text, FILE *out)
{
    fputc('"', out);
    for (; *text; text++)
        if (*text != '`') fprintf(out, strchr("\"\\", *text) ? "\\%c" : "%c", *text);
    fputc('"', out);
}

/* pandoc's HTML of Markdown, whose places begin with the chapter's name; free it. NULL with error set. */
static char *run_pandoc(const struct site *s, const char *markdown, const char *name, char *error)
{
    char prefix[SITE_NAME + 32], pictures[FILE_PATH + 32], template[FILE_PATH + 32], *html = NULL;
    size_t room = 0;
    snprintf(prefix, sizeof prefix, "--id-prefix=%s-", name);
    snprintf(pictures, sizeof pictures, "--resource-path=%s", s->folder.unfinished);
    snprintf(template, sizeof template, "--template=%s/body.html", s->parts);
    const char *const argv[] = { "pandoc",
                                 "--from=gfm+tex_math_dollars+bracketed_spans",
                                 "--to=html5",
                                 "--mathml",
                                 "--no-highlight",
                                 "--wrap=none",
                                 "--self-contained",
                                 "--metadata=title:-",
                                 "--fail-if-warnings",
                                 template,
                                 prefix,
                                 pictures,
                                 NULL };
    FILE *in = tmpfile(), *out = tmpfile();
    if (!in || !out || fputs(markdown, in) < 0 || fflush(in))
        memory_fail("cannot make a working file in the folder for temporary files");
    rewind(in);
    int code = process_run(argv, fileno(in), fileno(out), -1, error);
    rewind(out);
    if (code || getdelim(&html, &room, '\0', out) < 0) {
        error_set(error, "pandoc ended with code %d at %s", code, name);
        free(html);
        html = NULL;
    }
    fclose(in);
    fclose(out);
    return html;
}

static int add_chapter(struct site *s, const char *path, void *to, char *error)
{
    struct parts *p = to;
    char name[SITE_NAME], title[SITE_NAME], *markdown = NULL, *text = site_read(s, path, error);
    size_t room;
    if (!text) return 0;
    FILE *out = open_memstream(&markdown, &room);
    if (!out) memory_fail("out of memory for a chapter");
    int ok = site_markdown(s, path, text, out, error);
    if (fclose(out)) memory_fail("out of memory for a chapter");
    site_title(text, title);
    site_name(path, name);
    *strrchr(name, '.') = '\0';
    char *html = ok ? run_pandoc(s, markdown, name, error) : NULL;
    if (html) {
        fprintf(p->rules, "@page c%d { @top-right { content: ", ++p->chapters);
        put_css_string(title, p->rules);
        fputs(" } }\n", p->rules);
        fprintf(p->body, "<section class=\"chapter\" id=\"%s\" style=\"page: c%d\">\n", name, p->chapters);
        put_html(html, p->body);
        fputs("</section>\n", p->body);
    }
    free(html);
    free(markdown);
    free(text);
    return html != NULL;
}

/* ---- the page ---- */

/* The next heading of a chapter or section at or behind that place; NULL: no more. */
static const char *next_heading(const char *at)
{
    while ((at = strstr(at, "<h")) && (at[2] < '1' || at[2] > '2' || strncmp(at + 3, " id=\"", 5))) at += 2;
    return at;
}

/* The contents: chapters and their sections; where the sheets are known, with their numbers. */
static void put_contents(const char *body, site_sheet *sheet, void *of, FILE *out)
{
    fputs("<nav class=\"toc\">\n<h1 id=\"contents\">Contents</h1>\n", out);
    for (const char *at = next_heading(body); at; at = next_heading(at + 2)) {
        const char *id = at + 8, *text = strchr(at, '>') + 1, *end = strstr(text, "</h");
        char place[2 * SITE_NAME];
        snprintf(place, sizeof place, "%.*s", (int)strcspn(id, "\""), id);
        fprintf(out, "<p class=\"toc%c\"><a href=\"#%s\"><span>%.*s</span>", at[2], place, (int)(end - text),
                text);
        if (sheet) fprintf(out, "<b>%d</b>", sheet(of, place));
        fputs("</a></p>\n", out);
    }
    fputs("</nav>\n", out);
}

int site_print_open(struct site *s, struct print *p, char *error)
{
    size_t room[2];
    struct parts parts = { 0 };
    *p = (struct print){ 0 };
    s->book = BOOK_PRINT;
    if (!site_write(s->parts, "body.html", "$body$\n", error)) return 0;
    parts.rules = open_memstream(&p->rules, &room[0]);
    parts.body = open_memstream(&p->body, &room[1]);
    if (!parts.rules || !parts.body) memory_fail("out of memory for the book");
    int ok = site_book_each(s, add_chapter, &parts, error);
    if (fclose(parts.rules) + fclose(parts.body)) memory_fail("out of memory for the book");
    if (!ok) site_print_close(p);
    return ok;
}

void site_print_close(struct print *p)
{
    free(p->rules);
    free(p->body);
}

int site_print_write(const struct print *p, const char *path, site_sheet *sheet, void *of, char *error)
{
    struct file_out f;
    if (!file_open(&f, path, error)) return 0;
    fprintf(
        f.out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" SITE_TITLE
        "</title>\n<style>\n%s%s</style>\n</head>\n<body>\n<section class=\"front\">\n<p class=\"title\">Rungs</p>\n"
        "<p class=\"subtitle\">Deep learning's building blocks, from a page of naive C to the limit of the machine</p>\n"
        "<p class=\"made\">Version " RUNGS_VERSION ". The Rungs authors, MIT License.<br>"
        "Every number in this book is tested against the code.</p>\n</section>\n",
        site_print_style, p->rules);
    put_contents(p->body, sheet, of, f.out);
    fputs("<main>\n", f.out);
    fputs(p->body, f.out);
    fputs("</main>\n</body>\n</html>\n", f.out);
    return file_keep(&f, error);
}
