/* emu_half_peer.h - NVIDIA's own conversions on the host, behind types that both sides know. */
#ifndef EMU_HALF_PEER_H
#define EMU_HALF_PEER_H

unsigned peer_from_half(unsigned short bits); /* a float's bits */
unsigned peer_from_bfloat16(unsigned short bits);
unsigned short peer_to_half(float value);
unsigned short peer_to_bfloat16(float value);
unsigned short peer_to_half_directed(float value, char direction); /* 'z', 'd', 'u' */
unsigned short peer_double_to_half(double value);
unsigned short peer_double_to_bfloat16(double value);

#endif
