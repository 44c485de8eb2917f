#!/bin/sh
# train_real.sh - a short training on real images: train_real.sh RUNGS fashion-mlp|mnist-mlp
# After 300 steps (a third of an epoch) it must be right on 65 % of the test images: such a network gets 75 % and more
# of the clothes and 90 % and more of the digits, guessing gets 10 %.
set -eu
rungs=$1 preset=$2
set=$(echo "$preset" | sed 's/-mlp$//; s/^fashion$/fashion-mnist/')
if "$rungs" data | grep -A1 "^$set " | grep -q 'not on this machine'; then
    echo "skipped: $("$rungs" data | grep -A1 "^$set " | sed -n 's/^ *//; 2p')"
    exit 77
fi
json=$("$rungs" train "$preset" --hidden 64 --steps 300 --json)
accuracy=$(echo "$json" | sed -n 's/^  "test_accuracy": \([0-9.]*\),$/\1/p')
echo "$preset: test accuracy $accuracy after 300 steps"
awk -v a="$accuracy" 'BEGIN { exit !(a >= 0.65 && a <= 1) }'
