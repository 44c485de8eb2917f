#!/bin/sh
# mistakes.sh SANITIZER OLCF CSC BUILD - are the mistakes that others have planted named, each with its line?
# SANITIZER is a checkout of NVIDIA/compute-sanitizer-samples, every folder of which is built by its own Makefile with
# NVCC=rungs-nvcc; OLCF of olcf/cuda-training-series, whose debugging exercises have no Makefile; CSC of
# csc-training/CUDA. `rungs emu` must say the words of each row below. What these programs never free is told once
# their other mistakes are mended. Suppressions/suppressions_demo.cu is only built: it allocates all memory there is.
[ $# = 4 ] && [ -x "$4/rungs" ] || { echo "usage: mistakes.sh SANITIZER OLCF CSC BUILD" >&2; exit 2; }
build=$(cd "$4" && pwd)
for way in asan race; do
    [ -e "$build/emu_kit/libemu_$way.a" ] || { echo "$4 is not built whole: cmake --build it" >&2; exit 2; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/mistakes.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cp -r "$1" "$work/sanitizer" && cp -r "$2" "$work/olcf" && cp -r "$3" "$work/csc" && cd "$work" || exit 2
built=0 folders=0 named=0 mistakes=0 previous=""

for folder in Memcheck Initcheck Racecheck Suppressions Synccheck; do
    folders=$((folders + 1))
    if make -C sanitizer/$folder CUDA_PATH="$build/emu_kit/race" NVCC="$build/rungs-nvcc" >log 2>&1 </dev/null; then
        built=$((built + 1))
    else
        echo "no build   $folder: $(grep -m 1 -E 'error|rungs nvcc' log)"
    fi
done

# mistake FILE WHAT WORDS: WORDS, a regular expression, is in what `rungs emu` says of the file
mistake()
{
    [ "$1" = "$previous" ] || "$build/rungs" emu "$1" >said 2>&1 </dev/null
    previous=$1 mistakes=$((mistakes + 1))
    if line=$(grep -m 1 -E "$3" said); then
        named=$((named + 1))
        printf 'named      %s: %s\n           %s\n' "$1" "$2" "$(echo "$line" | cut -c1-200)"
    else
        printf 'NOT NAMED  %s: %s\n%s\n' "$1" "$2" "$(grep -E '^emu: |runtime error|AddressSan|FOUND|finding' said | cut -c1-200 | head -5)"
    fi
}

s=sanitizer
mistake $s/Memcheck/memcheck_demo.cu 'a misaligned write' 'memcheck_demo.cu:34.*misaligned|misaligned.*memcheck_demo.cu:34'
mistake $s/Memcheck/memcheck_demo.cu 'a write to a wild address' 'illegal address.*memcheck_demo.cu:39|memcheck_demo.cu:39.*illegal address'
mistake $s/Initcheck/memset_error.cu 'memset without sizeof' 'memset_error.cu:41: a read of .* which nobody has written'
mistake $s/Racecheck/block_error.cu 'no barrier before the sum' 'race: .*block_error.cu:(41|51)'
mistake $s/Racecheck/warp_error.cu 'no __syncwarp before the sum' 'race: .*warp_error.cu:(44|56)'
mistake $s/Suppressions/suppressions_initcheck_demo.cu 'memset of one byte too few' 'suppressions_initcheck_demo.cu:32: a read of .* which nobody has written'
mistake $s/Synccheck/divergent_threads.cu 'a barrier in a divergent branch' 'divergent_threads.cu:54.*barrier divergence|barrier divergence.*divergent_threads.cu:54'
mistake $s/Synccheck/divergent_threads.cu 'input that nobody has written' 'divergent_threads.cu:53: a read of .* which nobody has written'
mistake $s/Synccheck/illegal_syncwarp.cu '__syncwarp by a lane that its mask does not name' 'illegal_syncwarp.cu:48.*mask'
o=olcf/exercises/hw12
mistake $o/task1.cu 'an index past the end of a shared array' 'task1.cu:128.*out of bounds'
mistake $o/task1.cu 'no barrier before the next tile' 'race: .*task1.cu:(120|121|128)'
mistake $o/task2.cu 'a division by zero, whose infinity spoils the sum' 'task2.cu:8:.*division by zero'
mistake csc/exercises/debug-cuda-memcheck/main.cu '> for >=: one element past the end' 'main.cu:9: a read of byte 4000|illegal address.*main.cu:9|#0 .*main.cu:9'

echo "$folders folders, $built built by their Makefiles; $mistakes mistakes, $named named"
[ $named = $mistakes ] && [ $built = $folders ]
