/* learn_class.c - a folder of students, each a folder with files of exercises, graded one by one; see
 * learn.h.
 *
 * What a student wrote is copied first: nothing that happens later changes what is graded. Each file is
 * graded in a process of its own, whose end is a verdict, too. */
#include "learn_class.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/json.h"
#include "args.h"
#include "emu.h"
#include "gradcheck_guard.h"
#include "learn_namespaces.h"
#include "learn_sandbox.h"

enum { MOST_STUDENTS = 1000, NAME = MARKS_NAME, REPORT = MARKS_TEXT, MOST_FILE = 1 << 20 };

struct class
{
    char work[FILE_PATH]; /* for copies */
    int students;
    char (*name)[NAME];           /* of folders: any bytes but '/'         */
    char (*pseudonym)[PSEUDONYM]; /* of each, all different; NULL: as they are */
    const struct class_order *order;
    char hidden[FILE_PATH];    /* the folder of the class, for namespaces; "": there are none */
    int has_kernels;           /* they are graded */
    int has_rules;             /* that keep a process from files (sandbox_files) */
    const struct roofs *roofs; /* for the board, or NULL */
};

/* ---- who is there ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* the folders in the folder: not hidden, and no links */
static int list_students(struct class *c, char *error)
{
    DIR *folder = opendir(c->order->students);
    char path[FILE_PATH];
    struct stat is;
    if (!folder)
        return error_set(error, "cannot read the folder %s: %s", c->order->students, strerror(errno));
    for (struct dirent *entry; (entry = readdir(folder)) && c->students <= MOST_STUDENTS;) {
        snprintf(path, sizeof path, "%.3000s/%.255s", c->order->students, entry->d_name);
        if (*entry->d_name == '.' || lstat(path, &is) || !S_ISDIR(is.st_mode)) continue;
        if (c->students < MOST_STUDENTS) snprintf(c->name[c->students], NAME, "%.255s", entry->d_name);
        c->students++;
    }
    closedir(folder);
    if (c->students > MOST_STUDENTS)
        return error_set(error, "over %d students in %s: grade them in several folders", MOST_STUDENTS,
                         c->order->students);
    qsort(c->name, (size_t)c->students, NAME, by_name);
    return c->students ||
           error_set(error, "no folders of students in %s: each has a folder with the files in it",
                     c->order->students);
}

/* What a name or a compiler's message has, terminals and XML need not have: what is no character, and control
 * characters but line ends, become '?'. */
static void make_plain(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at;) {
        int n = json_utf8_bytes(at);
        int is_none = n == 3 && at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe; /* U+FFFE, U+FFFF */
        int is_control = n == 1 ? (*at < ' ' && *at != '\n') || *at == 0x7f
                                : n == 2 && at[0] == 0xc2 && at[1] < 0xa0; /* of 8 bits */
        if (!n) n = 1, is_control = 1;
        if (is_none || is_control) memset(at, '?', (size_t)n);
        at += n;
    }
}

/* a folder's name as it is shown: plain, on one line */
static void show_name(const char *name, char shown[NAME])
{
    snprintf(shown, NAME, "%.255s", name);
    make_plain(shown);
    for (char *at = shown; (at = strchr(at, '\n'));) *at = '?';
}

/* ---- one file ---- */

/* Copies a regular file of at most MOST_FILE bytes. 1: done; 0: there is none; -1 with error set. */
static int take_file(const char *from, const char *to, char *error)
{
    struct stat is;
    int in = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), ok = 0;
    if (in < 0 && errno == ENOENT) return 0;
    char *text = malloc(MOST_FILE);
    ssize_t n = -1;
    if (in < 0 && errno == ELOOP)
        error_set(error, "it is a link");
    else if (in < 0)
        error_set(error, "it cannot be read: %s", strerror(errno));
    else if (fstat(in, &is) || !S_ISREG(is.st_mode))
        error_set(error, "it is not a regular file");
    else if (is.st_size > MOST_FILE)
        error_set(error, "it has more than a megabyte");
    else
        n = text ? read(in, text, MOST_FILE) : -1;
    FILE *out = n >= 0 ? fopen(to, "w") : NULL;
    if (out) {
        ok = fwrite(text, 1, (size_t)n, out) == (size_t)n;
        ok &= !fclose(out);
    }
    if (n >= 0 && !ok) error_set(error, "cannot copy it to %s", to);
    if (in >= 0) close(in);
    free(text);
    return ok ? 1 : -1;
}

