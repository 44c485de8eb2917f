/* file.c - whole files, and folders; see file.h. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- where the text goes ---- */

/* the folder that `path` is in, with its '/' where it has one; "" is the working folder */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Follows a symbolic link that points to nothing yet, one step: 1 if `path` was one and now is its target. */
static int follow(char path[FILE_PATH])
{
    char target[FILE_PATH];
    ssize_t n = readlink(path, target, sizeof target - 1);
    size_t folder = folder_length(path);
    if (n <= 0) return 0;
    target[n] = '\0';
    if (*target == '/') folder = 0;
    if (folder + (size_t)n >= FILE_PATH) return 0;
    memmove(path + folder, target, (size_t)n + 1);
    return 1;
}

enum target { NONE, REPLACED, DIRECT };

/* What kind of place is it? f->path becomes the file behind symbolic links. NONE after a sentence. */
static enum target resolve(struct file_out *f, const char *path, struct stat *is, char *error)
{
    enum { MOST_LINKS = 40 };
    size_t length = strlen(path);
    f->out = NULL;
    *f->unfinished = '\0';
    if (!length) return error_set(error, "the name of a file to write is empty"), NONE;
    if (length >= FILE_PATH - 16) return error_set(error, "the path %.40s... is too long", path), NONE;
    memcpy(f->path, path, length + 1);
    if (!strcmp(path, "-")) return DIRECT;
    int found = !stat(path, is);
    if (found && S_ISDIR(is->st_mode))
        return error_set(error, "%s is a folder; name a file, such as %s/results", path, path), NONE;
    if (found && !S_ISREG(is->st_mode)) return DIRECT; /* not by its real name: /dev/stdout has none */
    if (found) {
        char *real = realpath(path, NULL);
        if (real && strlen(real) < FILE_PATH - 16) strcpy(f->path, real);
        free(real);
    } else {
        for (int i = 0; i < MOST_LINKS && follow(f->path); i++) continue;
    }
    return REPLACED;
}

/* mkstemp: nobody can plant a link under a name that is not known before. 0 after a sentence. */
static int open_beside(struct file_out *f, const struct stat *old, char *error)
{
    snprintf(f->unfinished, FILE_PATH, "%.*s.XXXXXX", FILE_PATH - 8, f->path);
    int fd = mkostemp(f->unfinished, O_CLOEXEC), failed = errno;
    if (fd < 0) {
        *f->unfinished = '\0';
        size_t folder = folder_length(f->path);
        if (failed == ENOENT)
            return error_set(error, "cannot write %s: there is no folder %.*s; make it first", f->path,
                             (int)folder, f->path);
        return error_set(error, "cannot write %s: %s", f->path, strerror(failed));
    }
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, old ? old->st_mode & 07777 : 0666 & ~mask); /* at worst it stays private */
    f->out = fdopen(fd, "w");
    if (f->out) return 1;
    close(fd);
    unlink(f->unfinished);
    return error_set(error, "out of memory for writing %s", f->path);
}

/* opens a device, pipe, FIFO or standard output for writing; NULL after a sentence */
static FILE *open_direct(const char *path, char *error)
{
    int fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
                               : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out) return out;
    error_set(error, "cannot write %s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    return NULL;
}

int file_open(struct file_out *f, const char *path, char *error)
{
    struct stat is;
    int found = !stat(path, &is);
    enum target target = resolve(f, path, &is, error);
    if (target == NONE) return 0;
    if (target == REPLACED) {
        if (found && access(f->path, W_OK)) /* the folder would allow it, but the file was protected */
            return error_set(error, "cannot write %s: %s", path, strerror(errno));
        return open_beside(f, found ? &is : NULL, error);
    }
    if (!strcmp(path, "-")) fflush(stdout); /* what was printed before comes first */
    f->out = open_direct(path, error);
    return f->out != NULL;
}

int file_can_write(const char *path, char *error)
{
    struct file_out f;
    struct stat is;
    enum target target = resolve(&f, path, &is, error);
    if (target == NONE) return 0;
    if (target == DIRECT) /* opening a FIFO would wait for its reader */
        return strcmp(path, "-") && access(path, W_OK)
                   ? error_set(error, "cannot write %s: %s", path, strerror(errno))
                   : 1;
    if (!file_open(&f, path, error)) return 0;
    file_drop(&f);
    return 1;
}

/* makes the renaming itself survive a power cut; not every file system can, and then
 * nothing is lost but that */
