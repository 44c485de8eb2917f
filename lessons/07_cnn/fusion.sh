#!/bin/sh
# fusion.sh - from the races in plots/data: convolution and the ReLU beside it in two passes (02_two_passes_by_shape) and in one
# operation (by_shape), forward on the Zen 5, dx with the mask on the Zen 4; microseconds. Run in the repository's root.
one() {
    awk -F, -v op="$1" -v fused="$2" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $column["op"] != op || $column["shape"] !~ /^N64/ || $column["seconds"] == "" { next }
    {
        race = sprintf("%-16s %-32s %d", substr(op, 8), $column["shape"], $column["threads"])
        if ($column["rung"] == "02_two_passes_by_shape") { order[++n] = race; apart[race] = 1e6 * $column["seconds"] }
        if ($column["rung"] == fused) together[race] = 1e6 * $column["seconds"]
    }
    END { for (i = 1; i <= n; i++) printf "%s  %10.1f  %7.1f  %.2f\n", order[i], apart[order[i]], together[order[i]], together[order[i]] / apart[order[i]] }
    ' "plots/data/amd-epyc-$3-2core.csv"
}
printf '%-16s %-32s %s  %10s  %7s  %s\n' operation shape T "two passes" one share
one conv2d_relu_forward 07_by_shape zen5
one conv2d_relu_backward_dx 05_by_shape zen4
