/* helper_functions.h - what CUDA's samples include for arguments, time and comparisons. Images are
 * missing. */
#ifndef EMU_HELPER_FUNCTIONS_H
#define EMU_HELPER_FUNCTIONS_H
#define COMMON_HELPER_FUNCTIONS_H_

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "helper_string.h"
#include "helper_timer.h"

/* Is the distance of two arrays at most epsilon, relative to the first? */
inline bool sdkCompareL2fe(const float *reference, const float *data, unsigned count, float epsilon)
{
    double error = 0, size = 0;
    for (unsigned i = 0; i < count; i++) {
        double difference = (double)reference[i] - (double)data[i];
        error += difference * difference;
        size += (double)reference[i] * (double)reference[i];
    }
    return std::sqrt(error) <= (double)epsilon * std::sqrt(size);
}

/* May at most the part `threshold` of all elements differ by more than epsilon? */
template <class T, class S>
bool compareData(const T *reference, const T *data, unsigned count, const S epsilon, const float threshold)
{
    unsigned differing = 0;
    for (unsigned i = 0; i < count; i++)
        differing += !(std::fabs((double)reference[i] - (double)data[i]) <= (double)epsilon);
    return (float)differing <= threshold * (float)count;
}

#endif
