#!/bin/sh
# claims.sh RUNGS SOURCE SCRATCH - the page of the articles' claims is what its runs say; a page, a run or a list that is not is
# rejected. Then runs: one that is in the file is not repeated, one that is not is, with the same numbers.
set -u
RUNGS=$1
export RUNGS THREADS=1 LC_ALL=C
cd "$2" || exit 1
rm -rf "$3" && mkdir -p "$3" && work=$(cd "$3" && pwd) || exit 1
claims=lessons/claims
bad=0

fail() {
    echo "FAIL: $*"
    bad=1
}
reject() {
    what=$1
    shift
    "$@" >"$work/said" 2>&1 && fail "$what passes"
    grep -q 'the page is not what its runs say' "$work/said" || fail "$what: $(cat "$work/said")"
}

sh $claims/claims.sh check || bad=1
sed '/^| 002, results/s/99\.23/99.32/' $claims/README.md >"$work/page.md"
reject "a page with another number" sh $claims/claims.sh check "$work/page.md"
sed '/^| 7 |/d' $claims/README.md >"$work/page.md"
reject "a page without a digit" sh $claims/claims.sh check "$work/page.md"
sed '$d' $claims/README.md >"$work/page.md"
reject "a table without an end" sh $claims/claims.sh check "$work/page.md"
awk -F, -v OFS=, '$1 == "a004-mnist-500" && $3 == 2 { $10 = 0.99 } { print }' $claims/runs.csv >"$work/runs.csv"
reject "a run that was changed" env CLAIMS_RUNS="$work/runs.csv" sh $claims/claims.sh check

awk -F, 'NR == 1 { width = NF } NF != width { print "FAIL: runs.csv:" NR " has " NF " cells, not " width; bad = 1 }
    seen[$1, $2, $3]++ { print "FAIL: runs.csv:" NR " is there twice"; bad = 1 }
    END { exit bad }' $claims/runs.csv || bad=1
"$RUNGS" train --list | sed -n 's/^\(a00[^ ]*\) .*/\1/p' | while read -r name; do
    grep -q "^$name|" $claims/claims.txt || { echo "FAIL: claims.txt has no $name"; false; } || exit 1
done || bad=1

# the cheapest program, from an empty file
CLAIMS_RUNS=$work/new.csv
export CLAIMS_RUNS
sh $claims/claims.sh run a003-worked >"$work/said" 2>&1 || fail "run ended with $?: $(cat "$work/said")"
cut -d, -f1-13 "$work/new.csv" | grep '^a003-worked,' >"$work/new"
grep '^a003-worked,' $claims/runs.csv | cut -d, -f1-13 >"$work/committed"
awk -F, 'NR == FNR { for (i = 1; i <= NF; i++) was[i] = $i; next }
    { for (i = 1; i <= 13; i++) if (i == 8 || i == 9 ? ($i - was[i]) ^ 2 > 1e-12 : $i != was[i]) bad = 1 } END { exit bad || NR != 2 }' \
    "$work/committed" "$work/new" || fail "a003-worked gives $(cat "$work/new"), not $(cat "$work/committed")"
RUNGS=/bin/false sh $claims/claims.sh run a003-worked >"$work/said" 2>&1 || fail "a run that is there is repeated: $(cat "$work/said")"
sed -i '$d' "$work/new.csv"
RUNGS=/bin/false sh $claims/claims.sh run a003-worked >"$work/said" 2>&1 && fail "a run that failed is none"
[ "$(wc -l <"$work/new.csv")" = 1 ] || fail "a run that failed is kept"
sh $claims/claims.sh tabel >"$work/said" 2>&1
[ $? = 64 ] || fail "an unknown command ended otherwise: $(cat "$work/said")"
exit $bad
