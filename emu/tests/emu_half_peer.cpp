/* emu_half_peer.cpp - built with NVIDIA's include folder, not the emulator's. */
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <string.h>
#include "emu_half_peer.h"

static unsigned bits_of(float value)
{
    unsigned bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static unsigned short bits_of(__half value)
{
    return __half_raw(value).x;
}

static unsigned short bits_of(__nv_bfloat16 value)
{
    return __nv_bfloat16_raw(value).x;
}

unsigned peer_from_half(unsigned short bits)
{
    __half_raw raw = { bits };
    return bits_of(__half2float(raw));
}

unsigned peer_from_bfloat16(unsigned short bits)
{
    __nv_bfloat16_raw raw = { bits };
    return bits_of(__bfloat162float(raw));
}

unsigned short peer_to_half(float value)
{
    return bits_of(__float2half_rn(value));
}

unsigned short peer_to_bfloat16(float value)
{
    return bits_of(__float2bfloat16_rn(value));
}

unsigned short peer_to_half_directed(float value, char direction)
{
    return bits_of(direction == 'z'   ? __float2half_rz(value)
                   : direction == 'd' ? __float2half_rd(value)
                                      : __float2half_ru(value));
}

unsigned short peer_double_to_half(double value)
{
    return bits_of(__double2half(value));
}

unsigned short peer_double_to_bfloat16(double value)
{
    return bits_of(__double2bfloat16(value));
}
