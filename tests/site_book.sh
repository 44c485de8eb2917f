#!/bin/sh
# site_book.sh RUNGS SOURCE SCRATCH - `rungs site --book` as a page to be printed: it is whole and needs no other file; and as a PDF
# with a browser that this script plays: the sheets' numbers in the contents, and what is refused. site_pdf.sh has a real one.
rungs=$1 verb=site
. "$(dirname "$0")/want_lib.sh"
cd "$2" || exit 1
scratch=$3
rm -rf "$scratch" && mkdir -p "$scratch/bin" || exit 1
if ! command -v pandoc >/dev/null; then
    echo "skipped: no pandoc (on Debian: apt install pandoc)"
    exit 77
fi
want 64 "a book ends in .epub, .pdf or .html" --book "$scratch/book.doc"
want 64 "a book ends in .epub, .pdf or .html" --book "$scratch/pdf"
want 64 "--book takes all lessons" emu.html --book "$scratch/book.pdf"
# pandoc, which from here on makes each chapter once
mkdir "$scratch/made" && cat >"$scratch/bin/pandoc" <<END
#!/bin/sh
[ "\$1" != --version ] || exit 0
cat >$scratch/made/in
made=$scratch/made/\$(cksum <$scratch/made/in | tr -d ' ')
[ -e "\$made" ] || "$(command -v pandoc)" "\$@" <$scratch/made/in >"\$made" || exit 1
cat "\$made"
END
chmod +x "$scratch/bin/pandoc"
PATH=$scratch/bin:$PATH

# ---- the page ----

# chapters: the English pages of the lessons, without their errata
chapters() {
    for page in lessons/[0-9]*/*.md; do
        case $page in *.zh.md | */errata.md) ;; *) echo "$page" ;; esac
    done
}

