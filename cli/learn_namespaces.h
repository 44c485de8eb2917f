/* learn_namespaces.h - user, mount, network and process namespaces, where the system lets anybody make them:
 * what is compiled and run in them has no network, sees no other process, and not the folder of the class.
 * They come on top of the filter of system calls (learn_sandbox.h), which is there in any case. */
#ifndef RUNGS_LEARN_NAMESPACES_H
#define RUNGS_LEARN_NAMESPACES_H

#include "../base/error.h"

/* Tries it: 1 if a process may enter such namespaces, in which the folder is empty; else 0, and error says
 * why not. */
int namespaces_there(const char *hidden, char *error);

/* What follows runs in a new process in them; the one that called ends when that does, with its exit code or
 * 128 and its signal. Once namespaces_there has said yes; ends the process with 126 if it is not so. */
void namespaces_enter(const char *hidden);

#endif
