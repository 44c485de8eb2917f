#!/bin/sh
# train_log.sh - a loss curve has its first and its last step, and one row an interval, whatever the run's length and
# end: train_log.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 1990 50 5 4
per_epoch=199 every=9 # of 1990 images in batches of 10; a twentieth of 199, rounded down

train() { "$rungs" train mnist-mlp "$@"; }
fresh() { train --input 1x5x4 --hidden none --batch 10 "$@"; }

# the steps that must have a row in a curve of $1 steps from step 1 on
due() {
    awk -v n="$1" -v per="$per_epoch" -v every="$every" 'BEGIN {
        for (s = 1; s <= n; s++) { e = (s - 1) % per + 1; if (s == 1 || s == n || e == per || e % every == 0) print s } }'
}

# curve FILE STEPS: its rows are those, and each says how many samples and epochs that is, in six digits
curve() {
    cut -d, -f2 "$1" | tail -n +2 >steps
    due "$2" >wanted
    cmp -s steps wanted || fail "$1: rows at steps $(tr '\n' ' ' <steps), not at $(tr '\n' ' ' <wanted)"
    awk -F, -v per="$per_epoch" 'NR > 1 && ($3 != 10 * $2 || $1 < $2 / per * (1 - 1e-5) || $1 > $2 / per * (1 + 1e-5) || $4 + 0 != $4 || $7 <= 0 || $8 $9 != "" || NF < 10) { exit 1 }' "$1" ||
        fail "$1: a row's epoch, samples or loss: $(cat "$1")"
}

# ---- lengths around the interval, an epoch, and the interval after it ----
for n in 1 2 8 9 10 17 18 19 198 199 200 207 208 209; do
    fresh --epochs 2 --steps $n --log n.csv >log
    curve n.csv $n
done

# ---- a recording: refused before the first step, or whole ----
refuse 64 "record is for one training from its start" train --record it --seeds 2
refuse 64 "record is for one training from its start" train --record it --describe
refuse 74 "cannot be recorded" train --record it --input 1x5x4 --augment shift=1
mkdir full && touch full/file
refuse 74 "full" train --record full --input 1x5x4
[ ! -e it ] || fail "a refused training left a recording"
fresh --epochs 2 --steps 3 --record it --log it.csv >log || fail "--record: $(cat log)"
[ "$(find it | wc -l)" = 10 ] && [ "$(wc -c <it/loss.npy)" = 140 ] || fail "a recording has $(ls -l it)"

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

# ---- every row says with which options; a resumed run may change them. A cell that has a comma is quoted ----
# options FILE: of its rows, each once
options() { tail -n +2 "$1" | cut -d, -f10- | uniq; }
fresh --epochs 1 --save options.ckpt --log options.csv >log
[ "$(options options.csv)" = "--hidden none --input 1x5x4 --batch 10 --epochs 1" ] || fail "options: $(options options.csv)"
train --epochs 2 --resume options.ckpt --log options.csv >log
[ "$(options options.csv)" = "--hidden none --input 1x5x4 --batch 10 --epochs 1
--hidden none --input 1x5x4 --batch 10 --epochs 2" ] || fail "options of a resumed run: $(options options.csv)"
curve options.csv 398
sed 's/,[^,]*$//' options.csv >older.csv # without that column
train --epochs 2 --resume options.ckpt --log older.csv >log 2>stderr && fail "a curve without options is continued"
grep -q 'older.csv exists but is not a loss curve' stderr || fail "it said: $(cat stderr)"
train --input 1x5x4 --hidden 3,2 --steps 2 --log quoted.csv >log
[ "$(options quoted.csv)" = '"--hidden 3,2 --input 1x5x4"' ] || fail "options with a comma: $(options quoted.csv)"
printf 'rungs-network 1\ninput 1x5x4\ndense 10\nloss softmax_xent\noptimizer sgd lr=0.1\ndata mnist\n' >mine.net
"$rungs" train ./mine.net --steps 2 --log none.csv >log
[ "$(options none.csv)" = "" ] || fail "no options: $(options none.csv)"

# ---- diverged: the last row is the last step that was trained ----
if "$rungs" train mnist-mlp --input 1x5x4 --hidden 100,100,100 --batch 10 --lr 1000 --log diverged.csv >log 2>stderr; then
    fail "lr 1000 did not diverge"
fi
step=$(sed -n 's/.* step \([0-9]*\).*/\1/p' stderr)
if [ "${step:-0}" -gt 1 ]; then curve diverged.csv $((step - 1)); else fail "it said: $(cat stderr)"; fi

# ---- interrupted: the same, it ends by the signal, and says what is saved and how to go on ----
# interrupt SIGNAL NUMBER ARGUMENTS...: after some rows
interrupt() {
    signal=$1 number=$2 got=0
    shift 2
    rm -f cut.csv cut.ckpt
    "$rungs" train mnist-mlp --input 1x5x4 --hidden none --batch 10 --epochs 1000000 --log cut.csv "$@" >log 2>stderr &
    while kill -0 $! 2>/dev/null && { [ ! -e cut.csv ] || [ "$(wc -l <cut.csv)" -lt 50 ]; }; do sleep 0.05; done
    kill -$signal $!
    wait $! || got=$?
    [ $got = $((128 + number)) ] || fail "$signal: it ended with $got"
    steps=$(sed -n 's/^rungs train: interrupted after \([0-9]*\) step.*/\1/p' stderr)
    if [ "$steps" ]; then curve cut.csv "$steps"; else fail "$signal: it said: $(cat stderr)"; fi
}
interrupt TERM 15
grep -q 'nothing is saved, as there was no --save$' stderr || fail "it said: $(cat stderr)"
interrupt HUP 1 --save cut.ckpt
grep -q "; cut.ckpt has them, [0-9.]* of 1000000 epochs: " stderr || fail "it said: $(cat stderr)"
epochs=$(sed -n 's/.* has them, \([0-9.]*\) of .*/\1/p' stderr)
awk -v e="$epochs" -v s="$steps" -v per=$per_epoch 'BEGIN { d = e * per - s; exit !(d < 0.01 && d > -0.01) }' || fail "$steps steps are not $epochs epochs"
go_on=$(sed -n 's/.*`rungs \(.*\)` goes on$/\1/p' stderr)
"$rungs" $go_on --steps 1 >log || fail "rungs $go_on: it does not go on"
curve cut.csv $((steps + 1))
# Ctrl-C sends INT, which a shell has its background programs ignore; and then it stays ignored
if env --default-signal=INT true 2>/dev/null; then
    real=$rungs
    printf '#!/bin/sh\nexec env --default-signal=INT "%s" "$@"\n' "$real" >with_int && chmod +x with_int
    rungs=$scratch/with_int
    interrupt INT 2
    rungs=$real
fi

exit $failed
