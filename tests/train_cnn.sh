#!/bin/sh
# train_cnn.sh - the program's convolutional networks, on made-up images: train_cnn.sh RUNGS DATA_SET_PROGRAM SCRATCH
# Each trains, resumes to the same bits and describes itself.
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" sets/mnist 96 32 28 28
cp -r sets/mnist sets/fashion-mnist
"$make_set" sets/cifar10 20 32 cifar10 # 5 files of 20
"$make_set" sets/cifar100 120 20 cifar100

for network in fashion-cnn mnist-cnn cifar-cnn cifar-lenet; do
    "$rungs" train $network --epochs 2 --schedule constant --save straight.ckpt >log 2>&1 || fail "$network: $(cat log)"
    grep -q '^test: loss [0-9]' log || fail "$network: no test: $(cat log)"
    "$rungs" train $network --epochs 1 --schedule constant --save half.ckpt >log 2>&1
    "$rungs" train $network --epochs 2 --resume half.ckpt --save half.ckpt >log 2>&1 || fail "$network: $(cat log)"
    cmp half.ckpt straight.ckpt || fail "$network: a resumed run is not the uninterrupted one"
    "$rungs" train $network --describe >log || fail "$network: --describe"
    [ "$(grep -cE 'conv2d_(relu_)?forward' log)" = 2 ] && [ "$(grep -cE 'conv2d_(relu_)?backward_dx' log)" = 1 ] ||
        fail "$network: its operations are not those of two layers of convolution: $(cat log)"
done

# ---- colours: each set's own shape, classes and confusion ----
"$rungs" train cifar-lenet --data cifar100 >log 2>stderr && fail "10 numbers for 100 classes"
grep -q 'gets 10 numbers for each example, and cifar100 has 100 classes; a line `dense 100` before it would fit' stderr ||
    fail "100 classes: $(cat stderr)"
"$rungs" train cifar-lenet --data mnist >log 2>stderr && fail "grey images for colours"
grep -q 'its input is 3x32x32, and the images of mnist are 1x28x28; `--input 1x28x28` would fit' stderr ||
    fail "another shape: $(cat stderr)"
sed 's/^dense 10$/dense 100/; s/^data .*/data cifar100/; s/^rungs.*/rungs-network 1/' >hundred.net <<EOF
rungs-network 1
input 3x32x32
conv out=4 kernel=5 stride=3
relu
dense 10
loss softmax_xent
optimizer adam lr=1e-3
data cifar10
epochs 1
EOF
"$rungs" train ./hundred.net >log 2>&1 || fail "100 classes: $(cat log)"
grep -q 'true:' log && fail "a table of 100 classes: $(cat log)"
grep -q '^test: loss .*(.* of 20)' log || fail "100 classes: $(cat log)"
"$rungs" train ./hundred.net --json >json 2>log || fail "100 classes: $(cat log)"
grep -q '"confusion": \[' json && grep -q '"known_files": 0,' json || fail "JSON: $(cat json)"
exit $failed
