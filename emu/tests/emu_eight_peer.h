/* emu_eight_peer.h - NVIDIA's own conversions of 8-bit numbers on the host, behind types that both
 * sides know. */
#ifndef EMU_EIGHT_PEER_H
#define EMU_EIGHT_PEER_H

int peer_to_eight(double value, int saturate, bool e4m3);
int peer_from_eight(unsigned char code, bool e4m3); /* a half's bits */

#endif
