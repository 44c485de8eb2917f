#!/bin/sh
# gc_takeaway.sh PART ... - the gradient checker taken elsewhere. The parts and their arguments:
#
#   single WORK SINGLE CC            gc.c and gc.h (in SINGLE) compile everywhere without a warning, and export gc.h alone
#   same WORK SINGLE CC PARTS ONE ZOO   the programs PARTS and ONE print the same; ONE of another gc.c does not
#   fortran WORK SOURCE PREFIX       gradcheck.f90 with the installed library
#   python WORK SOURCE PREFIX        the shared library through ctypes
#   framework WORK SOURCE PREFIX NAME COMPILER   GC_CHECK in a test suite: the right gradient passes, the wrong one fails with its report
#   deb WORK SOURCE BUILD CC         cpack makes a Debian package, and a program builds against what is in it
set -u
part=$1 work=$2
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1

fail() {
    echo "FAIL  $*"
    exit 1
}

skip() {
    echo "SKIP  $*"
    exit 77
}

# exports OBJECT HEADER - does the object define what the header declares, and nothing else?
exports() {
    nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }' | sort >defined
    cc -fpreprocessed -dD -E -P "$2" 2>/dev/null | grep -v '^#' | grep -v typedef | tr '\n' ' ' |
        grep -oE '\bgc_[a-z0-9_]+ ?\(' | tr -d ' (' | sort -u >declared
    diff declared defined >difference
}

# fails_with CODE WORDS PROGRAM...
fails_with() {
    wanted=$1 words=$2
    shift 2
    "$@" >said 2>&1
    code=$?
    [ $code = "$wanted" ] || fail "$* ended with $code: $(cat said)"
    grep -qF "$words" said || fail "$* does not say '$words': $(cat said)"
}

case $part in
single)
    single=$3 cc=$4
    for build in "$cc -O2" "clang -O3 -fPIC"; do
        compiler=${build%% *}
        command -v "$compiler" >/dev/null || { echo "there is no $compiler, so it was not tried"; continue; }
        # shellcheck disable=SC2086 # a list of words
        ${GC_LAUNCHER-} $build -std=c11 -Wall -Wextra -Werror -c "$single/gc.c" -o gc.o || fail "$build"
        exports gc.o "$single/gc.h" || fail "$build: declared (<) and exported (>) are not the same: $(cat difference)"
    done
    [ "$(wc -l <declared)" -ge 40 ] || fail "gc.h is not read: it declares $(wc -l <declared) functions"
    { cat "$single/gc.c" && echo 'int gc_stray(void) { return 0; }'; } >stray.c
    "$cc" -I"$single" -c stray.c && exports stray.o "$single/gc.h" && fail "one more exported function is not noticed"
    "$cc" -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c "$single/gc.h" || fail "gc.h in C99"
    if command -v g++ >/dev/null; then
        g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ "$single/gc.h" || fail "gc.h in C++11"
    else
        echo "there is no g++, so gc.h was not tried in C++"
    fi
    ! "$cc" -ffast-math -I"$single" -fsyntax-only "$single/gc.c" 2>/dev/null || fail "gc.c lets itself be compiled with -ffast-math"
    echo "gc.c exports the $(wc -l <declared) functions of gc.h"
    ;;
same)
    single=$3 cc=$4 parts=$5 one=$6
    shift 6
    "$parts" >by_parts || fail "$parts ended with $?"
    "$one" >by_one || fail "$one ended with $?"
    cmp by_parts by_one || fail "the library and gc.c say different things"
    for verdict in PASS FAIL CONTRACT; do grep -q "\"verdict\":\"$verdict\"" by_one || fail "there is no $verdict"; done
    # another noise floor is another checker: the comparison sees it
    sed 's/0x1p-52/0x1p-51/g; s/DBL_EPSILON/(2 * DBL_EPSILON)/g; s/0x1p-53/0x1p-52/g' "$single/gc.c" >other.c
    ! cmp -s "$single/gc.c" other.c || fail "gc.c has no constant to change"
    "$cc" -w -O1 -I"$single" other.c "$@" -lm -o other || fail "another gc.c does not build"
    ./other >other.out || fail "another gc.c ended with $?"
    ! cmp -s by_parts other.out || fail "another checker is not noticed"
    echo "the same $(wc -l <by_one) lines"
    ;;
fortran)
    source=$3 prefix=$4
    command -v gfortran >/dev/null || skip "there is no gfortran: apt install gfortran"
    flags="-std=f2018 -Wall -Wextra -Werror -Wno-unused-dummy-argument -J $work"
    module=$prefix/share/gradcheck/gradcheck.f90
    # shellcheck disable=SC2086 # a list of words
    for program in "$source/gradcheck/examples/sphere.f90" "$source/tests/gc_takeaway_layout.f90"; do
        gfortran $flags "$module" "$program" "$prefix/lib/libgradcheck.a" -o "$(basename "$program" .f90)" || fail "$program"
    done
    ./gc_takeaway_layout || fail "the layout"
    fails_with 1 "analytic = numeric / 2" ./sphere
    ;;
