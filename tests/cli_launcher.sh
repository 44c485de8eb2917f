#!/bin/sh
# cli_launcher.sh LAUNCHER WORK [GROUP...] - the launcher among stand-ins: each group of cases builds a PATH in which the tools
# (cmake, ninja, apt-get, sudo ...) only note how they were called, and a system is what its os-release and PATH say.
# The first case that goes wrong ends it.
set -u
launcher=$1
work=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
packages=$here/../cmake/packages.txt
rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)
tree="$work/a tree"
rungs="$tree/rungs"
default="$tree/build/default"

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
one_sentence() { [ "$(grep -c . "$work/said")" = 1 ] || bad "one sentence is enough"; }

# stub NAME: a stand-in in the PATH, whose body is read from stdin; every call is noted
sh=$(command -v sh)
bin=$work/bin
stub() {
    rm -f "$bin/$1"
    { echo "#!$sh"; echo "echo \"${1} \$*\" >>\"$work/calls\""; cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}

# the tools that the launcher may call: cmake, ninja and so on are stand-ins, the rest is real
tools="cat chmod cut date dirname env find flock grep head ln mkdir mv nproc readlink rm rmdir sed sleep tail touch"
make_tools() {
    mkdir "$bin"
    for tool in $tools; do ln -s "$(command -v "$tool")" "$bin/$tool"; done
    [ -e "$bin/flock" ] || rm -f "$bin/flock"
    stub id <<END
cat "$work/user"
END
    stub sudo <<'END'
while :; do case $1 in -*) shift ;; *) break ;; esac; done
"$@"
END
    for tool in cc gcc clang; do stub $tool </dev/null; done
    stub dpkg-query <<END
for package; do :; done
grep -qx -e "\$package" "$work/installed" && echo installed
END
    stub apt-get <<END
case "\$*" in *" install "*) ;; *) case \$1 in install) ;; *) exit 0 ;; esac ;; esac
case " \$* " in *" \${UNAVAILABLE-none} "*) exit 100 ;; esac
for word; do case \$word in -* | install) ;; *) echo "\$word" >>"$work/installed" ;; esac; done
END
    stub cmake <<'END'
[ "$1" != --version ] || { echo "cmake version ${CMAKE_IS-3.25.1}"; exit; }
while [ "$1" != -B ]; do shift; done
mkdir -p "$2"
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >"$2/CMakeCache.txt"
: >"$2/build.ninja"
echo "configured"
END
    stub ninja <<END
[ "\$1" != --version ] || exit 0
echo "TMPDIR is \${TMPDIR-unset}" >>"$work/calls"
mkdir "$work/overlap" || echo "TWO AT ONCE" >>"$work/calls"
echo "building"
\${EDIT_MEANWHILE-:}
[ -z "\${SLOW-}" ] || sleep \$SLOW
printf '#!$sh\nfor word; do echo "word: \$word"; done\nexit 7\n' >"\$2/rungs"
chmod 755 "\$2/rungs" 2>/dev/null || :
mkdir -p "\$2/tests"
echo 'subdirs("tests")' >"\$2/CTestTestfile.cmake"
printf 'add_test([=[one]=] "true")\nset_tests_properties([=[one]=] PROPERTIES LABELS "x")\n' >"\$2/tests/CTestTestfile.cmake"
rmdir "$work/overlap"
END
    stub ctest <<'END'
exit 3
END
    mv "$bin" "$work/tools"
}
make_tools

# world USER [OS-RELEASE]: a fresh tree and a fresh PATH; no package is installed, but the tools to build are there
world() {
    rm -rf "$bin" "$tree" "$work/moved tree" "$work/elsewhere" "$work/link" "$work/overlap"
    mkdir -p "$tree/cmake" "$tree/cli" "$tree/.git/logs"
    cp -R -P "$work/tools" "$bin"
    sed "s|/etc/os-release|$work/os-release|" "$launcher" >"$rungs"
    chmod +x "$rungs"
    cp "$packages" "$tree/cmake/packages.txt"
    for source in CMakeLists.txt cli/main.c cli/list.c .git/logs/HEAD; do echo "of $source" >"$tree/$source"; done
    echo "$1" >"$work/user"
    printf '%s\n' "${2-ID=debian}" >"$work/os-release"
    : >"$work/installed"
}

