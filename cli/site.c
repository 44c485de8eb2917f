/* site.c - rungs site: the lessons and pages as a folder of HTML files that need no server. */
#include "site.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/memory.h"
#include "../base/process.h"
#include "../base/progress.h"
#include "../lessons/lesson.h"
#include "verbs.h"

/* cli/site/page.html and style.css, made when CMake runs */
extern const char site_page_template[], site_style[];

enum { MOST_WANTED = 8 };

static const char *out_folder, *book, *wanted[MOST_WANTED]; /* wanted: pages by path or name; none: all */
static int wanted_n;

static int is_wanted(const char *path, const char *name)
{
    for (int i = 0; i < wanted_n; i++)
        if ((path && !strcmp(path, wanted[i])) || !strcmp(name, wanted[i])) return 1;
    return !wanted_n;
}

/* ---- the head of a page ---- */

static void put_link(FILE *out, const char *to, const char *text, const char *here)
{
    fprintf(out, "<a href=\"%s\"%s>%s</a>\n", to, strcmp(to, here) ? "" : " aria-current=\"page\"", text);
}

/* The other language of a page, if the lesson has it. */
static void put_language(const struct site *s, FILE *out, const char *name)
{
    for (const struct lesson *l = lessons; l->number; l++) {
        char english[SITE_NAME], chinese[SITE_NAME], path[2 * FILE_PATH];
        snprintf(path, sizeof path, "%s/lessons/%s/README.zh.md", s->root, l->folder);
        snprintf(english, sizeof english, "lessons-%s.html", l->folder);
        snprintf(chinese, sizeof chinese, "lessons-%s-zh.html", l->folder);
        if (access(path, R_OK)) continue;
        if (!strcmp(name, english)) fprintf(out, "<a href=\"%s\" lang=\"zh-CN\">中文</a>\n", chinese);
        if (!strcmp(name, chinese)) fprintf(out, "<a href=\"%s\" lang=\"en\">English</a>\n", english);
    }
}

static char *head_of(const struct site *s, const char *name)
{
    char *text = NULL;
    size_t room;
    FILE *out = open_memstream(&text, &room);
    if (!out) memory_fail("out of memory for a page of the site");
    fputs("nav=", out);
    put_link(out, site_pages[0].name, site_pages[0].nav, name);
    for (const struct lesson *l = lessons; l->number; l++) {
        char to[SITE_NAME], label[16];
        snprintf(to, sizeof to, "lessons-%s.html", l->folder);
        snprintf(label, sizeof label, "Lesson %d", (int)strtol(l->number, NULL, 10));
        put_link(out, to, label, name);
    }
    for (const struct site_page *p = site_pages + 1; p->name; p++)
        if (p->nav) put_link(out, p->name, p->nav, name);
    put_link(out, "search.html", "Search", name);
    put_language(s, out, name);
    if (fclose(out)) memory_fail("out of memory for a page of the site");
    return text;
}

/* ---- a page ---- */

/* Has pandoc make HTML of Markdown. 0 with error set. */
static int run_pandoc(const struct site *s, const char *markdown, const char *name, FILE *html, char *error)
{
    char template[FILE_PATH + 32], first[SITE_NAME], title[SITE_NAME + 16], lang[32], *nav = head_of(s, name);
    int is_chinese = strstr(name, "-zh.html") != NULL, has_contents = strcmp(name, "search.html") != 0;
    snprintf(template, sizeof template, "--template=%s/page.html", s->parts);
    snprintf(lang, sizeof lang, "lang=%s", is_chinese ? "zh-CN" : "en");
    site_title(markdown, first);
    snprintf(title, sizeof title, "pagetitle=%s", first);
    const char *const argv[] = { "pandoc",
                                 "--from=gfm+tex_math_dollars",
                                 "--to=html5",
                                 "--mathml",
                                 "--no-highlight",
                                 "--wrap=none",
                                 "--fail-if-warnings",
                                 template,
                                 "-V",
                                 lang,
                                 "-V",
                                 title,
                                 "-V",
                                 nav,
                                 "-V",
                                 is_chinese ? "skip=跳到正文" : "skip=Skip to the text",
                                 "-V",
                                 is_chinese ? "contents=本页内容" : "contents=On this page",
                                 "--toc-depth=2",
                                 has_contents ? "--toc" : "--standalone",
                                 NULL };
    FILE *in = tmpfile();
    int code = in && fputs(markdown, in) >= 0 && !fflush(in) ? 0 : EXIT_RESOURCES;
    if (!code) {
        rewind(in);
        code = process_run(argv, fileno(in), fileno(html), -1, error);
    }
    if (in) fclose(in);
    free(nav);
    return !code || error_set(error, "pandoc ended with code %d at %s", code, name);
}

