/* interrupt.c - see interrupt.h. */
#include "interrupt.h"

#include <signal.h>
#include <stdio.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
static volatile sig_atomic_t asked, child;

static void note(int number)
{
    asked = number;
    if (child > 0) kill((pid_t)child, number);
}

void interrupt_watch(void)
{
    /* SA_RESETHAND: the second one ends the program; SA_RESTART: the first one disturbs no read or write */
    struct sigaction action = { .sa_handler = note, .sa_flags = (int)SA_RESETHAND | SA_RESTART }, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (!sigaction(signals[i], NULL, &before) && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
}

int interrupt_asked(void)
{
    return asked;
}

void interrupt_pass_to(pid_t to)
{
    child = (sig_atomic_t)to;
    if (asked && child > 0) kill(to, asked); /* it came before the child did */
}

void interrupt_end(void)
{
    if (!asked) return;
    fflush(NULL);
    signal(asked, SIG_DFL);
    raise(asked);
}
