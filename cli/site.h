/* site.h - what the files of `rungs site` share.
 *
 *   site.c        the verb, and a page's head
 *   site_pages.c  which pages there are
 *   site_text.c   a page's Markdown before pandoc: links to pages and files of the site, formulas, no markers
 *   site_html.c   its HTML after pandoc: smaller, and what the search finds in it
 *   site_book.c   the lessons as one EPUB file
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

struct site {
    struct folder_out folder; /* is being written                                    */
    char root[FILE_PATH];     /* of the source tree                                  */
    char parts[FILE_PATH];    /* a folder for pandoc's template and its input        */
    FILE *index;              /* the sections that the search finds                  */
    int pages, sections;      /* so far                                              */
    int is_book;              /* links to files are words only                       */
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

/* The whole file below the root; free it. NULL with error set. */
char *site_read(const struct site *s, const char *path, char *error);

/* ---- site_html.c ---- */

/* Copies pandoc's HTML into the site as `name`, and its sections to the index. 0 with error set. */
int site_html(struct site *s, FILE *html, const char *name, char *error);

/* ---- site_book.c ---- */

/* Writes the lessons as a book; s->folder.unfinished takes its pictures. 0 with error set. */
int site_book(struct site *s, const char *book, char *error);

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
