/* lesson_file.c - where the pages of a lesson are; see lesson.h. */
#include "lesson.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/file.h"

int lesson_page_find(const struct lesson *l, const char *page, char path[FILE_PATH])
{
    static const char *const below[] = { "", "/../..", "/../../..", "/..", "/../share/rungs" };
    char folder[PATH_MAX], try[3 * PATH_MAX], plain[PATH_MAX];
    snprintf(path, FILE_PATH, "lessons/%s/%s.md", l->folder, page);
    if (!access(path, R_OK)) return 1;
    if (!folder_of_program(folder, sizeof folder)) return 0;
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        snprintf(try, sizeof try, "%s%s/lessons/%s/%s.md", folder, below[i], l->folder, page);
        if (!realpath(try, plain)) continue;
        snprintf(path, FILE_PATH, "%s", plain);
        return 1;
    }
    return 0;
}
