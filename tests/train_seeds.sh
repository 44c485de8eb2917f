#!/bin/sh
# train_seeds.sh - several seeds in one command, and what a training says that diverged: train_seeds.sh RUNGS
# DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 200 100 11 9

small="mnist-mlp --input 1x11x9 --hidden 10 --epochs 2"
# ---- each seed's result is that of a run of its own; mean and spread are theirs ----
# shellcheck disable=SC2086 # options
"$rungs" train $small --seed 7 --seeds 4 --json >seeds.json 2>log
for seed in 7 8 9 10; do
    # shellcheck disable=SC2086 # options
    "$rungs" train $small --seed $seed --json 2>log | sed -n 's/^  "test_accuracy": \(.*\),$/\1/p' >alone
    grep -q "{ \"seed\": $seed, \"epochs\": 2, \"test_accuracy\": $(cat alone)," seeds.json ||
        fail "seed $seed alone gets $(cat alone): $(cat seeds.json)"
done
# moments HOW: 1 if mean and deviation are those of the four, with n - HOW under the sum of squares
moments() {
    sed -n 's/.*"seed".*"test_accuracy": \([0-9.]*\),.*/\1/p; s/^  "test_accuracy": { "mean": \([^,]*\), "deviation": \([^,]*\), .*/\1 \2/p' seeds.json |
        awk -v how="$1" 'NF == 1 { x[n++] = $1; sum += $1 } NF == 2 { mean = $1; deviation = $2 }
            END { for (k = 0; k < n; k++) squares += (x[k] - sum / n)^2
                  d = sqrt(squares / (n - how)) - deviation; m = sum / n - mean
                  exit !(n == 4 && d < 1e-8 && d > -1e-8 && m < 1e-8 && m > -1e-8) }'
}
moments 1 || fail "mean and deviation: $(cat seeds.json)"
moments 0 && fail "a wrong deviation passes"
if command -v python3 >/dev/null; then python3 -m json.tool seeds.json >/dev/null || fail "no JSON: $(cat seeds.json)"; fi
# shellcheck disable=SC2086 # options
"$rungs" train $small --seeds 2 >text
grep -q '^ *deviation ' text && grep -q 'in the mean of 2 seeds, from ' text || fail "the text: $(cat text)"
# shellcheck disable=SC2086 # options
refuse 64 "leave out --save, --resume and --log" "$rungs" train $small --seeds 2 --save x.ckpt
# shellcheck disable=SC2086 # options
refuse 64 "seeds" "$rungs" train $small --seeds 0

# ---- a training that diverges names the step and where the first number is that is not finite ----
# shellcheck disable=SC2086 # options
code=0
"$rungs" train $small --optimizer "sgd lr=1000" --epochs 100 >log 2>stderr || code=$?
[ "$code" = 1 ] || fail "a training that diverged ended with $code"
grep -q "^rungs train: .*diverged: the loss is NaN or infinite at step [1-9][0-9]*; the first such number is in [a-z ]* of layer [1-9][0-9]* (dense); try a smaller" stderr ||
    fail "a training that diverged said: $(cat stderr)"
exit $failed
