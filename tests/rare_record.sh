#!/bin/sh
# rare_record.sh SOURCE [RECORD] - tests/rare.txt says of every build of `./rungs test --rare` when it last ran, on which commit, and
# with what result, or that it never did. Then records that must be rejected.
set -u
source=$1 record=${2:-$1/tests/rare.txt}
self=$(cd "$(dirname "$0")" && pwd)/rare_record.sh
builds=$(sed -n 's/.*--rare) presets="\([^"]*\)".*/\1/p' "$source/rungs")
[ -n "$builds" ] || { echo "FAIL: the launcher names no builds"; exit 1; }

awk -v builds="$builds" '
    BEGIN { n = split(builds, build, " "); for (i = 1; i <= n; i++) wanted[build[i]] = 1 }
    /^#/ || NF == 0 { next }
    !($1 in wanted) { print "no build is called " $1; bad = 1; next }
    seen[$1]++ { print $1 " has two rows"; bad = 1 }
    NF == 2 && $2 == "never" { next }
    $2 !~ /^20[0-9][0-9]-[01][0-9]-[0-3][0-9]$/ { print $1 ": " $2 " is no date"; bad = 1 }
    $3 !~ /^[0-9a-f]+$/ || length($3) < 7 { print $1 ": " $3 " is no commit"; bad = 1 }
    NF != 7 || $4 !~ /^[0-9]+$/ || $4 == 0 { print $1 ": how many passed?"; bad = 1 }
    $5 != 0 { print $1 ": " $5 " failed"; bad = 1 }
    $6 !~ /^[0-9]+$/ || $7 !~ /^[0-9]+$/ { print $1 ": how many were skipped, and how long did it take?"; bad = 1 }
    END { for (b in wanted) if (!seen[b]) { print b " is missing"; bad = 1 }
          exit bad }' "$record" || exit 1
[ $# -eq 1 ] || exit 0

# a commit of the record is one of this history, where the whole of it is here
if [ "$(git -C "$source" rev-parse --is-shallow-repository 2>/dev/null)" = false ]; then
    awk '!/^#/ && NF > 2 { print $3 }' "$record" | sort -u | while read -r commit; do
        git -C "$source" merge-base --is-ancestor "$commit" HEAD 2>/dev/null || echo "$commit"
    done | { ! grep . || { echo "FAIL: not in this history"; exit 1; }; } || exit 1
fi

bad=0
wrong=$(mktemp) || exit 1
trap 'rm -f "$wrong"' EXIT
reject() {
    sed "$1" "$record" >"$wrong"
    cmp -s "$wrong" "$record" && { echo "FAIL: nothing changed by $1"; bad=1; }
    sh "$self" "$source" "$wrong" >/dev/null && { echo "FAIL: passes after $1"; bad=1; }
}
reject '/^gcc-rare/d'
reject 's/^gcc-rare/gcc-often/'
reject 's/^\(gcc-rare .*\)/\1\n\1/'
reject 's/^\(gcc-rare  *\)[^ ]*/\1yesterday/'
reject 's/^\(gcc-rare  *[^ ]*  *\)[^ ]*/\1HEAD/'
reject 's/^\(gcc-rare  *[^ ]*  *[^ ]*  *\)[^ ]*/\10/'
reject 's/^\(gcc-rare  *[^ ]*  *[^ ]*  *[^ ]*  *\)0/\11/'
exit $bad
