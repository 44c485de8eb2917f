#!/bin/sh
# sgemm_cuda.sh CHECKOUT RUNGS_FOLDER WORK - siboehm/SGEMM_CUDA (CHECKOUT, unmodified) built by its own CMakeLists.txt with the
# rungs-nvcc-plain of RUNGS_FOLDER, in WORK; its kernels 0 to 12 at 128 and 256. A line for each, and the count. A kernel is right
# if the program's own comparison with cuBLAS has passed at both sizes within 10 minutes; the sizes after that are interrupted.
# Kernel 0 is cuBLAS itself, which the program compares with nothing. The program checks a kernel before it measures it.
set -u
from=$1 rungs=$2 work=$3
export CUEMU_BARRIER=count # as on GPUs since Volta: kernel 11 has barriers in branches
mkdir -p "$work"
cmake -S "$from" -B "$work/build" -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CUDA_COMPILER=$rungs/rungs-nvcc-plain" \
    "-DCUDA_TOOLKIT_ROOT_DIR=$rungs/emu_kit/plain" >"$work/log" 2>&1 &&
    cmake --build "$work/build" >>"$work/log" 2>&1 || {
    echo "does not build: $work/log"
    exit 1
}
right=0
for kernel in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
    timeout 600 "$work/build/sgemm" $kernel >"$work/out" 2>&1 &
    program=$! waited=0
    while kill -0 $program 2>/dev/null && ! grep -q 'size: (256)' "$work/out" && [ $waited -lt 600 ]; do
        sleep 1
        waited=$((waited + 1))
    done
    kill $program 2>/dev/null
    wait $program 2>/dev/null
    said=$(grep -v '^Running\|^Max\|^dimensions\|^Average' "$work/out" | head -1)
    if grep -q 'size: (128)' "$work/out" && grep -q 'size: (256)' "$work/out" && [ -z "$said" ]; then
        right=$((right + 1))
        echo "right  kernel $kernel, $waited s"
    else
        echo "WRONG  kernel $kernel, $waited s: $said"
    fi
done
echo "$right of 13 right"
[ $right = 13 ]
