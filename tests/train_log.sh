#!/bin/sh
# train_log.sh - a loss curve has its first and its last step, and one row an interval, whatever the run's length and
# end: train_log.sh RUNGS DATA_SET_PROGRAM SCRATCH
set -eu
rungs=$1 make_set=$2 scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch/sets"
cd "$scratch"
export RUNGS_DATA="$scratch/sets" LC_ALL=C
"$make_set" "$scratch/sets/mnist" 1990 50 5 4
failed=0
per_epoch=199 every=9 # of 1990 images in batches of 10; a twentieth of 199, rounded down

fail() {
    echo "FAIL: $*"
    failed=1
}

train() { "$rungs" train mnist-mlp "$@"; }
fresh() { train --hidden none --batch 10 "$@"; }

# the steps that must have a row in a curve of $1 steps from step 1 on
due() {
    awk -v n="$1" -v per="$per_epoch" -v every="$every" 'BEGIN {
        for (s = 1; s <= n; s++) { e = (s - 1) % per + 1; if (s == 1 || s == n || e == per || e % every == 0) print s } }'
}

# curve FILE STEPS: its rows are those, and each says how many samples and epochs that is
curve() {
    cut -d, -f2 "$1" | tail -n +2 >steps
    due "$2" >wanted
    cmp -s steps wanted || fail "$1: rows at steps $(tr '\n' ' ' <steps), not at $(tr '\n' ' ' <wanted)"
    awk -F, -v per="$per_epoch" 'NR > 1 && ($3 != 10 * $2 || $1 < $2 / per - 1e-4 || $1 > $2 / per + 1e-4 || $4 + 0 != $4 || NF != 6) { exit 1 }' "$1" ||
        fail "$1: a row's epoch, samples or loss: $(cat "$1")"
}

# ---- lengths around the interval, an epoch, and the interval after it ----
for n in 1 2 8 9 10 17 18 19 198 199 200 207 208 209; do
    fresh --epochs 2 --steps $n --log n.csv >log
    curve n.csv $n
done

# ---- stopped within an epoch, and gone on with: the curve is that of the run that was not stopped ----
fresh --epochs 2 --save whole.ckpt --log whole.csv >log
curve whole.csv 398
fresh --epochs 2 --steps 204 --save half.ckpt --log half.csv >log
curve half.csv 204
train --epochs 2 --resume half.ckpt --save half.ckpt --log half.csv >log
cut -d, -f1-5 half.csv >a && cut -d, -f1-5 whole.csv >b && cmp a b || fail "a resumed run's curve is not the uninterrupted one's"
fresh --epochs 1 --save one.ckpt --log one.csv >log
train --epochs 2 --steps 5 --resume one.ckpt --log one.csv >log
curve one.csv 204
train --epochs 1 --resume one.ckpt --log one.csv >log # nothing to do: nothing is added
curve one.csv 199
train --epochs 2 --steps 7 --resume one.ckpt --log new.csv >log # a curve that begins there
[ "$(cut -d, -f2 new.csv | tr '\n' ' ')" = "step 1 7 " ] || fail "a curve that begins at a checkpoint: $(cat new.csv)"

# ---- diverged: the last row is the last step that was trained ----
if "$rungs" train mnist-mlp --hidden 100,100,100 --batch 10 --lr 1000 --log diverged.csv >log 2>stderr; then
    fail "lr 1000 did not diverge"
fi
step=$(sed -n 's/.* step \([0-9]*\).*/\1/p' stderr)
if [ "${step:-0}" -gt 1 ]; then curve diverged.csv $((step - 1)); else fail "it said: $(cat stderr)"; fi

exit $failed