# page_problems FILE: what is wrong with a page to be printed, a line each
page_problems() {
    grep -o ' id="[^"]*"' "$1" | sed 's/.*="//; s/"$//' | sort >"$scratch/ids"
    uniq -d "$scratch/ids" | sed 's/$/ is two places/'
    grep -o 'href="[^"]*"' "$1" | sed 's/^href="//; s/"$//' | sort -u | while read -r to; do
        case $to in
        http*) ;;
        '#'*) grep -qxF -- "${to#?}" "$scratch/ids" || echo "links to $to, which it does not have" ;;
        *) echo "links to $to, a file" ;;
        esac
    done
    grep -o 'src="[^"]\{5\}' "$1" | grep -v '"data:' | sed 's/$/ is another file/'
    grep -qi '<script' "$1" && echo "has a script"
    sed 's/<pre.*//; s/<code>[^<]*<\/code>//g; s/<annotation.*<\/annotation>//g' "$1" | grep -q '\$[a-z\\][^ ]*\$' && echo "shows a formula as TeX"
    [ "$(grep -c '<pre' "$1")" = "$(grep -c '<pre style="--columns: [0-9][0-9]*"' "$1")" ] || echo "has listings whose width is unknown"
    n=0
    chapters | while read -r page; do
        n=$((n + 1))
        title=$(sed -n 's/^# //p' "$page" | head -1)
        [ "$(grep -cF ">$title<" "$1")" -ge 2 ] || echo "has '$title' not both in the contents and in the text"
        grep -qF "content: \"$title\"" "$1" || echo "has no head for the sheets of '$title'"
    done
}
want 0 "chapters in $scratch/book.html" --book "$scratch/book.html"
page_problems "$scratch/book.html" >"$scratch/said"
[ -s "$scratch/said" ] && fail "the printed page $(cat "$scratch/said")"
[ "$(chapters | wc -l)" -ge 17 ] || fail "only $(chapters | wc -l) chapters"
grep -q 'href="#lessons-05_weight_decay"' "$scratch/book.html" || grep -q '<p>.*href="#lessons-0' "$scratch/book.html" || fail "no chapter links to another one"
[ "$(grep -o 'src="data:image/svg' "$scratch/book.html" | wc -l)" -ge 30 ] || fail "pictures are not in the page"
grep -q -- '--columns: 136"' "$scratch/book.html" || fail "the listings of 136 columns are not counted so"

# wrong pages are noticed
sed -e '0,/<section class="chapter"/s//<a href="#nowhere">x<\/a><a href="a.html">x<\/a><img src="a.svg"><script><\/script><p id="contents">$x^2$<\/p><pre>x<\/pre>&/' \
    -e '/^@page c3 /d' -e '/<p class="toc1">.*04. Muon/d' "$scratch/book.html" >"$scratch/wrong.html"
page_problems "$scratch/wrong.html" >"$scratch/said"
for words in '#nowhere' 'a.html, a file' 'a.svg' 'two places' script TeX 'width is unknown' "'04. Muon' not both" "sheets of '03"; do
    grep -q "$words" "$scratch/said" || fail "not noticed: $words: $(cat "$scratch/said")"
done

# ---- the PDF ----

# a browser, whose PDF has 20 sheets in nodes of 8 and a heading in three on each
cat >"$scratch/bin/chromium" <<'END'
#!/bin/sh
if [ "$1" = --version ]; then echo "Chromium $FAKE_VERSION built on paper" && exit; fi
for word; do
    case $word in --print-to-pdf=*) to=${word#*=} ;; --user-data-dir=*) notes=${word#*=} ;; file://*) page=${word#file://} ;; esac
done
mkdir -p "$notes/a/b" && echo x >"$notes/a/b/c" && ln -sf "$FAKE_SEEN" "$notes/link"
[ "$FAKE_KIND" != fails ] || { printf 'what\nno more paper\n' >&2; exit 3; }
cp "$page" "$FAKE_SEEN"
[ "$FAKE_KIND" != none ] || exit 0
ids=$(grep -o '<h[12] id="[^"]*"' "$page" | sed 's/.*id="//; s/"$//')
[ "$FAKE_KIND" != few ] || ids=$(echo "$ids" | sed '/maths/d')
[ "$FAKE_KIND" != moved ] || ! grep -q '<b>7</b>' "$page" || ids=$(echo "$ids" | sed '1d')
{
    echo "%PDF-1.4"
    for i in $(seq 1 20); do printf '%d 0 obj\n<</Type /Page\n/Parent 0 0 R>>\nendobj\n' $((100 - i)); done
    kids() { for i in $(seq "$1" "$2"); do printf '%d 0 R ' $((100 - i)); done; }
    printf '31 0 obj\n<</Type /Pages\n/Kids [%s]>>\nendobj\n' "$(kids 1 8 | sed 's/ $//')"
    printf '32 0 obj\n<</Type /Pages\n/Kids [%s]>>\nendobj\n' "$(kids 9 16 | sed 's/ $//')"
    printf '30 0 obj\n<</Type /Pages\n/Kids [31 0 R 32 0 R %s]>>\nendobj\n33 0 obj\n<<' "$(kids 17 20 | sed 's/ $//')"
    n=0
    for id in $ids; do n=$((n + 1)) && printf '/%s [%d 0 R /XYZ 6 826.1 0]\n' "$id" $((100 - 1 - n / 3 % 20)); done
    printf '>>\nendobj\n40 0 obj\n<</Type /Catalog\n/Pages 30 0 R\n/Dests 33 0 R>>\nendobj\n'
    [ "$FAKE_KIND" = cut ] || printf '%%%%EOF\n'
} >"$to"
END
printf '#!/bin/sh\n[ "$FAKE_KIND" = nofont ] || echo Noto\n' >"$scratch/bin/fc-list"
chmod +x "$scratch/bin/chromium" "$scratch/bin/fc-list"
export FAKE_SEEN="$scratch/seen.html" FAKE_KIND=good FAKE_VERSION=156.0.1
mkdir "$scratch/tmp" && export TMPDIR="$scratch/tmp"
want 0 "chapters on 20 sheets in $scratch/book.pdf" --book "$scratch/book.pdf"
head -c 8 "$scratch/book.pdf" | grep -q '%PDF-1.4' || fail "the PDF is not where it belongs"
# the numbers are those of the PDF: heading n on sheet n / 3 + 1, of which there are 20
grep -o '<p class="toc[12]">.*</p>' "$scratch/seen.html" | sed 's/.*<b>//; s/<.*//' >"$scratch/got"
awk '{ print int((NR + 1)/3)%20 + 1 }' "$scratch/got" >"$scratch/expected" # the contents are no. 1
[ "$(wc -l <"$scratch/got")" -ge 150 ] && cmp -s "$scratch/got" "$scratch/expected" || fail "the contents have other numbers than the PDF"
page_problems "$scratch/seen.html" >"$scratch/said"
[ -s "$scratch/said" ] && fail "the page of the PDF $(cat "$scratch/said")"

# refused(KIND, WORDS): with that browser there is no PDF, nor half of one
refused() {
    FAKE_KIND=$1
    echo old >"$scratch/old.pdf"
    want "$3" "$2" --book "$scratch/old.pdf"
    [ "$(cat "$scratch/old.pdf")" = old ] || fail "$1: the file that was there is lost"
    [ "$(find "$scratch" -name '*old.pdf*' | wc -l)" = 1 ] || fail "$1: something is left beside the book"
}
refused fails "ended with code 3: no more paper" 74
refused none "made no PDF" 74
refused cut "does not say on which sheets" 74
refused few "lacks 7 headings" 74
refused moved "has moved them" 74
refused nofont "fonts-noto-cjk" 77
[ -z "$(ls -A "$TMPDIR")" ] || fail "working files are left: $(ls -A "$TMPDIR")"
[ -s "$FAKE_SEEN" ] || fail "a file that the browser's folder points to is gone"
FAKE_VERSION=130.9.9
refused good "131 or newer" 77
rm "$scratch/bin/chromium"
ln -s "$(command -v sh)" "$scratch/bin/sh"
path=$PATH PATH=$scratch/bin
want 77 "apt install chromium fonts-noto-cjk" --book "$scratch/none.pdf"
PATH=$path
[ ! -e "$scratch/none.pdf" ] || fail "without a browser there is half a book"
exit $bad
