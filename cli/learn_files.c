/* learn_files.c - which files a process may use, by the system's own rules (Landlock); see
 * learn_sandbox.h. */
#include "learn_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As the kernel defines them: older systems have no header for it */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446, ASK_VERSION = 1, PATH_BENEATH = 1 };
enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    ALL_OF_VERSION_1 = (1 << 13) - 1,
    TRUNCATE = 1 << 14 /* from version 3 on */
};

struct ruleset {
    uint64_t handled;
};

struct beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

static long version(void)
{
    return syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
}

int sandbox_has_files(char *error)
{
    return version() > 0 || error_set(error, "no Landlock: %s", strerror(errno));
}

/* 1 also where there is no such path */
static int add(int ruleset, const char *path, uint64_t allowed)
{
    struct stat is;
    int at = open(path, O_PATH | O_CLOEXEC);
    if (at < 0) return 1;
    if (!fstat(at, &is) && !S_ISDIR(is.st_mode)) allowed &= EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
    const struct beneath rule = { allowed, at };
    const int ok = !syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0);
    close(at);
    return ok;
}

int sandbox_files(const char *const *read, const char *const *write, char *error)
{
    const struct ruleset all = { ALL_OF_VERSION_1 | (version() >= 3 ? TRUNCATE : 0) };
    if (!sandbox_has_files(error)) return 0;
    int ruleset = (int)syscall(CREATE_RULESET, &all, sizeof all, 0), ok = ruleset >= 0;
    for (; ok && *read; read++) ok = add(ruleset, *read, EXECUTE | READ_FILE | READ_DIR);
    for (; ok && *write; write++) ok = add(ruleset, *write, all.handled);
    ok = ok && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !syscall(RESTRICT_SELF, ruleset, 0);
    if (!ok) error_set(error, "Landlock refuses: %s", strerror(errno));
    if (ruleset >= 0) close(ruleset);
    return ok;
}

/* ---- what the system has ---- */

/* the program's file, as the shell finds it; 0: nowhere */
static int find_program(const char *name, char file[PATH_MAX])
{
    char tried[PATH_MAX];
    const char *at = getenv("PATH");
    if (strchr(name, '/')) return realpath(name, file) != NULL;
    for (size_t n; at && *at; at += n + (at[n] == ':')) {
        n = strcspn(at, ":");
        if (snprintf(tried, sizeof tried, "%.*s/%s", (int)n, at, name) >= (int)sizeof tried) continue;
        if (!access(tried, X_OK) && realpath(tried, file)) return 1;
    }
    return 0;
}

/* The folder that the program of the first word of $VARIABLE is in and, of one in bin, its neighbours; how
 * many */
static int add_compiler(const char *variable, const char *usual, const char **path)
{
    static const char *const neighbours[] = { "lib", "lib64", "libexec", "include", "share" };
    static char kept[2][6][PATH_MAX + 16];
    static int compilers;
    char word[256], file[PATH_MAX];
    const char *value = getenv(variable);
    int n = 0;
    if (!value || !*value) value = usual;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(value, " \t"), value);
    char *slash = find_program(word, file) ? strrchr(file, '/') : NULL;
    if (!slash || !strncmp(file, "/usr/", 5)) return 0;
    char(*to)[PATH_MAX + 16] = kept[compilers++ % 2];
    *slash = '\0';
    snprintf(to[n], sizeof *to, "%s", file);
    path[n] = to[n], n++;
    slash = strrchr(file, '/');
    for (size_t k = 0; slash && !strcmp(slash, "/bin") && k < sizeof neighbours / sizeof *neighbours; k++) {
        snprintf(to[n], sizeof *to, "%.*s/%s", (int)(slash - file), file, neighbours[k]);
        path[n] = to[n], n++;
    }
    return n;
}

void sandbox_system_paths(const char *path[MOST_PATHS])
{
    static const char *const always[] = { "/usr",
                                          "/lib",
                                          "/lib32",
                                          "/lib64",
                                          "/libx32",
                                          "/bin",
                                          "/sbin",
                                          "/opt",
                                          "/nix/store",
                                          "/etc/ld.so.cache",
                                          "/etc/ld.so.preload",
                                          "/etc/alternatives",
                                          "/proc",
                                          "/dev/zero",
                                          "/dev/urandom",
                                          "/sys/devices/system/cpu" };
    int n = 0;
    for (size_t k = 0; k < sizeof always / sizeof *always; k++) path[n++] = always[k];
    n += add_compiler("CC", "cc", path + n);
    n += add_compiler("CXX", "c++", path + n);
    path[n] = NULL;
}