static int add_page(struct site *s, const char *markdown, const char *name, char *error)
{
    FILE *html = tmpfile();
    if (!html) memory_fail("cannot make a working file in the folder for temporary files");
    int ok = run_pandoc(s, markdown, name, html, error) && site_html(s, html, name, error);
    fclose(html);
    return ok;
}

/* The page of a file of the tree; 0 with error set. */
static int add_file(struct site *s, const char *path, char *error)
{
    char name[SITE_NAME], *markdown = NULL, *text;
    size_t room;
    site_name(path, name);
    if (!is_wanted(path, name)) return 1;
    if (!(text = site_read(s, path, error))) return 0;
    FILE *out = open_memstream(&markdown, &room);
    if (!out) memory_fail("out of memory for a page of the site");
    int ok = site_markdown(s, path, text, out, error);
    free(text);
    if (fclose(out)) memory_fail("out of memory for a page of the site");
    ok = ok && add_page(s, markdown, name, error);
    free(markdown);
    return ok;
}

/* A page that is made of others. */
static int add_made(struct site *s, const char *name, char *error)
{
    char *markdown = NULL;
    size_t room;
    if (!is_wanted(NULL, name)) return 1;
    FILE *out = open_memstream(&markdown, &room);
    if (!out) memory_fail("out of memory for a page of the site");
    int ok = !strcmp(name, "exercises.html") ? site_exercises(s, out, error)
             : !strcmp(name, "terms.html")   ? site_terms(s, out, error)
             : !strcmp(name, "figures.html") ? site_figures(s, out, error)
                                             : site_search(s, out, error);
    if (fclose(out)) memory_fail("out of memory for a page of the site");
    ok = ok && add_page(s, markdown, name, error);
    free(markdown);
    return ok;
}

/* ---- all pages ---- */

static int is_markdown(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 3 && e->d_name[0] != '.' && !strcmp(e->d_name + n - 3, ".md");
}

static int add_lesson(struct site *s, const struct lesson *l, char *error)
{
    char folder[2 * FILE_PATH], path[FILE_PATH];
    struct dirent **entry = NULL;
    int ok = 1;
    snprintf(folder, sizeof folder, "%s/lessons/%s", s->root, l->folder);
    int n = scandir(folder, &entry, is_markdown, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "lessons/%s/%s", l->folder, entry[i]->d_name);
        ok = ok && (site_is_listed(path) || add_file(s, path, error));
        free(entry[i]);
    }
    free(entry);
    return ok && (n > 0 || error_set(error, "cannot read %s", folder));
}

static int add_all(struct site *s, char *error)
{
    struct progress bar;
    int all = 0, done = 0, ok = 1;
    while (site_pages[all].name) all++;
    for (const struct lesson *l = lessons; l->number; l++) all++;
    if (!site_write(s->parts, "page.html", site_page_template, error) ||
        !site_write(s->folder.unfinished, "style.css", site_style, error))
        return 0;
    progress_begin(&bar, stderr);
    for (const struct lesson *l = lessons; ok && l->number; l++) {
        progress_show(&bar, (double)done++ / all, "lesson %s", l->number);
        ok = add_lesson(s, l, error);
    }
    for (const struct site_page *p = site_pages; ok && p->name; p++) {
        progress_show(&bar, (double)done++ / all, "%s", p->name);
        ok = p->path ? add_file(s, p->path, error) : add_made(s, p->name, error);
    }
    progress_end(&bar);
    return ok && add_made(s, "search.html", error);
}

/* The source tree: the working directory, or one above the program. 0 if there is none. */
static int find_root(char root[FILE_PATH])
{
    char page[FILE_PATH], plain[PATH_MAX], marker[FILE_PATH + 32];
    if (!lesson_page_find(&lessons[0], "README", page) || !realpath(page, plain)) return 0;
    for (int up = 0; up < 3; up++) *strrchr(plain, '/') = '\0';
    snprintf(root, FILE_PATH, "%s", plain);
    snprintf(marker, sizeof marker, "%s/CONTRIBUTING.md", root);
    return !access(marker, R_OK);
}

static int make_site(struct site *s)
{
    char error[ERROR_TEXT];
    if (!folder_open(&s->folder, out_folder, error)) return args_fail(EXIT_OUTPUT, "site", "%s", error);
    if (!folder_make_temporary(s->parts, error)) {
        folder_drop(&s->folder);
        return args_fail(EXIT_RESOURCES, "site", "%s", error);
    }
    s->index = tmpfile();
    if (!s->index) memory_fail("cannot make a working file in the folder for temporary files");
    int ok = add_all(s, error);
    if (ok && !s->pages) ok = error_set(error, "the site has no page %s", wanted[0]);
    fclose(s->index);
    folder_remove(s->parts);
    if (!ok) folder_drop(&s->folder);
    if (!ok) return args_fail(EXIT_INPUT, "site", "%s", error);
    if (!folder_keep(&s->folder, error)) return args_fail(EXIT_OUTPUT, "site", "%s", error);
    printf("%d pages, %d sections: open %s/index.html\n", s->pages, s->sections, out_folder);
    return EXIT_OK;
}

