#!/bin/sh
# read.sh RUNGS SOURCE - `rungs read`: every page of every lesson, with pandoc and without; what it refuses.
rungs=$1 verb=read
. "$(dirname "$0")/want_lib.sh"
cd "$2" || exit 1
unset COLUMNS PAGER
want 0 "1   Backpropagation"
want 0 "4  muon"
want 0 "z   = b  + Σ x   w" 1 --section maths
want 0 "∂L/∂w_oi = Σ_n Σ_k (∂L/∂z_nk) (∂z_nk/∂w_oi)" 01 --section Derivation --width 100
want 64 "there is no lesson 'eight'" eight
want 64 "has no page 'muon'" 1 muon
want 64 "has no section 'Nowhere'" 1 --section Nowhere
want 64 "--section needs a lesson" --section Maths
want 64 "--width" 1 --width wide
out=$("$rungs" read 1 --section Maths | grep -c '───$') # the section ends where the next begins
[ "$out" -ge 1 ] && "$rungs" read 1 --section Maths | grep -q '^Derivation' && fail "a section does not end"

# headings_of FILE: those outside of fences
headings_of() {
    awk '/^```/ { fence = !fence } !fence && /^##* / { n++ } END { print n + 0 }' "$1"
}

# page_is_shown LESSON PAGE FILE: all its headings, no TeX, no comment, no row of a paragraph too wide
page_is_shown() {
    lines=$("$rungs" read "$1" "$2" --width 72 2>&1) || { fail "rungs read $1 $2: $lines"; return; }
    prose=$(echo "$lines" | grep -v '^  \|^│')
    case $prose in *'\frac'* | *'<!--'* | *'$'[a-z]*'$'*) fail "$1 $2 shows Markdown or TeX" ;; esac
    shown=$(echo "$lines" | grep -c '^──*$')
    [ "$shown" -eq "$(headings_of "$3")" ] || fail "$1 $2: $shown headings of $(headings_of "$3")"
    [ -z "$pandoc" ] && return
    widest=$(echo "$prose" | grep ' ' | LC_ALL=C.UTF-8 wc -L)
    [ "$widest" -le 72 ] || fail "$1 $2: a line of $widest columns"
}

pages=0
for pandoc in "$(command -v pandoc)" ""; do
    nothing=$(mktemp -d) || exit 1
    path=$PATH
    if [ -z "$pandoc" ]; then # all programs that this script uses, and no pandoc
        for tool in awk grep wc sh; do ln -s "$(command -v $tool)" "$nothing/$tool"; done
        PATH=$nothing
    fi
    for file in lessons/[0-9]*/*.md; do
        page=${file##*/}
        lesson=${file#lessons/}
        page_is_shown "${lesson%%/*}" "${page%.md}" "$file"
        pages=$((pages + 1))
    done
    PATH=$path
    rm -r "$nothing"
done
[ $pages -ge 40 ] || fail "only $pages pages were looked at"

# a page that has what is not understood is refused, not half shown
broken=$(mktemp -d) || exit 1
mkdir -p "$broken/lessons/01_mlp_backprop"
printf '# A\n\n$\\unheard of$\n' >"$broken/lessons/01_mlp_backprop/README.md"
out=$(cd "$broken" && "$rungs" read 1 2>&1)
[ $? = 64 ] || fail "an unknown command of TeX is shown: $out"
printf '# A\n\n| a | b |\n|---|---|\n| `x|y` | **2** |\n\n```math\n\\frac{1}{2}\n```\n' >"$broken/lessons/01_mlp_backprop/README.md"
out=$(cd "$broken" && "$rungs" read 1 --plain 2>/dev/null)
case $out in *'x|y'*2*'─'*) ;; *) fail "a table or a fraction is lost: $out" ;; esac
rm -r "$broken"
exit $bad
