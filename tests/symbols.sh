#!/bin/sh
# symbols.sh NM AR PROGRAMS - no two objects that one program is linked of define the same symbol. PROGRAMS has a line "PROGRAM part"
# for each object and each archive of ours. The linker takes an archive's member only where it needs one, so that of two functions
# of one name, in two archives, it silently takes the first for both: the wrong one, for half of the callers.
set -u
nm=$1 ar=$2 programs=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

cut -d' ' -f2 "$programs" | sort -u >"$work/parts"
while read -r part; do [ -f "$part" ] || echo "$part"; done <"$work/parts" >"$work/missing"
if [ -s "$work/missing" ] || [ ! -s "$work/parts" ]; then
    head -3 "$work/missing"
    echo "FAIL  $(wc -l <"$work/missing") of $(wc -l <"$work/parts") parts are missing: build everything first"
    exit 1
fi
# weak symbols (inline functions of C++) may be there again
xargs "$nm" -A -P -g <"$work/parts" 2>/dev/null |
    awk '{ at = index($0, ": "); split(substr($0, at + 2), word, " ") }
        word[2] ~ /^[ABCDGRST]$/ { file = part = substr($0, 1, at - 1); sub(/\[.*/, "", part); print part, file, word[1] }' >"$work/defined"
awk 'FNR == NR { n = ++count[$1]; file[$1, n] = $2; symbol[$1, n] = $3; next }
    { programs[$1] = 1
      for (i = 1; i <= count[$2]; i++) {
          s = symbol[$2, i]; f = file[$2, i]
          if (!(($1, s) in first)) { first[$1, s] = f; seen++; continue }
          pair = first[$1, s] " " f
          if (!(pair in said)) print $1, s, pair
          said[pair] = 1
      } }
    END { for (p in programs) of++
          print seen + 0, of + 0 >"/dev/stderr" }' "$work/defined" "$programs" >"$work/doubles" 2>"$work/seen"
read -r seen n <"$work/seen"
[ "$seen" != 0 ] || { echo "FAIL  nothing to compare: no symbol"; exit 1; }

# the bytes of an object, or of ARCHIVE[MEMBER]
bytes() {
    case $1 in *']') member=${1#*[} && "$ar" p "${1%%[*}" "${member%]}" ;; *) cat "$1" ;; esac | cksum
}
# one object in two archives, so that each can be used alone (base/), is one definition
bad=0
while read -r program symbol one other; do
    [ "$one" != "$other" ] && [ "$(bytes "$one")" = "$(bytes "$other")" ] && continue
    echo "FAIL  $program: $symbol is defined in $one and $other"
    bad=1
done <"$work/doubles"
[ $bad = 0 ] && echo "no symbol is defined twice in any of $n programs ($seen definitions)"
exit $bad
