#!/bin/sh
# cli_demo.sh PROGRAM WORK - the demo from end to end on a made-up data set of 200 images; then with neither a data set
# that can be read nor gnuplot, where what is left must still be done and the exit code must say so.
set -u
rungs=$1
work=$2
rm -rf "$work"
mkdir -p "$work/data/fashion-mnist"

bad() {
    echo "FAIL  $*"
    cat "$work/said"
    exit 1
}
has() { grep -q -e "$1" "$work/said" || bad "it should say: $1"; }
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
has "rungs agree with the double oracle"
has "backwards agree with the complex step"
there naive.csv
there best.csv
there race.csv
if command -v gnuplot >/dev/null; then
    [ $code = 0 ] || bad "it ended with $code"
    there race_ladder_dense_forward.svg
    there race_ladder_dense_forward.png
fi

: >"$work/data/fashion-mnist/t10k-labels-idx1-ubyte"
PATH=/nowhere "$rungs" demo --steps 1 --epochs 1 --out "$work/out" >"$work/said" 2>&1
code=$?
[ $code = 1 ] || bad "with parts missing it ended with $code"
has "t10k-labels-idx1-ubyte"
has "rungs agree with the double oracle"
has "gnuplot"
has "2 of .* parts did not work"
[ ! -e "$work/out/naive.csv" ] || bad "what an earlier demo measured is still there"
echo "the demo does all its parts, and says which it cannot"
