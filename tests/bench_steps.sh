#!/bin/sh
# bench_steps.sh - rungs bench steps: a framework whose gradient is another gets no time, one that is lost or not there is left out
# with a sentence, and Python with whatever it has agrees with the rungs; likewise rungs bench epochs: bench_steps.sh RUNGS FOLDER
# FAKE_PYTHON DATA_SET_PROGRAM [small]; small: with two small networks, as a sanitizer's build is slow
rungs=$1 work=$2 fake=$3 make_set=$4 python=$RUNGS_PEER_PYTHON
rm -rf "$work" && mkdir -p "$work" || exit 1
fail() { echo "FAIL: $*"; cat "$work/said" "$work/err"; exit 1; }
frameworks=3 two=a002-mnist-64,a001-cifar-lenet
if [ -n "${5-}" ]; then networks=2 rows=4 all="--networks $two"; else networks=4 rows=4 all=; fi # chosen ones have two rungs
chosen=$all

# steps CODE ARGUMENTS...
steps() {
  expected=$1
  shift
  # shellcheck disable=SC2086 # an option and its value, or nothing
  "$rungs" bench steps --quick --threads 1 $chosen "$@" >"$work/said" 2>"$work/err"
  code=$?
  [ $code = "$expected" ] || fail "$*: exit code $code instead of $expected"
}
said() { [ "$(grep -c "$1" "$work/said")" = "$2" ] || fail "not $2 lines with '$1'"; }

steps 0 --no-peers --csv "$work/steps.csv" --json "$work/steps.json"
said '^train_step ' $networks
[ "$(grep -c '^train_step,.*,rung,[a-z0-9-]*,1,warm,0,[0-9.e-]*,[0-9.]*[1-9]' "$work/steps.csv")" = $rows ] || fail "the CSV file"
[ "$(grep -c '"op": "train_step", .*"seconds": [0-9.]*[1-9]' "$work/steps.json")" = $rows ] || fail "the JSON file"

export RUNGS_PEER_PYTHON="$fake"
RUNGS_FAKE=right steps 1 --csv "$work/steps.csv"
said 'FAIL: the gradient is off by 1.0e+00' $((networks * frameworks))
[ "$(grep -c '^train_step,.*,peer,.*FAIL: the gradient' "$work/steps.csv")" = $((networks * frameworks)) ] || fail "no FAIL in the CSV file"
! grep -q "of the best peer's time" "$work/said" || fail "the time of a wrong step is compared"
chosen="--networks $two"
RUNGS_FAKE=refuses steps 0
said "left out: it answers 'refused it does not like it'" $((2 * frameworks))
RUNGS_FAKE=dies steps 0
said 'left out: it ended, with exit code 7' $((2 * frameworks))
RUNGS_FAKE=mute steps 0
said 'is not here: it ended, with exit code 9' $frameworks
if [ -n "$python" ]; then export RUNGS_PEER_PYTHON="$python"; else unset RUNGS_PEER_PYTHON; fi

chosen=$all
steps 0
[ $(($(grep -c 'is not here: ' "$work/said") + $(grep -c '^  [a-z][a-z_]* *1  *[0-9.]* [mu]*s ' "$work/said") / networks)) = $frameworks ] ||
  fail "a framework is neither absent nor timed at every network"