# run COMMAND...: without a terminal and with nothing but PATH and `with` in the environment; stdout to `told`, stderr to `said`
with=
run() {
    : >"$work/calls"
    code=0
    # shellcheck disable=SC2086 # words
    env -i PATH="$work/bin" $with "$@" </dev/null >"$work/told" 2>"$work/said" || code=$?
}
# answer TEXT COMMAND: on a terminal, where TEXT is typed
answer() {
    : >"$work/calls"
    code=0
    text=$1
    printf '%s\n' "$text" | env -u CI -u CC script -qec "env PATH='$work/bin' $2" /dev/null >"$work/said" 2>&1 || code=$?
}

# ---- debian: what is missing is installed or named ----
group_debian() {
    case="root"
    world 0
    run "$rungs" list "two words"
    ended 7
    called "apt-get install -q -y --no-install-recommends build-essential cmake ninja-build"
    called "cmake --preset default -B $default"
    grep -qx "word: two words" "$work/told" || bad "the words did not reach the program unchanged"
    ! grep -q "building\|configured" "$work/told" || bad "stdout belongs to the program"
    uncalled "^sudo"

    case="only what is missing"
    world 0
    printf '%s\n' build-essential cmake ninja-build zlib1g-dev libpng-dev libopenblas-dev libsleef-dev gnuplot-nox >"$work/installed"
    run "$rungs" list
    called "apt-get install -q -y --no-install-recommends dataset-fashion-mnist"

    case="a package that cannot be had"
    world 0
    with=UNAVAILABLE=dataset-fashion-mnist run "$rungs" list
    ended 7
    said "dataset-fashion-mnist could not be installed"
    called "apt-get install -q -y --no-install-recommends gnuplot-nox"

    case="neither root nor a terminal"
    world 1000
    run "$rungs" list
    ended 7
    said "please install: sudo apt install build-essential cmake"
    uncalled "^(apt-get|sudo)"

    case="CI without root"
    world 1000
    with=CI=true run "$rungs" list
    ended 7
    called "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install"

    if ! script -qec true /dev/null >/dev/null 2>&1; then
        echo "no pseudo-terminal here: the questions were not tried"
        return
    fi
    case="on a terminal, no"
    world 1000
    answer n "'$rungs' list"
    ended 7
    said "Install them now"
    said "please install: sudo apt install"
    uncalled "^apt-get"
    touch "$tree/cli/main.c"
    answer n "'$rungs' list"
    unsaid "Install them now"

    case="on a terminal, yes"
    world 1000
    answer y "'$rungs' list"
    ended 7
    called "sudo env DEBIAN_FRONTEND=noninteractive apt-get install"
}

# ---- systems: packages by the names that they have there ----

# names OS-RELEASE COMMAND: a first start says the command, and a second one nothing
names() {
    case=$1
    world 1000 "$1"
    stub rpm <<END
for package; do :; done
grep -qx -e "\$package" "$work/installed"
END
    stub pacman <<END
grep -qx -e "\$2" "$work/installed" || { echo "\$2"; exit 127; }
END
    sed "s/for package.*/package=\$3/" "$work/bin/rpm" >"$work/bin/apk"
    sed "s/for package.*/package=\$3/" "$work/bin/rpm" >"$work/bin/brew"
    chmod +x "$work/bin/apk" "$work/bin/brew"
    run "$rungs" list
    ended 7
    said "please install: $2"
    touch "$tree/cli/main.c"
    run "$rungs" list
    case $2 in
    "sudo apt"*) said "please install" ;; # nobody could be asked so far
    *) unsaid "please install" ;;
    esac
    # one that is there is not named
    world_of=${2##* }
    echo "$world_of" >"$work/installed"
    rm -f "$tree/build/packages-run" "$default/built-rungs"
    run "$rungs" list
    said "please install: ${2% *}"
    unsaid " $world_of"
}

