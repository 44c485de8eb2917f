#!/bin/sh
# train_sweep.sh - a grid of trainings in one command: train_sweep.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 400 100 9 9

train() { "$rungs" train mnist-mlp --input 1x9x9 --hidden 9 --epochs 2 --split "files validation=0.25" "$@"; }
value() { sed -n "s/^  \"$2\": \\(.*\\),\$/\\1/p" "$1"; }

# ---- each result is that of a training of its own ----
train --sweep "lr=0.1,0.004 batch=16,64" --seeds 2 --seed 5 --csv grid.csv --json >grid.json 2>log
[ "$(head -1 grid.csv)" = cell,seed,epochs,best_epoch,validation_loss,validation_accuracy,test_loss,test_accuracy,seconds,network,key ] || fail "the header: $(head -1 grid.csv)"
[ "$(cut -d, -f1,2 grid.csv | tail -n +2 | tr '\n' ';')" = "lr=0.1 batch=16,5;lr=0.1 batch=16,6;lr=0.1 batch=64,5;lr=0.1 batch=64,6;lr=0.004 batch=16,5;lr=0.004 batch=16,6;lr=0.004 batch=64,5;lr=0.004 batch=64,6;" ] ||
    fail "the trainings: $(cat grid.csv)"
for lr in 0.1 0.004; do
    for batch in 16 64; do
        for seed in 5 6; do
            train --lr $lr --batch $batch --seed $seed --json >alone 2>log
            grep "^lr=$lr batch=$batch,$seed," grid.csv | cut -d, -f5-8 | tr ',' '\n' >got
            for key in validation_loss validation_accuracy test_loss test_accuracy; do value alone $key; done >wanted
            paste got wanted | awk '{ d = $1 - $2; if (NF != 2 || d > 1e-8 || d < -1e-8) exit 1 }' || fail "lr $lr, batch $batch, seed $seed: $(paste got wanted)"
        done
    done
done
if command -v python3 >/dev/null; then python3 -m json.tool grid.json >/dev/null || fail "no JSON: $(cat grid.json)"; fi

# ---- the table: mean and deviation of each cell, the best first ----
train --sweep "lr=0.1,0.004 batch=16,64" --seeds 2 --seed 5 --csv grid.csv >text
grep -q '^8 of 8 trainings were in grid.csv already$' text || fail "trained again: $(cat text)"
# how: 1 if the deviation has n - how under the sum of squares
table() {
    awk -F, -v how="$1" 'NR > 1 { v[$1, ++n[$1]] = $6; sum[$1] += $6; loss[$1] += $5 }
        END { for (c in n) { m = sum[c] / n[c]; q = 0; for (k = 1; k <= n[c]; k++) q += (v[c, k] - m)^2
              printf "%.12f %.12f %.2f %.2f %.4f %s\n", -m, loss[c], 100 * m, 100 * sqrt(q / (n[c] - how)), loss[c] / n[c], c } }' grid.csv |
        sort -n -k1,1 -k2,2 | cut -d' ' -f3-
}
sed -n '/^ *validation/,/^$/p' text | awk 'NR > 1 && NF { print $1, $3, $5, $7, $8 }' >got
table 1 >wanted
cmp got wanted || fail "the table is $(cat got), not $(cat wanted)"
table 0 | cmp -s got - && fail "a wrong deviation passes"
grep -q "^best of 4 on the images that validate: $(head -1 wanted | cut -d' ' -f4-)\$" text || fail "the best: $(cat text)"
test=$(awk -F, -v c="$(head -1 wanted | cut -d' ' -f4-)" '$1 == c { s += $8; n++ } END { printf "%.2f", 100 * s / n }' grid.csv)
grep -q "^its test accuracy: $test % in the mean of 2 seeds, deviation " text || fail "the best is tested: $(tail -3 text), not $test"

# ---- what is finished is not run again; another network, rate or seed is ----
cp grid.csv before.csv
train --sweep "batch=64 lr=0.1,0.03" --seeds 3 --seed 5 --csv grid.csv >text
grep -q '^2 of 6 trainings were in grid.csv already$' text || fail "a grid with some new cells: $(cat text)"
[ "$(grep -c '^training ' text)" = 4 ] || fail "it trained: $(grep '^training' text)"
head -9 grid.csv | cmp - before.csv || fail "rows that were there have changed"
[ "$(wc -l <grid.csv)" = 13 ] || fail "not four more rows: $(cat grid.csv)"
for other in "--hidden 8" "--epochs 3" "--steps 3" "--rung naive"; do
    # shellcheck disable=SC2086 # an option and its value
    train --sweep "batch=64 lr=0.1" --seed 5 $other --csv grid.csv >text
    grep -q 'already' text && fail "$other: the result of another training was taken: $(cat text)"
