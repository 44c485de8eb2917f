/* base_file.c - whole files: what is at the named place afterwards, for every kind of place.
 *
 * Each place is written through `struct writer`: by base/file.h, which must pass, and by three ways that
 * programs have, which must each be rejected: fopen(path, "w"); a temporary name that can be guessed; rename
 * over whatever is there. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/file.h"

/* Writes the text to path; 0 if it says that this failed. */
typedef int write_fn(const char *path, const char *text);

static char error[ERROR_TEXT];

static int by_base(const char *path, const char *text)
{
    struct file_out f;
    if (!file_can_write(path, error) || !file_open(&f, path, error)) return 0;
    fputs(text, f.out);
    return file_keep(&f, error);
}

static int by_fopen(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    if (!f) return 0;
    fputs(text, f);
    return !fclose(f);
}

static int by_rename_from(const char *unfinished, const char *path, const char *text)
{
    return by_fopen(unfinished, text) && !rename(unfinished, path);
}

static int by_guessable_name(const char *path, const char *text)
{
    char unfinished[300];
    struct stat is;
    if (!stat(path, &is) && !S_ISREG(is.st_mode)) return by_fopen(path, text);
    snprintf(unfinished, sizeof unfinished, "%s.unfinished", path);
    return by_rename_from(unfinished, path, text);
}

static int by_rename(const char *path, const char *text)
{
    char unfinished[] = "file_XXXXXX";
    int fd = mkstemp(unfinished);
    if (fd >= 0) close(fd);
    int ok = by_rename_from(unfinished, path, text);
    if (!ok) unlink(unfinished);
    return ok;
}

/* ---- what is there ---- */

static int holds(const char *path, const char *text)
{
    char is[200] = "";
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    size_t n = fread(is, 1, sizeof is - 1, f);
    fclose(f);
    return n == strlen(text) && !memcmp(is, text, n);
}

static int is_link(const char *path)
{
    struct stat is;
    return !lstat(path, &is) && S_ISLNK(is.st_mode);
}

static mode_t mode_of(const char *path)
{
    struct stat is;
    return stat(path, &is) ? 0 : is.st_mode & 07777;
}

static void make(const char *path, const char *text)
{
    if (!by_fopen(path, text)) exit(2);
}

/* how many names there are in the working folder */
static int names(void)
{
    char line[300];
    int n = 0;
    FILE *list = popen("ls -A | wc -l", "r");
    if (!list || !fgets(line, sizeof line, list) || sscanf(line, "%d", &n) != 1) exit(2);
    pclose(list);
    return n;
}

/* ---- the places; each returns 1 if all is as it must be ---- */

static int new_file(write_fn *w)
{
    umask(027);
    int ok = w("new", "text") && holds("new", "text") && mode_of("new") == 0640;
    umask(022);
    return ok;
}

static int old_file(write_fn *w)
{
    make("old", "before");
    chmod("old", 0604);
    return w("old", "text") && holds("old", "text") && mode_of("old") == 0604;
}

static int through_link(write_fn *w)
{
    make("target", "before");
    if (symlink("target", "link")) exit(2);
    return w("link", "text") && is_link("link") && !is_link("target") && holds("target", "text");
}

static int through_dangling_link(write_fn *w)
{
    if (mkdir("deep", 0777) || symlink("deep/later", "soon")) exit(2);
    return w("soon", "text") && is_link("soon") && holds("deep/later", "text");
}

static int planted_link(write_fn *w)
{
    make("victim", "precious");
    if (symlink("victim", "out.unfinished")) exit(2);
    return w("out", "text") && holds("out", "text") && holds("victim", "precious");
}

static int device(write_fn *w)
{
    struct stat is;
    if (symlink("/dev/null", "hole")) exit(2);
    return w("hole", "text") && is_link("hole") && !stat("hole", &is) && S_ISCHR(is.st_mode);
}

static int full_device(write_fn *w)
{
    if (symlink("/dev/full", "full")) exit(2);
    return !w("full", "text") && is_link("full");
}

