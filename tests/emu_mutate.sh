#!/bin/sh
# emu_mutate.sh DRIVER MODULE SHAPE... - are the checks good enough to miss each barrier? Leaves out the barriers, waits,
# commits and arrivals of the CUDA ladders, one at a time (CUEMU_WITHOUT), and asks that the emulator notice.
#
# DRIVER is cuda_driver, MODULE the ladders built for the race checker. Of each rung and shape, the synchronisations that
# run are asked for first (CUEMU_SYNCS); each is then left out in some of the runs that have it. Nothing needs compiling.
# One that nobody misses is either not tested or not needed: a shape is missing here, or the line is too much there.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
driver=$1
RUNGS_CUDA=$2
export RUNGS_CUDA
shift 2

spaced() {
    echo "$1" | tr @ ' '
}

# Each way to look, until one notices: the race checker with poison, then other orders of threads and copies; in place, too.
noticed() { # noticed SITE
    for way in "forward deferred" "reverse eager" "random:1 deferred" "random:2 eager"; do
        awk -v site="$1" '$2 == site { print $3, $4, $5 }' "$work/mutants" | head -60 >"$work/tries"
        while read -r op rung shape; do
            if ! CUEMU_WITHOUT=$1 CUEMU_ORDER=${way% *} CUEMU_ASYNC=${way#* } CUEMU_TIMEOUT=2 \
                 "$driver" over "$(spaced "$op")" "$rung" "$shape" >"$work/said" 2>&1; then
                return 0
            fi
        done <"$work/tries"
    done
    return 1
}

# every rung of every operation at the first shape, at the others each name once; a @ for each space of an operation's name, which
# a set of parameters has
"$driver" bits "$@" 2>/dev/null | awk -v first="$1" '{ op = $1; for (i = 2; i < NF - 2; i++) op = op "@" $i }
    !rung[$(NF - 2), $(NF - 1)]++ || $(NF - 1) == first { print op, $(NF - 2), $(NF - 1) }' >"$work/runs"
[ -s "$work/runs" ] || { echo "FAIL  $driver names no runs"; exit 1; }
while read -r op rung shape; do
    CUEMU_SYNCS=$work/syncs "$driver" once "$(spaced "$op")" "$rung" "$shape" >"$work/said" 2>&1 ||
        { cat "$work/said"; echo "FAIL  $(spaced "$op") $rung $shape does not run"; exit 1; }
    sort -u "$work/syncs" 2>/dev/null | sed "s|\$| $op $rung $shape|" >>"$work/mutants"
    rm -f "$work/syncs"
done <"$work/runs"

# the synchronisations, each once; to be tried first: one run of each shape
sort -u -k2,2 -k5,5 "$work/mutants" >"$work/first"
sort "$work/mutants" | cat "$work/first" - | awk '!seen[$0]++' >"$work/all"
mv "$work/all" "$work/mutants"
awk '!seen[$2]++ { print $1, $2 }' "$work/mutants" >"$work/sites"

noticed=0 survivors=0
while read -r what site; do
    if noticed "$site"; then
        noticed=$((noticed + 1))
    else
        survivors=$((survivors + 1))
        echo "FAIL  nobody notices that $what at $site is left out"
    fi
done <"$work/sites"
echo "$noticed noticed, $survivors not noticed"
[ "$noticed" -ge 20 ] && [ "$survivors" -eq 0 ]
