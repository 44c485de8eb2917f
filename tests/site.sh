#!/bin/sh
# site.sh RUNGS SOURCE SCRATCH - `rungs site`: every page is there and whole: links, size, languages; and what it refuses.
rungs=$1 verb=site
. "$(dirname "$0")/want_lib.sh"
cd "$2" || exit 1
scratch=$3
rm -rf "$scratch" && mkdir -p "$scratch" || exit 1
want 64 "--out FOLDER is missing"
mkdir "$scratch/full" && : >"$scratch/full/a"
want 74 "has files in it" --out "$scratch/full"
out=$(PATH=/nowhere "$rungs" site --out "$scratch/none" 2>&1)
[ $? = 77 ] || fail "without pandoc: $out"
[ ! -e "$scratch/none" ] || fail "without pandoc there is half a site"
if ! command -v pandoc >/dev/null; then
    echo "skipped: no pandoc (on Debian: apt install pandoc)"
    exit $((bad ? 1 : 77))
fi
want 64 "there is no page 'nothing.html'" nothing.html --out "$scratch/none"
want 66 "name them, too" search.html --out "$scratch/none"
want 0 "2 pages" emu/README.md exercises.html --out "$scratch/two"
[ -s "$scratch/two/emu.html" ] || fail "no emu.html of two pages"
want 0 "open $scratch/site/index.html" --out "$scratch/site"

# the book: a chapter for each English page, its formulas and pictures
want 64 "are two things" --out "$scratch/two" --book "$scratch/book.epub"
want 64 "--book takes all lessons" emu.html --book "$scratch/book.epub"
want 0 "chapters in $scratch/book.epub" --book "$scratch/book.epub"
if command -v unzip >/dev/null; then
    unzip -q "$scratch/book.epub" -d "$scratch/book" || fail "book.epub is no archive"
    titles=$(cat "$scratch"/book/EPUB/text/*.xhtml | grep -c '<h1')
    [ "$titles" -ge 17 ] || fail "$titles chapters in the book"
    [ "$(find "$scratch/book" -name '*.svg' | wc -l)" -ge 30 ] || fail "pictures are not in the book"
    grep -l '<math' "$scratch"/book/EPUB/text/*.xhtml | wc -l | grep -q '^[1-9][0-9]' || fail "formulas are not in the book"
    grep -l 'href="[^"#]*\.md' "$scratch"/book/EPUB/text/*.xhtml && fail "the book links to files that it has not"
fi
cd "$scratch/site" || exit 1

# a page for each page of the lessons, and the others
for page in "$2"/lessons/[0-9]*/*.md; do
    name=${page#"$2"/}
    name=$(echo "${name%.md}" | sed 's,/README$,,; s,/README\.zh$,-zh,; s,/,-,g').html
    [ -s "$name" ] || fail "no $name"
done
for name in index figures exercises gradcheck emu terms search CONTRIBUTING lessons-claims; do
    [ -s $name.html ] || fail "no $name.html"
done

# problems PAGE: what is wrong with it, a line each
problems() {
    # addresses: a file of the site, and an id in it
    grep -o ' \(href\|src\)="[^"]*"' "$1" | sed 's/^ [a-z]*="//; s/"$//' | sort -u | while read -r address; do
        case $address in http://* | https://*) continue ;; esac
        file=${address%%#*}
        [ -n "$file" ] || file=$1
        [ -e "$file" ] || echo "links to $file, which is not there"
        case $address in
        *'#'*) [ ! -e "$file" ] || grep -qF "id=\"${address#*#}\"" "$file" || echo "links to $address, and $file has no such place" ;;
        esac
    done
    grep -q ' src="http' "$1" && echo "loads something from another machine"
    case $1 in search.html | figures.html) ;; *) ! grep -q '<script' "$1" || echo "has a script" ;; esac
    [ "$(wc -c <"$1")" -lt 100000 ] || echo "has $(wc -c <"$1") bytes"
    [ "$(grep -c '<h1' "$1")" = 1 ] || echo "has not one title"
    grep -q '<title>..*</title>' "$1" || echo "has no title in the browser"
    case $1 in *-zh.html) lang=zh-CN ;; *) lang=en ;; esac
    grep -q "<html lang=\"$lang\">" "$1" || echo "does not say that it is in $lang"
    sed 's/<pre.*//; s/<code>[^<]*<\/code>//g' "$1" | grep '\$[a-z\\][^ ]*\$' >/dev/null && echo "shows a formula as TeX"
    grep -o '<img [^>]*>' "$1" | grep -qv 'alt="[^"]' && echo "has an image without words"
    grep -q '<annotation' "$1" && echo "has the source of a formula"
    # by keyboard and by ear: the first link skips the head, a heading is one level below the last at most, what scrolls can be reached
    [ "$(grep -o '<a [^>]*>' "$1" | head -1)" = '<a class="skip" href="#content">' ] || echo "does not begin with a link to its text"
    grep -o '<h[1-6]' "$1" | awk '{ level = substr($0, 3) } level > last + 1 { print "jumps from heading " last + 0 " to " level } { last = level }'
    [ "$(grep -o '<\(pre\|table\)[ >]' "$1" | wc -l)" = "$(grep -o '<\(pre\|table\) tabindex="0"' "$1" | wc -l)" ] || echo "has a box that no key reaches"
}
pages=0
for page in *.html; do
    problems "$page" | sed "s/^/FAIL: $page /" >"$scratch/said"
    if [ -s "$scratch/said" ]; then cat "$scratch/said" && bad=1; fi
    pages=$((pages + 1))
