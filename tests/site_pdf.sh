#!/bin/sh
# site_pdf.sh RUNGS SOURCE SCRATCH - the lessons as a PDF, by a real browser: sheets of A4, chapters where the contents say, no formula
# as TeX, no letter without a font, fonts in the file, nothing beyond the margins. Wrong books are noticed.
rungs=$1 scratch=$3 failed=0
for tool in pandoc chromium pdfinfo pdffonts pdftotext fc-list; do
    command -v $tool >/dev/null || { echo "skipped: no $tool (on Debian: apt install pandoc chromium fonts-noto-cjk poppler-utils fontconfig)"; exit 77; }
done
cd "$2" || exit 1
rm -rf "$scratch" && mkdir -p "$scratch" || exit 1
fail() {
    printf 'FAIL: %s\n' "$*"
    failed=1
}

# uncovered: of the text on stdin, the letters that no font has
fc-list : charset | tr ' =' '\n\n' | sed -n 's/^\([0-9a-f]*\)$/\1-\1/; s/^\([0-9a-f]*\)-\([0-9a-f]*\)$/\1 \2/p' | sort -u >"$scratch/fonts"
uncovered() {
    iconv -t UTF-32BE | od -An -v -t x1 -w4 | tr -d ' ' | sed 's/^0*//' | grep '..' | sort -u >"$scratch/letters"
    awk 'function six(hex) { return substr("000000", 1, 6 - length(hex)) hex }
        NR == FNR { from[NR] = six($1); to[NR] = six($2); n = NR; next }
        { here = six($1); for (i = 1; i <= n; i++) if (here >= from[i] && here <= to[i]) next; print $1 }' "$scratch/fonts" "$scratch/letters"
}

# outside: of what pdffonts prints, the fonts that are not in the file
outside() {
    sed 1,2d | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^(yes|no)$/) { if ($i == "no") print $1; break } }'
}

# problems PDF: what is wrong with a book, a line each
problems() {
    sheets=$(pdfinfo "$1" | sed -n 's/^Pages: *//p')
    a4=$(pdfinfo -f 1 -l "$sheets" "$1" | grep -c 'size: *59[45]\.[0-9]* x 84[12]\.[0-9]* pts (A4)$')
    [ "$a4" = "$sheets" ] || echo "$a4 of $sheets sheets are A4"
    pdffonts "$1" | outside | sed 's/^/a font is not in the file: /'
    pdftotext -layout "$1" "$scratch/text"
    grep -E '\\(frac|sum|prod|sqrt|partial|left|right|text|mathrm|mathbf|mathbb|operatorname|begin|end|cdot|times|eta|sigma|hat|log|exp|max|lVert)\b' "$scratch/text" | sed 's/^/TeX: /'
    grep -E '\$[a-z\\][^ $]*\$' "$scratch/text" | sed 's/^/TeX: /'
    uncovered <"$scratch/text" | sed 's/^/no font has U+/'
    # words beyond the margins, which are 17 mm = 48 points wide; the heads and numbers of sheets are within them
    pdftotext -bbox "$1" - | awk -F'"' '/<word/ && ($2 < 47 || $6 > 595 - 47 || $8 > 842 - 18) { print "beyond the margin: " $0 }' | head -5
}

"$rungs" site --book "$scratch/book.pdf" >"$scratch/said" || exit 1
grep -q 'chapters on 1[0-9][0-9] sheets' "$scratch/said" || fail "$(cat "$scratch/said")"
problems "$scratch/book.pdf" >"$scratch/wrong"
[ -s "$scratch/wrong" ] && fail "$(cat "$scratch/wrong")"
sheets=$(pdfinfo "$scratch/book.pdf" | sed -n 's/^Pages: *//p')
grep -q "on $sheets sheets" "$scratch/said" || fail "there are $sheets sheets, but $(cat "$scratch/said")"

