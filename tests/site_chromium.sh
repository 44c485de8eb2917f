#!/bin/sh
# site_chromium.sh RUNGS SOURCE SCRATCH - the site in a browser: on no page does a script fail or text run beyond the screen at 390
# and 900 pixels, and each figure's script draws at first what stood there without it. Wrong pages are noticed.
here=$(cd "$(dirname "$0")" && pwd) rungs=$1 scratch=$3
for tool in pandoc chromium; do
    command -v $tool >/dev/null || { echo "skipped: no $tool (on Debian: apt install pandoc chromium)"; exit 77; }
done
cd "$2" || exit 1
rm -rf "$scratch" && mkdir -p "$scratch" || exit 1
"$rungs" site --out "$scratch/site" >/dev/null || exit 1
cp "$here/site_chromium.js" "$scratch/site/look.js"
cp plots/data/amd-epyc-zen3-2core.csv "$scratch/site/machine.csv"
cd "$scratch/site" || exit 1

# look PAGE...: what is wrong with the pages, a line each
look() {
    pages=$(printf '"%s",' "$@")
    echo "<!DOCTYPE html><meta charset=\"utf-8\"><pre id=\"said\"></pre><script>const pages = [$pages];</script><script src=\"look.js\"></script>" >look.html
    timeout 300 chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --virtual-time-budget=240000 \
        --dump-dom "file://$PWD/look.html" 2>"$scratch/log" | sed -n 's/.*<pre id="said">//; /<\/pre>/q; p'
}
failed=0
rm -f "$scratch/said"
look [!l]*.html lessons*.html >"$scratch/said"
grep -q '^all looked at' "$scratch/said" || { echo "FAIL: the browser did not look at all pages: $(tail -3 "$scratch/log")"; failed=1; }
if grep '^FAIL' "$scratch/said"; then failed=1; fi

# wrong pages
sed 's/points="/points="1,1 /' figures.html >wrong1.html
sed 's/<main id="content">/&<p style="width: 1200px">wide<\/p><script>nothing.at.all()<\/script>/' index.html >wrong2.html
look wrong1.html wrong2.html >"$scratch/said"
for words in 'wrong1.html at 900: .*draws other' 'wrong2.html at 390: .*beyond' 'wrong2.html at 900: .*nothing is not defined'; do
    grep -q "^FAIL.*$words" "$scratch/said" || { echo "FAIL: not noticed: $words"; cat "$scratch/said"; failed=1; }
done
exit $failed
