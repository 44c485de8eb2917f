#!/bin/sh
# cuda_nvcc.sh NVCC FOLDER FILE ARCH BUILT OPTION... - does nvcc make of a file what its rungs promise: the instructions that
# they are about, the shared memory that was planned, and no spilled registers? Exit 77 without nvcc. What the build kept
# in the folder BUILT (cmake/nvcc_keeping.sh) is looked at; where that is "-", or not of this architecture alone, the file is
# compiled once more. Further options go to nvcc: with too few registers this must fail.
set -u
nvcc=$1 folder=$2 file=$3 arch=$4 built=$5
shift 5
[ -x "$nvcc" ] || { echo "no nvcc: skipped"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
    echo "FAIL  $file for sm_$arch: $*"
    failed=1
}

if [ $# = 0 ] && [ -f "$built/$file.cu.o.ptx" ] && grep -qE "^\.target sm_$arch(,|\$)" "$built/$file.cu.o.ptx"; then
    cp "$built/$file.cu.o.ptx" "$work/$file.ptx" && cp "$built/$file.cu.o.said" "$work/said" || exit 1
    echo "as it was built"
elif ! "$nvcc" -std=c++17 -O1 -gencode "arch=compute_$arch,code=sm_$arch" -Xptxas -v --keep --keep-dir "$work" "$@" \
    -c "$folder/$file.cu" -o "$work/out.o" >"$work/said" 2>&1; then
    cat "$work/said"
    exit 1
fi
grep -q "bytes spill stores" "$work/said" || fail "ptxas says nothing of its kernels"
# The kernels are tuned for 90a. For 80 ptxas may keep two registers of an epilogue in memory, outside of all loops.
most=0
[ "$arch" = 80 ] && most=8
spilled=$(awk '/bytes spill stores/ { if ($5 > worst) worst = $5; if ($1 > worst) worst = $1 } END { print worst + 0 }' "$work/said")
[ "$spilled" -le $most ] || fail "registers are spilled or arrays live in memory: $spilled bytes"

# instruction WORDS: an extended regular expression that the PTX must contain
instruction() {
    grep -qE "$1" "$work/$file.ptx" || fail "its PTX has no $1"
}
# shared KERNEL BYTES...: each instance of the kernel has one of these amounts of static shared memory
shared() {
    kernel=$1
    shift
    awk -v kernel="$kernel" '/Compiling entry/ { on = index($0, kernel) } /Used .* registers/ && on {
        bytes = 0; if (match($0, /[0-9]+ bytes smem/)) bytes = substr($0, RSTART, RLENGTH) + 0; print bytes }' "$work/said" >"$work/bytes"
    [ -s "$work/bytes" ] || fail "there is no kernel $kernel"
    for bytes in $(sort -u "$work/bytes"); do
        case " $* " in *" $bytes "*) ;; *) fail "$kernel has $bytes bytes of shared memory, expected $*" ;; esac
    done
}

case $file in
product_threads)
    shared naive_kernel 0
    shared lanes_along_n 0
    shared lanes_along_k 0
    instruction 'shfl\.sync\.bfly'
    ;;
product_tiles)
    shared tile_kernel 8448 # two of 32 lines of 33 floats
    shared tile1d_kernel 4352
    shared tile2d_kernel 8448
    instruction 'bar\.sync'
    ;;
product_float4)
    shared float4_kernel 8448 # two of 8 lines of 132 floats
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    instruction 'ld\.shared\.v4'
    ;;
product_async)
    shared async_kernel 32768 33792 34816 # two stages; lines across k are padded
    instruction 'cp\.async\.cg\.shared\.global'
    instruction 'cp\.async\.wait'
    ;;
product_wmma)
    shared tf32_kernel 0 # dynamic
    shared bf16_kernel 17408 20992 24576
    instruction 'wmma\.mma\.sync.*tf32'
    instruction 'wmma\.mma\.sync.*bf16'
    ;;
product_wgmma)
    shared wgmma_kernel 0
    instruction 'wgmma\.mma_async\.sync\.aligned\.m64n128k16\.f32\.bf16'
    instruction 'wgmma\.mma_async\.sync\.aligned\.m64n256k16\.f32\.bf16'
    instruction 'cp\.async\.bulk\.tensor\.2d'
    instruction 'mbarrier\.try_wait\.parity'
    instruction 'setmaxnreg\.inc'
    ;;
