#!/bin/sh
# train_stop.sh - a training stopped at any step goes on to the same bits, and a full disk or a folder that is gone loses nothing
# that was saved: train_stop.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 330 100 9 9
per_epoch=17 # of 264 images in batches of 16, the last of 8

settings="--input 1x9x9 --hidden 12 --batch 16 --epochs 3"
train() { "$rungs" train mnist-mlp "$@"; }
without_seconds() { cut -d, -f1-5,7- "$1"; }
# what a log says that is not about time
lines() { sed -n 's/^\(epoch .* test [ 0-9.]* %\).*/\1/p; /^t/p; /^stopped early/p' "$1"; }

# ---- stopped by --steps: the checkpoint, the curve and the lines about epochs are those of the run that was not stopped ----
# stopped OPTIONS...: at the first and the last step of an epoch, and between
stopped() {
    # shellcheck disable=SC2086 # options
    train $settings --split "files validation=0.2" "$@" --save whole.ckpt --log whole.csv >whole.log
    for step in 1 9 16 17 18 40 50; do
        # shellcheck disable=SC2086 # options
        train $settings --split "files validation=0.2" "$@" --steps $step --save part.ckpt --log part.csv >log
        [ $((step % per_epoch)) = 0 ] || grep -q "^part.ckpt has all of them; --resume part.ckpt goes on there" log || fail "$step steps of $*: $(cat log)"
        train --epochs 3 --resume part.ckpt --save part.ckpt --log part.csv >log || fail "$step steps of $*: $(cat log)"
        [ $((step % per_epoch)) = 0 ] || grep -q "^resuming after epoch $((step / per_epoch)) and $((step % per_epoch * 16)) examples of " log || fail "$step steps of $*: $(cat log)"
        cmp part.ckpt whole.ckpt || fail "stopped after $step steps, $*: the checkpoint differs"
        without_seconds part.csv >a && without_seconds whole.csv >b
        cmp a b || fail "stopped after $step steps, $*: the curve differs"
        lines log >a && lines whole.log | tail -n "$(wc -l <a)" >b
        [ -s a ] && cmp a b || fail "stopped after $step steps, $*: it says $(cat a), not $(cat b)"
    done
}
stopped
stopped --optimizer "adamw lr=0.003 wd=0.01" --dropout 0.3 --schedule "cosine" --warmup 1 --augment "shift=1 rotate=10"
stopped --optimizer "momentum lr=0.1 nesterov=1" --schedule "plateau patience=0 threshold=0.5" --early-stop 1
stopped --optimizer "schedule_free lr=0.01"
printf 'rungs-network 1\ninput 1x9x9\nconv out=4 kernel=3\nbatchnorm\nrelu\ndense 10\nloss softmax_xent\noptimizer sgd lr=0.05\ndata mnist\n' >norm.net
train() { "$rungs" train ./norm.net "$@"; }
settings="--batch 16 --epochs 3" stopped --early-stop 2
train() { "$rungs" train mnist-mlp "$@"; }

# a part of an epoch that is left out, or that is of another epoch, gives other bits
# shellcheck disable=SC2086 # options
train $settings --input 1x9x9 --hidden 12 --save whole.ckpt >log
# shellcheck disable=SC2086 # options
train $settings --input 1x9x9 --hidden 12 --steps 9 --save part.ckpt >log
cmp -s part.ckpt whole.ckpt && fail "a part of a training is the whole"

# ---- stopped by Ctrl-C or SIGTERM, in the middle of an epoch ----
"$make_set" "$scratch/sets/fashion-mnist" 1990 50 9 9
long="fashion-mlp --input 1x9x9 --hidden 300 --batch 1 --epochs 4"
# shellcheck disable=SC2086 # options
"$rungs" train $long --save whole.ckpt --log whole.csv >log
# interrupted SIGNAL NUMBER: at some rows after an epoch's end
interrupted() {
    got=0
    rm -f cut.ckpt cut.csv log stderr
    # shellcheck disable=SC2086 # options
    "$rungs" train $long --save cut.ckpt --log cut.csv >log 2>stderr &
    while kill -0 $! 2>/dev/null && { [ ! -e cut.csv ] || [ "$(wc -l <cut.csv)" -lt 27 ]; }; do sleep 0.01; done
    kill -"$1" $!
    wait $! || got=$?
    [ $got = $((128 + $2)) ] || fail "$1: it ended with $got: $(cat stderr)"
    go_on=$(sed -n 's/^rungs train: interrupted after [0-9]* steps; cut.ckpt has them, [0-9.]* of 4 epochs: `rungs \(.*\)` goes on$/\1/p' stderr)
    [ "$go_on" = "train fashion-mlp --epochs 4 --resume cut.ckpt --save cut.ckpt --log cut.csv" ] || fail "$1: it said: $(cat stderr)"
    # shellcheck disable=SC2086 # words
    "$rungs" $go_on >log || fail "rungs $go_on: it does not go on: $(cat log)"
    grep -q '^resuming after epoch [0-9]* and [1-9][0-9]* examples of cut.ckpt' log || echo "$1 came between two epochs"
    cmp cut.ckpt whole.ckpt || fail "$1: the checkpoint is not the uninterrupted one's"
    without_seconds cut.csv >a && without_seconds whole.csv >b
    cmp a b || fail "$1: the curve is not the uninterrupted one's"
}
interrupted TERM 15
# a shell has its background programs ignore INT; and then it stays ignored
if env --default-signal=INT true 2>/dev/null; then
    real=$rungs
    printf '#!/bin/sh\nexec env --default-signal=INT "%s" "$@"\n' "$real" >with_int && chmod +x with_int
    rungs=$scratch/with_int
    interrupted INT 2
    rungs=$real