! grep -q '^  [a-z][a-z_]* *1  *[0-9.]* [mu]*s ' "$work/said" || said "  [0-9.]*[1-9] of the best peer's time" $networks
# Memory: parameters, gradients and what Adam or momentum keeps are four or three floats a parameter; the rest is less than 64 MiB. The
# process that measures is smaller than that.
RUNGS_PEER_PYTHON="$fake"
export RUNGS_PEER_PYTHON
# shellcheck disable=SC2086 # as above
memory() { RUNGS_FAKE=$1 "$rungs" bench steps --memory --threads 1 $chosen --csv "$work/memory.csv" >"$work/said" 2>"$work/err" || fail "--memory: exit code $?"; }
memory right
said '^  rungs  *1  *[0-9.]*[1-9][0-9.]* ' $networks
awk -F, 'BEGIN { least["fc512-fc256"] = 16 * 535818; least["conv32-fc128"] = 16 * 693962; least["conv32-conv64-fc128"] = 16 * 545098; least["lenet"] = least["a001-cifar-lenet"] = 12 * 62006; least["a002-mnist-64"] = 16 * 50890 }
    $2 == "rungs" { n++; own = $7 - $5; bad += own < least[$1] || own > least[$1] + 64 * 1048576 || $6 > $7 } END { exit n != '$networks' || bad }' "$work/memory.csv" || fail "the rungs' memory: $(cat "$work/memory.csv")"
memory refuses
said "left out: it answers 'refused it does not like it'" $((networks * frameworks))
[ "$(grep -c . "$work/memory.csv")" = $((networks + 1)) ] || fail "a framework that is lost has a row"
"$rungs" bench steps --memory --quick >"$work/said" 2>"$work/err"
[ $? = 64 ] || fail "--memory takes --quick"
"$rungs" bench relu_forward --memory >"$work/said" 2>"$work/err"
[ $? = 64 ] || fail "--memory is taken for an operation"

"$rungs" bench steps --shape 3 >"$work/said" 2>"$work/err"
[ $? = 64 ] || fail "a shape is taken"
grep -q 'steps takes --threads, --no-peers, --quick, --memory, --csv and --json' "$work/err" || fail "no sentence"

# ---- chosen networks, and whole epochs ----
RUNGS_PEER_PYTHON="$fake"
export RUNGS_PEER_PYTHON
chosen="--networks $two"
steps 0 --no-peers
said '^train_step a00[12]-' 2
said '^  00_naive  *1 ' 2
refuses() {
  words=$1
  shift
  "$rungs" bench "$@" >"$work/said" 2>"$work/err"
  [ $? = 64 ] && grep -q "$words" "$work/err" || fail "$*"
}
refuses "no network 'a002-mnist-46'" steps --networks a002-mnist-46
refuses 'raced with the loss softmax_xent' steps --networks a002-mnist-64,a001-toy-bce
refuses 'networks is for .rungs bench steps' relu_forward --networks a002-mnist-64
refuses 'epochs needs networks' epochs
refuses 'memory is for' epochs --networks a002-mnist-64 --memory

mkdir -p "$work/sets"
"$make_set" "$work/sets/mnist" 320 100 28 28 || exit 1
epochs() {
  expected=$1
  shift
  RUNGS_DATA="$work/sets" "$rungs" bench epochs --quick --threads 1 --networks a002-mnist-64 "$@" >"$work/said" 2>"$work/err"
  code=$?
  [ $code = "$expected" ] || fail "epochs $*: exit code $code instead of $expected"
}
RUNGS_FAKE=right RUNGS_FAKE_RIGHT=-1 epochs 1 --csv "$work/epochs.csv"
said 'FAIL: -100.0 % of the test images are right, and [0-9.]* % with the rungs' $frameworks
[ "$(grep -c '^train_epoch,.*,rung,a002-mnist-64,1,warm,0,[0-9.e-]*,[0-9.]*[1-9]' "$work/epochs.csv")" = 1 ] || fail "the CSV file of epochs"
right=$(sed -n 's/.* and \([0-9.]*\) % with the rungs$/\1/p' "$work/said" | head -1)
RUNGS_FAKE_RIGHT=$(awk -v p="$right" 'BEGIN { print p / 100 + 0.04 }')
export RUNGS_FAKE_RIGHT
RUNGS_FAKE=right epochs 0
said " of the best peer's time" 1
RUNGS_FAKE=refuses epochs 0
said "left out: it answers 'refused it does not like it'" $frameworks
RUNGS_FAKE=dies epochs 0
said 'left out: it ended, with exit code 7' $frameworks
exit 0
