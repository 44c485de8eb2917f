/* access_request.cpp - what the memory makes of one request: see access.h. */
#include <algorithm>
#include <vector>
#include "access.h"

namespace emu
{

static unsigned distinct(std::vector<uintptr_t> &values)
{
    std::sort(values.begin(), values.end());
    return (unsigned)(std::unique(values.begin(), values.end()) - values.begin());
}

/* The pieces of `grain` bytes that the lanes first .. first+count-1 touch, each as
 * often as lanes touch it. */
static std::vector<uintptr_t> pieces(const WarpRequest &r, unsigned grain, unsigned first, unsigned count)
{
    std::vector<uintptr_t> found;
    for (unsigned lane = first; lane < first + count; lane++)
        if (r.lanes >> lane & 1)
            for (uintptr_t p = r.address[lane] / grain; p <= (r.address[lane] + r.size - 1) / grain; p++)
                found.push_back(p);
    return found;
}

unsigned sectors_of(const WarpRequest &request)
{
    std::vector<uintptr_t> sectors = pieces(request, 32, 0, 32);
    return distinct(sectors);
}

unsigned ideal_sectors_of(const WarpRequest &request)
{
    uintptr_t odd = request.size;
    for (unsigned lane = 0; lane < 32; lane++)
        if (request.lanes >> lane & 1) odd |= request.address[lane];
    unsigned grain = odd % 4 ? 1 : 4;
    std::vector<uintptr_t> different = pieces(request, grain, 0, 32);
    return (distinct(different) * grain + 31) / 32;
}

/* How many lanes share a wavefront at best. */
static unsigned lanes_together(unsigned size)
{
    return size <= 4 ? 32 : size <= 8 ? 16 : 8;
}

unsigned wavefronts_of(const WarpRequest &request)
{
    unsigned total = 0, together = lanes_together(request.size);
    for (unsigned first = 0; first < 32; first += together) {
        std::vector<uintptr_t> words = pieces(request, 4, first, together);
        words.resize(distinct(words));
        unsigned in_bank[32] = {}, most = 0;
        for (uintptr_t word : words) most = std::max(most, ++in_bank[word % 32]);
        total += most;
    }
    return total;
}

unsigned ideal_wavefronts_of(const WarpRequest &request)
{
    unsigned total = 0, together = lanes_together(request.size);
    for (unsigned first = 0; first < 32; first += together)
        total += (request.lanes >> first & (together == 32 ? ~0u : (1u << together) - 1)) != 0;
    return total;
}

unsigned same_address(const WarpRequest &request)
{
    unsigned most = 0;
    for (unsigned lane = 0; lane < 32; lane++) {
        unsigned same = 0;
        for (unsigned other = 0; other < 32; other++)
            same += request.lanes >> other & 1 && request.address[other] == request.address[lane];
        if (request.lanes >> lane & 1) most = std::max(most, same);
    }
    return most;
}

} // namespace emu
