/* proto.h - messages of protocol buffers, written field by field: just what an ONNX file needs.
 *
 * A message is a row of fields; each is a number, its key (field << 3 | how it is written), and a value: a
 * number in 7 bits per byte, the lowest first, the last byte below 128 (0); 4 bytes (5); or a length and as
 * many bytes (2), which are a text or a message. Fields of one number may come again: they are a list.
 *
 *     struct proto model = { 0 }, graph = { 0 };
 *     proto_text(&graph, 2, "a name");
 *     proto_integer(&model, 1, 7);
 *     proto_message(&model, 7, &graph);
 */
#ifndef RUNGS_PROTO_H
#define RUNGS_PROTO_H

#include <stddef.h>
#include <stdint.h>

struct proto {
    unsigned char *bytes;
    size_t n, room;
};

void proto_integer(struct proto *p, int field, int64_t x);
void proto_float(struct proto *p, int field, float x);
void proto_text(struct proto *p, int field, const char *text);

/* Room for n bytes of that field, to be written by the caller before anything else is added. */
unsigned char *proto_bytes(struct proto *p, int field, size_t n);

/* Adds all of m as one field, and empties it. */
void proto_message(struct proto *p, int field, struct proto *m);

/* Adds the fields of m as they are, and empties it. */
void proto_fields(struct proto *p, struct proto *m);
void proto_free(struct proto *p);

#endif
