#!/bin/sh
# resident.sh - what `./rungs bench steps --memory --csv resident.csv` measured, as a table: the most MiB that a process which trains
# had resident, without its 64 images, and the rungs' over that of each framework. Run in the repository's root.
awk -F, '
NR > 1 {
    mib[$2] = ($7 - $5) / 1048576
    if ($2 != "jax") next # the last of each race
    torch = mib["torch"] < mib["torch_channels_last"] ? mib["torch"] : mib["torch_channels_last"]
    if (!header++) printf "%-20s %7s  %6s  %7s %13s %6s   %s\n", "MiB resident", "threads", "rungs", "PyTorch", "channels_last", "JAX", "of PyTorch, of JAX"
    printf "%-20s %7d  %6.1f  %7.1f %13.1f %6.1f   1/%.0f, 1/%.0f\n", $1, $3, mib["rungs"], mib["torch"], mib["torch_channels_last"],
        mib["jax"], torch / mib["rungs"], mib["jax"] / mib["rungs"]
}' lessons/07_cnn/resident.csv