python)
    source=$3 prefix=$4
    python3 -c 'import ctypes' 2>/dev/null || skip "there is no python3 with ctypes: apt install python3"
    library=$prefix/lib/libgradcheck.so
    fails_with 1 "analytic = numeric / 2" python3 -B "$source/gradcheck/examples/sphere.py" "$library"
    PYTHONPATH=$source/gradcheck/examples python3 -B -c "
import sphere
code, report = sphere.check(sphere.load('$library'), lambda x: sum(v * v for v in x), lambda x: [2 * v for v in x], [0.3, -1.7])
assert code == 0 and report.startswith('PASS'), report" || fail "a right gradient in Python"
    ;;
framework)
    source=$3 prefix=$4 name=$5 compiler=$6 passed='^' failed='^'
    command -v "$compiler" >/dev/null || skip "there is no $compiler"
    program=$(echo "$source/gradcheck/examples/frameworks/with_$name".c*)
    case $name in
    check) header=check.h libraries=$(pkg-config --libs check 2>/dev/null || echo -lcheck) passed=':P:sphere:right' failed=':F:sphere:wrong' ;;
    cmocka) header=cmocka.h libraries=-lcmocka passed='OK . right' failed='FAILED  . wrong' ;;
    googletest) header=gtest/gtest.h libraries='-lgtest -lgtest_main -pthread' passed='OK . Sphere.Right' failed='FAILED  . Sphere.Wrong' ;;
    catch2)
        header=catch2/catch.hpp passed='1 passed' failed='1 failed'
        libraries=$(pkg-config --libs catch2-with-main 2>/dev/null) && header=catch2/catch_all.hpp
        ;;
    *) header=assert.h libraries='' failed='with_ctest.c:[0-9]*: FAIL sphere' ;;
    esac
    printf '#include <stdarg.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <setjmp.h>\n#if !__has_include(<%s>)\n#error\n#endif\n' \
        $header >there.c
    "$compiler" -fsyntax-only there.c 2>/dev/null || skip "there is no $name: cmake/packages.txt says what to install"
    # shellcheck disable=SC2086 # lists of words
    ${GC_LAUNCHER-} "$compiler" -Wall -Wextra -Werror -I"$prefix/include" -c "$program" -o suite.o || fail "$program"
    # shellcheck disable=SC2086
    "$compiler" suite.o "$prefix/lib/libgradcheck.a" $libraries -lm -o suite || fail "$program"
    test=
    [ "$name" != ctest ] || test=wrong # the others run both
    # shellcheck disable=SC2086 # a word or none
    ! ./suite $test >said 2>&1 || fail "the wrong gradient passes: $(cat said)"
    [ "$name" != ctest ] || ./suite right >>said 2>&1 || fail "the right gradient fails: $(cat said)"
    for words in "$passed" "$failed" 'FAIL sphere   dx.4. 4/4 wrong' 'analytic = numeric / 2'; do
        grep -q "$words" said || fail "it does not say '$words': $(cat said)"
    done
    ;;
deb)
    source=$3 build=$4 cc=$5
    command -v dpkg-deb >/dev/null || skip "there is no dpkg-deb: this is no Debian"
    (cd "$build" && cpack -G DEB -B "$work/packages") >said 2>&1 || fail "cpack: $(cat said)"
    package=$(echo packages/libgradcheck-dev_*.deb)
    [ -f "$package" ] || fail "there is no package: $(cat said)"
    dpkg-deb -I "$package" >info || fail "dpkg-deb cannot read it"
    for words in "Package: libgradcheck-dev" "Maintainer: " "Depends: libc6" "Description: checker"; do
        grep -qF "$words" info || fail "the package does not say '$words': $(cat info)"
    done
    # without the versions and configurations that are in the names
    dpkg-deb -c "$package" | awk '$1 !~ /^d/ { print $6 }' | sed 's,^\./usr/,,; s/\.so\..*/.so.N/; s/-[a-z]*\.cmake/-N.cmake/' | sort -u >files
    for file in include/gc.h lib/libgradcheck.a lib/libgradcheck.so lib/libgradcheck.so.N lib/pkgconfig/gradcheck.pc \
        lib/cmake/gradcheck/gradcheckConfig.cmake lib/cmake/gradcheck/gradcheckConfigVersion.cmake \
        lib/cmake/gradcheck/gradcheckTargets.cmake lib/cmake/gradcheck/gradcheckTargets-N.cmake share/gradcheck/gradcheck.f90; do
        echo "$file"
    done | sort >wanted
    diff wanted files || fail "those are not the files of the package"
    dpkg-deb -x "$package" root || fail "dpkg-deb cannot unpack it"
    "$cc" "$source/gradcheck/examples/sphere.c" -Iroot/usr/include root/usr/lib/libgradcheck.a -lm -o sphere || fail "against the archive"
    fails_with 1 "analytic = numeric / 2" ./sphere
    "$cc" "$source/gradcheck/examples/sphere.c" -Iroot/usr/include -Lroot/usr/lib -lgradcheck -o shared || fail "against the shared library"
    export LD_LIBRARY_PATH="$work/root/usr/lib"
    fails_with 1 "analytic = numeric / 2" ./shared
    cat files
    ;;
*) fail "there is no part $part" ;;
esac
