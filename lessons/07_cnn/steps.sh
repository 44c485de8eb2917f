# steps.sh - what `./rungs bench steps --csv steps.csv` measured, as a table: milliseconds for a step, and the rungs' time over that
# of the fastest framework. sh lessons/07_cnn/steps.sh
awk -F, '
    BEGIN { printf "%-20s %7s  %6s  %7s %13s %6s   %s\n", "64 images, ms a step", "threads", "rungs", "PyTorch", "channels_last", "JAX", "share" }
    NR > 1 {
        at = $3 == "rung" ? "rungs" : $2
        ms[at] = 1000 * $9
        if (at != "jax") next # the last of each race
        best = ms["torch"]
        if (ms["torch_channels_last"] < best) best = ms["torch_channels_last"]
        if (ms["jax"] < best) best = ms["jax"]
        printf "%-20s %7d  %6.2f  %7.2f %13.2f %6.2f   %.2f\n", $4, $5, ms["rungs"], ms["torch"], ms["torch_channels_last"], ms["jax"], ms["rungs"] / best
    }' lessons/07_cnn/steps.csv
