#!/bin/sh
# cli_test_verb.sh PROGRAM WORK - `rungs test` of a program that was called directly: it builds, then runs its folder's tests;
# where there are none, or no CTest, it says so.
set -u
rm -rf "$2" && mkdir -p "$2/build" "$2/bin" "$2/installed" && work=$(cd "$2" && pwd) || exit 1
cp "$1" "$work/build/rungs"
cp "$1" "$work/installed/rungs"
sh=$(command -v sh)
cat >"$work/build/CTestTestfile.cmake" <<END
add_test(right "$sh" "-c" "exit 0")
add_test(wrong "$sh" "-c" "exit 1")
END
ln -s "$(command -v ctest)" "$work/bin/ctest"

builds() { printf '#!/bin/sh\necho "cmake $*"\nexit %s\n' "$1" >"$work/bin/cmake" && chmod +x "$work/bin/cmake"; }
bad() {
    echo "FAIL  rungs $words: $*"
    cat "$work/said"
    exit 1
}
# ends CODE SAYING WORDS...
ends() {
    expected=$1 saying=$2 code=0
    shift 2
    words=$*
    PATH=$work/bin "$program" "$@" >"$work/said" 2>&1 </dev/null || code=$?
    [ $code = "$expected" ] || bad "should end with $expected, not $code"
    grep -q -- "$saying" "$work/said" || bad "should say: $saying"
}

program=$work/build/rungs
builds 0
ends 0 "cmake --build $work/build" test right
ends 0 "100% tests passed, 0 tests failed out of 1" test right
ends 1 "1 tests failed out of 2" test
ends 1 "No tests were found" test xyzzyplugh
builds 1
ends 1 "the build in $work/build failed" test
! grep -q "tests passed" "$work/said" || bad "what does not build is not tested"
rm "$work/bin/cmake"
ends 77 "cmake is needed" test
builds 0
rm "$work/bin/ctest"
ends 77 "ctest is needed" test
program=$work/installed/rungs
ends 66 "no tests in $work/installed; run ./rungs test in the source tree" test
[ "$(wc -l <"$work/said")" = 1 ] || bad "one sentence is enough"
ends 0 "usage: rungs test" test --help
ends 64 "unexpected argument" test one two
echo "rungs test builds, tests, and says when it cannot"
