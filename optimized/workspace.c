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

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int have_key;

static void release(void *p)
{
    struct area *area = p;
    memory_huge_free(area->memory, area->bytes);
    free(area);
}

static void release_at_exit(void)
{
    struct area *area = pthread_getspecific(key); /* the main thread's; keys are only cleaned for others */
    if (area) release(area);
    pthread_setspecific(key, NULL);
}

static void make_key(void)
{
    have_key = !pthread_key_create(&key, release) && !atexit(release_at_exit);
}

float *workspace_floats(size_t n)
{
    if (pthread_once(&once, make_key) || !have_key || n > SIZE_MAX / 8) return NULL;
    struct area *area = pthread_getspecific(key);
    if (!area) {
        area = calloc(1, sizeof *area);
        if (!area || pthread_setspecific(key, area)) {
            free(area);
            return NULL;
        }
    }
    if (area->bytes < n * sizeof(float)) {
        memory_huge_free(area->memory, area->bytes);
        area->bytes = n * sizeof(float);
        area->memory = memory_huge(area->bytes);
        if (!area->memory) area->bytes = 0;
    }
    return area->memory;
}
