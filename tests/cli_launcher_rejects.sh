#!/bin/sh
# cli_launcher_rejects.sh LAUNCHER WORK - cli_launcher.sh must fail on each of these wrong launchers.
# shellcheck disable=SC2016 # the edits name the launcher's variables
set -u
launcher=$1
work=$2
here=$(dirname "$0")
mkdir -p "$work"
survived=0

# wrong GROUP NAME SED-SCRIPT: the group of cases that must notice
wrong() {
    sed "$3" "$launcher" >"$work/wrong"
    if cmp -s "$launcher" "$work/wrong"; then
        echo "FAIL  $2: the edit changes nothing"
        survived=1
    elif sh "$here/cli_launcher.sh" "$work/wrong" "$work/world" "$1" >"$work/report" 2>&1; then
        echo "FAIL  $2: was not rejected"
        survived=1
    else
        echo "rejected  $2: $(grep -m1 FAIL "$work/report")"
    fi
}

wrong debian "splits the words" 's|exec "$builds/default/rungs" "$@"|exec "$builds/default/rungs" $*|'
wrong debian "installs without asking" 's/\[ -t 0 \] \&\& \[ -t 2 \] || return 2/return 0/'
if script -qec true /dev/null >/dev/null 2>&1; then
    wrong debian "takes no for yes" 's/\[nN\]\*) return 1/[nN]*) return 0/'
    wrong debian "forgets what it has set up" 's/ >"$stamp"$/ >\/dev\/null/'
fi
wrong debian "builds on stdout" 's/ >&2 9>&- || fail "the build/ 9>\&- || fail "the build/'
wrong debian "configures on stdout" 's/-B "$folder") >&2/-B "$folder")/'
wrong debian "one bad package stops all" 's/^        apt_install "$package" ||/        break ||/'
wrong debian "asks for a password in CI" 's/sudo -n /sudo /'
wrong systems "Debian's names everywhere" 's/column=4/column=3/'
wrong systems "knows no derivatives" 's/ ${ID_LIKE-}//'
wrong systems "names what is there" 's/is_installed "$manager" "$package" ||/:;/'
wrong tools "any CMake will do" 's/^    at_least.*/    : ||/'
wrong tools "3.9 is more than 3.22" 's/-ge "${1#\*.}"/-ge 0/'
wrong tools "4.0 is less than 3.22" 's/\[ "${2%%.\*}" -gt "${1%.\*}" \] ||/false ||/'
wrong tools "a tool that does not run" 's/^    ninja --version/    true/'
wrong edits "does not follow links" 's/self=$(readlink -f "$self")/:/'
wrong edits "asks Ninja each time" 's/^    stamp=$1.built-$2/    return 1/'
wrong edits "looks at files only" 's/ -o -type d / /'
wrong edits "does not look at the commit" 's|find . "$git/logs/HEAD"|find .|'
wrong edits "knows no worktrees" 's/^    if \[ -f .git \].*//'
wrong edits "counts what users leave in the root" "s/ -o -path '.\/\*\/\*' / -o -name '*' /"
wrong edits "the stamp is from after the build" 's/^    mv "$folder.*begun.*/    printf "%s\\n" "$root" >"$folder\/built-$2"/'
wrong edits "a failed build counts as one" 's/^    ninja -C .*/    ninja -C "$folder" "$2" >\&2 || { mv "$folder\/built-$2.begun" "$folder\/built-$2"; exit 1; }/'
wrong edits "keeps the old place" 's/\[ "$home" != "$root" \]/false/'
wrong edits "forgets CUDA" 's/ | \*" --cuda="\*//'
wrong place "ignores RUNGS_BUILD" 's/${RUNGS_BUILD:-$root.build}/$root\/build/'
wrong place "goes on without a folder" 's/^        fail "cannot write.*/        :/'
wrong place "keeps a TMPDIR that is missing" 's/^        unset TMPDIR/        :/'
wrong two "builds what another builds" 's/^    hold "$builds\/default"/    mkdir -p "$builds\/default"/'
wrong two "does not look again" 's/^    is_current .* || build default/    build default/'
wrong two "takes a lock from the living" 's/kill -0 "$owner"/false/'
wrong two "respects a lock of the dead" 's/^            rm -f "$lock" # .*/            exit 75/'
wrong two "leaves its lock behind" 's/^    \[ -z "${lock-}" \] .*/    :/'
wrong test "tests with the wrong compiler" 's/presets=quick /presets=default /'
wrong test "rare tests are all tests" 's/set -- -L "^rare$" "$@"/:/'
wrong test "never mentions what it left out" 's/exit 77/exit 0/'
exit $survived