group_systems() {
    fedora="sudo dnf install gcc gcc-c++ cmake ninja-build zlib-devel libpng-devel openblas-devel sleef-devel gnuplot"
    arch="sudo pacman -S --needed base-devel cmake ninja zlib libpng openblas gnuplot"
    suse="sudo zypper install gcc gcc-c++ cmake ninja zlib-devel libpng16-devel libopenblas_pthreads-devel sleef-devel gnuplot"
    names 'ID=fedora' "$fedora"
    names 'ID="rocky"
ID_LIKE="rhel centos fedora"' "$fedora"
    names 'ID=arch' "$arch"
    names 'ID=manjaro
ID_LIKE=arch' "$arch"
    names 'ID="opensuse-tumbleweed"
ID_LIKE="opensuse suse"' "$suse"
    names 'ID=alpine' "sudo apk add build-base cmake samurai zlib-dev libpng-dev openblas-dev gnuplot"
    names 'ID=none' "brew install gcc cmake ninja zlib libpng openblas sleef gnuplot"
    names 'ID=linuxmint
ID_LIKE="ubuntu debian"' "sudo apt install build-essential cmake ninja-build zlib1g-dev libpng-dev libopenblas-dev libsleef-dev gnuplot-nox dataset-fashion-mnist"

    case="an unknown system"
    world 1000 "ID=none"
    rm "$work/bin/dpkg-query"
    run "$rungs" list
    ended 7
    said "this system's packages are not known; please make sure"
    said "libopenblas-dev"
    touch "$tree/cli/main.c"
    run "$rungs" list
    unsaid "packages"

    case="no os-release, and what the tests add"
    world 1000
    rm "$work/os-release"
    run "$rungs" test
    said "pandoc"

    case="the list"
    awk -F'|' '!/^#/ && (NF != 8 || $1 !~ /^(build|run|test|more) +$/ || $3 !~ /[a-z]/) { print; bad = 1 } END { exit bad }' "$packages" ||
        bad "each row of packages.txt has eight fields, a use, and Debian's name"
    head -9 "$packages" | grep -q '^# for *| option *| apt *| dnf *| pacman *| zypper *| apk *| brew$' ||
        bad "the columns of packages.txt are not those that the launcher reads"
}

# ---- tools: present, new enough, and they run ----
group_tools() {
    for tool in cc cmake ninja; do
        case="no $tool"
        world 1000
        rm "$work/bin/$tool"
        run "$rungs" list
        ended 1
        said "there is no $tool: sudo apt install build-essential cmake ninja-build zlib1g-dev"
        uncalled "^(apt-get|sudo|ninja -C)"
    done
    case="no cmake on Fedora"
    world 1000 ID=fedora
    rm "$work/bin/cmake"
    run "$rungs" list
    ended 1
    said "there is no cmake: sudo dnf install gcc gcc-c++ cmake ninja-build zlib-devel"

    for version in 3.9.6 3.16.3 3.21.7 2.99; do
        case="CMake $version"
        world 0
        with=CMAKE_IS=$version run "$rungs" list
        ended 1
        said "CMake 3.22 or newer is needed, and $work/bin/cmake is ${version%.*}"
        uncalled "^cmake --preset"
    done
    for version in 3.22.0 3.22.1-g37f 3.31.6 4.0.2; do
        case="CMake $version"
        world 0
        with=CMAKE_IS=$version run "$rungs" list
        ended 7
    done
    for tool in cmake ninja; do
        case="a $tool that does not run"
        world 0
        stub $tool <<'END'
exit 127
END
        run "$rungs" list
        ended 1
        said "$work/bin/$tool cannot be run"
    done
    # The whole tree keeps to the version that the launcher names.
    oldest=$(sed -n 's/^oldest_cmake=\([0-9.]*\).*/\1/p' "$launcher")
    case="what needs a newer CMake than $oldest"
    (cd "$here/.." && find . \( -name build -o -name out -o -name '.?*' \) -prune -o \( -name CMakeLists.txt -o -name '*.cmake' \) -print) >"$work/files"
    while read -r file; do
        sed -n 's/^ *cmake_\(policy\|minimum_required\)(VERSION 3\.\([0-9]*\).*/\2/p' "$here/../$file" | while read -r minor; do
            [ "$minor" -le "${oldest#3.}" ] || exit 1
        done || bad "$file asks for a newer CMake"
        ! grep -nE -e '--fresh|^ *block\(|FILE_SET' "$here/../$file" || bad "$file has what CMake $oldest does not know"
    done <"$work/files"
    ! grep -n -e '--fresh' "$launcher" || bad "CMake 3.24 and newer have --fresh"
    grep -q "\"minor\": ${oldest#3.}," "$here/../CMakePresets.json" || bad "CMakePresets.json names another version"
    grep -q "cmake_minimum_required(VERSION $oldest)" "$here/../CMakeLists.txt" || bad "CMakeLists.txt names another version"
    grep -Eq '^  "version": [123],' "$here/../CMakePresets.json" || bad "presets of version 4 need CMake 3.23"
}

