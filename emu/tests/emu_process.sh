#!/bin/sh
# emu_process.sh PROGRAM - emu_process must end with the right code, and say the right words, in each mode.
program=$1
failed=0

# expect CODE 'WORDS' [VARIABLE=value...] MODE: WORDS is an extended regular expression
expect() {
    code=$1 words=$2
    shift 2
    while [ $# -gt 1 ]; do variables="$variables $1"; shift; done
    output=$(env $variables "$program" "$1" 2>&1)
    seen=$?
    if [ $seen -ne "$code" ] || ! printf '%s\n' "$output" | grep -Eq "$words"; then
        echo "$variables $1: expected code $code and '$words', got code $seen and:"
        printf '%s\n' "$output"
        failed=1
    fi
    variables=
}

expect 0 '^done: 63$' right
expect 0 '^done: 63$' CUEMU_ORDER=random:4 right
expect 1 '^emu: divergent, block \(0,0,0\), .*emu_process.cu:8: barrier divergence' divergent
expect 0 '^done: 1$' CUEMU_BARRIER=count divergent
expect 1 '^emu: past_the_end.*thread \(0,0,0\).*emu_process.cu:16: byte 256 of the 256 bytes allocated at emu_process.cu:54' past
expect 1 '^emu: for_ever.*no progress.*1 .first thread .0,0,0.. spinning on to at emu_process.cu:21' for_ever
expect 1 '^emu: asks.*no progress.*spinning on to at emu_process.cu:33' CUEMU_TIMEOUT=1 asks
expect 1 '^emu: computes.*run for 1 seconds.*emu_process.cu:38' CUEMU_TIMEOUT=1 computes
expect 1 '^emu: host code touches device memory at emu_process.cu:61: byte 0 of the 256' host
expect 1 '^emu: assert: asserts, block \(0,0,0\), thread \(40,0,0\), emu_process.cu:48: assertion .from' assert
expect 1 '^cudaErrorAssert, device-side assert triggered' assert
expect 1 '^emu: 1 finding.*; the program itself ended with 3' CUEMU_SUMMARY=1 assert
expect 0 '^emu: note: emu_process.cu:54: 256 bytes allocated here are never freed' leak
expect 0 '^done: 0$' CUEMU_LEAKS=0 leak
expect 0 '^emu: 1 kernel ran; reads inside kernels were not watched$' CUEMU_SUMMARY=1 right
expect 0 '^emu: no kernel ran$' CUEMU_SUMMARY=1 none
expect 1 'leak: 256 bytes allocated at emu_process.cu:54 are never freed' CUEMU_LEAKS=1 leak
expect 0 '^done: 63$' CUEMU_LEAKS=1 right
expect 0 '^emu: note: emu_process.cu:70: the program ends before anything has waited for kernel right' CUEMU_LEAKS=0 unwaited
expect 0 '^$' CUEMU_LEAKS=0 CUEMU_STREAMS=early unwaited
expect 64 "CUEMU_STREAMS is 'soon'; it must be late, early or random" CUEMU_STREAMS=soon right
expect 64 "CUEMU_ORDER is 'sideways'; it must be forward, reverse or random:SEED" CUEMU_ORDER=sideways right
expect 64 "CUEMU_ORDER is 'random:x'" CUEMU_ORDER=random:x right
expect 64 "CUEMU_BARRIER is '1'; it must be strict or count" CUEMU_BARRIER=1 right
expect 64 "CUEMU_ASYNC is ''; it must be deferred or eager" CUEMU_ASYNC= right
expect 64 "CUEMU_TIMEOUT is '-1'" CUEMU_TIMEOUT=-1 right
expect 64 "CUEMU_CORES is '2:x'; it must be a number from 1 to 1024" CUEMU_CORES=2:x right
expect 0 '^3 devices$' CUEMU_DEVICES=3 devices
expect 0 '^1 devices$' devices
for wrong in 0 9 2x -1; do expect 64 "CUEMU_DEVICES is '$wrong'; it must be a number of GPUs from 1 to 8" CUEMU_DEVICES=$wrong right; done
expect 64 "CUEMU_CORES is '0'" CUEMU_CORES=0 right
exit $failed
