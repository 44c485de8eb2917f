/* stubs.c - removed when every verb has its file. */
#include "verbs.h"
#define STUB(v) int v(int c, char **a) { (void)c, (void)a; return args_refuse(#v, "not built yet"); }
STUB(verb_plot)
