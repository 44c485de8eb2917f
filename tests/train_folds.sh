#!/bin/sh
# train_folds.sh - cross-validation in one command: train_folds.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 200 100 11 9

# shellcheck disable=SC2086 # options
train() { "$rungs" train mnist-mlp --input 1x11x9 --hidden 10 --epochs 2 "$@"; }

# ---- each fold's result is that of a run of its own; the CSV and the JSON say the same, and their mean ----
train --folds 4 --csv folds.csv --json >folds.json 2>log
grep -q '^fold 4 of 4: test accuracy ' log && grep -q '225 images to train on, 75 to test with' log || fail "the log: $(cat log)"
for fold in 1 2 3 4; do
    train --split "folds of=4 fold=$fold" --json 2>log | sed -n 's/^  "test_accuracy": \(.*\),$/\1/p' >alone
    grep -q "{ \"fold\": $fold, \"train_images\": 225, \"validation_images\": 0, \"test_images\": 75, \"epochs\": 2, \"test_accuracy\": $(cat alone)," folds.json ||
        fail "fold $fold alone gets $(cat alone): $(cat folds.json)"
done
# moments HOW: 1 if mean and deviation in the JSON are those of the rows of the CSV, with n - HOW under the sum of squares
moments() {
    { tail -n +2 folds.csv | cut -d, -f6; sed -n 's/^  "test_accuracy": { "mean": \([^,]*\), "deviation": \([^,]*\), .*/\1 \2/p' folds.json; } |
        awk -v how="$1" 'NF == 1 { x[n++] = $1; sum += $1 } NF == 2 { mean = $1; deviation = $2 }
            END { for (k = 0; k < n; k++) squares += (x[k] - sum / n)^2
                  d = sqrt(squares / (n - how)) - deviation; m = sum / n - mean
                  exit !(n == 4 && d < 1e-8 && d > -1e-8 && m < 1e-8 && m > -1e-8) }'
}
moments 1 || fail "mean and deviation: $(cat folds.csv folds.json)"
moments 0 && fail "a wrong deviation passes"
[ "$(head -n 1 folds.csv)" = fold,train_images,validation_images,test_images,epochs,test_accuracy,test_loss,seconds ] ||
    fail "the CSV: $(cat folds.csv)"
train --folds 3 --split "folds validation=0.2 seed=5" --early-stop 2 >text
grep -q '160 images to train on, 40 to validate, 100 to test with' text && grep -q '^ *deviation ' text &&
    grep -q 'in the mean of 3 folds, .* of all images .* of 300)' text || fail "the text: $(cat text)"
train --split "60/20/20 stratified=1" >text
grep -q '180 images to train on, 60 to validate, 60 to test with' text || fail "60/20/20: $(cat text)"

refuse 64 "leave out --save, --resume and --log" train --folds 2 --save x.ckpt
refuse 64 "not both" train --folds 2 --seeds 2
refuse 64 "leave out one of them" train --folds 2 --split parts
refuse 64 "goes with --folds" train --csv x.csv
refuse 64 "folds" train --folds 1
refuse 66 "the 300 images of mnist cannot be divided into 500 folds" train --folds 500
exit $failed