softmax)
    shared three_passes 0 32 # a float, or a maximum and a sum, for each of 8 warps; none where a warp has a row
    shared one_pass 0 64
    shared two_passes_back 0 32
    shared register_resident 0 32
    instruction 'shfl\.sync\.bfly'
    instruction 'bar\.sync'
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    ;;
loss)
    shared one_each 0
    shared sum_by_one_block 2048 # a double for each of 256 threads
    shared sum_by_trees 1024
    shared sum_by_shuffles 32
    shared by_fours 32
    instruction 'shfl\.sync\.bfly'
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    instruction 'lg2\.approx'
    ;;
xent)
    shared three_passes 0 160 224 # a float and four sums, six of soft labels, for each of 8 warps; none where a warp has a row
    shared one_pass 0 128 192     # also in fours
    shared register_resident 0 160 224
    shared from_p 0 32
    instruction 'shfl\.sync\.bfly'
    instruction 'bar\.warp\.sync'
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    instruction 'lg2\.approx'
    ;;
sums)
    shared sum_kernel 32
    instruction 'shfl\.sync\.bfly'
    ;;
activation)
    shared elements_in_fours 0
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    ;;
activation_exp | activation_gelu)
    shared elements_in_fours 0
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    instruction 'ex2\.approx\.ftz\.f32|ex2\.approx\.f32'
    instruction 'rcp\.approx|div\.approx'
    instruction 'fma\.rn\.f16x2|add\.f16x2|add\.rn\.f16x2'
    instruction 'fma\.rn\.bf16x2|add\.rn\.bf16x2|add\.bf16x2'
    [ "$file" = activation_gelu ] || instruction 'tanh\.approx\.f32'
    [ "$file" = activation_gelu ] || instruction 'tanh\.approx\.bf16x2'
    ;;
optimizer | decay)
    shared elements_in_fours 0
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    ;;
clip)
    shared norm_by_one_block 2048 # a double for each of 256 threads
    shared square_parts 64        # for each of 8 warps, also in fours
    shared add_parts 64
    shared add_and_multiply 64
    instruction 'shfl\.sync\.bfly'
    instruction 'fma\.rn\.f64'
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    ;;
dropout)
    shared pairs_of_lanes 0
    instruction 'vote\.sync\.ballot'
    instruction 'shfl\.sync\.bfly'
    instruction 'st\.global\.u8'
    instruction 'ld\.global\.(nc\.)?v4'
    instruction 'st\.global\.v4'
    ;;
pool)
    shared naive_largest 0
    shared patches_given 0
    instruction 'rem\.u|rem\.s|mul\.hi' # of 00: places by division
    ;;
conv_threads)
    shared naive_forward 0
    shared naive_dx 0
    shared naive_dw 0
    ;;
conv_halo)
    shared halo_forward 0 # dynamic
    shared halo_dx 0
    instruction 'ld\.shared\.v4'
    instruction 'bar\.sync'
    ;;
conv_im2col)
    shared im2col 0
    shared col2im 0
    ;;
conv_implicit)
    shared implicit_kernel 6400 # 8 lines of 64 + 4 and of 128 + 4 floats
    instruction 'ld\.global\.(nc\.)?v4' # a tap of the table
    instruction 'bar\.sync'
    ;;
conv_async)
    shared conv_async_kernel 25088 # two stages of 16 lines of 64 + 2 and of 128 + 2 floats
    instruction 'cp\.async\.ca\.shared\.global'
    instruction 'cp\.async\.wait'
    ;;
conv_wmma)
    shared conv_tf32_kernel 41472 46080 # three stages; the second of dw
    shared conv_bf16_kernel 15360 18432
    instruction 'wmma\.mma\.sync.*tf32'
    instruction 'wmma\.mma\.sync.*bf16'
    instruction 'cp\.async\.ca\.shared\.global'
    ;;
conv_winograd)
    shared transform_x 0
    shared transform_back 0
    shared transform_weights 0
    ;;
conv_relu_passes)
    shared relu_of_results 0
    shared mask_of_inputs 0
    ;;
conv_db)
    shared plane_sums 32 # a float for each of 8 warps
    instruction 'shfl\.sync\.bfly'
    ;;
*) fail "nothing is known of this file" ;;
esac
[ $failed = 0 ] && echo "$file for sm_$arch: $(grep -c "bytes spill stores" "$work/said") kernels, no spills"
exit $failed
