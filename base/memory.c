/* memory.c - checked and huge-page memory; see memory.h. */
#include "memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "exit_code.h"

enum { HUGE_PAGE = 2 << 20 };

/* ---- the end ---- */

static void (*tell_parent)(const char *sentence);
static __thread char purpose[128];

void memory_on_failure(void (*tell)(const char *sentence))
{
    tell_parent = tell;
}

void memory_for(const char *text)
{
    snprintf(purpose, sizeof purpose, "%s", text ? text : "");
}

void memory_fail(const char *format, ...)
{
    static int ending;
    char sentence[384];
    va_list list;
    while (__sync_lock_test_and_set(&ending, 1)) pause(); /* another thread is saying it */
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    if (tell_parent) {
        tell_parent(sentence);
        _exit(EXIT_RESOURCES);
    }
    fflush(stdout);
    fprintf(stderr, "rungs: %s\n", sentence);
    exit(EXIT_RESOURCES);
}

void *memory_need(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    if (!p)
        memory_fail("out of memory: cannot allocate %zu x %zu bytes%s%s; try smaller sizes", count, size,
                    *purpose ? " for " : "", purpose);
    return p;
}

/* ---- how much there is ---- */

/* the number of bytes after `key` in a file of /proc or /sys, whose numbers are in `unit` bytes;
 * SIZE_MAX if there is none */
static size_t bytes_after(const char *path, const char *key, size_t unit)
{
    char line[128];
    unsigned long long value;
    size_t n = strlen(key), bytes = SIZE_MAX;
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        char *end;
        if (strncmp(line, key, n)) continue;
        value = strtoull(line + n, &end, 10);
        if (end != line + n) bytes = (size_t)value * unit;
        break;
    }
    if (f) fclose(f);
    return bytes;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* what the limit leaves beside what is mapped already */
static size_t within_address_space(void)
{
    struct rlimit limit;
    size_t pages = bytes_after("/proc/self/statm", "", (size_t)sysconf(_SC_PAGESIZE));
    if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY || pages == SIZE_MAX) return SIZE_MAX;
    return limit.rlim_cur > pages ? (size_t)limit.rlim_cur - pages : 0;
}

size_t memory_available(void)
{
    size_t free_bytes = bytes_after("/proc/meminfo", "MemAvailable:", 1024),
           swap = bytes_after("/proc/meminfo", "SwapFree:", 1024);
    if (free_bytes != SIZE_MAX && swap != SIZE_MAX) free_bytes += swap;
    return least(least(free_bytes, within_address_space()),
                 bytes_after("/sys/fs/cgroup/memory.max", "", 1)); /* "max" is not a number: no limit */
}

/* ---- huge pages ---- */

static size_t pages(size_t bytes, size_t page)
{
    return (bytes + page - 1) / page * page;
}

/* what is mapped for so many bytes, of which the first *huge are on huge pages */
static size_t mapped(size_t bytes, int is_lean, size_t *huge)
{
    size_t n = bytes ? bytes : 1, rest = n % HUGE_PAGE;
    *huge = pages(n, HUGE_PAGE);
    if (!is_lean || !rest || rest > HUGE_PAGE / 2) return *huge;
    *huge = n - rest;
    return *huge + pages(rest, (size_t)sysconf(_SC_PAGESIZE));
}

static void *map(size_t bytes, int is_lean)
{
    if (bytes > SIZE_MAX / 2) return NULL;
    size_t huge, whole = mapped(bytes, is_lean, &huge);
    char *raw = mmap(NULL, whole + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    /* keep the aligned middle, give back both ends */
    char *p = (char *)(((uintptr_t)raw + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
    if (p > raw) munmap(raw, (size_t)(p - raw));
    if (raw + HUGE_PAGE > p) munmap(p + whole, (size_t)(raw + HUGE_PAGE - p));
#if defined MADV_HUGEPAGE
    if (huge) (void)madvise(p, huge, MADV_HUGEPAGE); /* advice only: without it the memory is merely slower */
#endif
    memset(p, 0, whole);
    return p;
}

void *memory_huge(size_t bytes)
{
    return map(bytes, 0);
}

void *memory_lean(size_t bytes)
{
    return map(bytes, 1);
}

static void unmap(void *p, size_t bytes, int is_lean)
{
    size_t huge;
    if (p) munmap(p, mapped(bytes, is_lean, &huge));
}

void memory_huge_free(void *p, size_t bytes)
{
    unmap(p, bytes, 0);
}

void memory_lean_free(void *p, size_t bytes)
{
    unmap(p, bytes, 1);
}
