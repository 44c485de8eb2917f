/* with_googletest.cpp - GC_CHECK in tests of GoogleTest; link with -lgtest -lgtest_main -pthread. */
#include <gtest/gtest.h>

#include "gradients.h"

#include <gc.h>

TEST(Sphere, Right)
{
    GC_CHECK(sphere, right_gradient, point, 4);
}

TEST(Sphere, Wrong)
{
    GC_CHECK(sphere, wrong_gradient, point, 4);
}
