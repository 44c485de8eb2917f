#!/bin/sh
# train_dashboard.sh - a training drawn on a terminal, of any size, and plain lines elsewhere: train_dashboard.sh RUNGS
# DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 400 60 9 9
set -- train mnist-mlp --input 1x9x9 --hidden 12 --batch 8 --split "'files validation=0.25'"
words="$*"

# ---- no terminal: the lines of a run without it, and the same bits ----
plain() { sed 's/ *[0-9]* images.s.*//' "$1"; }
eval "\"$rungs\" $words --epochs 3 --save a.ckpt" >without
eval "TERM=xterm \"$rungs\" $words --epochs 3 --save b.ckpt --dashboard" >with
plain without >one && plain with | cmp - one || fail "without a terminal: $(cat with)"
cmp a.ckpt b.ckpt || fail "it trains otherwise"
command -v script >/dev/null || { echo "script is missing: the rest was not tried"; exit $failed; }

# on TERM ROWS COLUMNS WORDS...: a run on such a terminal; what came there is in typescript
on() {
    term=$1 rows=$2 columns=$3
    shift 3
    rm -f typescript
    (unset COLUMNS LINES; TERM=$term script -qfec "stty rows $rows cols $columns; \"$rungs\" $words $*" typescript </dev/null >log 2>&1) || fail "$term $rows $columns: $(cat log)"
    tr -d '\r' <typescript >seen
}
on dumb 30 90 --epochs 3 --dashboard
grep -q "$(printf '\033')" seen && fail "a dumb terminal got more than text: $(cat seen)"
plain seen | grep '^epoch' >two
grep '^epoch' one | cmp - two || fail "a dumb terminal: $(cat seen)"

# pages ROWS COLUMNS: each page of the run fits; the last of them is in page
pages() {
    awk -v rows="$1" -v columns="$2" 'BEGIN { RS = "\033\\[H" }
        NR > 1 {
            sub(/\033\[J.*/, ""); gsub(/\033\[(K|2J)/, "")
            n = split($0, line, "\n")
            if (n > rows) { print "page " NR " has " n " rows"; exit 1 }
            for (k = 1; k <= n; k++) if (length(line[k]) > columns) { print "page " NR ": " line[k]; exit 1 }
            last = $0
        }
        END { if (NR < 2) { print "no page"; exit 1 } printf "%s", last >"page" }' seen
}
for size in "30 90" "60 200" "14 40" "5 18"; do
    # shellcheck disable=SC2086 # two numbers
    on xterm $size --epochs 3 --dashboard
    # shellcheck disable=SC2086 # two numbers
    pages $size || fail "on a terminal of $size: $(cat page)"
    head -1 page | grep -q '^mnist-mlp' || fail "$size: $(cat page)"
done
on xterm 30 90 --epochs 3 --dashboard
pages 30 90
grep -q '^\[=*\]$' page && grep -q '^epoch 3/3  loss ' page && [ "$(grep -c '^epoch  [123]/3 ' page)" = 3 ] || fail "the page: $(cat page)"
for chart in loss accuracy; do
    sed -n "/^$chart/,/validation\$/p" page | grep -q . || fail "no $chart: $(cat page)"
done
[ "$(grep -c ' |.*\*' page)" -ge 8 ] && [ "$(grep -c ' |.*o' page)" -ge 2 ] || fail "the curves: $(cat page)"
grep -q '^test: loss ' seen || fail "the result is not behind the page"
on xterm 30 90 --epochs 3
grep -q "$(printf '\033')" seen && fail "a page is drawn that nobody asked for"

# ---- the terminal gets another size in the middle: the next page is on an empty screen and fits ----
cat >resized <<END
stty rows 30 cols 90
"$rungs" $words --epochs 1000000 --dashboard &
pages() { grep -o "\$(printf '\033')\[H" typescript | wc -l; }
more() { until [ "\$(pages)" -gt "\$1" ] || ! kill -0 \$child; do sleep 0.02; done; }
child=\$!
more 2
stty rows 16 cols 44
echo >resized_now
more \$((\$(pages) + 3))
kill -TERM \$child
wait \$child
END
rm -f typescript
(unset COLUMNS LINES; TERM=xterm script -qfec "sh resized" typescript </dev/null >log 2>&1) || true
tr -d '\r' <typescript >seen
[ "$(grep -o "$(printf '\033')\[2J" seen | wc -l)" = 2 ] || fail "an empty screen for each size: $(grep -o "$(printf '\033')\[2J" seen | wc -l)"
awk 'BEGIN { RS = "\033\\[2J" } NR == 3 { printf "\033[H%s", $0 }' seen >small && mv small seen
pages 16 44 || fail "the terminal became smaller: $(cat page)"
grep -q 'interrupted after' typescript || fail "a signal ends it: $(tail -3 typescript)"
exit $failed
