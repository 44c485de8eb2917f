/* peer_names.c - the peers by name and number; see row.h. */
#include "row.h"

#include <string.h>

const char *const peer_names[PEERS] = { "openblas",
                                        "blis",
                                        "onednn",
                                        "sleef",
                                        "torch_fused",
                                        "torch_foreach",
                                        "jax",
                                        "torch",
                                        "torch_channels_last",
                                        "onednn3",
                                        "onednn3_own_layout",
                                        "onednn_own_layout" };

int peer_number(const char *name)
{
    int k = 0;
    while (k < PEERS && strcmp(peer_names[k], name)) k++;
    return k;
}
