#!/bin/sh
# train_cli.sh - rungs train as people use it, on a made-up data set: train_cli.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 1990 500 11 9

train() { "$rungs" train mnist-mlp --input 1x11x9 --hidden 17,13 --batch 64 "$@"; }

without_seconds() { cut -d, -f1-5 "$1"; }

# ---- a log is plain lines; the curve and the checkpoint are there ----
train --epochs 6 --save whole.ckpt --log whole.csv >log
[ "$(grep -c '^epoch ' log)" = 6 ] || fail "a log should have one line an epoch: $(cat log)"
! grep -q "[[:cntrl:]]" log || fail "a log should have no control characters"
grep -q '^test: loss .*(.* of 500)' log || fail "the test's result is missing: $(cat log)"
[ "$(head -1 whole.csv)" = epoch,step,samples,loss,accuracy,seconds,lr,validation_loss,validation_accuracy,options ] || fail "the curve's header: $(head -1 whole.csv)"
[ "$(tail -1 whole.csv | cut -d, -f1-3)" = 6,192,11940 ] || fail "the curve's end: $(tail -1 whole.csv)" # 6 x 32 steps

# ---- two halves are the whole ----
train --epochs 2 --save half.ckpt --log half.csv >log
cmp -s half.ckpt whole.ckpt && fail "two epochs and six gave the same file"
"$rungs" train mnist-mlp --epochs 6 --resume half.ckpt --save half.ckpt --log half.csv >log
cmp half.ckpt whole.ckpt || fail "a resumed run is not the uninterrupted one"
without_seconds half.csv >a && without_seconds whole.csv >b
cmp a b || fail "a resumed run's curve is not the uninterrupted one's"
train --epochs 6 --seed 2 --save other.ckpt >log
cmp -s other.ckpt whole.ckpt && fail "two seeds gave the same file"
"$rungs" train mnist-mlp --epochs 6 --resume whole.ckpt --json >json 2>log # nothing left to do but the test
grep -q '"steps": 0,' json && grep -q '"loss": null,' json || fail "a finished run has no steps and no loss: $(cat json)"

# ---- any number of threads ----
for threads in 1 3; do train --epochs 2 --threads $threads --save threads$threads.ckpt >log 2>&1 || no_threads=1; done
[ "${no_threads:-}" ] || cmp threads1.ckpt threads3.ckpt || fail "three threads give different bits from one"

# ---- killed again and again, it arrives where the whole run does ----
train --epochs 150 --save quiet.ckpt --log quiet.csv >log
kills=0 resumes=0 wait=1 done=
while [ ! "$done" ]; do
    if [ -e killed.ckpt ]; then
        set -- --resume killed.ckpt
        resumes=$((resumes + 1))
    else
        set --
    fi
    "$rungs" train mnist-mlp --input 1x11x9 --hidden 17,13 --epochs 150 "$@" --save killed.ckpt --log killed.csv >log 2>&1 &
    pid=$!
    sleep "$(printf '0.%03d' $((wait * 37 % 1000)))" # 0.037 s, 0.074 s ...: moments that fall anywhere
    wait=$((wait + 1))
    if kill -9 $pid 2>/dev/null; then kills=$((kills + 1)); fi
    if wait $pid 2>/dev/null; then
        done=1
    elif [ -s log ] && grep -q '^rungs train:' log; then
        fail "after a kill: $(cat log)"
        break
    fi
    [ $wait -lt 27 ] || { train --epochs 150 --resume killed.ckpt --save killed.ckpt --log killed.csv >log && done=1; }
done
cmp killed.ckpt quiet.ckpt || fail "a run killed $kills times is not the uninterrupted one"
without_seconds killed.csv >a && without_seconds quiet.csv >b
cmp a b || fail "the curve of a run killed $kills times is not the uninterrupted one's"
[ $kills -ge 2 ] && [ $resumes -ge 1 ] || fail "only $kills kills and $resumes resumes: this tested nothing"
echo "killed $kills times, resumed $resumes times"

# ---- early stop, JSON ----
train --steps 7 --json >json 2>log
grep -q '"steps": 7,' json && grep -q '"epochs": 0,' json || fail "--steps 7 did: $(cat json)"
for key in samples_per_second loss test_accuracy seconds; do
    grep -Eq "^  \"$key\": [0-9]+(\.[0-9]+)?(e[-+][0-9]+)?,$" json || fail "no $key in $(cat json)"
done
grep -q '^  "rung": "[0-9][0-9]_' json || fail "no rung in $(cat json)"
if command -v python3 >/dev/null; then python3 -m json.tool json >/dev/null || fail "no JSON: $(cat json)"; fi
rm -f none.ckpt
train --steps 7 --save none.ckpt >log
[ -s none.ckpt ] && grep -q '^none.ckpt has all of them; --resume none.ckpt goes on there$' log || fail "a part of an epoch was not saved"
rm none.ckpt
train --epochs 0 --save none.ckpt >log 2>&1 || true
[ ! -e none.ckpt ] || fail "a training without a step was saved"

