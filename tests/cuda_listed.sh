#!/bin/sh
# cuda_listed.sh RUNGS NAME... - every operation that has CUDA rungs is tested, and every test's name is that of one: the NAMEs are
# those of tests/cuda.cmake, of operations or of groups whose names begin so; what there is says `rungs list --json`.
set -eu
rungs=$1
shift
"$rungs" list --json | awk -v names="$*" '
    BEGIN { n = split(names, name, " ") }
    $1 == "\"op\":" { op = $2; gsub(/[",]/, "", op) }
    $1 == "\"cuda\":" && $2 !~ /\]/ {
        tested = 0
        for (i = 1; i <= n; i++) if (index(op, name[i]) == 1) tested = used[i] = 1
        if (!tested) { print "FAIL  " op " has CUDA rungs and no test in tests/cuda.cmake"; wrong++ }
        ladders++
    }
    END {
        for (i = 1; i <= n; i++) if (!used[i]) { print "FAIL  " name[i] " in tests/cuda.cmake has no CUDA rungs"; wrong++ }
        if (!ladders) { print "FAIL  no operation has CUDA rungs"; wrong++ }
        print ladders + 0 " ladders, " wrong + 0 " wrong"
        exit wrong > 0
    }'