done
[ $pages -ge 38 ] || fail "only $pages pages"

# the figures are drawn without scripts: curves with all their points, the lanes of a warp
points() { grep -o '<polyline[^>]*' "$1" | tr ' ' '\n' | grep -c '[0-9.]*,[0-9.]*'; }
[ "$(grep -c '<svg' figures.html)" = 5 ] || fail "there are $(grep -c '<svg' figures.html) figures"
[ "$(points figures.html)" = $((81 + 2 + 2 * 121 + 201 + 2 + 2 * 121)) ] || fail "the figures' curves have $(points figures.html) points"
[ "$(grep -o '<rect class="s[0-7]"' figures.html | wc -l)" = 32 ] || fail "a warp has 32 lanes"

# wrong pages are noticed
cat >"$scratch/site/wrong-zh.html" <<'END'
<html lang="en"><title></title><script></script><a href="nowhere.html">x</a> <a href="index.html#nowhere">x</a>
<img src="http://example.org/a.png"> and $x^2$ <h2>a</h2><h4>b</h4><pre class="x">
END
found=$(problems wrong-zh.html | grep -c -e 'nowhere.html' -e 'no such place' -e 'another machine' -e script -e 'title' -e zh-CN -e TeX -e 'without words' \
    -e 'begin with a link' -e 'from heading' -e 'no key')
rm wrong-zh.html
[ "$found" = 13 ] || fail "of 13 problems of a wrong page $found are found"

# where the keyboard is can be seen: each element's frame is drawn, none is taken away
grep -q '^:focus-visible { outline: [2-9]px solid var(--link)' style.css || fail "nothing shows where the keyboard is"
grep -q 'outline: *\(none\|0\)' style.css && fail "a frame that shows where the keyboard is is taken away"

# the search has the sections of all pages, in JSON that can be read
[ "$(grep -c '^\[' search_index.js)" -ge 400 ] || fail "few sections can be searched"
for words in 'lessons-01_mlp_backprop.html#derivation' 'lessons-01_mlp_backprop-zh.html#' 'emu.html#' 'gradcheck.html#'; do
    grep -qF "[\"$words" search_index.js || fail "the search has no $words"
done
if command -v node >/dev/null; then
    node -e 'const text = require("fs").readFileSync("search_index.js", "utf8");
        if (eval(text + "sections.length < 400 || sections.some(s => s.length != 3)")) process.exit(1)' || fail "search_index.js"
fi
exit $bad
