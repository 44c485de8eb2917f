/* scale_kinds.c - see scale.h. */
#include "scale.h"

#define ALIKE(x) \
    {            \
        x, x, x  \
    }

const struct scale_kind scale_measured = { .is_measured = 1 },
                        scale_columns = { .is_measured = 1, .is_by_column = 1 },
                        scale_unit = { .mean = ALIKE(0), .deviation = ALIKE(255) },
                        scale_centred = { .mean = ALIKE(127.5f), .deviation = ALIKE(127.5f) },
                        scale_imagenet = { .channels = 3,
                                           .mean = { 255 * 0.485f, 255 * 0.456f, 255 * 0.406f },
                                           .deviation = { 255 * 0.229f, 255 * 0.224f, 255 * 0.225f } },
                        scale_raw = { .mean = ALIKE(0), .deviation = ALIKE(1) };