# the contents' numbers are the sheets': each chapter's title begins the text there, and so does each section's in it
"$rungs" site --book "$scratch/book.html" >/dev/null || exit 1
uncovered <"$scratch/book.html" | grep . && fail "the letters above are in no font" # a PDF's text lacks them
words() { tr -cs '[:alnum:]' ' ' | sed 's/^ *//; s/ *$//'; }
sed -n 's/^<p class="toc1">.*<span>\(.*\)<\/span>.*/\1/p' "$scratch/book.html" | sed 's/<[^>]*>//g' >"$scratch/titles"
[ "$(wc -l <"$scratch/titles")" -ge 17 ] || fail "only $(wc -l <"$scratch/titles") chapters"
pdftotext -f 1 -l 8 -raw "$scratch/book.pdf" - | words >"$scratch/contents"
while read -r title; do
    key=$(echo "$title" | words)
    sheet=$(grep -o "$key [0-9][0-9]*" "$scratch/contents" | head -1 | sed 's/.* //')
    [ -n "$sheet" ] || { fail "the table of contents has no sheet number for '$title'"; continue; }
    pdftotext -f "$sheet" -l "$sheet" -raw "$scratch/book.pdf" - | words | grep -q "$key .*$key\|^$key" || fail "'$title' is not on sheet $sheet"
done <"$scratch/titles"
# links: as many as the contents have entries, and places that they lead to
[ "$(grep -ac '^/Subtype /Link' "$scratch/book.pdf")" -ge "$(grep -c '<p class="toc' "$scratch/book.html")" ] || fail "the contents' lines are not all links"
grep -aq '^/Outlines ' "$scratch/book.pdf" || fail "no outline"

# print HTML PDF
print() {
    timeout 120 chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer "--print-to-pdf=$2" "file://$1" >"$scratch/log" 2>&1
}

# a browser makes all letters smaller where one line is too wide: in a frame as wide as the text, nothing is
wide() {
    cat >"$scratch/frame.html" <<'END'
<!DOCTYPE html><pre id="said"></pre><iframe id="book" scrolling="no" style="width: 176mm; height: 200mm; border: 0"></iframe><script>
onload = () => {
    const page = document.getElementById("book").contentDocument, width = page.documentElement.clientWidth;
    const wide = [...page.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > width + 3);
    document.getElementById("said").textContent = `seen ${page.querySelectorAll("p").length}\n` + wide.map(e => `WIDE ${e.tagName}: ${e.textContent.slice(0, 60)}\n`).join("");
};
END
    echo "document.getElementById('book').src = '$1'</script>" >>"$scratch/frame.html"
    timeout 120 chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --dump-dom "file://$scratch/frame.html" 2>"$scratch/log" | sed -n '/<pre/,/<\/pre>/p' | grep -o 'seen [0-9]*\|WIDE.*'
}
wide book.html >"$scratch/said"
grep -q '^seen [0-9]\{3,\}' "$scratch/said" || fail "the browser did not see the page: $(tail -3 "$scratch/log")"
grep WIDE "$scratch/said" && failed=1

# wrong books
bad_letter=$(printf '\364\217\277\275') # U+10FFFD
sed -e 's/size: A4/size: Letter/' -e 's/margin: 21mm 17mm 20mm/margin: 21mm 9mm 20mm/' \
    -e '0,/<section class="chapter"/s//<p>Here is $x^2$, \\frac{1}{2} and '"$bad_letter"'<\/p><table style="min-width: 250mm"><tr><td>wide<\/td><\/tr><\/table>&/' "$scratch/book.html" >"$scratch/wrong.html"
print "$scratch/wrong.html" "$scratch/wrong.pdf"
problems "$scratch/wrong.pdf" >"$scratch/said"
wide wrong.html >>"$scratch/said"
uncovered <"$scratch/wrong.html" | sed 's/^/no font has U+/' >>"$scratch/said"
for words in 'sheets are A4' 'TeX: .*x^2' 'TeX: .*frac' 'U+10fffd' 'beyond the margin' 'WIDE TABLE'; do
    grep -q "$words" "$scratch/said" || fail "not noticed: $words in $(cat "$scratch/said")"
done
pdffonts "$scratch/book.pdf" | sed '$s/yes/no /' | outside | grep -q . || fail "a font that is not in the file is not noticed"
exit $failed
