#!/bin/sh
# targets.sh [CSV...] - of each step that was raced beside PyTorch and JAX: the fastest rung, the fastest framework, the rung's
# time over the framework's, and the speed that the rung has of a bare loop over the same arrays. Without CSV: of
# plots/data/amd-epyc-zen4-2core.csv, and of zen3.csv, which `rungs bench sgd_step momentum_step adam_step adamw_step --shapes
# 10000,1000000 --threads 1,2` wrote, and `rungs bench adamw_step --shape 50000000 --threads 1 --rungs 04_avx2,05_reciprocal` and the
# like, a run for each step and number of threads. Run in the repository's root.
[ $# -gt 0 ] || set -- plots/data/amd-epyc-zen4-2core.csv lessons/04_momentum_adam/zen3.csv
awk -F, '
FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
$column["op"] !~ /^(sgd|momentum|adam|adamw|sgd_decay)_step$/ || $column["seconds"] == "" { next }
{
    race = sprintf("%-14s %8d  %d thread%s", $column["op"], $column["shape"], $column["threads"], $column["threads"] > 1 ? "s" : " ") SUBSEP FILENAME
    kind = $column["kind"]; seconds = $column["seconds"]
    if (!(race in races)) { races[race]; order[++n] = race }
    if (!((race, kind) in best) || seconds < best[race, kind]) {
        best[race, kind] = seconds
        name[race, kind] = $column["rung"]
    }
}
function text(s) { return s < 1e-4 ? sprintf("%8.2f us", 1e6 * s) : s < 1e-2 ? sprintf("%8.1f us", 1e6 * s) : sprintf("%8.1f ms", 1e3 * s) }
END {
    for (i = 1; i <= n; i++) {
        race = order[i]
        split(race, part, SUBSEP)
        if (!((race, "rung") in best)) continue
        if (part[2] != file) printf "%s%s\n", file == "" ? "" : "\n", file = part[2]
        printf "%s  %-13s %s", part[1], name[race, "rung"], text(best[race, "rung"])
        if ((race, "peer") in best) printf "  %-11s %s  %.3f of its time", name[race, "peer"], text(best[race, "peer"]), best[race, "rung"] / best[race, "peer"]
        else printf "  no framework"
        if ((race, "bare") in best) printf ", %3.0f %% of a bare loop", 100 * best[race, "bare"] / best[race, "rung"]
        printf "\n"
    }
}' "$@"
