#!/bin/sh
# lesson_pandoc.sh LESSON_TEXT - pandoc parses every formula of every lesson, and rejects broken ones.
if ! command -v pandoc >/dev/null; then
    echo "skipped: no pandoc (on Debian: apt install pandoc)"
    exit 77
fi
html=$(mktemp) || exit 1
trap 'rm -f "$html"' EXIT

# What pandoc does not take for a formula keeps its dollar signs; "$ command" in a console block is none.
parse() {
    pandoc --fail-if-warnings --mathml --wrap=none --metadata title=lesson -s -f gfm+tex_math_dollars -t html -o "$html" &&
        ! grep '\$[^ ]' "$html"
}
"$1" --dollars | parse || exit 1
for broken in '\frac{a}{b' '\frac{a}' '\nosuchmacro{a}'; do
    if printf '$$%s$$\n' "$broken" | parse >/dev/null 2>&1; then
        echo "FAIL: pandoc took $broken"
        exit 1
    fi
done
echo "every formula parses; broken ones do not"
