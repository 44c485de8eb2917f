/* learn_screen.c - an exercise on a terminal: the file is watched and graded whenever it is saved; see
 * learn.h.
 *
 * The terminal gives single keys only while one is waited for, so that it is an ordinary one whenever
 * something else runs, or ends the program. */
#include "learn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "../base/interrupt.h"
#include "../base/process.h"
#include "../base/terminal.h"
#include "args.h"

enum { POLL_MS = 200, CTRL_C = 3, CTRL_D = 4 };

/* ---- keys ---- */

static struct termios ordinary;

static void single_keys(int on)
{
    struct termios keys = ordinary;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    tcsetattr(STDIN_FILENO, TCSADRAIN, on ? &keys : &ordinary);
}

static int is_saved(const char *file, struct stat *last)
{
    struct stat now;
    if (stat(file, &now)) return 0;
    int is = now.st_mtim.tv_sec != last->st_mtim.tv_sec || now.st_mtim.tv_nsec != last->st_mtim.tv_nsec ||
             now.st_size != last->st_size || now.st_ino != last->st_ino;
    *last = now;
    return is;
}

/* the next key; 'r' when the file was saved, 'q' when there are no more keys */
static char wait_for_key(const char *file, struct stat *last)
{
    char key = 0;
    interrupt_watch();
    single_keys(1);
    while (!key && !interrupt_asked()) {
        struct pollfd from = { .fd = STDIN_FILENO, .events = POLLIN };
        int got = poll(&from, 1, POLL_MS);
        if (got > 0 && read(STDIN_FILENO, &key, 1) != 1) key = 'q';
        if (!key && is_saved(file, last)) key = 'r';
    }
    single_keys(0);
    interrupt_end();
    return key == CTRL_C || key == CTRL_D ? 'q' : key;
}

/* ---- the screen ---- */

static const char *clear = ""; /* what empties it; "" on a terminal that only prints */

/* The command of the user's with the file behind it, as the shell takes it; without one, an editor that is
 * there. */
static void open_file(const char *edit, const char *file)
{
    static const char any[] =
        "for e in \"$VISUAL\" \"$EDITOR\"; do [ -z \"$e\" ] || { $e \"$1\"; exit; }; done; "
        "for e in editor nano vim vi; do command -v $e >/dev/null && exec $e \"$1\"; done; "
        "echo 'no editor was found: set EDITOR, or give --edit-cmd'";
    char text[FILE_PATH + 300], error[ERROR_TEXT];
    const char *const argv[] = { "sh", "-c", text, "sh", file, NULL };
    snprintf(text, sizeof text, edit ? "%.200s \"$1\"" : "%.300s", edit ? edit : any);
    if (process_run(argv, -1, -1, -1, error) >= 126) printf("%s: %s\n", edit ? edit : "sh", error);
}

/* A key and its meaning stay on one line. */
static void put_keys(int has_passed)
{
    static const char *const before[] = { "h hint", "d description", "e edit", "n next", "k skip the lesson",
                                          "l list", "r grade",       "q quit", NULL },
                             *const after[] = { "n next", "s solution", "l list", "r grade",
                                                "e edit", "q quit",     NULL };
    int used = 0, columns = terminal_columns(stdout);
    puts(has_passed ? "" : "\nSave the file, and it is graded here. Or a key:");
    for (const char *const *key = has_passed ? after : before; *key; key++) {
        int n = (int)strlen(*key);
        if (used && used + 3 + n > columns) putchar('\n'), used = 0;
        used += printf("%s%s", used ? "   " : "", *key);
    }
    printf("\n> ");
    fflush(stdout);
}

struct work {
    struct course *course;
    const struct exercise *exercise; /* NULL: none is left */
    const char *edit;
    int skips; /* the lesson that is skipped when this is passed, or 0 */
    char file[FILE_PATH];
};

static int has_passed(const struct work *w)
{
    return w->course->passed[w->exercise - exercises()];
}

static void grade(struct work *w)
{
    printf("grading %s ...\n", w->file);
    fflush(stdout);
    if (!learn_check(w->exercise) && w->skips) learn_skip(w->skips), w->skips = 0;
}

/* Goes to the lesson's harder exercise, or beyond the lesson if that is passed. */
static int skip(struct work *w)
{
    int lesson = exercise_lesson(w->exercise);
    const struct exercise *harder = exercise_skipping(lesson);
    if (!harder) return puts("this lesson has no exercise that skips the others"), 1;
    if (w->course->passed[harder - exercises()]) return learn_skip(lesson), 1;
    w->exercise = harder, w->skips = lesson;
    return 0;
}

/* One key; 1: stay, 0: the exercise is another one. */
static int obey(char key, struct work *w)
{
    if (key == '\r' || key == '\n') key = has_passed(w) ? 'n' : 'r';
    if (key == 'k') return skip(w);
    if (key == 'n') {
        w->exercise = course_next(w->course, w->exercise), w->skips = 0;
        return 0;
    }
    if (!strchr("hdlser", key)) return 1;
    fputs(clear, stdout);
    if (key != 'd') printf("%s %s\n\n", w->exercise->number, w->exercise->name);
    switch (key) {
    case 'h': learn_hint(w->exercise); break;
    case 'd': learn_describe(w->exercise, w->file); break;
    case 'l': learn_list_around(w->exercise); break;
    case 's': learn_solution(w->exercise); break;
    case 'e': open_file(w->edit, w->file); break;
    default: grade(w);
    }
    return 1;
}

static void begin(const struct work *w)
{
    int skipped, all;
    fputs(clear, stdout);
    learn_describe(w->exercise, w->file);
    if (w->skips)
        terminal_print(stdout, 0, "\nPassing this one skips the rest of lesson %d.\n", w->skips);
    else if (!course_passed(w->course, 0, &skipped, &all))
        terminal_print(stdout, 0,
                       "\nThe file is there, and something is missing in it. Open it with e, or in an editor "
                       "beside this terminal, complete it, and save it.\n");
}

/* until the student goes on, or quits: 0 then */
static int work_on(struct work *w)
{
    char error[ERROR_TEXT];
    struct stat last = { 0 };
    if (!course_file(w->course, w->exercise, w->file, error)) {
        args_fail(EXIT_OUTPUT, "learn", "%s", error);
        return 0;
    }
    is_saved(w->file, &last);
    if (w->edit) open_file(w->edit, w->file);
    begin(w);
    for (;;) {
        put_keys(has_passed(w));
        char key = wait_for_key(w->file, &last);
        putchar('\n');
        if (key == 'q') return 0;
        if (!obey(key, w)) return 1;
    }
}

int screen_run(struct course *f, const char *edit)
{
    const char *terminal = getenv("TERM");
    struct work w = { .course = f, .exercise = course_current(f), .edit = edit };
    if (w.exercise &&
        (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &ordinary))) {
        learn_show(w.exercise);
        return learn_check(w.exercise);
    }
    if (terminal && *terminal && strcmp(terminal, "dumb")) clear = "\033[H\033[2J";
    learn_by_keys();
    while (w.exercise && work_on(&w)) {
    }
    if (!w.exercise) puts("nothing is left: all exercises are passed or skipped");
    return EXIT_OK;
}
