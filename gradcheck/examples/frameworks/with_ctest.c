/* with_ctest.c - no framework: a program that ends by abort(), with the report on stderr, is a failed test of
 * CTest.
 *
 *     add_test(NAME right COMMAND with_ctest right)
 *     add_test(NAME wrong COMMAND with_ctest wrong) */
#include <string.h>

#include "gradients.h"

#include <gc.h>

int main(int argc, char **argv)
{
    GC_CHECK(sphere, right_gradient, point, 4);
    if (argc > 1 && !strcmp(argv[1], "wrong")) GC_CHECK(sphere, wrong_gradient, point, 4);
    return 0;
}