# ---- edits: a second start asks one program whether anything was edited, and no edit is missed ----

# settled: built long ago
settled() {
    world 0
    if ! [ -d "$work/settled" ]; then
        run "$rungs" list
        ended 7
        find "$tree" -exec touch -d "1 hour ago" {} +
        touch -d "30 minutes ago" "$default/built-rungs"
        cp -a "$tree" "$work/settled"
    fi
    rm -rf "$tree"
    cp -a "$work/settled" "$tree"
}
asked() { grep -q "^ninja -C $default rungs" "$work/calls" || bad "an edit was missed"; }

group_edits() {
    case="second start"
    settled
    for tool in $tools; do printf 'exec %s "$@"\n' "$(command -v "$tool")" | stub "$tool"; done
    run "$rungs" list
    ended 7
    [ "$(cut -d' ' -f1 "$work/calls")" = find ] || bad "one question, to find, should be enough"

    case="what is no edit"
    mkdir -p "$tree/out" "$tree/rungs-learn" "$tree/.cache"
    for file in dense.csv logistic.so out/race.csv rungs-learn/1.1_one_neuron.c .cache/x build/x build/default/librungs.a .git/index; do echo >"$tree/$file"; done
    run "$rungs" list
    uncalled "^ninja"

    for edit in "touch cli/main.c" "rm cli/list.c" "touch cli/new.c" "mv cli/list.c cli/main.c" "touch cmake/packages.txt" \
        "touch CMakeLists.txt" "touch rungs" "mkdir newer" "touch .git/logs/HEAD" "touch build/default/build.ninja" \
        "rm build/default/rungs" "rm build/default/built-rungs"; do
        case="after $edit"
        settled
        (cd "$tree" && $edit)
        run "$rungs" list
        ended 7
        asked
        uncalled "^(apt-get|dpkg-query|cmake --preset)"
        run "$rungs" list
        uncalled "^ninja"
    done

    case="a commit in a worktree"
    settled
    mv "$tree/.git" "$work/elsewhere"
    echo "gitdir: $work/elsewhere" >"$tree/.git"
    run "$rungs" list
    uncalled "^ninja"
    touch "$work/elsewhere/logs/HEAD"
    run "$rungs" list
    asked

    case="an edit during the build"
    settled
    rm "$default/built-rungs"
    with="EDIT_MEANWHILE=$work/bin/edit"
    stub edit <<END
sleep 0.02
touch "$tree/cli/main.c"
END
    run "$rungs" list
    with=
    run "$rungs" list
    asked

    case="after a build that failed"
    settled
    touch "$tree/cli/main.c"
    cp "$work/bin/ninja" "$work/ninja"
    stub ninja <<'END'
[ "$1" = --version ] || exit 1
END
    run "$rungs" list
    ended 1
    cp "$work/ninja" "$work/bin/ninja"
    run "$rungs" list
    ended 7
    asked

    for words in "check --cuda" "check --cuda=1" "emu x.cu"; do
        case="$words"
        settled
        # shellcheck disable=SC2086 # words
        run "$rungs" $words
        called "ninja -C $default rungs_with_cuda"
    done

    for words in "check 1.11" "hint first_kernel" "check 1.11_first_kernel"; do
        case="learn $words"
        settled
        mkdir "$tree/learn"
        touch -d "1 hour ago" "$tree/learn/1.11_first_kernel.cu" "$tree/learn"
        # shellcheck disable=SC2086 # words
        run "$rungs" learn $words
        called "ninja -C $default rungs_with_kernels"
    done
    case="learn check 1.1"
    settled
    mkdir "$tree/learn"
    touch "$tree/learn/1.11_first_kernel.cu"
    run "$rungs" learn check 1.1
    uncalled "rungs_with_kernels"

    case="through a link, from another folder"
    settled
    ln -s "$rungs" "$work/link"
    (cd / && run "$work/link" list; exit $code)
    code=$?
    ended 7
    uncalled "^(apt-get|dpkg-query|cmake|ninja)"

    case="the folder was moved"
    mkdir "$default/CMakeFiles"
    mv "$tree" "$work/moved tree"
    run "$work/moved tree/rungs" list
    ended 7
    called "cmake --preset default -B $work/moved tree/build/default"
    [ ! -e "$work/moved tree/build/default/CMakeFiles" ] || bad "what CMake noted names the old place"
    uncalled "^apt-get"
}

