#!/bin/sh
# cli_arm.sh SOURCE WORK - the library is portable C: it compiles without a warning for 64-bit ARM, and the program
# of tests/cli_consumer gives the right numbers there. 77 where the compiler or the emulator is missing.
set -eu
source=$1
work=$2
cc=aarch64-linux-gnu-gcc
command -v $cc >/dev/null || { echo "there is no $cc here: apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross"; exit 77; }
command -v qemu-aarch64 >/dev/null || { echo "there is no qemu-aarch64 here: apt install qemu-user"; exit 77; }
rm -rf "$work"
mkdir -p "$work/include"
ln -s "$source" "$work/include/rungs"
flags="-std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Wshadow -Wdouble-promotion -Wno-unknown-pragmas -Werror"

compile() { # compile OUTPUT FILE FLAGS...
    out=$work/$1.o
    file=$2
    shift 2
    # shellcheck disable=SC2086 # a list of words
    $cc $flags "$@" -c "$file" -o "$out"
}
for file in "$source"/reference/*.c; do
    name=$(basename "$file" .c)
    case $name in
    philox) compile philox "$file" ;;
    *) for real in f32 f64 cplx; do compile "$name.$real" "$file" "-DREAL_$real"; done ;;
    esac
done
for file in "$source"/optimized/*.c; do compile "optimized.$(basename "$file" .c)" "$file"; done
for file in "$source"/optimized/cpu/*.c; do compile "cpu.$(basename "$file" .c)" "$file"; done
compile consumer "$source/tests/cli_consumer/consumer.c" -I "$work/include" -DWITHOUT_TRAIN
$cc -static "$work"/*.o -lm -o "$work/consumer"
qemu-aarch64 "$work/consumer"
