#!/bin/sh
# cli_launcher.sh LAUNCHER WORK - the launcher in a world of stubs: what it asks apt, CMake and Ninja, and when.
# Every stub notes its call in the file `calls`; which packages and tools are there is decided by each case. The
# first case that goes wrong ends it.
set -u
launcher=$1
work=$2
rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)

bad() {
    echo "FAIL  $case: $*"
    echo "--- what it said"; cat "$work/said" "$work/told" 2>/dev/null
    echo "--- what it called"; cat "$work/calls" 2>/dev/null
    exit 1
}
said() { grep -qF -- "$1" "$work/said" || bad "it should have said: $1"; }
unsaid() { ! grep -qF -- "$1" "$work/said" || bad "it should not have said: $1"; }
called() { grep -qF -- "$1" "$work/calls" || bad "it should have called: $1"; }
uncalled() { ! grep -qE -- "$1" "$work/calls" || bad "it should not have called: $1"; }
ended() { [ "$code" = "$1" ] || bad "it should have ended with $1, not $code"; }

stub() {
    { echo "#!/bin/sh"; echo "echo \"${1} \$*\" >>\"$work/calls\""; cat; } >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

# world USER: a fresh tree and a fresh PATH; nothing installed but the tools
world() {
    rm -rf "${work:?}/bin" "$work/a tree" "$work/moved tree" "$work/installed" "$work/link"
    mkdir -p "$work/bin" "$work/a tree"
    cp "$launcher" "$work/a tree/rungs"
    chmod +x "$work/a tree/rungs"
    : >"$work/installed"
    for tool in sh cat cp date dirname env find grep head mkdir nproc readlink rm sed tail; do
        ln -s "$(command -v $tool)" "$work/bin/$tool"
    done
    stub id <<END
echo $1
END
    stub sudo <<END
while :; do case \$1 in -*) shift ;; *) break ;; esac; done
"\$@"
END
    stub cc </dev/null
    stub gcc </dev/null
    stub clang </dev/null
    stub dpkg-query <<END
for package; do :; done
grep -qx "\$package" "$work/installed" && echo installed
END
    stub apt-get <<END
case "\$*" in *" install "*) ;; *) case \$1 in install) ;; *) exit 0 ;; esac ;; esac
case " \$* " in *" \${UNAVAILABLE-none} "*) exit 100 ;; esac
for word; do case \$word in -* | install) ;; *) echo "\$word" >>"$work/installed" ;; esac; done
END
    stub cmake <<'END'
for preset; do :; done
mkdir -p "build/$preset"
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >"build/$preset/CMakeCache.txt"
: >"build/$preset/build.ninja"
echo "configured"
END
    stub ninja <<'END'
[ "$3" = --quiet ] && exit 0
echo "building"
printf '#!/bin/sh\nfor word; do echo "word: $word"; done\nexit 7\n' >"$2/rungs"
chmod 755 "$2/rungs" 2>/dev/null || :
mkdir -p "$2/tests"
echo 'subdirs("tests")' >"$2/CTestTestfile.cmake"
printf 'add_test([=[one]=] "true")\nset_tests_properties([=[one]=] PROPERTIES LABELS "x")\n' >"$2/tests/CTestTestfile.cmake"
END
    stub ctest <<'END'
exit 3
END
    ln -s "$(command -v chmod)" "$work/bin/chmod"
}

# run COMMAND...: without a terminal; stdout to `told`, stderr to `said`
run() {
    : >"$work/calls"
    code=0
    env -u CI -u CC ${ci:+CI=true} PATH="$work/bin" "$@" </dev/null >"$work/told" 2>"$work/said" || code=$?
}
# answer TEXT COMMAND: on a terminal, where TEXT is typed
answer() {
    : >"$work/calls"
    code=0
    text=$1
    printf '%s\n' "$text" | env -u CI -u CC script -qec "env PATH='$work/bin' $2" /dev/null >"$work/said" 2>&1 || code=$?
}
rungs="$work/a tree/rungs"
ci=

case="root"
world 0
run "$rungs" list "two words"
ended 7
called "apt-get install -q -y --no-install-recommends build-essential cmake ninja-build"
grep -qx "word: two words" "$work/told" || bad "the words did not reach the program unchanged"
! grep -q "building\|configured" "$work/told" || bad "stdout belongs to the program"
uncalled "^sudo"

