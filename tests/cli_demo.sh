#!/bin/sh
# cli_demo.sh PROGRAM COUNTS WORK - the demo from end to end on a made-up data set of 200 images; then with neither a data
# set that can be read nor gnuplot, where what is left must still be done and the exit code must say so. What the demo says in
# numbers is compared with the table of operations (COUNTS prints it) and with what another verb measures.
set -u
rungs=$1
counts=$2
work=$3
rm -rf "$work"
mkdir -p "$work/data/fashion-mnist"

bad() {
    echo "FAIL  $*"
    cat "$work/said"
    exit 1
}
has() { grep -q -e "$1" "$work/said" || bad "it should say: $1"; }
# number PATTERN: of the line that matches it, what \(...\) matched
number() { sed -n "s/^ *$1.*/\1/p" "$work/said"; }
is() { [ "$2" = "$3" ] || bad "$1: it says '$2', but it is $3"; }

# the counts in its sentences against the table's
compare_counts() {
    "$counts" >"$work/counts" || bad "$counts failed"
    read -r rungs_here lacking gradients ladders <"$work/counts"
    is "rungs" "$(number '\([0-9]*\) rungs agree with')" "$rungs_here"
    is "gradients" "$(number '\([0-9]*\) gradients agree with')" "$gradients"
    is "skipped rungs" "$(number '\([0-9]*\) rungs* w[a-z]* skipped')" "$(echo "$lacking" | sed 's/^0$//')"
}

# the table at the end: a line for each ladder, each ratio that of the seconds in its file
compare_table() {
    is "ladders" "$(number '\([0-9]*\) ladders:')" "$ladders"
    sed -n '/^operation  *top rung/,/^$/p' "$work/said" | sed '1d;$d' | grep -v '^    ' >"$work/table"
    is "lines of the table" "$(wc -l <"$work/table")" "$ladders"
    table_is_right "$work/table" || bad "the table is not what $work/out/ladders.csv says"
    sed '2s/ [0-9.]* x / 123456 x /' "$work/table" >"$work/wrong"
    table_is_right "$work/wrong" >"$work/reason" && bad "a table with a wrong number passes"
}
table_is_right() {
    awk -v table="$1" -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["kind"] == "rung" { op = $at["op"]; if ($at["rung"] == "00_naive" && !(op in naive)) naive[op] = $at["seconds"]; else top[op] = $at["seconds"] }
        END {
            while ((getline line <table) > 0) {
                split(line, word, " ")
                op = word[1]; n++
                if (!(naive[op] > 0 && top[op] > 0)) { # a roof that was measured on a busy machine
                    if (word[3] == "-") continue
                    print op ": no seconds"; exit 1
                }
                ratio = naive[op]/top[op]; d = word[3] - ratio
                if (d < 0) d = -d
                if (word[4] != "x" || d > 0.06*ratio && d > 0.6) { print op ": " word[3] " for " ratio; exit 1 }
            }
            exit !n
        }' "$work/out/ladders.csv"
}

# near A B: of two numbers, the first within 6 % or 0.6 of the second
near() { awk "BEGIN { d = $1 - $2; if (d < 0) d = -d; exit !(\"$1\" != \"\" && (d <= 0.06 * $2 || ($2 > 10 && d <= 0.6))) }"; }
there() { [ -s "$work/out/$1" ] || bad "$1 should be there"; }

byte() {
    # shellcheck disable=SC2059 # an octal escape
    printf "\\$(printf %o "$1")"
}

# split NAME COUNT: an IDX file of so many 28x28 images, fewer than 256, and one of their labels
split() {
    { printf '\000\000\010\003\000\000\000'; byte "$2"; printf '\000\000\000\034\000\000\000\034'; head -c $((784 * $2)) "$rungs"; } \
        >"$work/data/fashion-mnist/$1-images-idx3-ubyte"
    { printf '\000\000\010\001\000\000\000'; byte "$2"; i=0; while [ $i -lt "$2" ]; do byte $((i % 10)); i=$((i + 1)); done; } \
        >"$work/data/fashion-mnist/$1-labels-idx1-ubyte"
}
split train 128
split t10k 72

export RUNGS_DATA="$work/data"
"$rungs" demo --steps 1 --epochs 2 --out "$work/out" >"$work/said" 2>&1
code=$?
has "times as fast"
compare_counts
compare_table
[ "$(number '\([0-9]*\) gradients')" -gt 30 ] && [ "$(number '\([0-9]*\) rungs agree')" -gt 100 ] || bad "these are too few"
slow=$(number '00_naive  *\([0-9]*\) images\/s') fast=$(number '[0-9_a-z]*  *\([0-9]*\) images\/s, ')
near "$(number '.*images\/s, \([0-9.]*\) times')" "$fast/$slow" || bad "'times as fast' is not $fast / $slow"
there naive.csv
there best.csv
there race.csv
there ladders.csv
if command -v gnuplot >/dev/null; then
    [ $code = 0 ] || bad "it ended with $code"
    there race_ladder_dense_forward.svg
    there race_ladder_dense_forward.png
fi

RUNGS_ISA=portable # fewer rungs: other counts, and less time
export RUNGS_ISA
: >"$work/data/fashion-mnist/t10k-labels-idx1-ubyte"
"$rungs" check all --csv >"$work/checked" # what the demo's sentence must say
PATH=/nowhere "$rungs" demo --steps 1 --epochs 1 --out "$work/out" >"$work/said" 2>&1
code=$?
worst() { awk -F, "NR > 1 && \$3 == \"PASS\" && (\$2 == \"gradient\") == $1 && \$5 > w { w = \$5 } END { print $2 * w }" "$work/checked"; }
[ $code = 1 ] || bad "with parts missing it ended with $code"
has "t10k-labels-idx1-ubyte"
compare_counts
compare_table
near "$(number '.*double oracle; the worst error is \([0-9]*\) %')" "$(worst 0 100)" || bad "the worst error is $(worst 0 100) %"
near "$(number '.*forwards; the worst relative error is \([0-9.e+-]*[0-9]\)')" "$(worst 1 1)" || bad "the worst relative error is $(worst 1 1)"
has "gnuplot"
has "2 of .* parts did not work"
[ ! -e "$work/out/naive.csv" ] || bad "what an earlier demo measured is still there"
echo "the demo does all its parts, and says which it cannot"