/* The name of the copy's folder, wherever the text has it, becomes the student's. */
static void name_student(char text[REPORT], const char *work, const char *student)
{
    char named[REPORT];
    size_t length = strlen(work);
    for (char *at; (at = strstr(text, work));) {
        snprintf(named, sizeof named, "%.*s%.255s%s", (int)(at - text), text, student, at + length);
        memcpy(text, named, sizeof named);
    }
}

/* 1 if the line has something besides blanks and comments */
static int has_code(const char *line, int *in_comment)
{
    int has = 0;
    while (*line) {
        if (*in_comment) {
            line = strstr(line, "*/");
            if (!line) break;
            *in_comment = 0, line += 2;
        } else if (!strncmp(line, "//", 2)) {
            break;
        } else if (!strncmp(line, "/*", 2)) {
            *in_comment = 1, line += 2;
        } else {
            has |= !isspace((unsigned char)*line++);
        }
    }
    return has;
}

static int count_lines(const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    int lines = 0, in_comment = 0;
    while (f && getline(&line, &room, f) >= 0) lines += has_code(line, &in_comment);
    free(line);
    if (f) fclose(f);
    return lines;
}

struct file_work {
    struct submission s;
    const struct class *class;
    struct marks *marks;
};

/* The emulator's folder, and those that links in it lead to; how many */
static int add_kit(const char *kit, const char **path)
{
    static const char *const parts[] = { "", "/include", "/helpers" };
    static char kept[3][FILE_PATH + 16];
    for (int k = 0; k < 3; k++) {
        snprintf(kept[k], sizeof *kept, "%.4000s%s", kit, parts[k]);
        path[k] = kept[k];
    }
    path[3] = NULL;
    return 3;
}

/* What is compiled and run sees the system's files, the emulator's and its own folder. 0 with error set. */
static int confine(const struct file_work *w, char *error)
{
    const char *read[MOST_PATHS + 4];
    const char *const write[] = { w->class->work, "/dev/null", NULL };
    int n = 0;
    setenv("TMPDIR", w->class->work, 1);
    setenv("CCACHE_DISABLE", "1", 1); /* it would write elsewhere */
    sandbox_system_paths(read);
    while (read[n]) n++;
    if (emu_kit()) n += add_kit(emu_kit(), read + n);
    return sandbox_files(read, write, error);
}

/* In a child: whatever the compiler does, it has limits. */
static void grade_one(void *arg)
{
    struct file_work *w = arg;
    char error[ERROR_TEXT] = "";
    if (*w->class->hidden) namespaces_enter(w->class->hidden);
    if (w->class->has_rules && !confine(w, error)) {
        w->marks->code = EXIT_RESOURCES;
        snprintf(w->marks->text, REPORT, "%s", error);
        return;
    }
    const struct rlimit file = { 64 << 20, 64 << 20 }, cpu = { 120, 120 };
    setrlimit(RLIMIT_FSIZE, &file);
    setrlimit(RLIMIT_CPU, &cpu);
    struct grade g = grade_file(w->s);
    w->marks->code = g.code, w->marks->gate = g.gate;
    snprintf(w->marks->text, REPORT, "%s", g.text ? g.text : "out of memory");
    free(g.text);
}

