#!/bin/sh
# clothes.sh sweep|curves|best - from clothes.csv, which `./rungs lesson 4 clothes` made in minutes: CSV of the median loss at
# each rate, a column for each optimizer; CSV of the way there, each at its best rate; the best rates in words. The best rate
# is that of the lowest median loss. Run in the repository's root.
awk -F, -v mode="$1" '
NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^loss_to_/) { mark[++marks] = substr($i, 9); column[marks] = i }; next }
!($1 in best) { name[++n] = $1 }
!($2 in seen) { seen[$2] = 1; rate[++rates] = $2 }
{ loss[$1, $2] = $4 }
$4 != "inf" && (!($1 in best) || $4 + 0 < least[$1]) { best[$1] = $2; least[$1] = $4 + 0; line[$1] = $0 }
!($1 in best) { best[$1] = $2; least[$1] = 1e300 }
END {
    if (mode == "best") {
        printf "%-11s %9s   %-26s %s\n", "optimizer", "best rate", "loss, five seeds", "right of 2000 others"
        for (i = 1; i <= n; i++) {
            split(line[name[i]], f, ",")
            printf "%-11s %9s   %.3f [%.3f, %.3f]       %4.1f %% [%.1f, %.1f]\n", name[i], f[2], f[4], f[3], f[5], 100 * f[7], 100 * f[6], 100 * f[8]
        }
        exit
    }
    printf (mode == "sweep" ? "rate" : "steps")
    for (i = 1; i <= n; i++) printf ",%s", name[i]
    print ""
    for (k = 1; k <= (mode == "sweep" ? rates : marks); k++) {
        printf "%s", (mode == "sweep" ? rate[k] : mark[k])
        for (i = 1; i <= n; i++) {
            split(line[name[i]], f, ",")
            value = mode == "sweep" ? loss[name[i], rate[k]] : f[column[k]]
            printf ",%s", (value == "inf" || value + 0 > 100 ? "" : value)
        }
        print ""
    }
}' "${2:-lessons/04_momentum_adam/clothes.csv}"