static void sync_folder_of(const char *path)
{
    char folder[FILE_PATH];
    size_t n = folder_length(path);
    snprintf(folder, sizeof folder, "%.*s", n ? (int)n : 1, n ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

int file_failure(FILE *stream)
{
    errno = 0;
    if (!ferror(stream)) return fflush(stream) ? errno ? errno : EIO : 0;
    clearerr(stream); /* why it failed then is forgotten; the next byte fails for the same reason */
    errno = 0;
    int again = fputc('\n', stream) == EOF || fflush(stream);
    return again && errno ? errno : EIO;
}

int file_keep(struct file_out *f, char *error)
{
    int failed = file_failure(f->out);
    if (!failed && *f->unfinished && fsync(fileno(f->out))) failed = errno;
    if (fclose(f->out) && !failed) failed = errno;
    f->out = NULL;
    if (!failed && *f->unfinished && rename(f->unfinished, f->path)) failed = errno;
    if (failed) {
        if (*f->unfinished) unlink(f->unfinished);
        return error_set(error, "cannot write %s: %s%s", f->path, strerror(failed),
                         *f->unfinished ? "; nothing was changed" : "");
    }
    if (*f->unfinished) sync_folder_of(f->path);
    return 1;
}

void file_drop(struct file_out *f)
{
    if (!f->out) return;
    fclose(f->out);
    f->out = NULL;
    if (*f->unfinished) unlink(f->unfinished);
}

int file_copy(const char *from, const char *to, char *error)
{
    char buffer[1 << 14];
    struct file_out f;
    FILE *in = fopen(from, "rbe");
    if (!in) return error_set(error, "cannot read %s: %s", from, strerror(errno));
    int opened = file_open(&f, to, error), whole = 0;
    if (opened) {
        for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;)
            if (fwrite(buffer, 1, n, f.out) != n) break; /* file_keep will say so */
        whole = !ferror(in);
    }
    fclose(in);
    if (!opened) return 0;
    if (whole) return file_keep(&f, error);
    file_drop(&f);
    return error_set(error, "cannot read %s to its end", from);
}

FILE *file_open_growing(const char *path, char *error)
{
    struct file_out f;
    struct stat is;
    enum target target = resolve(&f, path, &is, error);
    if (target == DIRECT) return open_direct(path, error);
    if (target == NONE || !file_can_write(path, error)) return NULL;
    FILE *out = fopen(f.path, "we");
    if (!out) error_set(error, "cannot write %s: %s", path, strerror(errno));
    return out;
}

/* the folder that the file belongs in, without links and dots; to be freed; NULL where there is none */
static char *real_folder(const struct file_out *f)
{
    char folder[FILE_PATH];
    size_t n = folder_length(f->path);
    snprintf(folder, sizeof folder, "%.*s", n ? (int)n : 1, n ? f->path : ".");
    return realpath(folder, NULL);
}

int file_is_same(const char *one, const char *other)
{
    struct file_out a, b;
    struct stat is;
    char error[ERROR_TEXT];
    if (resolve(&a, one, &is, error) != REPLACED || resolve(&b, other, &is, error) != REPLACED) return 0;
    char *in_a = real_folder(&a), *in_b = real_folder(&b);
    int same = in_a && in_b && !strcmp(in_a, in_b) &&
               !strcmp(a.path + folder_length(a.path), b.path + folder_length(b.path));
    free(in_a);
    free(in_b);
    return same;
}

/* ---- folders ---- */

int folder_can_write(const char *path, char *error)
{
    char part[FILE_PATH], missing[FILE_PATH] = "";
    struct stat is;
    if (!*path) return error_set(error, "the name of a folder to write into is empty");
    if (strlen(path) >= sizeof part) return error_set(error, "the path %.40s... is too long", path);
    strcpy(part, path);
    while (stat(part, &is) && errno == ENOENT && strcmp(part, ".")) { /* up to the first that is there */
        size_t n = strlen(part);
        while (n && part[n - 1] == '/') part[--n] = '\0';
        strcpy(missing, part);
        while (n && part[n - 1] != '/') n--;
        while (n > 1 && part[n - 1] == '/') n--;
        strcpy(part + n, n ? "" : ".");
    }
    if (stat(part, &is)) return error_set(error, "cannot use the folder %s: %s", part, strerror(errno));
    if (!S_ISDIR(is.st_mode)) return error_set(error, "%s is not a folder; name another", part);
    if (access(part, W_OK | X_OK))
        return error_set(error, "cannot write into the folder %s: %s; name another", part, strerror(errno));
    if (*missing &&
        mkdir(missing, 0777)) /* not every folder that may be written to can have folders: /proc */
        return error_set(error, "cannot make the folder %s: %s; name another", missing, strerror(errno));
    if (*missing) rmdir(missing);
    return 1;
}

int folder_make(const char *path, char *error)
{
    char part[FILE_PATH];
    struct stat is;
    size_t length = strlen(path);
    if (!length) return error_set(error, "the name of a folder to write into is empty");
    if (length >= sizeof part) return error_set(error, "the path %.40s... is too long", path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] && path[i] != '/') continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (!mkdir(part, 0777) || errno == EEXIST || !stat(part, &is)) continue; /* what follows says no */
        return error_set(error, "cannot make the folder %s: %s; name another", part, strerror(errno));
    }
    if (stat(path, &is)) return error_set(error, "cannot use the folder %s: %s", path, strerror(errno));
    if (!S_ISDIR(is.st_mode)) return error_set(error, "%s is not a folder; name another", path);
    if (access(path, W_OK | X_OK))
        return error_set(error, "cannot write into the folder %s: %s; name another", path, strerror(errno));
    return 1;
}