done
# killed, and stopped by a signal: the rest is done by the same command
for signal in KILL TERM; do
    rm -f cut.csv log stderr
    "$rungs" train mnist-mlp --input 1x9x9 --hidden 9 --epochs 2 --split "files validation=0.25" --sweep "lr=0.1 batch=16" --seeds 1000 --csv cut.csv >log 2>stderr &
    while kill -0 $! 2>/dev/null && { [ ! -e cut.csv ] || [ "$(wc -l <cut.csv)" -lt 4 ]; }; do sleep 0.01; done
    kill -$signal $!
    wait $! 2>/dev/null && fail "$signal: it ended as if nothing was"
    finished=$(($(wc -l <cut.csv) - 1))
    [ $signal = KILL ] || grep -q "^rungs train: interrupted after [0-9]* steps*; cut.csv has $finished of 1000 trainings: the same command does the rest$" stderr || fail "it said: $(cat stderr)"
    train --sweep "lr=0.1 batch=16" --seeds $((finished + 1)) --csv cut.csv >text
    grep -q "^$finished of $((finished + 1)) trainings were in cut.csv already" text || fail "$signal: $(cat text)"
done

# ---- values with commas and blanks; a training that diverges is the last and no failure ----
train --sweep "optimizer=sgd lr=0.1|momentum lr=1000 mu=0.9; hidden=9|7,5" --csv mixed.csv >text 2>stderr || fail "a grid with a rate that is too high: $(cat stderr)"
grep -q '^  *diverged  *-  *-  *-  optimizer=momentum lr=1000 mu=0.9; hidden=' text || fail "diverged: $(cat text)"
[ "$(sed -n '/^ *validation/,/^$/p' text | sed -n 2p | grep -c 'optimizer=sgd lr=0.1; hidden=')" = 1 ] || fail "the first is no good one: $(cat text)"
grep -q '^optimizer=momentum lr=1000 mu=0.9; hidden=9,1,0,0,,,,,,mnist-mlp,' mixed.csv || fail "a row that diverged: $(cat mixed.csv)"
train --sweep "optimizer=sgd lr=0.1|momentum lr=1000 mu=0.9; hidden=9|7,5" --csv mixed.csv >text || fail "the same again: $(cat text)"
grep -q '^4 of 4 trainings were in mixed.csv already$' text && grep -q '^  *diverged' text || fail "what diverged is run again: $(cat text)"
train --sweep "lr=0.1,0.01" --csv - >text && grep -q '^lr=0.01,1,2,0,' text || fail "a table on stdout: $(cat text)"

# ---- early stopping: validated and tested is its best epoch ----
train --epochs 30 --lr 0.4 --early-stop 2 --sweep "batch=4" --csv stop.csv >text
best=$(sed -n 's/^tested with the parameters of epoch [0-9]*, whose validation loss is the lowest: //p' text)
[ "$(awk -F, 'NR == 2 { printf "%.4f", $5 }' stop.csv)" = "$best" ] || fail "the best epoch's loss is $best: $(cat stop.csv)"

# ---- where the results go: through a link, into a FIFO; a full disk leaves what was there ----
cp grid.csv target.csv && ln -s target.csv link.csv
train --sweep "lr=0.2" --csv link.csv >text
[ -h link.csv ] && grep -q '^lr=0.2,1,' target.csv || fail "a link was replaced: $(cat target.csv)"
mkfifo fifo
cat fifo >through &
train --sweep "lr=0.2,0.1" --csv fifo >text
wait $!
[ "$(wc -l <through)" = 3 ] || fail "through a FIFO came: $(cat through)"
cp grid.csv full.csv
got=$(ulimit -f 1; "$rungs" train mnist-mlp --input 1x9x9 --hidden 9 --epochs 2 --split "files validation=0.25" --sweep "lr=0.7" --seeds 9 --csv full.csv 2>stderr >/dev/null || echo $?)
[ "$got" = 74 ] && [ "$(wc -l <stderr)" = 1 ] && grep -q '^rungs train: cannot write .*full.csv: .*nothing was changed' stderr || fail "a full disk: it ended with $got, and said: $(cat stderr)"
cmp full.csv grid.csv || fail "a full disk lost results"

# ---- refusals ----
refuse 64 "'lr' is not NAME=VALUE" train --sweep lr
refuse 64 "lr has a value that is empty" train --sweep "lr=0.1,,0.2"
refuse 64 "names no setting" train --sweep " "
refuse 64 "has lr twice" train --sweep "lr=1 lr=2"
refuse 64 "there is no setting 'rate'" train --sweep "rate=1"
refuse 64 "leave out seed; --seeds N" train --sweep "seed=1,2"
refuse 64 "batch 0" train --sweep "batch=16,0"
refuse 64 "more than 1000 cells" train --sweep "$(for a in lr batch warmup max-norm; do printf '%s=1,2,3,4,5,6 ' $a; done)"
refuse 64 "are more than 1000 trainings" train --sweep "lr=1,2" --seeds 501
refuse 64 "add --split" "$rungs" train mnist-mlp --input 1x9x9 --sweep "lr=1,2"
refuse 64 "leave out --save, --resume and --log" train --sweep "lr=1,2" --save x.ckpt
refuse 64 "goes with --folds, --sweep or --find-lr" train --csv x.csv
refuse 74 "log exists but is not a table of .rungs train --sweep." train --sweep "lr=1,2" --csv log
refuse 74 "make it first" train --sweep "lr=1,2" --csv no/x.csv
exit $failed