static int ends(const char *s, const char *with)
{
    size_t n = strlen(s), m = strlen(with);
    return n > m && !strcmp(s + n - m, with);
}

static int make_print(struct site *s, char *error)
{
    struct print print;
    int ok = site_print_open(s, &print, error);
    if (!ok) return 0;
    ok = site_print_write(&print, book, NULL, NULL, error);
    site_print_close(&print);
    return ok;
}

static int make_book(struct site *s)
{
    char error[ERROR_TEXT];
    const char *browser = NULL;
    int sheets = 0;
    if (ends(book, ".pdf") && !site_browser(&browser, error))
        return args_fail(EXIT_SKIPPED, "site", "%s", error);
    if (!folder_make_temporary(s->parts, error)) return args_fail(EXIT_RESOURCES, "site", "%s", error);
    if (!folder_make_temporary(s->folder.unfinished, error)) {
        folder_remove(s->parts);
        return args_fail(EXIT_RESOURCES, "site", "%s", error);
    }
    int ok = browser               ? site_pdf(s, book, browser, &sheets, error)
             : ends(book, ".html") ? make_print(s, error)
                                   : site_epub(s, book, error);
    folder_remove(s->parts);
    folder_remove(s->folder.unfinished);
    if (!ok) return args_fail(EXIT_OUTPUT, "site", "%s", error);
    if (browser)
        printf("%d chapters on %d sheets in %s\n", s->pages, sheets, book);
    else
        printf("%d chapters in %s\n", s->pages, book);
    return EXIT_OK;
}

/* A page by its path, or one that has none by its name. */
static int is_known(const char *word)
{
    for (const struct site_page *p = site_pages; p->name; p++)
        if (!strcmp(p->name, word)) return 1;
    return !strcmp(word, "search.html") || site_has_page(word);
}

int verb_site(int argc, char **argv)
{
    static struct site site;
    char error[ERROR_TEXT];
    const struct option_row options[] = {
        { "--out", OPTION_FOLDER, &out_folder, 0, 0, "where it goes: a new or empty folder" },
        { "--book", OPTION_FILE, &book, 0, 0,
          "the lessons as one file: .epub, .pdf, or .html to be printed" },
        { 0 },
    };
    const struct usage usage = {
        "site",
        "site [PAGE...] --out FOLDER | --book FILE",
        "Makes a folder of HTML pages, which need no server and no network: lessons, exercises, the gradient\n"
        "checker, the emulator, terms, and a search; or only those pages. A book is one file of all lessons.\n"
        "Pandoc lays them out, and Chromium prints a PDF; the source tree must be there.",
        "  rungs site --out site && xdg-open site/index.html\n  rungs site emu/README.md exercises.html --out two\n"
        "  rungs site --book rungs.epub\n  rungs site --book rungs.pdf\n",
        options,
        0,
        MOST_WANTED,
    };
    int code;
    wanted_n = args_read(&usage, argc, argv, wanted, &code);
    if (wanted_n < 0) return code;
    for (int i = 0; i < wanted_n; i++)
        if (!is_known(wanted[i]))
            return args_refuse("site",
                               "there is no page '%s'; pages are emu/README.md, exercises.html and the like",
                               wanted[i]);
    if (!out_folder == !book)
        return args_refuse("site", out_folder ? "--out and --book are two things: ask for one"
                                              : "--out FOLDER is missing: rungs site --out site");
    if (book && wanted_n) return args_refuse("site", "--book takes all lessons; leave out '%s'", wanted[0]);
    if (book && !ends(book, ".epub") && !ends(book, ".pdf") && !ends(book, ".html"))
        return args_refuse("site", "a book ends in .epub, .pdf or .html, and '%s' does not", book);
    if (!find_root(site.root))
        return args_fail(EXIT_INPUT, "site", "the pages are in the source tree: go there, or clone it");
    const char *const version[] = { "pandoc", "--version", NULL };
    FILE *nowhere = tmpfile();
    code = nowhere ? process_run(version, -1, fileno(nowhere), -1, error) : EXIT_RESOURCES;
    if (nowhere) fclose(nowhere);
    if (code) return args_fail(EXIT_SKIPPED, "site", "pandoc is needed: on Debian, apt install pandoc");
    return book ? make_book(&site) : make_site(&site);
}
