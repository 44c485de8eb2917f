/* networks.h - the network files that are part of the program: those of networks/, so that an installed one
 * has them. */
#ifndef RUNGS_NETWORKS_H
#define RUNGS_NETWORKS_H

#include "netfile.h"

struct network_text {
    const char *name, *text; /* "fashion-mlp", and what is in networks/fashion-mlp.net */
};

extern const struct network_text network_texts[]; /* ends with name == NULL */

/* NULL if there is none of that name */
const struct network_text *network_text_find(const char *name);

/* The comment behind its first line, which says what it is; about must hold ERROR_TEXT bytes. */
const char *network_text_about(const struct network_text *t, char *about);

/* Reads one of them. A mistake in it is a fault of the program, which ends. */
void network_text_read(const char *name, struct netfile *f);

#endif
