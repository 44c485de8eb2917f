/* site.h - what the files of `rungs site` share.
 *
 *   site.c        the verb, and a page's head
 *   site_pages.c  which pages there are
 *   site_text.c   a page's Markdown before pandoc: links to pages and files of the site, formulas, no markers
 *   site_html.c   its HTML after pandoc: smaller, and what the search finds in it
 *   site_book.c   which chapters the book has, that is, the lessons as one file
 *   site_epub.c   the book as an EPUB
 *   site_print.c  the book as a page to be printed; site_pdf.c prints it
 *   site_made.c   pages that are made of others: exercises, terms, the search
 *   site_figures.c the page of figures with controls; site_models.c computes them
 *
 * The site is one flat folder: the name of a page or file is its path in the source tree with '-' for '/'.
 */
#ifndef RUNGS_CLI_SITE_H
#define RUNGS_CLI_SITE_H

#include <stdio.h>

#include "../base/error.h"
#include "../base/file.h"

enum { SITE_NAME = 300 };

enum site_book { BOOK_NONE, BOOK_EPUB, BOOK_PRINT }; /* the pages are a book's chapters, not the site's */

#define SITE_TITLE        "Rungs: deep learning's building blocks"
#define SITE_CHAPTER_LINK "chapter:" /* begins a link to another chapter of the printed book */

struct site {
    struct folder_out folder; /* is being written                                    */
    char root[FILE_PATH];     /* of the source tree                                  */
    char parts[FILE_PATH];    /* a folder for pandoc's template and its input        */
    FILE *index;              /* the sections that the search finds                  */
    int pages, sections;      /* so far                                              */
    enum site_book book;      /* in one, links to files are words only               */
};

/* ---- site_pages.c ---- */

/* Pages that are in no lesson's folder, or are called something in the head of every page: by their path
 * or, where it is NULL, made of others. */
struct site_page {
    const char *path, *name, *nav; /* nav: what the head calls it; NULL: it does not */
};
extern const struct site_page site_pages[]; /* index.html first; ends with name == NULL */

int site_is_listed(const char *path);

/* 1 if the file of the tree, "emu/README.md", is a page of the site */
int site_has_page(const char *path);

/* ---- site_text.c ---- */

/* The name on the site of a file of the source tree: a page ends in .html, and is called after its folder
 * if it is the README there; a picture keeps its ending; all else is shown as text and ends in .txt. */
void site_name(const char *path, char name[SITE_NAME]);

/* Writes the Markdown of the page at `path` for pandoc, and copies what it shows or links to that is no
 * page. 0 with error set. */
int site_markdown(struct site *s, const char *path, const char *text, FILE *out, char *error);

/* The first heading of Markdown. */
void site_title(const char *markdown, char title[SITE_NAME]);

/* The whole file below the root; free it. NULL with error set. */
char *site_read(const struct site *s, const char *path, char *error);

/* ---- site_html.c ---- */

/* Copies pandoc's HTML into the site as `name`, and its sections to the index. 0 with error set. */
int site_html(struct site *s, FILE *html, const char *name, char *error);

/* ---- site_book.c ---- */

/* 1 if the file of the tree, "lessons/06_dropout/README.md", is a chapter of the book */
int site_book_has(const char *path);

/* Calls add with the path of each chapter, in the book's order, until one returns 0. 0 with error set. */
typedef int site_chapter(struct site *s, const char *path, void *to, char *error);
int site_book_each(struct site *s, site_chapter *add, void *to, char *error);

/* ---- site_epub.c ---- */

/* Writes the lessons as an EPUB; s->folder.unfinished takes its pictures. 0 with error set. */
int site_epub(struct site *s, const char *book, char *error);

/* ---- site_print.c ---- */

/* The book as a page to be printed, without its contents. */
struct print {
    char *rules, *body; /* CSS of the chapters' sheets; HTML of the chapters */
};

/* Has pandoc make the chapters; s->folder.unfinished takes their pictures. 0 with error set. */
int site_print_open(struct site *s, struct print *p, char *error);
void site_print_close(struct print *p);

/* Writes the page with its contents; sheet (or NULL) says on which sheet a place of the page is. 0 with
 * error set. */
typedef int site_sheet(void *of, const char *place);
int site_print_write(const struct print *p, const char *path, site_sheet *sheet, void *of, char *error);

/* ---- site_pdf.c ---- */

/* The name of a browser that prints; 0 with an error that says what to install. */
int site_browser(const char **browser, char *error);

/* Writes the lessons as a PDF of so many sheets. 0 with error set. */
int site_pdf(struct site *s, const char *book, const char *browser, int *sheets, char *error);

/* ---- site_made.c ---- */

/* Markdown: the list of exercises; the terms of all lessons; each has its own title. 0 with error set. */
int site_exercises(const struct site *s, FILE *out, char *error);
int site_terms(const struct site *s, FILE *out, char *error);

/* The page that searches, in Markdown with HTML, and its two scripts. */
int site_search(struct site *s, FILE *out, char *error);

/* Writes a file into a folder: s->folder.unfinished for what is beside the pages. 0 with error set. */
int site_write(const char *folder, const char *name, const char *text, char *error);

/* ---- site_figures.c ---- */

/* The page of figures, in Markdown with HTML, and its two scripts. 0 with error set. */
int site_figures(struct site *s, FILE *out, char *error);

/* cli/site/models.js and figures.js, made when CMake runs */
extern const char site_models_script[], site_figures_script[];

#endif
