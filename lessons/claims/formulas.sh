#!/bin/sh
# formulas.sh - every displayed formula of the articles, with the verdict of the lesson's errata that tries it. Run in the repository's
# root; RUNGS names the program (./rungs).
#
#   sh lessons/claims/formulas.sh table           the table of formulas.md, from formulas.txt and `rungs lesson N errata`
#   sh lessons/claims/formulas.sh check [PAGE]    is formulas.md what `table` prints? Exit 1 if not
#   sh lessons/claims/formulas.sh update          makes it so
#   sh lessons/claims/formulas.sh count FOLDER    is the list what the articles in FOLDER (000_*.txt and so on) display?
set -u
here=lessons/claims
list=${FORMULAS:-$here/formulas.txt}

fail() {
    echo "formulas.sh: $1" >&2
    exit "${2-1}"
}

# The rows of all errata: "lesson|article and section|formula|as printed|true|verdict"; a row without an article has that of the row above
errata() {
    for lesson in 1 2 3 4 5 6 7; do
        "${RUNGS:-./rungs}" lesson $lesson errata >"$work/said" || fail "rungs lesson $lesson errata ended with $?"
        awk -v lesson=$lesson '
            function trimmed(text) { gsub(/^ +| +$/, "", text); return text }
            /^  [^ ].*  (right|wrong: .*)$/ || /^   .*  (right|wrong: .*)$/ {
                at = match($0, / +-?[0-9a-z.+-]+ +-?[0-9a-z.+-]+  (right|wrong: ).*$/)
                if (!at) next
                split(trimmed(substr($0, at)), number, / +/)
                if (trimmed(substr($0, 3, 12)) != "") where = trimmed(substr($0, 3, 12))
                print lesson "|" where "|" trimmed(substr($0, 16, at - 16)) "|" number[1] "|" number[2] "|" (/  right$/ ? "right" : "wrong")
            }' "$work/said"
    done
}

table() {
    errata >"$work/errata" || exit 1
    awk -F'|' '
        NR == FNR { row[$1, $2, $3] = $4 ", " $5; verdict[$1, $2, $3] = $6; next }
        FNR == 1 {
            split("01_mlp_backprop 02_activations 03_losses 04_momentum_adam 05_weight_decay 06_dropout 07_cnn", folder, " ")
            print "| article, section | as printed | value as printed, true | verdict | tried by, and the correct form |"
            print "|---|---|---|---|---|"
        }
        /^#/ { next }
        !(($3, $1, $4) in row) { print "formulas.sh: lesson " $3 " has no row " $1 ", " $4 >"/dev/stderr"; bad = 1; next }
        {
            key = $3 SUBSEP $1 SUBSEP $4
            print "| " $1 " | $" $2 "$ | " row[key] " | " verdict[key] " | [lesson " $3 "](../" folder[$3] "/errata.md): `" $4 "` |"
            n++
            right += verdict[key] == "right"
        }
        END { print ""; print n " formulas: " right " right as printed, " n - right " wrong."; exit bad }' "$work/errata" "$list"
}

# the page, its table as it is now
page() {
    sed '/^<!-- formulas -->$/q' "$1" && echo && table && echo && sed -n '/^<!-- \/formulas -->$/,$p' "$1"
}

# What an article displays, one formula a line
displayed() {
    awk '
        /^[ \t]*```/ { code = !code }
        code || /^[ \t]*```/ { next }
        { text = text $0 " " }
        END {
            while (match(text, /\$\$|\\\[/)) {
                end = substr(text, RSTART, 2) == "$$" ? "$$" : "\\]"
                text = substr(text, RSTART + 2)
                if (!(at = index(text, end))) { print "a formula without an end"; exit 1 }
                one = substr(text, 1, at - 1)
                gsub(/[ \t]+/, " ", one); gsub(/^ | $/, "", one)
                print one
                text = substr(text, at + 2)
            }
        }' "$1"
}

count() {
    for n in 000 001 002 003 004; do
        for article in "$1/${n}_"*.txt; do
            [ -f "$article" ] || fail "$1 has no article $n" 66
            displayed "$article" >"$work/displayed"
            grep "^$n " "$list" | cut -d'|' -f2 >"$work/listed"
            diff "$work/listed" "$work/displayed" >&2 || fail "article $n displays other formulas than the list has"
            echo "article $n: $(wc -l <"$work/listed") formulas"
        done
    done
}

[ -f "$list" ] || fail "there is no $list: run this in the repository's root" 66
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
case ${1-} in
table) table ;;
check)
    page "${2-$here/formulas.md}" >"$work/page" && diff "${2-$here/formulas.md}" "$work/page" >&2 ||
        fail "the page is not what the errata say: sh $here/formulas.sh update writes it"
    ;;
update) page $here/formulas.md >"$work/page" && cat "$work/page" >$here/formulas.md ;;
count) count "${2?}" ;;
*) fail "say table, check, update or count; the file's first lines explain them" 64 ;;
esac
