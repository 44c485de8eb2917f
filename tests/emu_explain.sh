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

# ---- the page: well-formed, without script, nothing from elsewhere, and the pictures ----
# balanced FILE: every tag is closed in its order, and no & or < stands alone
balanced() {
    awk '
    { text = text $0 "\n" }
    END {
        sub(/<!DOCTYPE html>/, "", text)
        while (match(text, /<[^>]*>/)) {
            before = substr(text, 1, RSTART - 1); tag = substr(text, RSTART + 1, RLENGTH - 2); text = substr(text, RSTART + RLENGTH)
            gsub(/&(amp|lt|gt|quot|#160);/, "", before)
            if (before ~ /[&<]/ || tag ~ /</) exit 1
            if (tag ~ /\/$/) continue
            name = tag; sub(/ .*/, "", name)
            if (name ~ /^\//) { if (depth < 1 || open[depth--] != substr(name, 2)) exit 1 } else open[++depth] = name
        }
        exit depth != 0 || text ~ /[<>]/
    }' "$1"
}

got=0
"$rungs" emu --explain "$sources/textbook.cu" -D RACE --registers 40 --html "$work/page" >"$work/out" 2>&1 || got=$?
[ $got = 1 ] || bad "with a race the exit code is $got, not 1"
says 'Race: thread (31,0,0) of block (0,0,0) read it at textbook.cu:101, thread (32,0,0) of block (0,0,0) wrote it at textbook.cu:100'
has() {
    grep -qe "$1" "$work/page" || bad "the page has no $1"
}
balanced "$work/page" || bad "the page is not well-formed"
sed '0,/<\/h2>/s///' "$work/page" >"$work/torn"
sed '0,/&lt;/s//</' "$work/page" >"$work/bare"
for broken in torn bare; do balanced "$work/$broken" && bad "a broken page is taken as well-formed"; done
if command -v xmllint >/dev/null; then xmllint --noout "$work/page" || bad "xmllint finds the page not well-formed"; fi
grep -qiE '<script|https?:|src=|href=|url\(|@import|<link|<iframe|<object| on[a-z]+=' "$work/page" && bad "the page has script, or asks for something elsewhere"
has '<h2><code>transpose_naive</code></h2>'
has '<li class="s7"><b>31</b>7936<br/>s31</li>'   # the last lane of the naive store: 31 rows of 256 bytes on, a sector of its own
has '<li class="w4"><b>[0-9]*: 32</b>0-31</li>'   # the tile: one bank has to give 32 words; which depends on where the array is
has '<li class="w1"><b>[0-9]*: 1</b>31</li>'      # padded: one each
has '<li class="s3"><b>31</b>124<br/>s3</li>'     # contiguous: the fourth sector
has '<div>Thread (31,0,0) of block (0,0,0)<br/><strong>read it'
has '<div>Thread (32,0,0) of block (0,0,0)<br/><strong>wrote it'
has 'threadIdx.x &lt; 64 &amp;&amp; true'
has 'l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio'

# ---- what a change did ----
got=0
"$rungs" emu --diff "$sources/before.cu" "$sources/after.cu" --json "$work/diff" >"$work/out" 2>&1 || got=$?
[ $got = 0 ] || bad "--diff ends with $got: $(cat "$work/out")"
for row in '"sectors_asked": \[4608, 1024\]' '"wavefronts": \[0, 256\]' '"barriers": \[0, 4\]' '"a": null'; do
    grep -q "$row" "$work/diff" || bad "--diff --json has no $row: $(cat "$work/diff")"
done
says 'global store 4 B: requests 128 -> 128, sectors each 32.00 -> 4.00 (ideal 4.00 -> 4.00)'
says 'only b after.cu:10  out\[y \* 64 + x\] = tile'
says '1 access is unchanged'
COLUMNS=44 "$rungs" emu --diff "$sources/before.cu" "$sources/before.cu" >"$work/out" 2>&1 || bad "--diff of a program with itself ends with $?"
says '2 accesses are unchanged'
grep -q -e '->' "$work/out" && bad "a program differs from itself: $(cat "$work/out")"
[ "$(awk '{ if (length > most) most = length } END { print most }' "$work/out")" -le 44 ] || bad "lines are wider than COLUMNS: $(cat "$work/out")"

# ---- what is refused ----
# refused CODE TEXT WORDS...
refused() {
    code=$1 text=$2 got=0
    shift 2
    "$rungs" emu "$@" >"$work/out" 2>&1 || got=$?
    [ $got = "$code" ] || bad "rungs emu $*: exit code $got, not $code"
    says "$text"
}
refused 64 "there is no GPU 'v100'" --explain "$sources/before.cu" --gpu v100
refused 64 '--html goes with --explain' "$sources/before.cu" --html page
refused 64 '--html goes with --explain' --diff "$sources/before.cu" "$sources/after.cu" --html page
refused 64 '--diff takes two programs' --diff "$sources/before.cu"
refused 64 '--diff and --explain do not go together' --diff --explain "$sources/before.cu" "$sources/after.cu"
refused 64 '--quick does not go with --explain' --explain --quick "$sources/before.cu"
printf 'int main() { return 0; }\n' >"$work/none.cu"
refused 77 'no kernel ran' --explain "$work/none.cu"

# ---- registers: nvcc names static kernels, and those of unnamed namespaces, otherwise than the host's compiler ----
cat >"$work/static.cu" <<'END'
static __global__ void of_file(float *x) { x[threadIdx.x] = 1; }
namespace { __global__ void unnamed(float *x) { x[threadIdx.x] = 2; } }
namespace n { static __global__ void inside(float *x) { x[threadIdx.x] = 3; } }
static __global__ void of_fil(float *x) { x[threadIdx.x] = 4; }
int main() {
    float *x;
    cudaMalloc(&x, 128);
    of_file<<<1, 32>>>(x), unnamed<<<1, 32>>>(x), n::inside<<<1, 32>>>(x), of_fil<<<1, 32>>>(x);
    cudaFree(x);
}
END
cat >"$work/nvcc" <<'END'
#!/bin/sh
n=20
for name in _Z7of_filePf _ZN35_GLOBAL__N__12345678_9_static_cu_ab7unnamedEPf _ZN1n6insideEPf; do
    n=$((n + 1))
    echo "ptxas info    : Compiling entry function '$name' for 'sm_90'"
    echo "ptxas info    : Used $n registers, used 0 barriers"
done >&2
END
chmod +x "$work/nvcc"
NVCC="$work/nvcc" "$rungs" emu --explain "$work/static.cu" --json "$work/json" >"$work/out" 2>&1 || bad "static kernels: $(cat "$work/out")"
is of_file registers 21
is unnamed registers 22
is n::inside registers 23
[ "$(json of_fil registers)" != 21 ] || bad "a kernel gets the registers of one whose name begins alike"

exit $failed
