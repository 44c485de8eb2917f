#!/bin/sh
# ridge.sh CSV - from a machine's measurements: GFLOP/s of a core with AVX2, GB/s that it reads from memory, and how many
# operations it does in the time of a byte.
exec awk -F, '
$5 == 1 && $2 == "fma_avx2" { print flops = $10 }
$5 == 1 && $2 == "read_dram" { print bytes = $11 }
END { print flops / bytes }' "$1"
