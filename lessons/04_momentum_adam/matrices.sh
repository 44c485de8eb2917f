#!/bin/sh
# matrices.sh - from matrices.csv, which `./rungs lesson 4 matrices` made: each at its best rate, that of the lowest median
# loss; and after how many steps the mean loss of 40 batches is as low as Adam's last, in steps and in what they cost. A step of
# training is 1; five steps of Newton-Schulz are 7.3 (`./rungs lesson 4 bill`), twelve 12/5 of that. Run in the repository's root.
sh lessons/04_momentum_adam/clothes.sh best lessons/04_momentum_adam/matrices.csv
awk -F, '
BEGIN { cost["Muon"] = cost["polar"] = 7.3; cost["exact"] = 7.3 * 12 / 5 }
NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^loss_to_/) { mark[++marks] = substr($i, 9); column[marks] = i }; next }
!($1 in least) { name[++n] = $1; least[$1] = 1e300 }
$4 != "inf" && $4 + 0 < least[$1] { least[$1] = $4 + 0; line[$1] = $0 }
END {
    split(line["Adam"], f, ",")
    goal = f[column[marks]]
    printf "a mean loss of %s within 40 batches\n", goal
    for (i = 1; i <= n; i++) {
        split(line[name[i]], f, ",")
        for (k = 1; k <= marks && f[column[k]] + 0 > goal + 0; k++);
        if (k > marks) { printf "  %-14s not in %d steps\n", name[i], mark[marks]; continue }
        printf "  %-14s by step %3d, at the cost of %4.0f\n", name[i], mark[k], mark[k] * (1 + cost[name[i]])
    }
}' lessons/04_momentum_adam/matrices.csv
