/* judged.c - what a function that judges asks for; see judged.h. */
#include "judged.h"

size_t channel_used(const struct channel *c)
{
    size_t end = 0;
    if (c->arrays < 0 || c->arrays > CHANNEL_ARRAYS) return CHANNEL_BYTES + 1;
    for (int k = 0; k < c->arrays; k++) {
        if (c->bytes[k] > CHANNEL_BYTES || c->at[k] > CHANNEL_BYTES - c->bytes[k] || c->at[k] % 16)
            return CHANNEL_BYTES + 1;
        if (c->at[k] + c->bytes[k] > end) end = c->at[k] + c->bytes[k];
    }
    return end;
}

const char *judged_serve(const struct judging *j, struct channel *c)
{
    struct handed h = {
        .which = c->which, .arrays = c->arrays, .seed = j->seed, .state = j->state, .said = j->said
    };
    memcpy(h.size, c->size, sizeof h.size);
    memcpy(h.scalar, c->scalar, sizeof h.scalar);
    for (int k = 0; k < c->arrays; k++) h.array[k] = c->data + c->at[k], h.bytes[k] = c->bytes[k];
    const char *sentence = j->judged->serve(j->version, &h);
    memcpy(c->size, h.size, sizeof h.size);
    memcpy(c->scalar, h.scalar, sizeof h.scalar);
    return sentence;
}
