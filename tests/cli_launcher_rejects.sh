#!/bin/sh
# cli_launcher_rejects.sh LAUNCHER WORK - cli_launcher.sh must fail on each of these wrong launchers.
# shellcheck disable=SC2016 # the edits name the launcher's variables
set -u
launcher=$1
work=$2
here=$(dirname "$0")
mkdir -p "$work"
survived=0

# wrong NAME SED-SCRIPT
wrong() {
    sed "$2" "$launcher" >"$work/wrong"
    if cmp -s "$launcher" "$work/wrong"; then
        echo "FAIL  $1: the edit changes nothing"
        survived=1
    elif sh "$here/cli_launcher.sh" "$work/wrong" "$work/world" >"$work/report" 2>&1; then
        echo "FAIL  $1: was not rejected"
        survived=1
    else
        echo "rejected  $1"
    fi
}

wrong "forgets what it has set up" 's/ >"$stamp"$/ >\/dev\/null/'
wrong "splits the words" 's|exec "$root/build/default/rungs" "$@"|exec "$root/build/default/rungs" $*|'
wrong "does not follow links" 's/readlink -f "$0"/echo "$0"/'
wrong "installs without asking" 's/\[ -t 0 \] \&\& \[ -t 2 \] || return 2/return 0/'
if script -qec true /dev/null >/dev/null 2>&1; then
    wrong "takes no for yes" 's/\[nN\]\*) return 1/[nN]*) return 0/'
fi
wrong "builds on stdout" 's/ >&2 || fail "the build/ || fail "the build/'
wrong "configures on stdout" 's/--preset "$1") >&2/--preset "$1")/'
wrong "one bad package stops all" 's/^        apt_install "$package" ||/        break ||/'
wrong "asks for a password in CI" 's/sudo -n /sudo /'
wrong "tests with the wrong compiler" 's/presets=gcc$/presets=default/'
wrong "never mentions what it left out" 's/exit 77/exit 0/'
wrong "keeps the old place" 's/ || fresh=--fresh.*//'
exit $survived
