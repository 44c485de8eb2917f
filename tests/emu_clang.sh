#!/bin/sh
# emu_clang.sh CLANG FOLDER REWRITTEN SCRATCH - clang has no warning about the emulator in FOLDER, nor about the CUDA ladders as
# REWRITTEN for it; a file with a mistake is refused. What its code does is tested by `./rungs test --rare`.
set -u
clang=$1 emu=$2 rewritten=$3 work=$4
[ -x "$clang" ] || { echo "skipped: there is no clang++"; exit 77; }
mkdir -p "$work" || exit 1
failed=0

# quiet FILE OPTIONS...: no warning
quiet() {
    file=$1
    shift
    "$clang" -std=c++17 -fsyntax-only -Wall -Wextra -Wshadow -Werror -I "$emu/include" "$@" "$file"
}

count=0
for file in "$emu"/src/*.cpp; do
    quiet "$file" -I "$emu/src" -Wpedantic -Wdouble-promotion || failed=1
    count=$((count + 1))
done
for file in "$rewritten"/*.cpp; do
    quiet "$file" -include cuda_runtime.h -Wno-unknown-pragmas -I "$rewritten" -I "$emu/../optimized/cuda" || failed=1
    count=$((count + 1))
done
[ $count -gt 30 ] || { echo "FAIL  only $count files were found"; failed=1; }

echo 'int twice(int x, int unused) { int x2 = 2 * x; return x; }' >"$work/wrong.cpp"
if quiet "$work/wrong.cpp" 2>/dev/null; then
    echo "FAIL  a file with unused variables has no warning"
    failed=1
fi
[ $failed = 0 ] && echo "$count files, no warning"
exit $failed
