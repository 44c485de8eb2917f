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

/* the command of the user's with the file behind it, as the shell takes it */
static void open_file(const char *command, const char *file)
{
    char text[FILE_PATH + 300], error[ERROR_TEXT];
    const char *const argv[] = { "sh", "-c", text, "sh", file, NULL };
    snprintf(text, sizeof text, "%.200s \"$1\"", command);
    if (process_run(argv, -1, -1, -1, error) >= 126) printf("%s: %s\n", command, error);
}

static void put_head(const struct exercise *e, const char *file)
{
    printf("\033[H\033[2J%s %s   about %d minutes   read %s\n%s\n\n", e->number, e->name, e->minutes,
           e->section, file);
}

static void put_keys(void)
{
    printf(
        "\nsave the file to grade it   h hint  d description  l list  n next  s solution  e edit  r again  q quit\n> ");
    fflush(stdout);
}

/* One key for one exercise; 0: go on to the next one, 1: stay. */
static int obey(char key, const struct exercise *e, const char *file, const char *edit)
{
    const char *editor = edit ? edit : getenv("EDITOR");
    put_head(e, file);
    switch (key) {
    case 'h': learn_hint(e); break;
    case 'd': fputs(exercise_start(e), stdout); break;
    case 'l': learn_list(); break;
    case 's': learn_solution(e); break;
    case 'n': return 0;
    case 'e':
        if (editor && *editor)
            open_file(editor, file);
        else
            puts("set EDITOR, or give --edit-cmd");
        break;
    default: learn_check(e);
    }
    return 1;
}

/* until the student goes on, or quits: 0 then */
static int work_on(struct course *f, const struct exercise *e, const char *edit)
{
    char file[FILE_PATH], error[ERROR_TEXT];
    struct stat last = { 0 };
    if (!course_file(f, e, file, error)) {
        args_fail(EXIT_OUTPUT, "learn", "%s", error);
        return 0;
    }
    is_saved(file, &last);
    if (edit) open_file(edit, file);
    put_head(e, file);
    fputs(exercise_start(e), stdout);
    for (;;) {
        put_keys();
        char key = wait_for_key(file, &last);
        putchar('\n');
        if (key == 'q') return 0;
        if (!obey(key, e, file, edit)) return 1;
    }
}

int screen_run(struct course *f, const char *edit)
{
    const char *terminal = getenv("TERM");
    const struct exercise *e = course_current(f);
    int plain = !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !terminal || !strcmp(terminal, "dumb") ||
                tcgetattr(STDIN_FILENO, &ordinary);
    if (e && plain) {
        learn_show(e);
        return learn_check(e);
    }
    while (e && work_on(f, e, edit)) e = course_next(f, e);
    if (!e) puts("all exercises are passed; rungs learn list");
    return EXIT_OK;
}
