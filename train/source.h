/* source.h - where a reader's bytes come from: a file, plain or gzip, or memory. Readers ask only this
 * interface, so a fuzzer and a file go through the same parsing.
 *
 * A gzip file (RFC 1952) is read to its very end and believed only if every member's CRC-32 and length, in
 * its last eight bytes, are there and right: gzread() of zlib takes a file that lost some of them for a whole
 * one. Members that follow each other are one text, as in gzip(1); zeros may follow the last (tapes leave
 * them there), and nothing else.
 */
#ifndef RUNGS_SOURCE_H
#define RUNGS_SOURCE_H

#include <stddef.h>
#include "../base/error.h"

struct source {
    const char *name;         /* for sentences; the caller's, it must outlive the source      */
    struct source_file *file; /* NULL when reading memory                                     */
    const unsigned char *at;  /* memory: what has not been read yet                           */
    size_t left;
    char reason[ERROR_TEXT]; /* not empty once a read has failed                             */
};

/* Opens a regular file, plain or gzip (which one, its first bytes tell); 0 and a sentence if that fails. */
int source_open(struct source *s, const char *path, char *error);

/* The same, but its bytes come as they lie there, packed or not. */
int source_open_packed(struct source *s, const char *path, char *error);

/* Reads from bytes[0..n-1], which must stay there. */
void source_memory(struct source *s, const char *name, const void *bytes, size_t n);

/* Up to n bytes into `into`; fewer only at the end of the data or after an error, which leaves a sentence in
 * s->reason. Only a read that returned fewer has seen the end, and so a gzip file's checksum. */
size_t source_read(struct source *s, void *into, size_t n);

void source_close(struct source *s);

/* `promised` bytes that a header claims, in memory that grows only as they arrive, so that a lying header
 * costs nothing. The data must end there. NULL and a sentence if it does not, or on an error; free() it. */
unsigned char *source_read_rest(struct source *s, size_t promised, char *error);

/* All that is left, *n bytes. NULL and a sentence on an error; free() it. */
unsigned char *source_read_all(struct source *s, size_t *n, char *error);

#endif
