#!/bin/sh
# cli_columns.sh PROGRAM DATA - COLUMNS is how wide a line may be: help pages, lists, tables and charts keep to it, and lose no
# word. Without it, what goes to a file is not broken.
set -u
rungs=$1 data=$2 columns=60
unset COLUMNS
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}
words() { tr -s ' \n' '\n\n'; }

# a command to repeat is one line, and so is a word that is too long by itself
too_wide() { sed '/^examples:/,$d; /^SYNOPSIS/,/^DESC/d; /^EXAMPLES/,$d' | grep -v '^ *[^ ]*$' | awk -v most=$columns 'length > most'; }

# fits WIDE WORDS...: narrow with COLUMNS; without it, some line is wider if WIDE is 1
fits() {
    wide=$1
    shift
    narrow=$(COLUMNS=$columns "$rungs" "$@" 2>/dev/null </dev/null)
    free=$("$rungs" "$@" 2>/dev/null </dev/null)
    [ -z "$(printf '%s\n' "$narrow" | too_wide)" ] || bad "rungs $*: wider than $columns: $(printf '%s\n' "$narrow" | too_wide)"
    [ "$wide" = 0 ] || [ -n "$(printf '%s\n' "$free" | too_wide)" ] || bad "rungs $*: nothing here is wide, so nothing is tested"
}
same_words() {
    fits 1 "$@"
    [ "$(printf '%s\n' "$narrow" | words)" = "$(printf '%s\n' "$free" | words)" ] || bad "rungs $*: other words with COLUMNS"
}

LC_ALL=C # a byte is a column; charts are made of #
export LC_ALL
for verb in $("$rungs" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -vx -e test -e rungs); do
    same_words "$verb" --help
done
for words in so sig twin run batch selftest "vcurve so"; do
    # shellcheck disable=SC2086 # one or two words
    same_words gradcheck $words --help
done
same_words --help
same_words list
same_words list dense_forward
same_words lesson
same_words check mse_backward
fits 1 plot ladder --data "$data" --op dense_forward --text
fits 0 plot size --data "$data" --op dense_forward --text
json=$("$rungs" list dense_forward --json)
[ "$(COLUMNS=$columns "$rungs" list dense_forward --json)" = "$json" ] || bad "what programs read must not depend on COLUMNS"
[ "$(COLUMNS=$columns "$rungs" check mse_backward --csv)" = "$("$rungs" check mse_backward --csv)" ] || bad "nor CSV"
for wrong in 0 -5 wide 60x; do
    [ "$(COLUMNS=$wrong "$rungs" list)" = "$("$rungs" list)" ] || bad "COLUMNS=$wrong is not a width"
done

# a progress bar on a terminal
if command -v script >/dev/null; then
    bars=$(COLUMNS=50 script -qec "'$rungs' ulp sigmoid_forward --rung 00_naive --every 200 --no-peers" /dev/null </dev/null |
        tr '\r' '\n' | grep '^\[=* *\]')
    [ -n "$bars" ] || bad "no progress bar on a terminal"
    [ -z "$(printf '%s\n' "$bars" | awk 'length > 50')" ] || bad "a bar is wider than 50: $bars"
fi
[ $failed = 0 ] && echo "every page, table and chart keeps to COLUMNS"
exit $failed
