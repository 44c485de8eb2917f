/* guard.c - guard pages around buffers; see guard.h. */
#include "guard.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_LIVE = 32, PATTERN = 0xA5 };

static struct guard *live[MAX_LIVE]; /* for the fault handler, which must say whose page it was */
static void (*report)(const char *sentence);

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

int guard_make(struct guard *g, const char *name, size_t bytes, enum guard_side side)
{
    size_t page = page_bytes(), middle = (bytes + page - 1) / page * page;
    g->name = name;
    g->bytes = bytes;
    g->pages_bytes = middle + 2 * page;
    g->pages = mmap(NULL, g->pages_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (g->pages == MAP_FAILED) return 0;
    memset(g->pages + page, PATTERN, middle);
    mprotect(g->pages, page, PROT_NONE);
    mprotect(g->pages + page + middle, page, PROT_NONE);
    g->data = g->pages + page + (side == GUARD_AT_END ? middle - bytes : 0);
    for (int i = 0; i < MAX_LIVE; i++)
        if (!live[i]) {
            live[i] = g;
            return 1;
        }
    return 1; /* not in the list: a fault is still caught, but has no name */
}

void guard_free(struct guard *g)
{
    for (int i = 0; i < MAX_LIVE; i++)
        if (live[i] == g) live[i] = NULL;
    munmap(g->pages, g->pages_bytes);
}

void guard_read_only(struct guard *g, int on)
{
    size_t page = page_bytes();
    mprotect(g->pages + page, g->pages_bytes - 2 * page, on ? PROT_READ : PROT_READ | PROT_WRITE);
}

static int is_pattern(const unsigned char *from, const unsigned char *end)
{
    for (; from < end; from++)
        if (*from != PATTERN) return 0;
    return 1;
}

int guard_intact(const struct guard *g)
{
    size_t page = page_bytes();
    return is_pattern(g->pages + page, g->data) &&
           is_pattern(g->data + g->bytes, g->pages + g->pages_bytes - page);
}

static const char *reason_of(int number)
{
    switch (number) {
    case SIGILL: return "an illegal instruction: this machine does not support it";
    case SIGFPE: return "an integer divided by zero";
    case SIGABRT: return "an assertion, or damaged memory that malloc noticed";
    default: return "memory that is not its own";
    }
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    char text[200];
    const unsigned char *at = info->si_addr;
    (void)context;
    snprintf(text, sizeof text, "crashes with signal %d (%s) at address %p", number, reason_of(number),
             (const void *)at);
    for (int i = 0; i < MAX_LIVE; i++) {
        const struct guard *g = live[i];
        if (!g || at < g->pages || at >= g->pages + g->pages_bytes) continue;
        if (at < g->data)
            snprintf(text, sizeof text, "touches %s %td bytes before its start", g->name, g->data - at);
        else if (at >= g->data + g->bytes)
            snprintf(text, sizeof text, "touches %s %td bytes past its end", g->name,
                     at - g->data - (ptrdiff_t)g->bytes);
        else
            snprintf(text, sizeof text, "writes to its input %s", g->name);
    }
    if (report) report(text);
    _exit(1);
}

void guard_watch(void (*on_fault)(const char *sentence))
{
    static unsigned char stack[1 << 16]; /* a stack overflow must be reportable too */
    stack_t alternative = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
    report = on_fault;
    sigaltstack(&alternative, NULL);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}