int folder_take(const char *path, int *lock, char *error)
{
    if (!folder_make(path, error)) return 0;
    *lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0) return error_set(error, "cannot use the folder %s: %s", path, strerror(errno));
    if (!flock(*lock, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK)
        return 1; /* or a file system without locks */
    folder_release(*lock);
    return error_set(error, "another run is writing into the folder %s; wait for it or name another", path);
}

void folder_release(int lock)
{
    if (lock >= 0) close(lock);
}

/* 1 if it has no files; a place where nothing is has none */
static int is_empty(const char *path)
{
    DIR *folder = opendir(path);
    int files = 0;
    if (!folder) return 1;
    for (struct dirent *e; (e = readdir(folder));) files += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
    closedir(folder);
    return !files;
}

/* f->path: the place, behind a symbolic link, without a slash at the end; the folders above it are made */
static int place_folder(struct folder_out *f, const char *path, char *error)
{
    char above[FILE_PATH];
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    if (!n) return error_set(error, "the name of a folder to write is empty");
    if (n >= FILE_PATH - 16) return error_set(error, "the path %.40s... is too long", path);
    snprintf(f->path, sizeof f->path, "%.*s", (int)n, path);
    char *real = realpath(f->path, NULL);
    if (real && strlen(real) < FILE_PATH - 16) strcpy(f->path, real);
    free(real);
    size_t before = folder_length(f->path);
    snprintf(above, sizeof above, "%.*s", (int)before, f->path);
    return before < 2 || folder_make(above, error);
}

int folder_open(struct folder_out *f, const char *path, char *error)
{
    struct stat is;
    mode_t mask = umask(0);
    umask(mask);
    if (!place_folder(f, path, error)) return 0;
    if (!stat(f->path, &is) && !S_ISDIR(is.st_mode))
        return error_set(error, "%s is not a folder; name another", path);
    if (!is_empty(f->path))
        return error_set(error, "the folder %s has files in it; name a new one, or remove them", path);
    snprintf(f->unfinished, FILE_PATH, "%.*s.XXXXXX", FILE_PATH - 8, f->path);
    if (!mkdtemp(f->unfinished))
        return error_set(error, "cannot make the folder %s: %s; name another", path, strerror(errno));
    (void)chmod(f->unfinished, 0777 & ~mask); /* at worst it stays private */
    return 1;
}

int folder_keep(struct folder_out *f, char *error)
{
    if (!rename(f->unfinished, f->path)) {
        sync_folder_of(f->path);
        return 1;
    }
    error_set(error, "cannot write %s: %s; nothing was changed", f->path, strerror(errno));
    folder_drop(f);
    return 0;
}

void folder_drop(struct folder_out *f)
{
    folder_remove(f->unfinished);
}

int folder_make_temporary(char path[FILE_PATH], char *error)
{
    const char *under = getenv("TMPDIR");
    if (!under || !*under) under = "/tmp";
    snprintf(path, FILE_PATH, "%.*s/rungs-XXXXXX", FILE_PATH - 16, under);
    if (mkdtemp(path)) return 1;
    return error_set(error, "cannot make a folder in %s: %s; set TMPDIR to a folder that can be written",
                     under, strerror(errno));
}

void folder_remove(const char *path)
{
    char name[FILE_PATH + 260];
    DIR *folder = opendir(path);
    if (folder) {
        for (struct dirent *e; (e = readdir(folder));) {
            snprintf(name, sizeof name, "%s/%s", path, e->d_name);
            unlink(name); /* refuses "." and ".." */
        }
        closedir(folder);
    }
    rmdir(path);
}

int folder_of_program(char *folder, size_t room)
{
    ssize_t n = readlink("/proc/self/exe", folder, room - 1);
    if (n <= 0 || (size_t)n == room - 1) return 0; /* cut off, perhaps */
    folder[n] = '\0';
    char *slash = strrchr(folder, '/');
    if (!slash) return 0;
    *slash = '\0';
    return 1;
}
