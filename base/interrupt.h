/* interrupt.h - Ctrl-C in the middle of long work: what is finished is kept and said,
 * and then the program ends.
 *
 *     interrupt_watch();
 *     while (work && !interrupt_asked()) ...
 *     ... keep and say what there is ...
 *     if (interrupt_asked()) interrupt_end();
 */
#ifndef RUNGS_INTERRUPT_H
#define RUNGS_INTERRUPT_H

#include <sys/types.h>

/* From now on SIGINT, SIGTERM and SIGHUP are only noted, unless they were ignored before; a second one
 * ends the program at once. */
void interrupt_watch(void);

/* The number of the signal that came, 0 if none did. */
int interrupt_asked(void);

/* From now on the first signal also goes to this child, that it ends too; 0: to none. */
void interrupt_pass_to(pid_t child);

/* Ends the program by that signal, so that the shell sees why it ended; flushes
 * first. Returns if none came. */
void interrupt_end(void);

#endif