static void grade_copy(const struct class *c, const struct exercise *e, const char *copy, const char *shown,
                       struct marks *m)
{
    struct guard g = { .seconds = 60 + 20.0 * c->order->seconds };
    struct file_work w = { .s = { .exercise = e,
                                  .shown = shown,
                                  .source = copy,
                                  .is_stranger = 1,
                                  .is_confined = c->has_rules,
                                  .no_race = 1,
                                  .seed = c->order->seed,
                                  .seconds = c->order->seconds },
                           .class = c,
                           .marks = m };
    m->code = EXIT_WRONG;
    if (c->order->board) w.s.performance = &m->performance, w.s.roofs = c->roofs;
    double began = clock_seconds();
    guard_run(&g, grade_one, &w);
    m->seconds = clock_seconds() - began;
    if (g.end == GUARD_NO_CHILD) m->code = EXIT_RESOURCES;
    if (g.end != GUARD_DONE)
        snprintf(m->text, REPORT, "FAIL  %s %s\n      its grading %s\n", e->number, e->name,
                 g.end == GUARD_LATE       ? "took too long"
                 : g.end == GUARD_NO_CHILD ? "could not be started"
                                           : "ended early");
}

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *at)
{
    (void)is, (void)kind;
    if (at->level) remove(path);
    return 0;
}

/* What was graded may have been stopped in the middle, and left files and folders. */
static void empty_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void grade_student_file(const struct class *c, const char *student, const struct exercise *e,
                               struct marks *m)
{
    char from[FILE_PATH], copy[FILE_PATH], name[NAME], shown[NAME + 100], error[ERROR_TEXT];
    snprintf(from, sizeof from, "%.3000s/%.255s/%.200s", c->order->students, student, e->file);
    snprintf(copy, sizeof copy, "%.3000s/%.200s", c->work, e->file);
    show_name(student, name);
    snprintf(shown, sizeof shown, "%.255s/%.90s", name, e->file);
    int taken = take_file(from, copy, error);
    m->is_there = taken != 0;
    m->lines = taken > 0 ? count_lines(copy) : 0;
    if (taken < 0) {
        m->code = EXIT_WRONG;
        snprintf(m->text, REPORT, "FAIL  %s %s\n      %s\n", e->number, e->name, error);
    } else if (taken) {
        grade_copy(c, e, copy, shown, m);
        name_student(m->text, c->work, name);
        make_plain(m->text);
    }
    empty_folder(c->work);
}

/* ---- all of them ---- */

/* A kernel's file also has code that runs on this machine: without rules for files it is not run. */
static int is_graded(const struct class *c, const struct exercise *e)
{
    return exercise_is_of(e, c->order->lesson) && (e->kind != EXERCISE_KERNEL || c->has_kernels);
}

static void put_head(const struct class *c)
{
    printf("%-24s", "student");
    for (const struct exercise *e = exercises(); e->number; e++)
        if (is_graded(c, e)) printf(" %-4s", e->number);
    printf(" passed\n");
}

/* one line of the table; 0 if something could not be graded */
static int grade_student(const struct class *c, int k, struct reports *r, struct marks *m)
{
    const char *student = c->name[k], *other = c->pseudonym ? c->pseudonym[k] : NULL;
    int passed = 0, all = 0, ok = 1;
    char shown[NAME], column[25];
    show_name(student, shown);
    snprintf(column, sizeof column, "%.24s", shown);
    make_plain(column); /* the cut may go through a character */
    printf("%-24s", column);
    for (const struct exercise *e = exercises(); e->number; e++) {
        if (!is_graded(c, e)) continue;
        all++;
        memset(m, 0, sizeof *m);
        m->performance.share = m->performance.count = (double)NAN;
        grade_student_file(c, student, e, m);
        passed += m->is_there && !m->code;
        ok &= !m->is_there || m->code == EXIT_OK || m->code == EXIT_WRONG;
        printf(" %-4s", !m->is_there ? "." : !m->code ? "ok" : m->code == EXIT_WRONG ? "FAIL" : "?");
        fflush(stdout);
        reports_put(r, shown, other ? other : shown, e, m);
    }
    printf(" %d of %d%s%s\n", passed, all, other ? "  " : "", other ? other : "");
    return ok;
}

/* A name that another student has already is the animal's next one. */
static void name_all(struct class *c)
{
    for (int k = 0; k < c->students; k++) {
        char *own = c->pseudonym[k], *number;
        pseudonym(c->order->seed, c->name[k], own);
        number = strchr(own, ' ') + 1;
        for (int other = 0; other < k; other++)
            if (!strcmp(own, c->pseudonym[other]))
                snprintf(number, (size_t)(own + PSEUDONYM - number), "%d", atoi(number) + 1), other = -1;
    }
}

