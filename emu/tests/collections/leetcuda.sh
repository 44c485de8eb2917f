#!/bin/sh
# leetcuda.sh - how many of LeetCUDA's plain kernels build unmodified with rungs-nvcc and pass their own check.
#
#   leetcuda.sh RUNGS_NVCC LEETCUDA [NAME...]
#
# Plain: a .cu file below kernels/ with a kernel and a main, which needs neither CUTLASS nor PyTorch (with the options of
# its makefile, where it has one). One line per program, and the counts. hgemm's programs compare five sizes with cuBLAS and print
# "Max Error"; then they time 64 sizes up to 16384, which is cut off: they are right if the sizes that they check within
# LIMIT seconds (600) hold 256 and 512, and no error is above 0.5: sums below 64 that a half has rounded k / 16 times. The others have no check:
# they are right if they end by themselves with status 0 and the emulator finds nothing; reads of the memory that a timing
# program never fills are no finding here. hgemm_mma_swizzle gets a size, relu one repetition, their own arguments.
set -u
[ $# -ge 2 ] || { echo "usage: leetcuda.sh RUNGS_NVCC LEETCUDA [NAME...]" >&2; exit 2; }
nvcc=$1 root=$(cd "$2" && pwd)/kernels
shift 2
limit=${LIMIT:-600}
work=${WORK:-$(mktemp -d)}
mkdir -p "$work"
right=0 wrong=0

# ends when the two sizes have been checked, or the time is over
checked() {
    : >"$work/$name.out"
    timeout "$limit" stdbuf -oL "$work/$name" >"$work/$name.out" 2>"$work/$name.err" &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        [ "$(grep -c 'Max Error' "$work/$name.out")" -lt 2 ] || { kill $pid; break; }
        sleep 1
    done
    wait $pid 2>/dev/null
    awk '/Max Error/ { n++; if (!($NF + 0 <= 0.5) || $NF ~ /nan/) bad = 1 } END { exit n < 2 || bad }' "$work/$name.out" &&
        ! grep -q '^emu: [^e]*finding' "$work/$name.err"
}

unchecked() {
    case $name in hgemm_mma_swizzle) set -- 256 256 256 0 1 ;; relu) set -- 1 ;; *) set -- ;; esac
    CUEMU_UNWRITTEN=0 timeout "$limit" "$work/$name" "$@" >"$work/$name.out" 2>"$work/$name.err"
}

for file in $(cd "$root" && grep -rlE '\bmain *\(' --include='*.cu' . | sort); do
    name=$(basename "$file" .cu)
    [ $# -eq 0 ] || case " $* " in *" $name "*) ;; *) continue ;; esac
    if grep -qE 'cute/|cutlass/' "$root/$file"; then
        echo "left out     $name: CUTLASS"
        continue
    fi
    if ! grep -q '__global__' "$root/$file"; then
        echo "left out     $name: no kernel of its own, it times cuBLAS"
        continue
    fi
    folder=$root/$(dirname "$file")
    case $file in ./hgemm/*) folder=$root/hgemm ;; esac
    (cd "$folder" && "$nvcc" -w -O2 -std=c++17 -I ./utils "$root/$file" -o "$work/$name" --expt-relaxed-constexpr -lcublas) \
        >"$work/$name.log" 2>&1 || { echo "WRONG        $name: does not build: $(grep -m 1 error "$work/$name.log")"; wrong=$((wrong + 1)); continue; }
    if grep -q 'Max Error' "$root/$file"; then checked; else unchecked; fi
    if [ $? = 0 ]; then
        right=$((right + 1))
        echo "right        $name: $(grep -c 'Max Error' "$work/$name.out") sizes checked"
    else
        wrong=$((wrong + 1))
        echo "WRONG        $name: $(tail -n 1 "$work/$name.err")"
    fi
done
echo "$right of $((right + wrong)) right"
