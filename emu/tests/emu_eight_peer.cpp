/* emu_eight_peer.cpp - built with NVIDIA's include folder, not the emulator's. */
#include <cuda_fp8.h>
#include "emu_eight_peer.h"

int peer_to_eight(double value, int saturate, bool e4m3)
{
    return __nv_cvt_double_to_fp8(value, saturate ? __NV_SATFINITE : __NV_NOSAT,
                                  e4m3 ? __NV_E4M3 : __NV_E5M2);
}

int peer_from_eight(unsigned char code, bool e4m3)
{
    return __nv_cvt_fp8_to_halfraw(code, e4m3 ? __NV_E4M3 : __NV_E5M2).x;
}