# ---- a terminal sees a bar ----
if command -v script >/dev/null; then
    COLUMNS=80 script -qec "'$rungs' train mnist-mlp --input 1x11x9 --hidden 17,13 --epochs 3" typescript </dev/null >bar 2>&1 || true
    tr '\r' '\n' <bar | grep -q '^\[=* *\] epoch .* images/s .* left' || fail "no bar on a terminal: $(cat bar)"
fi

# ---- refusals: before the first step, in one sentence ----
refuse 64 "did you mean 'mnist-mlp'" "$rungs" train mnist-mpl
refuse 64 "up to 15 numbers" "$rungs" train mnist-mlp --hidden 12,
refuse 64 "its input is 1x28x28, and the images of mnist are 1x11x9; .--input 1x11x9. would fit" "$rungs" train mnist-mlp
refuse 64 "must be a whole number" train --batch 0
refuse 64 "must be a number" train --lr nan
refuse 64 "has no rung '17_warp'" train --rung 17_warp
refuse 64 "more than the largest int" "$rungs" train mnist-mlp --input 1x11x9 --hidden 1000000,1000000
refuse 66 "No such file" train --resume missing.ckpt
refuse 66 "is not a checkpoint" train --resume log
head -c 1000 whole.ckpt >cut.ckpt
refuse 66 "is cut off" train --epochs 6 --resume cut.ckpt
# every verb that takes a checkpoint refuses one that is damaged, of a later version, or none at all
tr '\000' '\001' <whole.ckpt | head -c "$(wc -c <whole.ckpt)" >damaged.ckpt
{ head -c 8 whole.ckpt && printf '\011' && tail -c +10 whole.ckpt; } >later.ckpt
for reader in "train mnist-mlp --resume" "train mnist-mlp --gradcheck --resume" eval look "export --c x.c"; do
    # shellcheck disable=SC2086 # words
    for file in "cut.ckpt cut off" "damaged.ckpt " "later.ckpt version 9" "log is not a checkpoint" "missing.ckpt No such file"; do
        refuse 66 "${file%% *}.*${file#* }" "$rungs" $reader "${file%% *}"
    done
done
[ ! -e x.c ] || fail "a refused checkpoint was exported"
refuse 64 "already has 6 epochs" train --epochs 5 --resume whole.ckpt
refuse 64 "trained with 'batch 64', not with 'batch 63'" train --epochs 7 --resume whole.ckpt --batch 63
refuse 64 "trained with 'dense 13', not with 'dense 14'" "$rungs" train mnist-mlp --epochs 7 --resume whole.ckpt --hidden 17,14
cp -r sets/mnist sets/fashion-mnist
refuse 64 "trained on mnist, not on fashion-mnist" "$rungs" train fashion-mlp --epochs 7 --resume whole.ckpt
refuse 74 "there is no folder no/such/; make it first" train --save no/such/folder.ckpt
refuse 74 "is a folder; name a file" train --save .
refuse 74 "there is no folder no/such/; make it first" train --log no/such/folder.csv
refuse 74 "--save and --log name the same file" train --save both --log ./both
refuse 74 "not a loss curve" train --epochs 7 --resume whole.ckpt --log whole.ckpt
[ "$(cksum <whole.ckpt)" = "$(cksum <half.ckpt)" ] || fail "a refusal changed a checkpoint"
printf x >>sets/fashion-mnist/t10k-labels-idx1-ubyte
refuse 66 "goes on after" "$rungs" train fashion-mlp
mv sets/mnist/t10k-labels-idx1-ubyte labels
refuse 66 "mnist is incomplete: .*/sets/mnist lacks the file t10k-labels-idx1-ubyte (plain or .gz); .rungs data get mnist" train
"$rungs" data | grep -q 'mnist is incomplete: .*/sets/mnist lacks the file t10k-labels-idx1-ubyte' || fail "rungs data does not say what is missing"
mv labels sets/mnist/t10k-labels.idx1-ubyte # as some copies are named
train --epochs 1 --steps 1 >log || fail "a renamed file: $(cat log)"
mv sets/mnist/t10k-labels.idx1-ubyte sets/mnist/t10k-labels-idx1-ubyte
code=0
"$rungs" train mnist-mlp --input 1x11x9 --hidden 100,100,100 --lr 1000 --save diverged.ckpt >log 2>stderr || code=$?
[ $code = 1 ] || fail "lr 1000 did not diverge: $code"
grep -q '^rungs train: training diverged: the loss is NaN or infinite at step [0-9]*;.*smaller --lr' stderr || fail "it diverged, and said: $(cat stderr)"
[ ! -e diverged.ckpt ] || fail "a diverged run was saved"

exit $failed
