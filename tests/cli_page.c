/* cli_page.c - is a page outside the lessons true? Its code, console output and tables are those of today.
 * The markers are the lessons' (lessons/doc_sync.h); there are no formulas.
 *
 *   cli_page SOURCE PAGE...             says what differs; exit 1 if anything does
 *   cli_page --update SOURCE PAGE...    rewrites the pages
 *
 * The commands of a page are run with the `rungs` that stands in the PATH.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lessons/doc_sync.h"

static int refresh(const char *path, int update)
{
    static const struct formula none[] = { { 0 } };
    static const struct lesson nothing = { .number = "", .folder = "", .title = "", .formula = none };
    struct text t = {
        .lesson = &nothing, .path = path, .update = update, .data = "plots/data", .report = stderr
    };
    char *page = text_read(path), *fresh = page ? text_refresh(&t, page) : NULL;
    if (!fresh || (update && strcmp(page, fresh) && !text_write(path, fresh))) {
        fprintf(stderr, "cli_page: %s cannot be read or written\n", path);
        t.faults++;
    }
    printf("%s: %d places %s, %d faults\n", path, t.problems, update ? "rewritten" : "differ", t.faults);
    free(page);
    free(fresh);
    return t.faults || (t.problems && !update);
}

int main(int argc, char **argv)
{
    int update = argc > 1 && !strcmp(argv[1], "--update"), first = 1 + update, bad = 0;
    if (argc < first + 2 || chdir(argv[first])) {
        fprintf(stderr, "usage: cli_page [--update] SOURCE PAGE...\n");
        return 64;
    }
    for (int i = first + 1; i < argc; i++) bad |= refresh(argv[i], update);
    return bad;
}