# ---- place: where it builds, and that it can ----

# unwritable FILE: the start ends with one sentence that names the file and the way out
unwritable() {
    ended 74
    said "cannot write $1"
    said "RUNGS_BUILD="
    one_sentence
    uncalled "^(cmake --preset|ninja -C|apt-get)"
}

group_place() {
    case="RUNGS_BUILD"
    for folder in "$work/elsewhere/b" "../elsewhere/b"; do
        world 0
        find "$tree" | sort >"$work/before"
        (cd "$tree" && with="RUNGS_BUILD=$folder" && run "$rungs" list && exit "$code")
        code=$?
        ended 7
        [ -x "$work/elsewhere/b/default/rungs" ] || bad "it should build in RUNGS_BUILD"
        find "$tree" | sort | cmp -s - "$work/before" || bad "with RUNGS_BUILD nothing is written into the tree"
        (cd "$tree" && with="RUNGS_BUILD=$folder" && run "$rungs" list && exit "$code")
        uncalled "^(cmake|ninja)"
    done

    case="the build folder cannot be made"
    world 0
    : >"$work/elsewhere"
    with="RUNGS_BUILD=$work/elsewhere/b" run "$rungs" list
    unwritable "$work/elsewhere/b"

    case="TMPDIR is missing"
    world 0
    with=TMPDIR=/nowhere run "$rungs" list
    ended 7
    said "TMPDIR=/nowhere"
    called "TMPDIR is unset"

    # permissions mean nothing to root: somebody else tries
    other=
    if [ "$(id -u)" = 0 ]; then
        other="$(command -v setpriv) --reuid=65534 --regid=65534 --clear-groups"
        if ! $other test -r "$rungs" 2>/dev/null; then
            echo "no user without rights here: unwritable folders were not tried"
            return
        fi
    fi
    # as_other COMMAND...: what it calls cannot be noted in a folder that it cannot write
    as_other() {
        : >"$work/calls"
        chmod 666 "$work/calls"
        code=0
        $other env -i PATH="$work/bin" "$@" </dev/null >"$work/told" 2>"$work/said" || code=$?
    }
    case="a read-only checkout"
    world 1000
    chmod -R a-w "$tree"
    as_other "$rungs" list
    chmod -R u+w "$tree"
    unwritable "$tree/build"

    case="a read-only checkout that is built"
    settled
    chmod -R a-w "$tree"
    as_other "$rungs" list
    chmod -R u+w "$tree"
    ended 7
    [ ! -s "$work/said" ] || bad "there is nothing to say"

    case="a build folder with files of another user"
    for file in lock default/.ninja_log default/CMakeCache.txt; do
        settled
        touch "$tree/cli/main.c"
        : >>"$tree/build/$file"
        chmod -R a+rwX "$tree/build"
        chmod a-w "$tree/build/$file"
        as_other "$rungs" list
        chmod -R u+w "$tree"
        unwritable "$tree/build/$file"
    done

    # git refuses to describe a folder of another user's: the commit is known all the same
    case="another user's checkout"
    if [ "$other" ] && command -v git >/dev/null && command -v cmake >/dev/null; then
        world 0
        rm -rf "$tree/.git"
        (cd "$tree" && git init -q . && git add . && git -c user.name=n -c user.email=e commit -q -m m && chown -R 65534 .)
        cmake -DSOURCE="$tree" -DOUT="$work/commit.h" -P "$here/../bench/commit.cmake"
        grep -Eq '^#define RUNGS_COMMIT "[0-9a-f]{12}"$' "$work/commit.h" || bad "the commit is: $(cat "$work/commit.h")"
    fi
}

