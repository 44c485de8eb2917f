#!/bin/sh
# cuda_access.sh DRIVER TABLE [floats] - does the emulator count for each row of the table what the row says? Counts are of
# the ladder's kernels, without the column sums of dense. RUNGS_CUDA names the module with the race checker. A * behind a
# rung's name: clang shows the checker other accesses than gcc, like four floats for a float4; with "floats" it is left out.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
driver=$1 table=$2 which=${3:-all} failed=0

# counts KIND: "requests transactions" of one kind of access
counts() {
    awk -F, -v kind="$1" 'NR > 1 && !/^"column_sums/ { sub(/^"[^"]*"/, ""); gsub(/"/, ""); if ($4 " " $6 == kind) { r += $8; t += $11 } }
        END { print r + 0, t + 0 }' "$work/counts.csv"
}

while read -r op rung shape expected; do
    case $op in '#'* | '') continue ;; esac
    case $which$rung in floats*\*) continue ;; esac
    rung=${rung%\*} shape=$(echo "$shape" | tr _ ' ') # a word in the table: c4_h16_w32
    if ! CUEMU_PROFILE="$work/counts.csv" "$driver" once "$op" "$rung" "$shape" >"$work/said" 2>&1; then
        cat "$work/said"
        exit 1
    fi
    got="$(counts 'global load') $(counts 'global store')"
    case $expected in *\|*) got="$got | $(counts 'shared load') $(counts 'shared store')" ;; esac
    expected=$(echo $expected) # one space between numbers
    [ "$got" = "$expected" ] && continue
    echo "FAIL  $op $rung $shape: counted $got, the table says $expected"
    failed=1
done <"$table"
[ $failed = 0 ] && echo "all counts as in $table"
exit $failed
