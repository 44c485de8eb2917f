#!/bin/sh
# cli_exit_codes.sh HEADER README - the README's table of exit codes is the header's list: the same numbers with the same words.
set -u
header=$1 readme=$2
listed() { sed -n 's/^ *EXIT_[A-Z]* = \([0-9]*\),* *\/\* \(.*[^ ]\) *\*\/$/\1 \2/p' "$header"; }
told() { sed -n '/^| code |/,/^$/s/^| \([0-9][0-9]*\) | \(.*\) |$/\1 \2/p' "$readme"; }
constants=$(grep -c '^ *EXIT_[A-Z]* = ' "$header")
if [ "$constants" -lt 7 ] || [ "$(listed | wc -l)" != "$constants" ]; then
    echo "FAIL  $header: $constants constants, but $(listed | wc -l) with a comment"
    exit 1
fi
[ "$(listed)" = "$(told)" ] && echo "$constants exit codes, and the README has them all" && exit 0
printf 'FAIL  the header has\n%s\nthe README has\n%s\n' "$(listed)" "$(told)"
exit 1
