/* format.h - what the reports share: text made safe, indices, numbers, and what a
 * verdict means for its reader. */
#ifndef GC_FORMAT_H
#define GC_FORMAT_H

#include "gc.h"

/* The character that *text begins with; moves on. 0xfffd for what is not UTF-8, 0 at the end of the text. */
uint32_t gc_utf8(const char **text);

/* Writes text with control characters and broken UTF-8 replaced by '?', so that a name
 * cannot steer a terminal. */
void gc_put_plain(FILE *f, const char *text);

/* A JSON string with its quotes, in UTF-8 whatever bytes the text is made of. */
void gc_put_json(FILE *f, const char *text);

/* A number that reads back as the same double, with a point in every locale. NaN and the infinities are
 * "nan", "inf" and "-inf". */
enum { GC_NUMBER = 40 };
const char *gc_number(double x, char text[GC_NUMBER]);

/* "[2,1,0,1]" for a flat index; "" in a tensor that is one number. */
enum { GC_INDEX = GC_MAX_DIMS * 21 + 3 };
const char *gc_index(const gc_tensor_result *t, size_t flat, char text[GC_INDEX]);

/* |analytic - numeric| in units of the tensor's scale: 0 where they are equal, NaN where one of them is. */
double gc_relative(const gc_tensor_result *t, double analytic, double numeric);

/* The size that errors of this comparison are measured in, never 0. */
double gc_scale(const gc_tensor_result *t, double analytic, double numeric);

/* The sample at this flat index, NULL if it was not looked at. */
const gc_sample *gc_sample_at(const gc_tensor_result *t, size_t flat);

/* What this result's verdict says about the code, and what its reader can do now; "" after a PASS or FAIL. */
const char *gc_meaning(const gc_result *r);
const char *gc_next_step(const gc_result *r);

/* 0, or -1 if something could not be written to f. */
int gc_written(FILE *f);

#endif
