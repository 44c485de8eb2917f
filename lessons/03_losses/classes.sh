#!/bin/sh
# classes.sh - cross-entropy with its gradient, nanoseconds a logit against the number of classes: CSV on stdout.
#
# From the measured CSV of plots/data in which most of it was timed, one thread, warm caches; a column for each rung. Of
# shapes with the same number of classes the one with the fewest rows. Run in the repository's root.
awk -F, '
FNR == 1 { for (k in at) delete at[k]; for (i = 1; i <= NF; i++) at[$i] = i; next }
$at["op"] == "xent_with_gradient" && $at["kind"] == "rung" && $at["threads"] == 1 && $at["cache"] == "warm" &&
$at["seconds"] > 0 && $at["compiler"] !~ /^nvcc/ && $NF !~ /quick/ {
    split($at["shape"], size, "x")
    rows = size[1]; classes = size[2]; rung = $at["rung"]; key = FILENAME SUBSEP classes SUBSEP rung
    if (!(key in least) || rows < least[key]) {
        count[FILENAME] += !(key in least)
        least[key] = rows
        ns[key] = $at["seconds"] * 1e9 / (rows * classes)
    }
}
END {
    for (f in count) if (count[f] > most || (count[f] == most && f < file)) { most = count[f]; file = f }
    for (key in ns) {
        split(key, part, SUBSEP)
        if (part[1] == file) { is_classes[part[2]]; is_rung[part[3]]; value[part[2], part[3]] = ns[key] }
    }
    n = sorted(is_classes, c); m = sorted(is_rung, r)
    line = "classes"; for (j = 1; j <= m; j++) line = line "," r[j]
    print line
    for (i = 1; i <= n; i++) {
        line = c[i]
        for (j = 1; j <= m; j++) line = line "," ((c[i], r[j]) in value ? sprintf("%.4g", value[c[i], r[j]]) : "")
        print line
    }
}
# the keys of a set in ascending order, numbers by value, into list[1..]; returns how many
function sorted(set, list,    k, n, i, t) {
    for (k in set) list[++n] = k
    for (k = 2; k <= n; k++)
        for (i = k; i > 1 && list[i - 1] + 0 > list[i] + 0; i--) { t = list[i]; list[i] = list[i - 1]; list[i - 1] = t }
    return n + 0
}' plots/data/*.csv