# ---- two: launchers at the same time ----

# both WORDS...: two at once, in the background; each ends as it should, and they did not build at the same time
both() {
    : >"$work/calls"
    for me in 1 2; do
        (code=0; env -i SLOW=0.3 PATH="$work/bin" "$@" </dev/null >"$work/told.$me" 2>"$work/said.$me" || code=$?; echo $code >"$work/code.$me") &
    done
    wait
    cat "$work/said.1" "$work/said.2" >"$work/said"
    [ "$(cat "$work/code.1" "$work/code.2" | tr '\n' ' ')" = "$expected $expected " ] || bad "both should end with $expected"
    uncalled "TWO AT ONCE"
    said "is at work in $tree/build"
}

group_two() {
    for means in flock link; do
        case="two at once, by $means"
        world 0
        [ $means = flock ] || rm -f "$work/bin/flock"
        expected=7
        both "$rungs" list
        [ "$(grep -c "^ninja -C" "$work/calls")" = 1 ] || bad "the second finds everything built"
        [ "$(grep -c "^apt-get install" "$work/calls")" = 1 ] || bad "the second finds everything installed"
        ! [ -L "$default/lock.process" ] || bad "the lock was left behind"
        case="two tests at once, by $means"
        expected=3
        both "$rungs" test
    done

    case="a lock whose owner is gone"
    world 0
    rm -f "$work/bin/flock"
    true &
    gone=$!
    wait
    mkdir -p "$default"
    ln -s $gone "$default/lock.process"
    ln -s $gone "$tree/build/lock.process"
    run "$rungs" list
    ended 7
    unsaid "is at work"
}

# ---- test: ./rungs test ----
group_test() {
    case="test"
    world 0
    run "$rungs" test -R "a b"
    ended 3
    called "clang-format"
    called "cmake --preset quick"
    uncalled "preset (default|gcc|clang|asan)"
    called "ctest --test-dir $tree/build/tests --timeout 900"
    called "-R a b"
    grep -qF 'add_test([=[quick.one]=] "true")' "$tree/build/tests/quick/CTestTestfile.cmake" || bad "a test carries its build's name"
    grep -qF 'set_tests_properties([=[quick.one]=]' "$tree/build/tests/quick/CTestTestfile.cmake" || bad "so do its properties"

    case="test --all without clang"
    rm "$work/bin/clang"
    run "$rungs" test --all
    ended 3
    called "cmake --preset gcc"
    called "cmake --preset portable"
    uncalled "preset (clang|asan|tsan)"
    grep -q "no clang here: apt install clang; exit 77" "$tree/build/tests/asan/CTestTestfile.cmake" ||
        bad "what cannot be built must be listed as skipped"

    case="test --rare"
    world 0
    run "$rungs" test --rare -R "a b"
    ended 3
    called "cmake --preset gcc-rare -B"
    called "cmake --preset clang-rare -B"
    called "cmake --preset asan-rare -B"
    called "cmake --preset portable-rare -B"
    uncalled "preset (default|quick|gcc|clang|asan|tsan|portable) "
    called "-L ^rare$ -R a b"

    case="test in CI"
    world 0
    with=CI=true run "$rungs" test
    called "cmake --preset tsan"
    grep -q "built gcc in [0-9]* s, asan in [0-9]* s, tsan in [0-9]* s, portable in [0-9]* s$" "$work/said" ||
        bad "it should say how long each build took"

    case="a build that fails"
    world 0
    stub ninja <<'END'
[ "$1" = --version ] || exit 1
END
    run "$rungs" test
    ended 1
    said "the build in"
    uncalled "^ctest"
}

[ $# -gt 0 ] || set -- debian systems tools edits place two test
for group; do group_"$group"; done
echo "all cases of the launcher behave: $*"
