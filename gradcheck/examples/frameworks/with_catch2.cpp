/* with_catch2.cpp - GC_CHECK in tests of Catch2: version 2, which is one header, or version 3, with
 * -lCatch2Main -lCatch2. */
#if defined __has_include && __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif

#include "gradients.h"

#include <gc.h>

TEST_CASE("right")
{
    GC_CHECK(sphere, right_gradient, point, 4);
}

TEST_CASE("wrong")
{
    GC_CHECK(sphere, wrong_gradient, point, 4);
}
