#!/bin/sh
# norm.sh chart|best - from norm_sweep.csv, which `./rungs lesson 6 norm` made in minutes: CSV of the share of wrong guesses and of
# the loss at each rate, a column for each network; each network at its best rate, that of the lowest mean loss. Run in the
# repository's root.
awk -F, -v mode="$1" '
NR == 1 { next }
!($1 in least) { name[++n] = $1; least[$1] = 1e300 }
!($2 in seen) { seen[$2] = 1; rate[++rates] = $2 }
{ wrong[$1, $2] = $5; loss[$1, $2] = $8 }
$8 != "inf" && $8 + 0 < least[$1] { least[$1] = $8 + 0; line[$1] = $0 }
END {
    if (mode == "best") {
        printf "%-13s %9s   %-24s %-24s %s\n", "network", "best rate", "loss of others", "wrong about others", "wrong about the 2,000"
        for (i = 1; i <= n; i++) {
            split(line[name[i]], f, ",")
            printf "%-13s %9s   %.3f [%.3f, %.3f]     %4.1f %% [%.1f, %.1f]      %4.1f %%\n", name[i], f[2], f[8], f[7], f[9], 100 * f[5], 100 * f[4], 100 * f[6], 100 * f[3]
        }
        exit
    }
    printf "rate"
    for (i = 1; i <= n; i++) printf ",wrong_%s", name[i]
    for (i = 1; i <= n; i++) printf ",loss_%s", name[i]
    print ""
    for (r = 1; r <= rates; r++) {
        printf "%s", rate[r]
        for (i = 1; i <= n; i++) printf ",%s", (loss[name[i], rate[r]] == "inf" ? "" : wrong[name[i], rate[r]])
        for (i = 1; i <= n; i++) printf ",%s", (loss[name[i], rate[r]] + 0 < 10 && loss[name[i], rate[r]] != "inf" ? loss[name[i], rate[r]] : "")
        print ""
    }
}' "${2:-lessons/06_dropout/norm_sweep.csv}"
