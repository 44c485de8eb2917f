#!/bin/sh
# learn_pack.sh - a hand-out for a class: what is in it can be graded, and gives no solution away:
# learn_pack.sh RUNGS SOLUTIONS_PROGRAM SCRATCH CC NUMBER_OF_EXERCISES
set -u
rungs=$1 solutions=$2 scratch=$3 count=$5
export CC=$4 LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch/solved"
cd "$scratch" || exit 1
# shellcheck source=/dev/null
. "$here/learn_lib.sh"

# leaks PACK: where three lines in a row, as a solution has them and its exercise has not, are in a file of the pack; one of them
# must compute something: loops and signatures alone are no secret
leaks() {
    for solved in solved/*; do
        diff "begun/${solved#solved/}" "$solved" | awk -v name="$solved" '
            function computes(line) { return line ~ /=/ && line !~ /^for\(/ }
            !/^>/ { a = b = ""; next }
            { sub(/^> /, ""); gsub(/[ \t]/, "") }
            length { if (a != "" && length(a b $0) >= 24 && computes(a) + computes(b) + computes($0)) print name "\t" a b $0; a = b; b = $0 }'
    done >windows
    find "$1" -type f | while read -r file; do
        tr -d ' \t\n' <"$file" | awk -v file="$file" 'NR == FNR { window[FNR] = $0; n = FNR; next }
            { for (k = 1; k <= n; k++) { split(window[k], part, "\t"); if (index($0, part[2])) print file " has " part[2] " of " part[1] } }' windows -
    done
}

learn 0 pack --out pack
"$solutions" solved >/dev/null || fail "the solutions cannot be written"
for file in solved/*; do
    file=${file#solved/}
    learn 0 show "${file%%_*}" --dir begun
done
leaks pack >leaked
leaks begun >leaked.begun
grep -q 'begun/1.10_pack_block.c has .* of solved/1.9' leaked.begun || fail "1.10 begins with a solution of 1.9, which is not noticed"
later=$(grep -c 'begins with a solution of' pack/README.md) # their files are made where the student works
[ "$(wc -l <windows)" -ge $((3 * count)) ] || fail "there are only $(wc -l <windows) pieces of solutions to look for"
[ ! -s leaked ] || fail "the hand-out gives solutions away: $(cat leaked)"
for made in 1.2_by_hand.txt 1.3_dense_dw.c; do # a solution with other indentation, among something else
    { echo "before"; sed 's/^ */\t/' "solved/$made"; } >pack/notes.md
    leaks pack | grep -q "notes.md has .* of solved/$made" || fail "the solution of $made in the hand-out is not noticed"
done
rm pack/notes.md

[ "$(ls pack/*.md | wc -l)" = $((count + 1)) ] || fail "there is not a page for every exercise: $(ls pack)"
[ "$(ls pack | grep -c '^[1-9]')" = $((2 * count - later)) ] || fail "there is not a file for every exercise: $(ls pack)"
for page in pack/[1-9]*.md; do # each says what to write, and through which gates it has to go
    grep -q '^[1-9][.0-9]* [a-z0-9_]* - ' "$page" && grep -q '^- [a-z]*: [a-z]' "$page" || fail "$page: $(cat "$page")"
    ! grep -q 'null\|^/\|\*/' "$page" || fail "$page: $(cat "$page")"
done

# of_gate GATE EXERCISES: these and no other pages have the gate
of_gate() {
    [ "$(grep -l "^- $1: " pack/[1-9]*.md | sed 's,pack/,,; s/_.*//' | sort -V | tr '\n' ' ')" = "$2 " ] || fail "the gate $1 is on the pages $(grep -l "^- $1: " pack/*.md)"
}
of_gate numbers '1.2 1.7 2.3 2.6'
of_gate steps 1.5
of_gate verdicts '1.6 3.6 4.3 6.6 7.3'
of_gate training 7.9
of_gate checkers '1.11 1.12 2.5 3.5 4.5 6.5 7.8'

# ---- what a student does with it ----

got=0
(cd pack && make -s RUNGS="$rungs" 1.1) >said 2>&1 || got=$?
[ $got = 2 ] && says '^FAIL  1.1 one_neuron' || fail "make 1.1 ended with $got: $(cat said)"
cp solved/1.1_one_neuron.c pack
(cd pack && make -s RUNGS="$rungs" 1.1) >said 2>&1 || fail "make 1.1 ended with $?: $(cat said)"
(cd pack && make -s RUNGS="$rungs" list) >said 2>&1
says "^1 of $count passed"

# ---- one lesson ----

learn 0 pack --out three --lesson 3 --source https://example.org/rungs.git
says 'three has the exercises'
[ "$(ls three | grep '^[1-9]' | sed 's/\..*//' | sort -u)" = 3 ] || fail "lesson 3 alone was wanted: $(ls three)"
grep -q 'git clone https://example.org/rungs.git' three/README.md || fail "$(cat three/README.md)"
(cd three && make -s RUNGS="$rungs" list) >said 2>&1
ls three | sed -n 's/^\(3[0-9.]*\)_.*\.md$/\1/p' >pages
[ "$(wc -l <pages)" -ge 6 ] && sed -n 's/^  \[ \] \([0-9.]*\) .*/\1/p' said | cmp -s - pages || fail "make list shows other exercises than $(cat pages): $(cat said)"
(cd three && make -s RUNGS="$rungs") >said 2>&1 </dev/null
says '^3.1 '

# ---- refusals ----

learn 64 pack
learn 64 pack three
learn 64 list --out x
says 'belongs to rungs learn pack'
learn 74 pack --out three
finish
