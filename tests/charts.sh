#!/bin/sh
# charts.sh - can a reader read the charts? charts.sh BIN RUNGS SOURCE WORK
# wrong|width|committed|data|worst|eval|gradcheck
#
# BIN holds chart_check, chart_like, chart_width, data_set and gc_report_plot. Text is measured in DejaVu Sans, the
# widest of the common fonts.
bin=$1 rungs=$2 source=$3 work=$4
fail() { echo "FAIL: $*"; exit 1; }
skip() { echo "SKIP $*"; exit 77; }
for program in gnuplot rsvg-convert fc-match; do
    command -v $program >/dev/null || skip "$program is missing: apt install gnuplot-nox librsvg2-bin fontconfig"
done
font=$(fc-match -f '%{file}' 'DejaVu Sans:style=Book')
case $font in */DejaVuSans.ttf) ;; *) skip "the font DejaVu Sans is missing: apt install fonts-dejavu-core" ;; esac
rm -rf "$work" && mkdir -p "$work/out" || exit 1
export TMPDIR="$work"

# like SVG PNG: draws the SVG in that font as large as its PNG is
like() {
    sed 's/font-family="[^"]*"/font-family="DejaVu Sans"/' "$1" | rsvg-convert -z 1.5 -o "$work/drawn.png" || return 1
    "$bin/chart_like" "$font" "$1" "$work/drawn.png" "$2"
}
# check_all LIKE SVG...: every problem of every chart; LIKE: compare with the PNG beside it, too
check_all() {
    with=$1 bad=0
    shift
    [ -s "$1" ] || fail "there is no chart $1"
    "$bin/chart_check" "$font" "$@" || bad=1
    for svg; do
        [ "$with" = no ] || [ ! -e "${svg%.svg}.png" ] || like "$svg" "${svg%.svg}.png" || bad=1
    done
    [ $bad = 0 ] || fail "charts that cannot be read"
}
draw() { "$rungs" plot "$@" --out "$work/out" >"$work/said" 2>"$work/err" || { cat "$work/err"; fail "rungs plot $*"; }; }

# page BODY: an SVG with one good text and that body
page() {
    printf '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 300 100"><g font-size="20" font-family="Helvetica">'
    printf '<text x="20" y="40">words_gpq</text>%s</g></svg>\n' "$1"
}
accepted() {
    page "$1" >"$work/a.svg"
    "$bin/chart_check" "$font" "$work/a.svg" >"$work/said" || { cat "$work/said"; fail "rejected: $1"; }
}
# rejected REASON BODY
rejected() {
    page "$2" >"$work/a.svg"
    "$bin/chart_check" "$font" "$work/a.svg" >"$work/said" && fail "accepted: $2"
    [ "$(wc -l <"$work/said")" = 1 ] && grep -q "$1" "$work/said" || { cat "$work/said"; fail "not '$1': $2"; }
}