case="second start"
run "$rungs" list
ended 7
uncalled "^(apt-get|dpkg-query|cmake|id)"
called "ninja -C $work/a tree/build/default --quiet rungs"
[ "$(grep -c . "$work/calls")" = 1 ] || bad "one question to Ninja should be enough"

case="after an edit"
touch -d "now + 1 hour" "$work/a tree/rung.c"
run "$rungs" list
called "ninja -C $work/a tree/build/default rungs"
uncalled "^(apt-get|dpkg-query|cmake|id)"

case="through a link, from another folder"
ln -s "$rungs" "$work/link"
(cd / && run "$work/link" list; exit $code)
code=$?
ended 7
uncalled "^(apt-get|dpkg-query|cmake)"

case="the folder was moved"
mv "$work/a tree" "$work/moved tree"
run "$work/moved tree/rungs" list
ended 7
called "cmake --fresh --preset default"
uncalled "^apt-get"

case="only what is missing"
world 0
printf '%s\n' build-essential cmake ninja-build zlib1g-dev libopenblas-dev libsleef-dev gnuplot-nox >"$work/installed"
run "$rungs" list
called "apt-get install -q -y --no-install-recommends dataset-fashion-mnist"

case="a package that cannot be had"
world 0
UNAVAILABLE=dataset-fashion-mnist run "$rungs" list
ended 7
said "dataset-fashion-mnist could not be installed"
called "apt-get install -q -y --no-install-recommends gnuplot-nox"

case="neither root nor a terminal"
world 1000
run "$rungs" list
ended 7
said "please install: sudo apt install build-essential cmake"
uncalled "^(apt-get|sudo)"

case="neither root nor a terminal, and no compiler"
world 1000
rm "$work/bin/cc"
run "$rungs" list
ended 1
said "please install: sudo apt install build-essential"
said "a C compiler, CMake and Ninja are needed"
uncalled "^(apt-get|sudo|ninja)"

case="CI without root"
world 1000
ci=1
run "$rungs" list
ended 7
called "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install"
ci=

case="no apt"
world 1000
rm "$work/bin/apt-get"
run "$rungs" list
ended 7
said "this system has no apt"
said "libopenblas-dev"
run "$rungs" list
unsaid "apt"

case="on a terminal, no"
if script -qec true /dev/null >/dev/null 2>&1; then
    world 1000
    answer n "'$rungs' list"
    ended 7
    said "Install them now"
    said "please install: sudo apt install"
    uncalled "^apt-get"
    answer n "'$rungs' list"
    unsaid "Install them now"

    case="on a terminal, yes"
    world 1000
    answer y "'$rungs' list"
    ended 7
    called "sudo env DEBIAN_FRONTEND=noninteractive apt-get install"
else
    echo "no pseudo-terminal here: the questions were not tried"
fi

case="test"
world 0
run "$rungs" test -R "a b"
ended 3
called "clang-format"
called "cmake --fresh --preset gcc"
uncalled "preset (default|clang|asan)"
called "ctest --test-dir $work/a tree/build/tests"
called "-R a b"
grep -qF 'add_test([=[gcc.one]=] "true")' "$work/a tree/build/tests/gcc/CTestTestfile.cmake" || bad "a test carries its build's name"
grep -qF 'set_tests_properties([=[gcc.one]=]' "$work/a tree/build/tests/gcc/CTestTestfile.cmake" || bad "so do its properties"

case="test --all without clang"
rm "$work/bin/clang"
run "$rungs" test --all
ended 3
called "cmake --fresh --preset asan"
uncalled "preset (clang|tsan)"
grep -q "no clang here: apt install clang; exit 77" "$work/a tree/build/tests/clang/CTestTestfile.cmake" ||
    bad "what cannot be built must be listed as skipped"

case="test in CI"
world 0
ci=1
run "$rungs" test
called "cmake --fresh --preset tsan"
grep -q "built gcc in [0-9]* s, clang in [0-9]* s, asan in [0-9]* s, tsan in [0-9]* s, portable in [0-9]* s$" "$work/said" ||
    bad "it should say how long each build took"
ci=

case="a build that fails"
world 0
stub ninja <<'END'
echo "broken"; exit 1
END
run "$rungs" test
ended 1
said "the build in"
uncalled "ctest"

echo "all cases of the launcher behave"
