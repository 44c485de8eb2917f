#!/bin/sh
# llm_c.sh CHECKOUT RUNGS_FOLDER WORK [FILE...] - dev/cuda of karpathy/llm.c (CHECKOUT, unmodified) built by its own Makefile with the
# rungs-nvcc-fast of RUNGS_FOLDER, in WORK: each kernel of each file (or of these), at the file's own sizes. A line for each kernel,
# and the count of files. A kernel is right if the program has said "All results match" before it has used LLM_C_LIMIT seconds (600) of
# CPU time, without a finding: the file's comparison takes a NaN for a match, and memory that nobody has written is NaN. What
# it measures after that is interrupted. A file is right if all its kernels are. nccl_all_reduce.cu needs several GPUs, and
# attention_forward.cu's kernel 10 cuDNN: they are left out.
set -u
from=$1 rungs=$2 work=$3
shift 3
limit=${LLM_C_LIMIT:-600}
export CUEMU_BARRIER=count # as on GPUs since Volta
mkdir -p "$work" && cp -r "$from/." "$work" && cd "$work/dev/cuda" || exit 1
if [ $# = 0 ]; then
    set -- adamw attention_backward attention_forward classifier_fused crossentropy_forward crossentropy_softmax_backward \
        encoder_backward encoder_forward fused_residual_forward gelu_backward gelu_forward global_norm layernorm_backward \
        layernorm_forward matmul_backward matmul_backward_bias matmul_forward permute residual_forward softmax_forward trimat_forward
fi

# Has it checked all block sizes, of which 1024 is the last? Has the emulator found a mistake?
is_checked='All results match[.]|All results match for block_size=1024'
finds() {
    grep '^emu: ' "$1" | grep -qv '^emu: note'
}

# matches PROGRAM KERNEL: is it right? It is ended as soon as that is known.
matches() {
    : >"$1.$2.out" # which is looked at before the program has begun
    (ulimit -t "$limit" && exec timeout $((10 * limit)) stdbuf -oL "./$1" "$2" >"$1.$2.out" 2>&1) &
    program=$! waited=0 code=running
    while [ "$code" = running ] && ! grep -qE "$is_checked" "$1.$2.out" && ! finds "$1.$2.out"; do
        sleep 1
        waited=$((waited + 1))
        kill -0 $program 2>/dev/null || code=ended
    done
    kill $program 2>/dev/null
    wait $program 2>/dev/null
    grep -qE "$is_checked" "$1.$2.out" && ! finds "$1.$2.out"
}

right=0
for file; do
    make CI=true GPU_COMPUTE_CAPABILITY= NVCC="$rungs/rungs-nvcc-fast" "$file" >"$file.log" 2>&1 || {
        echo "WRONG  $file does not build: $(grep -m1 error "$file.log")"
        continue
    }
    bad=0
    # the numbers that the program's own switch over kernels knows; permute and matmul_backward have one
    for kernel in $(sed -n 's/^ *case \([0-9]*\):.*/\1/p' "$file.cu" | sort -nu | awk '$1 <= 10') $(grep -q 'case 1:' "$file.cu" || echo 1); do
        [ "$file $kernel" = 'attention_forward 10' ] && continue
        if matches "$file" "$kernel"; then
            echo "right  $file $kernel, $waited s"
        elif grep -q 'Invalid kernel number\|only supported for fp32' "$file.$kernel.out"; then
            echo "left out  $file $kernel: not for the type that the file chooses"
        else
            bad=1
            echo "WRONG  $file $kernel, $waited s: $(grep -m1 -i 'emu: [a-z]*[,:]\|mismatch\|error' "$file.$kernel.out")"
        fi
    done
    [ $bad = 1 ] || right=$((right + 1))
done
echo "$right of $# files right"
[ $right = $# ]
