#!/bin/sh
# targets.sh [zen4] - from plots/data/amd-epyc-zen5-2core.csv: of each convolution and max-pooling that was raced there beside
# libraries, the fastest rung, the fastest library that is handed plain tensors, and the rung's time over the library's. With zen4: of
# pooling, of the way back through the ReLU, and of batch norm, from amd-epyc-zen4-2core.csv. `aim` is the share that was aimed at,
# where one was. Run in the repository's root.
case ${1:-zen5} in
zen5) ops='^(conv2d_(forward|backward_d[xw])|maxpool_forward)$' wide=15 ;;
zen4) ops='^(maxpool_(forward|backward)|avgpool_(forward|backward)|batch_norm_(forward|backward)|conv2d_relu_backward_dx)$' wide=19 ;;
*) echo "targets.sh: there is no $1; say zen4, or nothing" >&2; exit 64 ;;
esac
awk -F, -v ops="$ops" -v wide="$wide" '
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
$column["op"] !~ ops || $column["seconds"] == "" { next }
$column["rung"] ~ /_own_layout$/ { next } # it reads and writes other arrays than the rungs
{
    op = $column["op"]; sub(/^conv2d_/, "", op)
    race = sprintf("%-" wide "s %-39s %d", op, $column["shape"], $column["threads"])
    kind = $column["kind"]; seconds = $column["seconds"]
    if (!(race in races)) { races[race]; order[++n] = race }
    if (!((race, kind) in best) || seconds < best[race, kind]) {
        best[race, kind] = seconds
        name[race, kind] = $column["rung"]
    }
}
END {
    aim["batch_norm_forward"] = "  0.25"; aim["batch_norm_backward"] = "  0.50"; aim["maxpool_forward"] = "  0.50"
    printf "%-" wide "s %-39s %s  %-21s %8s  %-19s %8s  %s\n", "operation", "shape", "T", "rung", "us", "library", "us", "share   aim"
    for (i = 1; i <= n; i++) {
        race = order[i]; split(race, word, " ")
        printf "%s  %-21s %8.1f  %-19s %8.1f  %5.2f%s\n", race, name[race, "rung"], 1e6 * best[race, "rung"],
            name[race, "peer"], 1e6 * best[race, "peer"], best[race, "rung"] / best[race, "peer"], aim[word[1]]
    }
}' "plots/data/amd-epyc-${1:-zen5}-2core.csv"
