/* gradcheck_compile.c - runs the system's C compiler; see gradcheck_compile.h. */
#include "gradcheck_compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MOST_WORDS = 40 };

const char *compile_put(const char *name, const char *text, char *error)
{
    const char *path = guard_file(name);
    FILE *f = path ? fopen(path, "w") : NULL;
    int fine = f && fputs(text, f) >= 0;
    if (f) fine &= !fclose(f);
    if (fine) return path;
    error_set(error, "the temporary file %s cannot be written: %s", path ? path : name, strerror(errno));
    gradcheck_ends(EXIT_OUTPUT);
    return NULL;
}

static unsigned most_seconds; /* of CPU time; 0: no limit */
static size_t most_bytes;

void compile_limit(unsigned cpu_seconds, size_t bytes)
{
    most_seconds = cpu_seconds, most_bytes = bytes;
}

/* In the child. Limits are those of the compiler's own children, too, which may outlive it. */
static void become_compiler(void *arg)
{
    char *const *words = arg;
    const struct rlimit cpu = { most_seconds, most_seconds }, memory = { most_bytes, most_bytes };
    if (most_seconds) setrlimit(RLIMIT_CPU, &cpu), setrlimit(RLIMIT_DATA, &memory);
    execvp(words[0], words);
    fprintf(stderr, "%s\n", strerror(errno));
    _exit(127);
}

/* $CC may be more than one word, like "ccache gcc" */
int compile_words(char *buffer, size_t room, const char **word)
{
    const char *cc = getenv("CC");
    int n = 0;
    snprintf(buffer, room, "%s", cc && *cc ? cc : "cc");
    for (char *p = strtok(buffer, " \t"); p && n < MOST_WORDS / 2; p = strtok(NULL, " \t")) word[n++] = p;
    if (!n) word[n++] = "cc";
    return n;
}

/* the beginning of the line with the first error, or of all if there is none */
static const char *first_error(const char *said)
{
    const char *at = strstr(said, "error");
    while (at && at > said && at[-1] != '\n') at--;
    return at ? at : said;
}

/* the first lines of what the compiler said, indented, at most `room` bytes */
static void quote(const char *said, char *text, size_t room)
{
    enum { LINES = 8 };
    size_t n = 0;
    for (int line = 0; *said && line < LINES; line++) {
        int length = (int)strcspn(said, "\n");
        int wrote = snprintf(text + n, room - n, "\n    %.*s", length < 200 ? length : 200, said);
        if (wrote < 0 || (size_t)wrote >= room - n) return;
        n += (size_t)wrote;
        said += length + (said[length] == '\n');
    }
}

static struct guard g; /* of the compiler that ran last */

const char *compile_said(void)
{
    return g.err.head;
}

int compile_run(const char *const *word, const char *advice, const char *source, const char *to, char *error,
                size_t room)
{
    g = (struct guard){ .seconds = most_seconds ? 3.0 * most_seconds : 120 };
    guard_run(&g, become_compiler, (void *)word);
    if (g.end == GUARD_EXIT && g.code == 0 && !access(to, R_OK)) return 1;
    if (g.end == GUARD_EXIT && g.code == 127) {
        snprintf(error, room, "the compiler '%s' cannot be started; %s", word[0], advice);
        gradcheck_ends(EXIT_SKIPPED);
    } else if (g.end == GUARD_LATE) {
        snprintf(error, room, "the compiler did not end within %g seconds", g.seconds);
        gradcheck_ends(most_seconds ? EXIT_WRONG : EXIT_RESOURCES);
    } else if (g.end == GUARD_NO_CHILD) {
        snprintf(error, room, "cannot start a process for the compiler: the system refused");
        gradcheck_ends(EXIT_RESOURCES);
    } else {
        int used = snprintf(error, room, "%s does not compile; %s says", source, word[0]);
        if (used > 0 && (size_t)used < room)
            quote(first_error(g.err.head), error + used, room - (size_t)used);
    }
    return 0;
}

int compile_library_from(const char *input, const char *source, const char *to, const char *const *more,
                         char *error, size_t room)
{
    static const char *const always[] = { "-O2", "-fPIC", "-shared", "-o", NULL };
    const char *word[MOST_WORDS + 1];
    char compiler[512];
    int n = compile_words(compiler, sizeof compiler, word);
    for (const char *const *w = always; *w; w++) word[n++] = *w;
    word[n++] = to;
    for (; *more && n < MOST_WORDS - 2; more++) word[n++] = *more;
    word[n++] = input;
    word[n++] = "-lm";
    word[n] = NULL;
    return compile_run(word, "set CC, or install one: apt install gcc", source, to, error, room);
}

int compile_library(const char *source, const char *to, const char *const *more, char *error, size_t room)
{
    return compile_library_from(source, source, to, more, error, room);
}
