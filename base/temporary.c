/* temporary.c - see temporary.h. */
#include "temporary.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The process that a folder's name tells; 0: it is none of this kind. */
static long process_of(const char *name, const char *kind)
{
    size_t length = strlen(kind);
    char *end;
    if (strncmp(name, kind, length) || name[length] != '-') return 0;
    long number = strtol(name + length + 1, &end, 10);
    return number > 0 && *end == '-' && strlen(end) == 7 ? number : 0;
}

/* Folders of this user whose process has ended. */
static void remove_left(const char *under, const char *kind)
{
    char path[FILE_PATH + 260];
    struct stat facts;
    DIR *folder = opendir(under);
    if (!folder) return;
    for (struct dirent *e; (e = readdir(folder));) {
        long number = process_of(e->d_name, kind);
        if (!number || !kill((pid_t)number, 0) || errno != ESRCH) continue;
        snprintf(path, sizeof path, "%s/%s", under, e->d_name);
        if (!lstat(path, &facts) && S_ISDIR(facts.st_mode) && facts.st_uid == getuid()) folder_remove(path);
    }
    closedir(folder);
}

int temporary_make(char path[FILE_PATH], const char *kind, char *error)
{
    const char *under = getenv("TMPDIR");
    if (!under || !*under) under = "/tmp";
    remove_left(under, kind);
    snprintf(path, FILE_PATH, "%.*s/%s-%ld-XXXXXX", FILE_PATH - 100, under, kind, (long)getpid());
    if (mkdtemp(path)) return 1;
    return error_set(error, "cannot make a folder in %s: %s; set TMPDIR to a folder that can be written",
                     under, strerror(errno));
}
