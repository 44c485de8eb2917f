/* memory.c - checked and huge-page memory; see memory.h. */
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "exit_code.h"

enum { HUGE_PAGE = 2 << 20 };

void *memory_need(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    if (!p) {
        fprintf(stderr, "rungs: out of memory: cannot allocate %zu x %zu bytes; try smaller sizes\n", count,
                size);
        exit(EXIT_RESOURCES);
    }
    return p;
}

static size_t whole_pages(size_t bytes)
{
    return (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

void *memory_huge(size_t bytes)
{
    if (bytes > SIZE_MAX / 2) return NULL;
    size_t whole = whole_pages(bytes ? bytes : 1);
    char *raw = mmap(NULL, whole + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    /* keep the aligned middle, give back both ends */
    char *p = (char *)(((uintptr_t)raw + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
    if (p > raw) munmap(raw, (size_t)(p - raw));
    if (raw + HUGE_PAGE > p) munmap(p + whole, (size_t)(raw + HUGE_PAGE - p));
#if defined MADV_HUGEPAGE
    (void)madvise(p, whole, MADV_HUGEPAGE); /* advice only: without it the memory is merely slower */
#endif
    memset(p, 0, whole);
    return p;
}

void memory_huge_free(void *p, size_t bytes)
{
    if (p) munmap(p, whole_pages(bytes ? bytes : 1));
}
