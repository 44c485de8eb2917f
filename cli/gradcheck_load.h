/* gradcheck_load.h - opens a shared object, in a child: its constructors are a stranger's code. */
#ifndef RUNGS_GRADCHECK_LOAD_H
#define RUNGS_GRADCHECK_LOAD_H

/* dlopen and dlsym, with sentences; NULL with error set */
void *library_open(const char *path, char *error);
void *library_symbol(void *library, const char *path, const char *name, char *error);

/* The same for a file that has another name for people: what they wrote, and what was compiled from it. */
void *library_open_as(const char *path, const char *shown, char *error);
void *library_symbol_as(void *library, const char *path, const char *shown, const char *name, char *error);

#endif
