#!/bin/sh
# emu_explain.sh RUNGS SOURCES EXPECTED - rungs emu --explain counts what the textbook says, line by line. EXPECTED has a row for
# each access: kernel, number of blocks in x, line, space and kind, bytes per lane, requests, lanes, sectors or wavefronts, ideal.
set -u
rungs=$1 sources=$2 expected=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work" NVCC=
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}

# json KERNEL KEY: the first value of that key after that kernel's name
json() {
    sed -n "/\"kernel\": \"$1\"/,\$s/^ *\"$2\": \(.*[^,]\),\{0,1\}\$/\1/p" "$work/json" | head -n 1
}

# is KERNEL KEY VALUE
is() {
    [ "$(json "$1" "$2")" = "$3" ] || bad "$1: $2 is $(json "$1" "$2"), not $3"
}

# says TEXT: the report has it
says() {
    grep -qe "$1" "$work/out" || bad "the report does not say '$1'"
}

"$rungs" emu --explain "$sources/textbook.cu" --registers 40 --json "$work/json" --csv "$work/csv" >"$work/out" 2>&1
code=$?
[ "$code" != 77 ] || exit 77
[ "$code" = 0 ] || bad "exit code $code: $(cat "$work/out")"

# ---- requests ----
sed -n '2,$p' "$work/csv" | cut -d, -f1,2,6-9,11-14 | sed 's/x1x1,\|x2x1,/,/' | sort >"$work/counted"
line_of() { # the number of the first line of the source after the kernel's name that has the text
    awk -v name="$1(" -v text="$2" 'index($0, "void " name) { inside = 1 } inside && index($0, text) { print NR; exit }' "$sources/textbook.cu"
}
grep -v '^#' "$expected" | while read -r kernel blocks space kind size requests lanes moved ideal text; do
    echo "$kernel,$blocks,$(line_of "$kernel" "$text"),$space,$kind,$size,$requests,$lanes,$moved,$ideal"
done | sort >"$work/expected"
diff "$work/expected" "$work/counted" >"$work/differ" || bad "requests (< expected, > counted):
$(cat "$work/differ")"

# ---- operations, lanes, barriers, atomics, distinct sectors ----
is gemm_right flop 524288
is parted flop 1792
is in_double flop 2048
is in_double peak '"FP64"'
is gemm_right peak '"FP32"'
is transpose_naive flop 0
is transpose_tiled barriers 4
is transpose_naive barriers 0
is counted atomics 4
is counted launches 2
is gemm_right distinct_sectors_read 1024
is gemm_right distinct_sectors_written 512
is gemm_right sectors_asked 41472
is gemm_right active_lanes 32

# ---- occupancy: 40 registers allow 12288 / (5 x 256) parts ----
is transpose_naive warps 32
is transpose_naive limit '"registers"'
is stride_2 percent 75
is stride_2 registers 40

# ---- words ----
says 'pad the row by one element'
says 'go through a __shared__ tile'
says 'structure of arrays'
says '32 lanes of a warp update one address'
says 'begin each row at such a multiple'
says 'Only 8 of 32 lanes are active'
says 'l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio'

exit $failed
