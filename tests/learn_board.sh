#!/bin/sh
# learn_board.sh - the page of a class: marks, groups of speed, names that only the seed tells:
# learn_board.sh RUNGS SOLUTIONS_PROGRAM SCRATCH CC
set -u
rungs=$1 solutions=$2 scratch=$3
export CC=$4 LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch/solved" "$scratch/class/anna" "$scratch/class/<b>zoe & co" "$scratch/class/kim" "$scratch/class/fake"
cd "$scratch" || exit 1
# shellcheck source=/dev/null
. "$here/learn_lib.sh"

# anna is fast, zoe is slow, kim is wrong, fake is wrong where a rung is raced
"$solutions" solved >/dev/null || fail "the solutions cannot be written"
cp solved/1.8* class/anna
# few instructions, and each waits for the one before
sed 's/^void dense_forward(.*/static float slow(void) { volatile float z; z = 2; for (int i = 0; i < 50; i++) z = 1 \/ z; return 0 * z; }\n&/; s/+ dot_lanes/+ slow() + dot_lanes/' solved/1.8* >"class/<b>zoe & co/1.8_partial_sums.c"
sed 's/= b\[o\] +/= b[o] -/' solved/1.8* >class/kim/1.8_partial_sums.c
sed 's/= b\[o\] +/= b[o] * (N != 64 || IN != 784) +/' solved/1.8* >class/fake/1.8_partial_sums.c
learn 0 grade class --lesson 1 --seed 2718 --board board.html

if command -v xmllint >/dev/null; then xmllint --noout board.html || fail "board.html is not well formed"; fi
grep -q '<table class="board">' board.html && grep -q '</html>$' board.html || fail "the page is not whole: $(cat board.html)"
! grep -iq '<script\|src=\|href=\|http\|url(' board.html || fail "the page asks for something else: $(cat board.html)"
row() { grep -o "<th scope=\"row\">$1<.*" board.html >said || fail "there is no row of $1"; }
row anna
says 'class="ok" data-of="1.8".*1 of [1-9]'
row kim
says 'class="no" data-of="1.8">&#10007;<small>values</small>'
says 'data-of="1.1"><span class="sr">not handed in'
row 'passed by'
says 'data-of="1.1">0<.*data-of="1.8">\(2\|3\)<'
row '&#60;b&#62;zoe &#38; co'
# who is fast and who is slow are in two groups, in this order; who is not right has no speed
sed -n '/<h2>1.8/,/<h2>/p' board.html >part
grep -o 'class="group"\|<tr><th scope="row">[^/]*' part >groups
printf '%s\n' 'class="group"' '<tr><th scope="row">anna<' 'class="group"' '<tr><th scope="row">&#60;b&#62;zoe &#38; co<' | cmp -s - groups || fail "the groups are $(cat groups board.html)"
grep -q 'anna<.*<small>[0-9.]*[1-9][0-9.]* to [0-9.]*[1-9][0-9.]*</small></td><td>[0-9.]*[1-9][0-9.]* ms</td><td>[0-9.]*[1-9][0-9.]*</td><td>[0-9][0-9]*</td>.*<td>18</td></tr>' part || fail "$(cat part)"

# ---- pseudonyms: the seed's alone, and the teacher is told them ----

rm class/*/1.8*
names() {
    learn 0 grade class --lesson 1 --seed "$1" --anonymous --board "$2"
    ! grep -q 'anna\|zoe\|kim\|fake' "$2" || fail "a name is on the page: $(grep 'anna\|zoe\|kim\|fake' "$2")"
    sed -n 's/.* of [0-9]*  \([a-z]* [0-9]*\)$/\1/p' said | sort >told
    grep -o '<th scope="row">[^<]*' "$2" | sed 's/.*>//' | grep -v 'passed by' >shown
    [ "$(sort -u told | wc -l)" = 4 ] && cmp -s told shown || fail "the teacher is told $(cat told) and the page has $(cat shown)"
    mv told "told.$1"
}
names 5 one.html
names 5 again.html
names 6 other.html
cmp -s one.html again.html || fail "one seed gives two pages"
! cmp -s told.5 told.6 || fail "the seed does not choose the names"
learn 74 grade class --board no/such/board.html
finish
