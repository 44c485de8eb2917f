/* workspace.c - see workspace.h. */
#include "workspace.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "../base/memory.h"

struct area {
    void *memory;
    size_t bytes;
};

enum { OF_KERNEL, OF_CALLER, AREAS };

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int have_key;

static void release(void *p)
{
    struct area *areas = p;
    for (int a = 0; a < AREAS; a++) memory_huge_free(areas[a].memory, areas[a].bytes);
    free(areas);
}

static void release_at_exit(void)
{
    struct area *areas = pthread_getspecific(key); /* the main thread's; keys are only cleaned for others */
    if (areas) release(areas);
    pthread_setspecific(key, NULL);
}

static void make_key(void)
{
    have_key = !pthread_key_create(&key, release) && !atexit(release_at_exit);
}

static float *floats_in(int which, size_t n)
{
    if (pthread_once(&once, make_key) || !have_key || n > SIZE_MAX / 8) return NULL;
    struct area *areas = pthread_getspecific(key);
    if (!areas) {
        areas = calloc(AREAS, sizeof *areas);
        if (!areas || pthread_setspecific(key, areas)) {
            free(areas);
            return NULL;
        }
    }
    struct area *area = &areas[which];
    if (area->bytes < n * sizeof(float)) {
        memory_huge_free(area->memory, area->bytes);
        area->bytes = n * sizeof(float);
        area->memory = memory_huge(area->bytes);
        if (!area->memory) area->bytes = 0;
    }
    return area->memory;
}

float *workspace_floats(size_t n)
{
    return floats_in(OF_KERNEL, n);
}

float *workspace_floats_of_caller(size_t n)
{
    return floats_in(OF_CALLER, n);
}
