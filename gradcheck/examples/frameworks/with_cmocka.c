/* with_cmocka.c - GC_CHECK in tests of cmocka. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gradients.h"

#include <gc.h>

static void right(void **state)
{
    (void)state;
    GC_CHECK(sphere, right_gradient, point, 4);
}

static void wrong(void **state)
{
    (void)state;
    GC_CHECK(sphere, wrong_gradient, point, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(right), cmocka_unit_test(wrong) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
