#!/bin/sh
# targets.sh - from plots/data/amd-epyc-zen5-2core.csv: of each convolution and pooling that was raced there beside libraries, the
# fastest rung, the fastest library that is handed plain tensors, and the rung's time over the library's. Run in the
# repository's root.
awk -F, '
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
$column["op"] !~ /^(conv2d_(forward|backward_d[xw])|maxpool_forward)$/ || $column["seconds"] == "" { next }
$column["rung"] ~ /_own_layout$/ { next } # it reads and writes other arrays than the rungs
{
    op = $column["op"]; sub(/^conv2d_/, "", op)
    race = sprintf("%-15s %-39s %d", op, $column["shape"], $column["threads"])
    kind = $column["kind"]; seconds = $column["seconds"]
    if (!(race in races)) { races[race]; order[++n] = race }
    if (!((race, kind) in best) || seconds < best[race, kind]) {
        best[race, kind] = seconds
        name[race, kind] = $column["rung"]
    }
}
END {
    printf "%-15s %-39s %s  %-20s %8s  %-19s %8s  %s\n", "operation", "shape", "T", "rung", "us", "library", "us", "share"
    for (i = 1; i <= n; i++) {
        race = order[i]
        printf "%s  %-20s %8.1f  %-19s %8.1f  %.2f\n", race, name[race, "rung"], 1e6 * best[race, "rung"],
            name[race, "peer"], 1e6 * best[race, "peer"], best[race, "rung"] / best[race, "peer"]
    }
}' plots/data/amd-epyc-zen5-2core.csv
