#!/bin/sh
# train_kill.sh - a training that is killed at a random moment, again and again, loads what it saved and arrives at the bits of the
# run that was not: train_kill.sh RUNGS DATA_SET_PROGRAM SCRATCH KILLS
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
most=$4
"$make_set" "$scratch/sets/mnist" 500 50 9 9

# 69,000 parameters and few steps per epoch: much of the time goes into the checkpoints
train() { exec "$rungs" train mnist-mlp --input 1x9x9 --hidden 256,180 --batch 64 --epochs 60 --optimizer "adam lr=0.001" --dropout 0.1 "$@"; }
(train --save whole.ckpt --log whole.csv >log)

kills=0 resumes=0 arrivals=0 drawn=7
# one run from the start or from where it was killed, killed after 1 to 128 ms, every fourth time by TERM, which saves where it is
launch() {
    set --
    [ ! -e it.ckpt ] || set -- --resume it.ckpt
    [ $# = 0 ] || resumes=$((resumes + 1))
    train "$@" --save it.ckpt --log it.csv >log 2>&1 &
    drawn=$(((drawn * 1103515245 + 12345) % 2147483648))
    sleep "$(printf '0.%03d' $((drawn / 65536 % 128 + 1)))"
    signal=KILL
    [ $((drawn / 8388608 % 4)) != 0 ] || signal=TERM
    if kill -$signal $! 2>/dev/null; then kills=$((kills + 1)); fi
    wait $! 2>/dev/null && arrive
    grep '^rungs train:' log | grep -v 'interrupted after' && fail "after $kills kills it said: $(cat log)"
    return 0
}
arrive() {
    arrivals=$((arrivals + 1))
    cmp it.ckpt whole.ckpt || fail "after $kills kills: it is not the run that was not killed"
    cut -d, -f1-5,7- it.csv >a && cut -d, -f1-5,7- whole.csv >b
    cmp a b || fail "after $kills kills: the curve is not that of the run that was not killed"
    rm it.ckpt it.csv
}
while [ $kills -lt "$most" ] && [ $failed = 0 ]; do launch 2>/dev/null; done
set --
[ ! -e it.ckpt ] || set -- --resume it.ckpt
(train "$@" --save it.ckpt --log it.csv >log 2>&1) || fail "after $kills kills: $(cat log)"
arrive
[ $resumes -ge $((most / 3)) ] || fail "only $resumes resumes: this tested nothing"
left=$(find . -name 'it.ckpt.*' | wc -l)
echo "killed $kills times, resumed $resumes times, arrived $arrivals times; $left killed in the middle of a checkpoint"
exit $failed
