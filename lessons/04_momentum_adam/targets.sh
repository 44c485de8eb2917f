#!/bin/sh
# targets.sh - from plots/data/amd-epyc-zen4-2core.csv: of each step that was raced there beside PyTorch and JAX, the fastest
# rung, the fastest framework, the rung's time over the framework's, and the speed that the rung has of a bare loop over the
# same arrays. Run in the repository's root.
awk -F, '
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
$column["op"] !~ /^(sgd|momentum|adam|adamw)_step$/ || $column["seconds"] == "" { next }
{
    race = sprintf("%-13s %8d  %d thread%s", $column["op"], $column["shape"], $column["threads"], $column["threads"] > 1 ? "s" : " ")
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
        if (!((race, "rung") in best)) continue
        printf "%s  %-13s %s", race, name[race, "rung"], text(best[race, "rung"])
        if ((race, "peer") in best) printf "  %-11s %s  %.3f of its time", name[race, "peer"], text(best[race, "peer"]), best[race, "rung"] / best[race, "peer"]
        else printf "  no framework"
        if ((race, "bare") in best) printf ", %3.0f %% of a bare loop", 100 * best[race, "bare"] / best[race, "rung"]
        printf "\n"
    }
}' plots/data/amd-epyc-zen4-2core.csv
