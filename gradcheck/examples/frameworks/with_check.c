/* with_check.c - GC_CHECK in tests of Check. */
#include <check.h>

#include "gradients.h"

#include <gc.h>

START_TEST(right)
{
    GC_CHECK(sphere, right_gradient, point, 4);
}
END_TEST

START_TEST(wrong)
{
    GC_CHECK(sphere, wrong_gradient, point, 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradients");
    TCase *tests = tcase_create("sphere");
    tcase_add_test(tests, right);
    tcase_add_test(tests, wrong);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_VERBOSE);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
