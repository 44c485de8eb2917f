#!/bin/sh
# bench_load.sh - rungs bench --load: the busy processes are there, are recorded, and end with the bench however it ends:
# bench_load.sh RUNGS FOLDER
rungs=$1 work=$2
rm -rf "$work" && mkdir -p "$work" || exit 1
fail() { echo "FAIL: $*"; cat "$work/said" "$work/err"; exit 1; }

# The processes that run a copy of the program of this name: no other test's.
program=$work/rungs-load-$$
cp "$rungs" "$program" || exit 1
running() { find /proc -maxdepth 2 -name exe -path '/proc/[0-9]*' -lname "$program" 2>/dev/null | sed 's,/exe$,,'; }
count() { running | wc -l; }
wait_for() { # wait_for CONDITION: some seconds at most
  for _ in $(seq 300); do eval "$1" && return; sleep 0.1; done
  return 1
}

# OMP_PROC_BIND=true binds the first thread of a program that has OpenMP; the CPUs are those from before that.
threads=1
[ "$(nproc)" = 1 ] || threads=1,2
OMP_PROC_BIND=true "$program" bench relu_forward --quick --shape 4096 --threads $threads --no-peers --load 2 --csv "$work/load.csv" --json "$work/load.json" >"$work/said" 2>"$work/err" ||
  fail "a race beside two busy processes"
[ "$(count)" = 0 ] || fail "$(count) processes are left at the end"
grep -q 'beside 2 busy processes' "$work/said" || fail "the load is not said"
grep -q '^relu_forward,00_naive,rung,4096,1,warm,2,' "$work/load.csv" || fail "the load is not in the CSV file"
grep -q '"load": 2' "$work/load.json" || fail "the load is not in the JSON file"
"$program" bench relu_forward --load 100000 >"$work/said" 2>"$work/err"
[ $? = 64 ] || fail "100000 are too many"

# The bench is one process, its child, which does the work, another, and then there are the busy ones. A Ctrl-C hits the
# first two, a kill or a crash one of them.
if "$program" bench train --quick --threads 1 >"$work/said" 2>"$work/err"; then what="train"; else what="relu_forward --no-peers"; fi
for how in 'INT both' 'KILL first' 'KILL worker' 'SEGV worker'; do
  # shellcheck disable=SC2086 # a list of words
  "$program" bench $what --threads 1 --load 2 >"$work/said" 2>"$work/err" &
  first=$!
  wait_for '[ "$(count)" -ge 4 ]' || fail "$(count) processes instead of 4"
  worker=$(running | sed 's,/proc/,,' | grep -vx $first | sort -n | head -1)
  case $how in *first) victims=$first ;; *worker) victims=$worker ;; *both) victims="$first $worker" ;; esac
  # shellcheck disable=SC2086
  kill -${how% *} $victims
  wait_for '[ "$(count)" = 0 ]' || fail "$(count) processes outlive it: $how"
  wait $first 2>/dev/null
done

# trainings in pairs; the counts must reach the same bits
"$program" bench train --quick --threads 1 --load 1 --csv "$work/train.csv" >"$work/said" 2>"$work/err"
case $? in
0) grep -q '^train,[^,]*,rung,64x784x512x256x10,1,warm,1,0,[0-9]' "$work/train.csv" || fail "no row of the training" ;;
66) echo "without the images: $(cat "$work/err")" ;;
*) fail "trainings in pairs" ;;
esac

[ "$(count)" = 0 ] || fail "$(count) processes are left"
rm -f "$program"
echo "rungs bench --load: there, recorded, gone"
