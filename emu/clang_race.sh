#!/bin/sh
# clang_race.sh COMPILER ARGUMENTS... - compiles for the race checker with clang, which copies a float4 by calling memcpy:
# in the object file the calls are made __tsan_memcpy, so that the checker sees them (gcc loads 16 bytes at once).
"$@" || exit
while [ $# -gt 1 ]; do
    [ "$1" = -o ] && object=$2
    shift
done
exec objcopy --redefine-sym memcpy=__tsan_memcpy --redefine-sym memmove=__tsan_memmove \
             --redefine-sym memset=__tsan_memset "$object"
