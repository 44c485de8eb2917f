#!/bin/sh
# formulas.sh RUNGS SOURCE SCRATCH - the page of the articles' formulas is what the lessons' errata say, and each formula of the list has
# a row there. Then a page, a list and articles that differ: each is rejected. The articles themselves are no part of the project; where
# RUNGS_ARTICLES or ../shared/articles has them, the list is compared with them, too.
set -u
RUNGS=$1
export RUNGS LC_ALL=C.UTF-8
cd "$2" || exit 1
rm -rf "$3" && mkdir -p "$3/articles" && work=$(cd "$3" && pwd) || exit 1
here=lessons/claims formulas=lessons/claims/formulas.sh
bad=0

fail() {
    echo "FAIL: $*"
    bad=1
}
# reject WHAT WORDS COMMAND...
reject() {
    what=$1 words=$2
    shift 2
    "$@" >"$work/said" 2>&1 && fail "$what passes"
    grep -q "$words" "$work/said" || fail "$what: $(cat "$work/said")"
}

sh $formulas check || bad=1
sed '/^| 004 4.3/s/wrong/right/' $here/formulas.md >"$work/page.md"
reject "a wrong formula called right" 'not what the errata say' sh $formulas check "$work/page.md"
sed '/^002 2.2.*delta_l = f/d' $here/formulas.txt >"$work/list"
reject "a list without a formula" 'not what the errata say' env FORMULAS="$work/list" sh $formulas check
sed 's/|dJ\/db_l = delta_l$/|dJ\/db_l = delta/' $here/formulas.txt >"$work/list"
reject "a formula that no errata try" 'no row 002 2.2' env FORMULAS="$work/list" sh $formulas check

# articles made of the list: text, code and both kinds of display around its formulas
made() {
    for n in 000 001 002 003 004; do
        {
            echo 'A price of $5, and $x$ in a sentence.'
            printf '   ```python\n   print("$$ no formula $$")\n   ```\n'
            grep "^$n " $here/formulas.txt | cut -d'|' -f2 |
                if [ $n = 002 ]; then sed 's/.*/- so \\[ & \\] it is/'; else sed 's/^/text\n  $$\n  /; s/$/ $$ more/'; fi
        } >"$work/articles/${n}_made.txt"
    done
}
made
sh $formulas count "$work/articles" >"$work/said" 2>&1 || fail "articles made of the list: $(cat "$work/said")"
echo 'One more: $$ a = b $$' >>"$work/articles/003_made.txt"
reject "an article with one formula more" 'article 003 displays other formulas' sh $formulas count "$work/articles"
made
sed 's/\\gamma/\\delta/' "$work/articles/000_made.txt" >"$work/other" && mv "$work/other" "$work/articles/000_made.txt"
reject "an article with another formula" 'article 000 displays other formulas' sh $formulas count "$work/articles"
made
echo 'No end: $$ a' >>"$work/articles/001_made.txt"
reject "a formula without an end" 'article 001 displays other formulas' sh $formulas count "$work/articles"
rm "$work/articles/004_made.txt"
made && rm "$work/articles/004_made.txt"
reject "a folder without an article" 'has no article 004' sh $formulas count "$work/articles"

articles=${RUNGS_ARTICLES:-../shared/articles}
if [ -d "$articles" ]; then
    sh $formulas count "$articles" || bad=1
else
    echo "the articles are not here: RUNGS_ARTICLES names their folder"
fi
exit $bad
