#!/bin/sh
# fuzz.sh - runs a fuzzer for a while: fuzz.sh idx|cifar|table|npy|picture|safetensors|checkpoint|netfile FUZZER SEEDS_PROGRAM SCRATCH PERCENT
# The time is RUNGS_FUZZ_SECONDS, or else 10 s; PERCENT of it is for this fuzzer.
set -eu
what=$1 fuzzer=$2 seeds=$3 scratch=$4 percent=$5
if [ ! -x "$fuzzer" ]; then
    echo "skipped: there is no clang with libFuzzer here (on Debian: apt install clang)"
    exit 77
fi
seconds=$((${RUNGS_FUZZ_SECONDS:-10} * percent / 100))
[ "$seconds" -ge 1 ] || seconds=1
rm -rf "$scratch"
mkdir -p "$scratch/found"
"$seeds" "$what" "$scratch/seeds"
largest=4096
[ "$what" != cifar ] || largest=8192 # an image in an archive has 3 KiB
# malloc_limit_mb: a header of some bytes must never make the reader ask for more than that
"$fuzzer" -max_total_time="$seconds" -max_len=$largest -malloc_limit_mb=16 -rss_limit_mb=1024 -timeout=10 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="$scratch/found/" "$scratch/seeds" >"$scratch/log" 2>&1 || {
    cat "$scratch/log"
    echo "FAIL: the input that broke the reader is in $scratch/found"
    exit 1
}
grep -E 'number_of_executed_units|peak_rss_mb' "$scratch/log"