case $5 in
wrong)
    accepted '<text x="150" y="40">beside</text><path d="M10 60H290V62" stroke="#000"/><use xlink:href="#gpPt5" transform="translate(10,20) scale(3)"/>'
    accepted '<path class="gridline" stroke="#ddd" d="M0,35 L300,35"/><rect x="10" y="10" width="150" height="50" fill="#fff" stroke="#000"/>'
    accepted '<text transform="translate(290,95) rotate(-90)">upright</text>'
    rejected 'leaves the canvas' '<text x="250" y="40">too wide</text>'
    rejected 'leaves the canvas' '<text x="20" y="97">g</text>' # its descender only
    rejected 'leaves the canvas' '<text x="1" y="80">touches</text>'
    rejected 'leaves the canvas' '<text transform="translate(40,99) rotate(-90)" text-anchor="middle">half</text>'
    rejected "on the text 'words_gpq'\|on the text 'over'" '<text x="110" y="45">over</text>'
    rejected 'on the text' '<g transform="translate(60,45)" text-anchor="middle" font-size="8"><text>under</text></g>' # the baseline below
    rejected 'on the text' '<text transform="translate(50,60) rotate(-40)" font-size="14">aslant</text>'
    rejected 'on a point' '<use xlink:href="#gpPt5" transform="translate(122,33) scale(3)"/>'
    rejected 'on a line' '<path d="M10,10 L150,60" stroke="rgb(85, 85, 85)"/>'
    rejected 'on a line' '<path d="M0 44h300" stroke="#ccc"/>' # through the descenders
    rejected 'on a line' '<polyline points="10,35 20,35" stroke="currentColor"/><line x1="60" y1="0" x2="60" y2="99" stroke="#123456"/>'
    rejected 'on a bar' '<polygon points="60,10 200,10 200,50 60,50" fill="rgb(0,114,178)"/>'
    accepted '<text x="20" y="80" fill="#c04e00">dark</text><g fill="rgb(118,118,118)"><text x="150" y="80">enough</text></g>'
    rejected 'is faint' '<text x="20" y="80" fill="#d55e00">light</text>'
    rejected 'is faint' '<g fill="rgb(230,159,0)"><text x="20" y="80">lighter</text></g>'
    rejected 'no glyph for U+4E2D' '<text x="20" y="80">中</text>'
    printf '<svg viewBox="0 0 9 9"><text>cut' >"$work/a.svg"
    "$bin/chart_check" "$font" "$work/a.svg" 2>/dev/null; [ $? = 66 ] || fail "half an SVG is one"
    # a PNG of the same page is like it; one in which something is elsewhere, cut, other, or of other proportions is not
    page '<text x="180" y="80">000_naive</text>' >"$work/a.svg"
    like_page() { page "$1" | sed 's/Helvetica/DejaVu Sans/' | rsvg-convert -z "${2:-1.5}" -o "$work/b.png" && like "$work/a.svg" "$work/b.png" >"$work/said"; }
    like_page '<text x="180" y="80">000_naive</text>' || { cat "$work/said"; fail "a picture is not like itself"; }
    like_page '<text x="182" y="79">000_naive</text>' || { cat "$work/said"; fail "two pixels are too much"; }
    like_page '<text x="180" y="80">000 naive</text>' && fail "an underscore is missing, and nobody saw it"
    like_page '<text x="180" y="88">000_naive</text>' && fail "text is lower, and nobody saw it"
    like_page '<text x="168" y="80">000_naive</text>' && fail "text is elsewhere, and nobody saw it"
    like_page '<text x="180" y="80" font-size="24">000_naive</text>' && fail "text is larger, and nobody saw it"
    like_page '' && fail "text is missing, and nobody saw it"
    like_page '<text x="180" y="80">000_naive</text>' 1.4 && fail "another size, and nobody saw it"
    like_page '<text x="180" y="80">000_naive</text><rect x="175" y="60" width="40" height="30"/>' && fail "a blot, and nobody saw it"
    ;;
width)
    "$bin/chart_width" "$font" || fail "text is wider than charts take it to be"
    ;;
