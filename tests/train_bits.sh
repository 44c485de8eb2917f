#!/bin/sh
# train_bits.sh - the networks train to the same bits as ever: train_bits.sh RUNGS DATA_SET_PROGRAM SCRATCH
#
# The checksums are POSIX cksum's of the parameters after three epochs on made-up images, taken from the program as it was before
# networks were files (commit de5e80a, gcc 12). A change that rounds otherwise, draws other numbers or orders examples otherwise
# fails; if it is meant, it changes these figures, and its message says why.
set -eu
rungs=$1 make_set=$2 scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch/sets"
cd "$scratch"
export RUNGS_DATA="$scratch/sets" LC_ALL=C
"$make_set" "$scratch/sets/mnist" 200 100 28 28
cp -r sets/mnist sets/fashion-mnist
parameters=535818 failed=0

# sum ISA NETWORK RUNG OPTIONS...: of the parameters, which are the last thing in the checkpoint but for its own checksum
sum() {
    isa=$1 network=$2 rung=$3
    shift 3
    RUNGS_ISA=$isa "$rungs" train "$network" --epochs 3 --rung "$rung" --save it.ckpt "$@" >log
    tail -c $((4 * parameters + 4)) it.ckpt | head -c $((4 * parameters)) | cksum | cut -d' ' -f1
}

# bits WANTED ISA NETWORK RUNG
bits() {
    wanted=$1
    shift
    got=$(sum "$@")
    [ "$got" = "$wanted" ] || { echo "FAIL: $*: $got, not $wanted" && failed=1; }
}

bits 4281351218 portable fashion-mlp naive
bits 3537860923 portable fashion-mlp best
if "$rungs" list dense_forward | grep -q '04_avx2.*not on this machine'; then
    echo "no AVX2 here: only the portable rungs were compared"
else
    bits 2756059286 avx2 fashion-mlp 04_avx2
    bits 285585714 avx2 fashion-mlp 07_threads
    bits 2704389250 avx2 mnist-mlp best
fi

# different bits must show: one rate a little off, another seed
for option in "--lr 0.10001" "--seed 2"; do
    # shellcheck disable=SC2086 # two words
    [ "$(sum portable fashion-mlp best $option)" != 3537860923 ] || { echo "FAIL: $option gave the same bits" && failed=1; }
done
exit $failed
