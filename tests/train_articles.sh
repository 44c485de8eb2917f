#!/bin/sh
# train_articles.sh - the programs of the articles, as network files: train_articles.sh RUNGS DATA_SET_PROGRAM SCRATCH
# Each has the layers and the settings that its article prints, is listed, and learns made-up images; the gradient of the
# small ones is checked.
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 256 64 28 28
"$make_set" "$scratch/sets/cifar10" 48 64 cifar10

# article NAME PARAMETERS STEPS LINE...: the network file in its checkpoint must have every line
article() {
    name=$1 parameters=$2 steps=$3
    shift 3
    grep -q "^$name  *article [0-9]*, .*" list || fail "$name is not in the list: $(cat list)"
    "$rungs" train "$name" --steps 1 --json >first 2>log || fail "$name: $(cat log)"
    grep -q "^$name: .*, $parameters parameters" log || fail "$name has not $parameters parameters: $(head -1 log)"
    "$rungs" train "$name" --epochs "$steps" --steps "$steps" --save trained.ckpt --json >last 2>log ||
        fail "$name: $(cat log)"
    for line; do
        grep -aqx "$line" trained.ckpt || fail "$name has no line '$line'"
    done
    awk -F': ' '/"test_loss"/ { loss[++n] = $2 + 0 } END { exit !(n == 2 && loss[2] < loss[1]) }' first last ||
        fail "$name does not learn: test losses $(grep -h '"test_loss"' first last)"
}

"$rungs" train --list >list
torch="init fan_in_uniform" keras="optimizer adam lr=1e-3 eps=1e-7"
article a000-cifar-cnn 545098 8 "optimizer adam lr=1e-3" "normalize imagenet" "$torch" "batch 64" "dropout p=0.5"
article a001-cifar-lenet 62006 30 "optimizer momentum lr=1e-3 mu=0.9" "normalize unit" "$torch" "batch 64"
article a001-mnist-mlp 535818 8 "optimizer adam lr=1e-3" "normalize centred" "$torch" "batch 64"
article a001-toy-bce 41 1000 "loss bce_logits" "normalize raw" "$torch" "batch 3" "epochs 1000"
article a001-mnist-cnn 693962 8 "$keras" "normalize unit" "init glorot_uniform" "batch 32"
article a002-mnist-64 50890 16 "$keras" "normalize unit" "init glorot_uniform" "batch 32"
article a002-mnist-dropout 101770 16 "$keras" "normalize unit" "init glorot_uniform" "batch 32" "dropout p=0.2"
article a002-mnist-512 407050 8 "$keras" "normalize unit" "init glorot_uniform" "batch 64"
article a003-mnist-conv 47032 30 "optimizer momentum lr=1e-3 mu=0.9" "normalize unit" "$torch" "batch 100"
article a003-worked 13 100 "loss mse" "init ones" "normalize raw"
article a004-mnist-500 397510 30 "optimizer momentum lr=1e-3 mu=0.9" "normalize unit" "$torch" "batch 64"
[ "$(grep -c '^a00[0-4]-' list)" = 11 ] || fail "the list has not 11 programs of articles: $(cat list)"

# by hand, in double: hidden sigmoid(2), output sigmoid(3 sigmoid(2) + 1); the loss is its square, 0.949609
"$rungs" train a003-worked --steps 1 --json 2>log | grep -q '"loss": 0\.949608' ||
    fail "a003-worked begins with $("$rungs" train a003-worked --steps 1 --json 2>log | grep '"loss"')"
# of ones that are not all ones the sum is another
"$rungs" train a003-worked --init he_uniform --steps 1 --json 2>log | grep -q '"loss": 0\.949608' && fail "any start gives the loss of ones"

"$rungs" train a001-toy-bce --describe >said
grep -q '^settings: data three-points; normalize raw; init fan_in_uniform; optimizer adam lr=1e-3; batch 3; epochs 1000$' said &&
    grep -q ' bce_logits_backward .* [0-9.]*[1-9][0-9.]* [mun]s$' said || fail "--describe: $(cat said)"

for name in a001-toy-bce a003-worked a002-mnist-64; do
    "$rungs" train "$name" --gradcheck >said 2>&1 && [ "$(grep -c '^PASS' said)" = 2 ] || fail "$name --gradcheck: $(cat said)"
done

# refuse CODE WORDS COMMAND...
refuse 66 "normalize imagenet. has a mean for each of 3 channels, and the images of mnist have 1" "$rungs" train mnist-mlp --normalize imagenet
refuse 64 "unknown normalize 'imagnet'; did you mean 'imagenet'" "$rungs" train a000-cifar-cnn --normalize imagnet
refuse 64 "list goes alone" "$rungs" train a003-worked --list
refuse 64 "list goes alone" "$rungs" train --list --epochs 3
refuse 64 "one-point has 2 classes" "$rungs" train mnist-mlp --data one-point --input 2
"$rungs" data >known
grep -A1 '^three-points ' known | grep -q 'part of the program' || fail "rungs data: $(cat known)"
got=0
"$rungs" data get one-point 2>said || got=$?
[ "$got" = 66 ] && grep -q 'part of the program' said || fail "rungs data get one-point: $(cat said)"

exit $failed
