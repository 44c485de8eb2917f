#!/bin/sh
# cuda_access.sh DRIVER TABLE [LAST] - does the emulator count for each rung of the table what the table says? Counts are of the
# product's kernel and what runs before it, not of the column sums. RUNGS_CUDA names the module with the race checker. LAST
# is the number of the last rung to look at: clang shows the checker a float4 as four floats, so that it stops at 04.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
driver=$1 table=$2 last=${3:-99} failed=0

# counts KIND: "requests transactions" of one kind of access
counts() {
    awk -F, -v kind="$1" 'NR > 1 && $1 !~ /column_sums/ { gsub(/"/, ""); if ($4 " " $6 == kind) { r += $8; t += $11 } }
        END { print r + 0, t + 0 }' "$work/counts.csv"
}

while read -r op rung expected; do
    case $op in '#'* | '') continue ;; esac
    [ "${rung%%_*}" -le "$last" ] || continue
    if ! CUEMU_PROFILE="$work/counts.csv" "$driver" once "$op" "$rung" 128x128x128 >"$work/said" 2>&1; then
        cat "$work/said"
        exit 1
    fi
    got="$(counts 'global load') $(counts 'global store')"
    case $expected in *\|*) got="$got | $(counts 'shared load') $(counts 'shared store')" ;; esac
    expected=$(echo $expected) # one space between numbers
    [ "$got" = "$expected" ] && continue
    echo "FAIL  $op $rung: counted $got, the table says $expected"
    failed=1
done <"$table"
[ $failed = 0 ] && echo "all counts as in $table"
exit $failed
