#!/bin/sh
# tsan_rungs.sh PROGRAM - every rung that has threads, and those above it, with three of them; the others cannot race.
set -u
rungs=$1 looked=0 failed=0
for op in $("$rungs" list | sed -n 's/^\([a-z][a-z0-9_]*\) .*/\1/p'); do
    for rung in $("$rungs" list "$op" 2>/dev/null | sed -n 's/^ *\([0-9][0-9]_[a-z0-9_]*\) .*/\1/p' | sed -n '/_threads$/,$p'); do
        looked=$((looked + 1))
        "$rungs" check "$op" --rung "$rung" --threads 3 || [ $? = 77 ] || failed=1
    done
done
echo "$looked rungs with threads"
[ "$looked" -ge 20 ] && [ $failed = 0 ]
