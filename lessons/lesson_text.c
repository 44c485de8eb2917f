/* lesson_text.c - is the text of the lessons true? With --update, makes it so. See text.h.
 *
 *   lesson_text [--update|--dollars] [N ...]       without N: all lessons
 */
#include "text.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* the programs that the text runs are those beside this one */
static int enter_source_tree(void)
{
    char self[PATH_MAX], path[3 * PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0 || chdir(RUNGS_SOURCE_DIR)) return 0;
    self[n] = '\0';
    snprintf(path, sizeof path, "%s:%s", dirname(self), getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    return !setenv("PATH", path, 1);
}

/* 0 if the page is true, or has been made so; 77 if nothing is wrong, but something could not be compared here */
static int refresh(const struct lesson *l, int update)
{
    char path[200];
    snprintf(path, sizeof path, "lessons/%s/README.md", l->folder);
    struct text t = { .lesson = l, .path = path, .update = update, .data = "plots/data", .report = stderr };
    char *page = text_read(path), *fresh = page ? text_refresh(&t, page) : NULL;
    if (!fresh) {
        fprintf(stderr, "lesson_text: %s cannot be read\n", path);
        free(page);
        return 1;
    }
    text_form(&t, fresh);
    if (update && strcmp(page, fresh) && !text_write(path, fresh)) {
        fprintf(stderr, "lesson_text: %s cannot be written\n", path);
        t.faults++;
    }
    if (!update && t.problems)
        fprintf(stderr,
                "%s: %d places differ; `lesson_text --update %s` (in the build folder) rewrites them\n", path,
                t.problems, l->number);
    printf("%s: %d places %s, %d faults, %d skipped\n", path, t.problems, update ? "rewritten" : "differ",
           t.faults, t.skipped);
    free(page);
    free(fresh);
    return t.faults || (t.problems && !update) ? 1 : t.skipped ? TEXT_SKIPPED : 0;
}

static int print_dollars(const struct lesson *l)
{
    char path[200];
    snprintf(path, sizeof path, "lessons/%s/README.md", l->folder);
    char *page = text_read(path), *plain = page ? text_dollars(page) : NULL;
    if (plain) fputs(plain, stdout);
    free(page);
    free(plain);
    return !plain;
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
