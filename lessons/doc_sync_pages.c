/* doc_sync_pages.c - the pages of a lesson: README.md, and every other .md file of its
 * folder; see doc_sync.h. */
#include "doc_sync.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

static const char lesson_page[] = "README.md";

enum page_kind page_kind(const char *name)
{
    return !strcmp(name, lesson_page)      ? PAGE_LESSON
           : !strcmp(name, "errata.md")    ? PAGE_ERRATA
           : !strcmp(name, "README.zh.md") ? PAGE_TRANSLATION
                                           : PAGE_FURTHER;
}

static int is_page(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 3 && e->d_name[0] != '.' && !strcmp(e->d_name + n - 3, ".md") &&
           strcmp(e->d_name, lesson_page);
}

static struct page read_page(const struct lesson *l, const char *name)
{
    struct page page = { .name = memory_need(strlen(name) + 1, 1) };
    char path[300];
    strcpy(page.name, name);
    snprintf(path, sizeof path, "lessons/%s/%s", l->folder, name);
    page.text = text_read(path);
    return page;
}

struct pages pages_read(const struct lesson *l)
{
    struct dirent **entry = NULL;
    char folder[200];
    snprintf(folder, sizeof folder, "lessons/%s", l->folder);
    int n = scandir(folder, &entry, is_page, alphasort), further = n < 0 ? 0 : n;
    struct pages p = { .n = 1 + further, .page = memory_need((size_t)(1 + further), sizeof *p.page) };
    p.page[0] = read_page(l, lesson_page);
    for (int i = 0; i < further; i++) {
        p.page[1 + i] = read_page(l, entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    return p;
}

void pages_free(struct pages *p)
{
    for (int i = 0; i < p->n; i++) {
        free(p->page[i].name);
        free(p->page[i].text);
    }
    free(p->page);
    *p = (struct pages){ 0 };
}