/* names the exercises that have no column */
static void say_kernels(const struct class *c)
{
    int said = 0;
    for (const struct exercise *e = exercises(); e->number; e++)
        if (e->kind == EXERCISE_KERNEL && exercise_is_of(e, c->order->lesson) && !c->has_kernels)
            printf("%s %s", said++ ? "," : "not graded:", e->number);
    if (said)
        puts(" on CUDA kernels, whose files also have code for this machine; let students show that\n"
             "`rungs learn check` passes them, or grade where nothing is missing");
}

/* Rules for files on top: kernels are graded and counts are taken only with them. */
static void find_rules(struct class *c)
{
    char error[ERROR_TEXT];
    c->has_rules = sandbox_has_files(error);
    c->has_kernels = c->has_rules && emu_kit() != NULL;
    if (!c->has_rules)
        printf("no CUDA kernels and no counts (%s): they need the system's rules for files, of Linux 5.13\n",
               error);
    else if (!c->has_kernels)
        puts("no CUDA kernels: the emulator is not built; build the target rungs_with_kernels");
    else
        puts("files: the system's, the emulator's and a folder of its own, which the next one does not find");
}

static void find_namespaces(struct class *c)
{
    char error[ERROR_TEXT] = "the folder's path is too long", plain[PATH_MAX];
    if (realpath(c->order->students, plain) && strlen(plain) < sizeof c->hidden &&
        namespaces_there(plain, error)) {
        strcpy(c->hidden, plain);
        puts("each file is graded in namespaces: no network, no other processes, the class's folder empty");
    } else {
        printf("without namespaces (%s): only a filter of system calls confines what students wrote\n",
               error);
    }
}

/* once for all, before anybody's file is graded; NULL if no rung is graded, or there is no memory for it */
static const struct roofs *find_roofs(const struct class *c)
{
    static struct roofs roofs;
    int raced = 0;
    for (const struct exercise *e = exercises(); e->number; e++) raced |= is_graded(c, e) && e->race;
    return raced && points_measure(&roofs) ? &roofs : NULL;
}

static int grade_all(struct class *c, struct reports *r, struct marks *m, char *error)
{
    int ok = 1;
    if (!list_students(c, error)) return EXIT_INPUT;
    if (c->order->gradescope && c->students > 1) {
        error_set(error, "Gradescope has a file for each student, and there are %d folders in %s",
                  c->students, c->order->students);
        return EXIT_INPUT;
    }
    if (c->pseudonym) name_all(c);
    find_namespaces(c);
    find_rules(c);
    if (c->order->board) c->roofs = find_roofs(c);
    put_head(c);
    for (int k = 0; k < c->students; k++) ok &= grade_student(c, k, r, m);
    say_kernels(c);
    return ok ? EXIT_OK : EXIT_RESOURCES;
}

int class_grade(const struct class_order *o)
{
    struct class c = { .order = o };
    struct reports r = { 0 };
    char error[ERROR_TEXT] = "";
    c.name = calloc(MOST_STUDENTS, sizeof *c.name);
    if (o->anonymous) c.pseudonym = calloc(MOST_STUDENTS, sizeof *c.pseudonym);
    struct marks *m = guard_shared(sizeof *m);
    if (!c.name || !m || (o->anonymous && !c.pseudonym))
        return args_fail(EXIT_RESOURCES, "learn", "out of memory for %d students", MOST_STUDENTS);
    if (!folder_make_temporary(c.work, error) || !reports_open(&r, o, error)) {
        free(c.name), free(c.pseudonym);
        return args_fail(EXIT_OUTPUT, "learn", "%s", error);
    }
    int code = grade_all(&c, &r, m, error);
    empty_folder(c.work);
    folder_remove(c.work);
    free(c.name), free(c.pseudonym);
    munmap(m, sizeof *m);
    if (code == EXIT_INPUT) reports_drop(&r);
    if (code == EXIT_INPUT) return args_fail(code, "learn", "%s", error);
    if (!reports_keep(&r, error)) return args_fail(EXIT_OUTPUT, "learn", "%s", error);
    return code;
}
