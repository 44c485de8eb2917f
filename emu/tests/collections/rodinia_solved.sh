#!/bin/sh
# rodinia_solved.sh MATRIX OUTPUT - does the solution at the end of what Rodinia's gaussian prints solve the system?
awk '
    FNR == NR && NF == 0 { part++; next }
    FNR == NR && part == 0 { n = $1; next }
    FNR == NR && part == 1 { rows++; for (j = 1; j <= n; j++) a[rows, j] = $j; next }
    FNR == NR && part == 2 { for (j = 1; j <= n; j++) b[j] = $j; next }
    FNR == NR { next }
    /final solution/ { found = 1; next }
    found && NF && m < n { for (j = 1; j <= NF; j++) x[++m] = $j }
    END {
        if (m != n || n < 1) { print "the solution has " m + 0 " numbers, not " n; exit 1 }
        for (i = 1; i <= n; i++) {
            sum = -b[i]
            for (j = 1; j <= n; j++) sum += a[i, j] * x[j]
            if (!(sum < 0.5 && sum > -0.5)) { print "row " i " is wrong by " sum; exit 1 }
        }
    }' "$1" "$2"