committed)
    check_all yes "$source"/plots/data/*.svg "$source"/lessons/*/*.svg "$source"/gradcheck/*.svg
    ;;
data)
    draw --data "$source/plots/data"
    check_all no "$work"/out/*.svg
    for ladder in "$work"/out/*_ladder_*.svg; do
        grep -q 'GB/s' "$ladder" && grep -q 'GFLOP/s' "$ladder" && fail "$ladder has two units"
    done
    ;;
worst)
    sh "$source/tests/chart_worst.sh" "$work" || exit 1
    draw --data "$(printf '%s,' "$work"/*.csv | sed 's/,$//')"
    check_all yes "$work"/out/*.svg
    [ "$(wc -l <"$work/err")" = 1 ] && grep -q 'empty is left out .* no step' "$work/err" || { cat "$work/err"; fail "one sentence on the run without steps"; }
    grep -q '>empty<' "$work/out/loss.svg" && fail "a run without a step is in the chart"
    grep -q '>single<' "$work/out/loss.svg" || fail "a run of one step is not in the chart"
    grep -q '>onednn \*<' "$work/out/names_size.svg" && grep -q '>\* less exact' "$work/out/names_size.svg" || fail "a marked peer is not marked"
    draw training --data "$work/logs"
    [ "$(ls "$work"/out/*_training.svg | wc -l)" = 2 ] || fail "trainings without a chart: $(ls "$work/out")"
    check_all yes "$work"/out/*_training.svg
    draw loss --data "$work/single.csv"
    check_all yes "$work"/out/loss.svg
    ;;
eval)
    # the pictures of rungs eval: long names of classes, colours, classes of thousands of images, as many classes as a square has,
    # two classes; of a network that has learned, and one that has not
    export RUNGS_DATA="$work/sets"
    mkdir -p "$work/own" "$work/sets" && cd "$work" || exit 1
    "$bin/data_set" sets/fashion-mnist 300 20000 9 9 && "$bin/data_set" sets/cifar10 20 300 cifar10 || fail "no data"
    awk 'BEGIN { for (c = 0; c < 20; c++) for (k = 0; k < 40; k++) print c "," k % 9 + c "," k % 7 * 3 "," 255 - 9 * c "," k }' >own/train.csv
    awk 'NR % 5 == 0' own/train.csv >own/test.csv
    "$rungs" train fashion-mlp --input 1x9x9 --hidden 12 --epochs 3 --save a_name_of_a_checkpoint_that_a_reader_of_the_picture_has_to_read.ckpt >said || fail "no training"
    "$rungs" train fashion-mlp --input 1x9x9 --hidden 12 --lr 1e-9 --steps 1 --save new.ckpt >said || fail "no training"
    "$rungs" train cifar-lenet --epochs 1 --save colours.ckpt >said || fail "no training"
    printf 'rungs-network 1\ninput 4\ndense 20\nloss softmax_xent\noptimizer sgd lr=0.05\ndata ./own\n' >own.net
    "$rungs" train ./own.net --epochs 2 --save classes.ckpt >said || fail "no training"
    "$rungs" train a001-toy-bce --epochs 2 --save two.ckpt >said || fail "no training"
    for checkpoint in *.ckpt; do
        "$rungs" eval "$checkpoint" --out out >said 2>err || { cat err; fail "rungs eval $checkpoint"; }
    done
    # the numbers of a confusion matrix are meant to be on its squares, and within them: the squares' edges are lines here
    edges() { sed "s/<polygon fill = '[^']*'/<polyline stroke = '#123456'/" "$1"; }
    mkdir matrices
    for svg in out/*_confusion.svg; do
        edges "$svg" >matrices/"${svg##*/}"
        like "$svg" "${svg%.svg}.png" || fail "$svg and its PNG differ"
        rm "$svg"
    done
    check_all yes out/*.svg
    check_all no matrices/*.svg
    sed 's/font-size="12.00"/font-size="40.00"/' matrices/new_confusion.svg >wide.svg
    "$bin/chart_check" "$font" wide.svg | grep -q 'on a line' || fail "numbers wider than their squares pass"
    [ "$(grep -c ">class 19<" matrices/classes_confusion.svg)" = 2 ] || fail "a column of twenty has no name"
    grep -q '>Ankle boot<\|>ankle boot<' matrices/new_confusion.svg || fail "a class's name is missing: $(grep '<text' matrices/new_confusion.svg | head -30)"
    [ "$(ls matrices | wc -l)" = 5 ] && [ "$(ls out/*.svg | wc -l)" = 13 ] || fail "the pictures are $(ls matrices out)"
    ;;
gradcheck)
    (cd "$work" && "$bin/gc_report_plot" "$work/charts") || exit
    check_all yes "$work"/charts/*.svg
    ;;
*) exit 64 ;;
esac
exit 0
