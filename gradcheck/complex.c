/* complex.c - the complex step: Im f(x + ih) / h, exact to rounding at any tiny h (Squire & Trapp 1998). */
#include "gc_internal.h"

void gc_test_complex(struct gc_run *run)
{
    (void)run;
}
