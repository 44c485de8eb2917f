#!/bin/sh
# data_known.sh - well-known files are recognized by their contents: data_known.sh RUNGS SCRATCH
# Files of another set, or of this set in each other's place, are refused; unknown ones are trained on, and said.
set -eu
rungs=$1 scratch=$2
true_files=/usr/share/datasets/fashion-mnist
if [ ! -e $true_files/train-images-idx3-ubyte.gz ]; then
    echo "skipped: no Fashion-MNIST here (on Debian: apt install dataset-fashion-mnist)"
    exit 77
fi
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
export LC_ALL=C RUNGS_DATA="$scratch/sets"
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}

# links SET: the true files, under the names that they have there
links() {
    rm -rf sets
    mkdir -p "sets/$1"
    ln -s $true_files/*.gz "sets/$1/"
}

# train CODE PRESET: one step
train() {
    code=$1 got=0
    "$rungs" train "$2" --hidden none --steps 1 --json >json 2>err || got=$?
    [ "$got" = "$code" ] || fail "$2 ended with $got, not $code: $(cat err)"
}

refused() {
    [ "$(wc -l <err)" = 1 ] && [ ! -s json ] || fail "more than a sentence: $(cat err json)"
    for words in "$@"; do grep -q -e "$words" err || fail "no '$words' in: $(cat err)"; done
}

links fashion-mnist
train 0 fashion-mlp
grep -q '"known_files": 4,' json && ! grep -q '^note' err || fail "the true files: $(cat json err)"

links mnist # clothes are no digits
train 66 mnist-mlp
refused "sets/mnist/train-images-idx3-ubyte.gz holds the images to train on of fashion-mnist (by its SHA-256), not" "of mnist$"

links fashion-mnist # a test set to train on
for what in images-idx3 labels-idx1; do
    ln -sf $true_files/t10k-$what-ubyte.gz sets/fashion-mnist/train-$what-ubyte.gz
    ln -sf $true_files/train-$what-ubyte.gz sets/fashion-mnist/t10k-$what-ubyte.gz
done
train 66 fashion-mlp
refused "holds the images to test with of fashion-mnist (by its SHA-256), not the images to train on of fashion-mnist$"

links fashion-mnist # only the labels are another set's: nothing but the contents says so
rm sets/fashion-mnist/t10k-labels-idx1-ubyte.gz
gzip -dc $true_files/t10k-labels-idx1-ubyte.gz >sets/fashion-mnist/t10k-labels-idx1-ubyte # packing does not matter
train 0 fashion-mlp
grep -q '"known_files": 4,' json || fail "an unpacked file: $(cat json)"
printf '\001' | dd of=sets/fashion-mnist/t10k-labels-idx1-ubyte bs=1 seek=8 conv=notrunc 2>dd # the first label was 9
train 0 fashion-mlp
grep -q '"known_files": 3,' json && grep -q '^note: 1 of the 4 files is no known copy of fashion-mnist' err ||
    fail "a changed label: $(cat json err)"

exit $failed
