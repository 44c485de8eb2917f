/* textures.h - what textures and surfaces have in common. */
#ifndef EMU_SRC_TEXTURES_H
#define EMU_SRC_TEXTURES_H

#include "arrays.h"
#include "emu/texture_objects.h"
#include "emu/textures.h"

namespace emu
{

/* Elements in memory, however they came there. */
struct Elements {
    cudaChannelFormatDesc channel;
    const cudaArray *array; /* nullptr: of cudaMalloc */
    char *memory;
    size_t element, pitch, slice;
    int width, height, depth; /* depth also counts layers and faces */
    int components;
    Where where;
};

/* The elements of an array, or an error after a finding. */
cudaError_t elements_of(const Call &call, const cudaArray *array, Elements *elements);

/* Does this kind of access fit the array? If not, what would: "tex2D"; else nullptr */
const char *fitting(const Elements &elements, Fetch fetch, bool surface);

} // namespace emu
#endif
