/* lesson_text.c - is the text of the lessons true? With --update, makes it so. See doc_sync.h.
 *
 *   lesson_text [--update|--dollars] [N ...]       without N: all lessons
 */
#include "doc_sync.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"

/* the programs that the text runs are those beside this one */
static int enter_source_tree(void)
{
    char folder[PATH_MAX], path[3 * PATH_MAX];
    if (!folder_of_program(folder, sizeof folder) || chdir(RUNGS_SOURCE_DIR)) return 0;
    snprintf(path, sizeof path, "%s:%s", folder, getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    return !setenv("PATH", path, 1);
}

/* 0 if the page is true, or has been made so; 77 if nothing is wrong, but something could not be compared
 * here */
static int refresh_page(struct text *t, const char *page)
{
    char *fresh = text_refresh(t, page);
    if (!fresh) {
        fprintf(stderr, "lesson_text: out of memory for %s\n", t->path);
        return 1;
    }
    text_form(t, fresh);
    if (t->update && strcmp(page, fresh) && !text_write(t->path, fresh)) {
        fprintf(stderr, "lesson_text: %s cannot be written\n", t->path);
        t->faults++;
    }
    if (!t->update && t->problems)
        fprintf(stderr,
                "%s: %d places differ; `lesson_text --update %s` (in the build folder) rewrites them\n",
                t->path, t->problems, t->lesson->number);
    printf("%s: %d places %s, %d faults, %d skipped\n", t->path, t->problems,
           t->update ? "rewritten" : "differ", t->faults, t->skipped);
    free(fresh);
    return t->faults || (t->problems && !t->update) ? 1 : t->skipped ? TEXT_SKIPPED : 0;
}

static int refresh(const struct lesson *l, int update)
{
    struct pages pages = pages_read(l);
    int worst = 0;
    for (int i = 0; i < pages.n; i++) {
        char path[300];
        snprintf(path, sizeof path, "lessons/%s/%s", l->folder, pages.page[i].name);
        struct text t = { .lesson = l,
                          .path = path,
                          .update = update,
                          .data = "plots/data",
                          .kind = page_kind(pages.page[i].name),
                          .pages = &pages,
                          .report = stderr };
        int code = 1;
        if (pages.page[i].text)
            code = refresh_page(&t, pages.page[i].text);
        else
            fprintf(stderr, "lesson_text: %s cannot be read\n", path);
        if (worst != 1 && code) worst = code;
    }
    pages_free(&pages);
    return worst;
}

static int print_dollars(const struct lesson *l)
{
    struct pages pages = pages_read(l);
    int bad = 0;
    for (int i = 0; i < pages.n; i++) {
        char *plain = pages.page[i].text ? text_dollars(pages.page[i].text) : NULL;
        if (plain) fputs(plain, stdout);
        bad |= !plain;
        free(plain);
    }
    pages_free(&pages);
    return bad;
}

int main(int argc, char **argv)
{
    int update = argc > 1 && !strcmp(argv[1], "--update"),
        dollars = argc > 1 && !strcmp(argv[1], "--dollars");
    int first = 1 + (update || dollars), worst = 0;
    if (!enter_source_tree()) {
        fprintf(stderr, "lesson_text: the source tree %s cannot be entered\n", RUNGS_SOURCE_DIR);
        return 1;
    }
    for (int i = first; i < argc; i++)
        if (!lesson_find(argv[i])) {
            fprintf(stderr,
                    "lesson_text: '%s' is no lesson; usage: lesson_text [--update|--dollars] [N ...]\n",
                    argv[i]);
            return 64;
        }
    for (const struct lesson *l = lessons; l->number; l++) {
        int wanted = first == argc;
        for (int i = first; i < argc; i++) wanted |= lesson_find(argv[i]) == l;
        if (!wanted) continue;
        int code = dollars ? print_dollars(l) : refresh(l, update);
        if (worst != 1 && code) worst = code;
    }
    return worst;
}
