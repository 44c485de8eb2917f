/* tex.h - the formulas of the texts, for terminals.
 *
 * What the lessons use of TeX's mathematics is understood: letters and signs by name, scripts, \frac, \sqrt,
 * \hat, \bar, \text, \left and \right, cases and bmatrix. What is not gets a sentence, so that no page shows
 * half a formula.
 */
#ifndef RUNGS_TEX_H
#define RUNGS_TEX_H

#include "../base/error.h"

/* The formula in one line, "\frac{\partial L}{\partial z}" as "∂L/∂z". Free it. NULL with error set. */
char *tex_line(const char *tex, char *error);

/* The formula as it is printed: numerators above their bars, scripts lower and higher. Line ends separate its
 * rows. Free it. NULL with error set. */
char *tex_block(const char *tex, char *error);

#endif