static int fifo(write_fn *w)
{
    char got[8] = "";
    struct stat is;
    int status = 1, fd = mkfifo("fifo", 0666) ? -1 : open("fifo", O_RDONLY | O_NONBLOCK);
    if (fd < 0) exit(2);
    fflush(NULL);
    pid_t child = fork();
    if (!child) _exit(!w("fifo", "text"));
    waitpid(child, &status, 0);
    int ok = !status && !lstat("fifo", &is) && S_ISFIFO(is.st_mode) && read(fd, got, sizeof got) == 4 &&
             !memcmp(got, "text", 4);
    close(fd);
    return ok;
}

static int folder(write_fn *w)
{
    if (mkdir("folder", 0777)) exit(2);
    return !w("folder", "text") && !w("", "text");
}

static int no_folder(write_fn *w)
{
    return !w("no/such/place", "text") && strstr(error, "there is no folder no/such/");
}

/* as a full disk: the file may not grow beyond one block */
static int full_disk(write_fn *w)
{
    static char large[1 << 16];
    struct rlimit before, small = { 1024, RLIM_INFINITY };
    memset(large, 'x', sizeof large - 1);
    make("kept", "before");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    int said = w("kept", large);
    setrlimit(RLIMIT_FSIZE, &before);
    return !said && holds("kept", "before");
}

/* file_keep writes over what was replaced meanwhile, never into it: two runs leave one of two whole files */
static int two_at_once(write_fn *w)
{
    struct file_out one, other;
    (void)w;
    if (!file_open(&one, "both", error) || !file_open(&other, "both", error)) return 0;
    fputs("a long text of the first", one.out);
    fputs("second", other.out);
    return file_keep(&one, error) && holds("both", "a long text of the first") && file_keep(&other, error) &&
           holds("both", "second");
}

static const struct {
    const char *name;
    int (*is_right)(write_fn *);
    int names; /* that the place leaves: a temporary file would be one more */
    int rejects_fopen, rejects_guessable, rejects_rename;
} place[] = {
    { "a new file", new_file, 1, 0, 0, 1 },
    { "an old file keeps its permissions", old_file, 1, 0, 1, 1 },
    { "a symbolic link stays", through_link, 2, 0, 1, 1 },
    { "a symbolic link to nothing yet", through_dangling_link, 2, 0, 1, 1 },
    { "a link planted under a name that can be guessed", planted_link, 3, 0, 1, 0 },
    { "a device", device, 1, 0, 0, 1 },
    { "a full device", full_device, 1, 0, 0, 1 },
    { "a FIFO", fifo, 1, 0, 0, 1 },
    { "a folder, and no name", folder, 1, 0, 0, 0 },
    { "no such folder", no_folder, 0, 1, 1, 1 },
    { "a full disk loses nothing", full_disk, 1, 1, 1, 1 },
    { "two at once", two_at_once, 1, 0, 0, 0 },
};

/* in a folder of its own, for what one place leaves must not help the next */
static int try(size_t i, write_fn *w)
{
    char path[FILE_PATH];
    if (!folder_make_temporary(path, error) || chdir(path)) {
        printf("%s\n", error);
        exit(2);
    }
    *error = '\0';
    int ok = place[i].is_right(w), left = names();
    if (ok && w == by_base && left != place[i].names) {
        printf("%d names in the folder, not %d; ", left, place[i].names);
        ok = 0;
    }
    char command[FILE_PATH + 16];
    snprintf(command, sizeof command, "rm -r '%s'", path);
    if (chdir("/") || system(command)) exit(2);
    return ok;
}

int main(void)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        const struct {
            const char *name;
            write_fn *write;
            int fails;
        } way[] = { { "base/file.h", by_base, 0 },
                    { "fopen", by_fopen, place[i].rejects_fopen },
                    { "a guessable name", by_guessable_name, place[i].rejects_guessable },
                    { "rename", by_rename, place[i].rejects_rename } };
        for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
            if (try(i, way[k].write) != way[k].fails) continue;
            printf("FAIL: %s: %s is %s (%s)\n", place[i].name, way[k].name,
                   way[k].fails ? "not rejected" : "wrong", error);
            wrong++;
        }
    }
    printf("%zu kinds of places, %d wrong\n", sizeof place / sizeof *place, wrong);
    return wrong != 0;
}
