#!/bin/sh
# train_real.sh - a training on real images: train_real.sh RUNGS fashion-mlp|mnist-mlp|fashion-cnn|... [LEAST]
# After 300 steps (a third of an epoch) it must be right on 65 % of the test images: such a network gets 75 % and more
# of the clothes and 90 % and more of the digits, guessing gets 10 %. With LEAST it is trained to its end, and must be right
# on that part of the test images.
set -eu
rungs=$1 preset=$2 least=${3-}
set=$(echo "$preset" | sed 's/-.*//; s/^fashion$/fashion-mnist/; s/^cifar$/cifar10/')
if "$rungs" data | grep -A1 "^$set " | grep -q 'not on this machine'; then
    echo "skipped: $("$rungs" data | grep -A1 "^$set " | sed -n 's/^ *//; 2p')"
    exit 77
fi
if [ -n "$least" ]; then
    how="at its end"
    json=$("$rungs" train "$preset" --json)
else
    how="after 300 steps" least=0.65
    json=$("$rungs" train "$preset" --hidden 64 --steps 300 --json)
fi
accuracy=$(echo "$json" | sed -n 's/^  "test_accuracy": \([0-9.]*\),$/\1/p')
echo "$preset: test accuracy $accuracy $how, at least $least is wanted"
awk -v a="$accuracy" -v least="$least" 'BEGIN { exit !(a >= least && a <= 1) }'
