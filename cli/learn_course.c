/* learn_course.c - the student's folder: the files of exercises, and what was passed; see learn.h.
 *
 * The progress file has a line per exercise that was passed or skipped, or for which hints were taken:
 * "1.3 passed", "1.4 hints 2". Whoever edits it cheats nobody else. */
#include "learn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int place(const struct exercise *e)
{
    return (int)(e - exercises());
}

static int path_in(const struct course *f, const char *name, const char *ending, char path[FILE_PATH],
                   char *error)
{
    if (snprintf(path, FILE_PATH, "%s/%s%s", f->path, name, ending) >= FILE_PATH)
        return error_set(error, "the path of the folder is too long");
    return 1;
}

/* one line of it; 0 if it cannot be understood */
static int read_line(struct course *f, const char *line)
{
    char number[16], word[16];
    int hints = 0, n = sscanf(line, "%15s %15s %d", number, word, &hints);
    const struct exercise *e = n >= 2 ? exercise_find(number) : NULL;
    if (n < 1 || *number == '#') return 1;
    if (!e) return n >= 2; /* of an exercise that there is no more */
    if (!strcmp(word, "passed"))
        f->passed[place(e)] = 1;
    else if (!strcmp(word, "skipped"))
        f->skipped[place(e)] = 1;
    else if (!strcmp(word, "hints") && n == 3 && hints >= 0 && hints <= MOST_HINTS)
        f->hints[place(e)] = (unsigned char)hints;
    else
        return 0;
    return 1;
}

static int read_progress(struct course *f, char *error)
{
    char path[FILE_PATH], line[200];
    int ok = path_in(f, "progress.txt", "", path, error);
    FILE *file = ok ? fopen(path, "r") : NULL;
    if (ok && !file && errno != ENOENT) return error_set(error, "cannot read %s: %s", path, strerror(errno));
    for (int number = 1; file && fgets(line, sizeof line, file); number++)
        if (!read_line(f, line))
            ok = error_set(error, "%s:%d cannot be understood; delete the line", path, number);
    if (file) fclose(file);
    return ok;
}

int course_open(struct course *f, const char *path, char *error)
{
    *f = (struct course){ 0 };
    if (strlen(path) >= sizeof f->path) return error_set(error, "the path of the folder is too long");
    strcpy(f->path, path);
    return read_progress(f, error);
}

static int write_text(const char *path, const char *text, char *error)
{
    struct file_out out;
    if (!file_open(&out, path, error)) return 0;
    fputs(text, out.out);
    return file_keep(&out, error);
}

int course_file(const struct course *f, const struct exercise *e, char file[FILE_PATH], char *error)
{
    if (!path_in(f, e->file, "", file, error)) return 0;
    return !access(file, F_OK) || (folder_make(f->path, error) && write_text(file, exercise_start(e), error));
}

int course_reset(struct course *f, const struct exercise *e, char *error)
{
    char file[FILE_PATH], old[FILE_PATH];
    if (!path_in(f, e->file, "", file, error) || !path_in(f, e->file, ".old", old, error)) return 0;
    if (!access(file, F_OK) && rename(file, old))
        return error_set(error, "cannot rename %s: %s", file, strerror(errno));
    f->passed[place(e)] = f->skipped[place(e)] = f->hints[place(e)] = 0;
    return folder_make(f->path, error) && write_text(file, exercise_start(e), error) && course_keep(f, error);
}

int course_keep(const struct course *f, char *error)
{
    char path[FILE_PATH];
    struct file_out out;
    if (!path_in(f, "progress.txt", "", path, error) || !folder_make(f->path, error)) return 0;
    if (!file_open(&out, path, error)) return 0;
    for (const struct exercise *e = exercises(); e->number; e++) {
        if (f->passed[place(e)]) fprintf(out.out, "%s passed\n", e->number);
        if (f->skipped[place(e)] && !f->passed[place(e)]) fprintf(out.out, "%s skipped\n", e->number);
        if (f->hints[place(e)]) fprintf(out.out, "%s hints %d\n", e->number, f->hints[place(e)]);
    }
    return file_keep(&out, error);
}

static int is_open(const struct course *f, const struct exercise *e)
{
    return exercise_is_of(e, f->lesson) && !f->passed[place(e)] && !f->skipped[place(e)];
}

int course_skip(struct course *f, int lesson)
{
    int n = 0;
    for (const struct exercise *e = exercises(); e->number; e++)
        if (exercise_is_of(e, lesson) && !f->passed[place(e)]) f->skipped[place(e)] = 1, n++;
    return n;
}

int course_passed(const struct course *f, int lesson, int *skipped, int *all)
{
    int passed = 0;
    *skipped = *all = 0;
    for (const struct exercise *e = exercises(); e->number; e++) {
        if (!exercise_is_of(e, lesson)) continue;
        ++*all;
        passed += f->passed[place(e)];
        *skipped += f->skipped[place(e)] && !f->passed[place(e)];
    }
    return passed;
}

const struct exercise *course_current(const struct course *f)
{
    for (const struct exercise *e = exercises(); e->number; e++)
        if (is_open(f, e)) return e;
    return NULL;
}

const struct exercise *course_next(const struct course *f, const struct exercise *e)
{
    for (e++; e->number; e++)
        if (is_open(f, e)) return e;
    return course_current(f);
}
