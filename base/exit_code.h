/* exit_code.h - how the program ends: one number for each kind of end, the same for every verb.
 * README.md has the table. */
#ifndef RUNGS_EXIT_CODE_H
#define RUNGS_EXIT_CODE_H

enum {
    EXIT_OK = 0,         /* all is well                                                       */
    EXIT_WRONG = 1,      /* something that was checked is wrong                               */
    EXIT_USAGE = 64,     /* a bad argument, name or shape                                     */
    EXIT_INPUT = 66,     /* an input file or data set is missing or damaged                   */
    EXIT_RESOURCES = 71, /* out of memory, time, address space or processes                   */
    EXIT_OUTPUT = 74,    /* an output cannot be written                                       */
    EXIT_SKIPPED = 77    /* nothing could be done: no such device, instruction set or library */
};

#endif
