/* fetch.h - downloads a data set with the curl program, so that what lands in its
 * place is whole and right. */
#ifndef RUNGS_FETCH_H
#define RUNGS_FETCH_H

#include <stdio.h>
#include "data.h"

/* Gets the four files (.gz) of a set, or its archive, which is read as it is, into a folder, which is made
 * if need be. from: another mirror's address, or NULL for the set's own mirrors, tried in turn. A file that
 * is there and right is left alone. Each download goes to NAME.part, where a later call resumes it, and
 * gets its name only after the SHA-256 of its unpacked bytes, or of the packed ones if it is those that are
 * known, has been found right. Says on `tell` what it does. EXIT_OK; or, and a sentence, EXIT_OUTPUT if the
 * folder cannot be used, EXIT_INPUT if a file could not be had, or the set has no mirrors. */
int fetch_set(const struct data_set *set, const char *from, const char *folder, FILE *tell, char *error);

#endif