fi
# a second signal ends it at once: the first finds it waiting for a reader of what it saves, and goes on to wait
mkfifo never
rm log stderr
# shellcheck disable=SC2086 # options
"$rungs" train $long --epochs 1 --save never >log 2>stderr &
while kill -0 $! 2>/dev/null && ! grep -qs '^epoch' log; do sleep 0.01; done
kill -TERM $!
sleep 0.2
kill -0 $! 2>/dev/null || fail "one signal ended it in the middle of what it saves: $(cat stderr)"
kill -TERM $!
got=0
wait $! || got=$?
[ $got = 143 ] && [ ! -s stderr ] || fail "two signals: it ended with $got, and said: $(cat stderr)"

# ---- what cannot be saved: one sentence, what was saved before is as it was, and nothing is left beside it ----
mkdir disk
# shellcheck disable=SC2086 # options
train $settings --epochs 1 --save disk/a.ckpt >log
before=$(cksum <disk/a.ckpt)
# as_before CODE: how it ended
as_before() {
    [ "$1" = 74 ] || fail "$2: it ended with $1"
    [ "$(wc -l <stderr)" = 1 ] && grep -q "^rungs train: cannot write .*a.ckpt.*: .*" stderr || fail "$2: it said: $(cat stderr)"
    [ "$(cksum <disk/a.ckpt)" = "$before" ] && [ "$(ls disk)" = a.ckpt ] || fail "$2: the folder has $(ls -l disk)"
}
for steps in 0 3; do # at the end of an epoch, and in the middle of one
    # 2 blocks of 512 or 1024 bytes, and the checkpoint has more
    got=$(ulimit -f 2; "$rungs" train mnist-mlp --epochs 2 --steps $steps --resume disk/a.ckpt --save disk/a.ckpt 2>stderr >/dev/null || echo $?)
    as_before "${got:-0}" "a limit on the size of files, $steps steps"
done
got=0
train --epochs 2 --resume disk/a.ckpt --save /dev/full >log 2>stderr || got=$?
sed 's,/dev/full,a.ckpt,' stderr >it && mv it stderr
as_before $got "/dev/full"
# a real file system that has no room left, where a user may mount one
if unshare -Urm true 2>/dev/null; then
    got=0
    cp disk/a.ckpt small.ckpt
    # shellcheck disable=SC2016 # expanded there
    unshare -Urm sh -c 'mount -t tmpfs -o size=16k none disk && cp small.ckpt disk/a.ckpt || exit 77
        head -c 100000 /dev/zero >disk/filler 2>/dev/null
        got=0
        "$1" train mnist-mlp --epochs 2 --resume disk/a.ckpt --save disk/a.ckpt >log 2>stderr || got=$?
        [ $got != 74 ] || cmp small.ckpt disk/a.ckpt || got=1
        [ "$(ls disk | tr "\n" " ")" = "a.ckpt filler " ] || got=2
        exit $got' sh "$rungs" 2>mounting || got=$?
    if [ $got = 77 ]; then
        echo "no file system could be mounted: $(cat mounting)"
    else
        as_before $got "a full file system"
        grep -q "No space left" stderr || fail "a full file system: $(cat stderr)"
    fi
fi
# a folder that goes away during the training
# shellcheck disable=SC2086 # options
"$rungs" train $long --epochs 1000 --resume whole.ckpt --save disk/b.ckpt >log 2>stderr &
while kill -0 $! 2>/dev/null && [ ! -e disk/b.ckpt ]; do sleep 0.01; done
mv disk moved
got=0
wait $! || got=$?
rm moved/b.ckpt* && mv moved disk
sed 's,b.ckpt,a.ckpt,' stderr >it && mv it stderr
as_before $got "a folder that is gone"
grep -q 'there is no folder disk/; make it first\|No such file or directory; nothing was changed' stderr || fail "a folder that is gone: $(cat stderr)"

# ---- the middle of an epoch of fewer images is no middle ----
# shellcheck disable=SC2086 # options
"$rungs" train $long --steps 1500 --save cut.ckpt >log
"$make_set" "$scratch/sets/fashion-mnist" 1490 50 9 9
refuse 64 "the checkpoint claims 1500 examples of an epoch of 1490, in batches of 1" "$rungs" train fashion-mlp --epochs 4 --resume cut.ckpt
exit $failed
