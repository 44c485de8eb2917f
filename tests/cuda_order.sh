#!/bin/sh
# cuda_order.sh DRIVER SHAPE... - every rung gives the same bits in whatever order the emulator runs threads, and whether
# cp.async copies at once or at the last moment. A rung that lacks a barrier or a wait depends on it.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

run() { # run NAME MODE SHAPE...: the bits of one mode, "VARIABLE=VALUE ...", in $work/NAME
    name=$1 mode=$2
    shift 2
    # shellcheck disable=SC2086 # a list of words
    if ! env $mode "$driver" bits "$@" >"$work/$name" 2>"$work/said"; then
        echo "FAIL  with $mode:"
        grep '^FAIL' "$work/$name"
        head -5 "$work/said"
        exit 1
    fi
}

driver=$1
shift
run forward CUEMU_ORDER=forward "$@"
[ "$(wc -l <"$work/forward")" -ge 60 ] || { echo "FAIL  only $(wc -l <"$work/forward") rungs"; exit 1; }
for order in reverse random:1 random:2; do
    run other "CUEMU_ORDER=$order CUEMU_ASYNC=eager" "$@"
    cmp "$work/forward" "$work/other" || { echo "FAIL  different bits in order $order"; diff "$work/forward" "$work/other"; exit 1; }
done
run other CUEMU_ORDER=random:3 "$@"
cmp "$work/forward" "$work/other" || { echo "FAIL  different bits in order random:3"; exit 1; }
echo "$(wc -l <"$work/forward") results, the same bits in five orders"
