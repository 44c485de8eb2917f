#!/bin/sh
# cli_verbs.sh PROGRAM [VERSION] - every verb explains itself, and refuses what it does not understand: one sentence, exit 64.
set -u
rungs=$1 version=${2:-}
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}

# refuses PATTERN WORDS...: exit 64, nothing on stdout, one line on stderr that matches the pattern
refuses() {
    pattern=$1
    shift
    code=0
    said=$("$rungs" "$@" 2>&1 >/dev/null </dev/null) || code=$?
    told=$("$rungs" "$@" 2>/dev/null </dev/null)
    [ $code = 64 ] || bad "rungs $*: should end with 64, not $code"
    [ -z "$told" ] || bad "rungs $*: a refusal belongs to stderr"
    [ "$(printf '%s\n' "$said" | wc -l)" = 1 ] || bad "rungs $*: should refuse in one line, not: $said"
    printf '%s\n' "$said" | grep -qe "$pattern" || bad "rungs $*: should say '$pattern', not: $said"
}

verbs=$("$rungs" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -vx -e rungs)
[ "$(printf '%s\n' "$verbs" | wc -l)" -ge 8 ] || bad "rungs --help should list the verbs"

for verb in $verbs; do
    help=$("$rungs" "$verb" --help 2>&1) || bad "rungs $verb --help: should end with 0"
    printf '%s\n' "$help" | grep -q "^usage: rungs $verb" || bad "rungs $verb --help: no usage line"
    printf '%s\n' "$help" | sed -n '/^examples:/,$p' | grep -q "^  rungs $verb" || bad "rungs $verb --help: no example"
    printf '%s\n' "$help" | awk 'length > 130 { exit 1 }' || bad "rungs $verb --help: a line is longer than 130"
    refuses "--xyzzyplugh" "$verb" --xyzzyplugh
    # the words behind emu's file are the program's own
    [ "$verb" = emu ] || refuses "unexpected argument\|there is no" "$verb" one two three four five
done

# an option with a number, for every verb that has one: no number, not finite, too large, and none at all
for verb in $verbs; do
    option=$("$rungs" "$verb" --help | sed -n 's/^  \(--[a-z]*\) N .*/\1/p' | head -1)
    [ -n "$option" ] || continue
    words=$("$rungs" "$verb" --help | sed -n '/^examples:/,$p' | sed -n "s/^  rungs $verb \([a-z_-]*\).*/\1/p" | head -1)
    case $words in -*) words= ;; esac
    for number in many 1x "" 99999999999999999999 nan -1000000000; do
        refuses "must be a whole number" "$verb" ${words:+"$words"} "$option" "$number"
        refuses "must be a whole number" "$verb" ${words:+"$words"} "$option=$number"
    done
    refuses "needs a value" "$verb" ${words:+"$words"} "$option"
done

# ---- --option=value is --option value; a flag has none ----
one() { "$rungs" check mse_backward --shape 5 "$@" --csv; }
[ "$(one --rung=00_naive --seed=2)" = "$(one --rung 00_naive --seed 2)" ] || bad "--rung=NAME is not --rung NAME"
[ "$(one --rung=00_naive --seed=2 | wc -l)" = 2 ] || bad "--rung=NAME should leave one rung and the header"
refuses "needs a value" check all --seed
refuses "must be a whole number" check all --seed=
refuses "takes no value" check all --csv=yes
refuses "there is no operation '--csv'" check -- --csv # after -- there are only arguments

[ "$("$rungs" --version | sed -n 's/^rungs \([0-9.]*\), commit [0-9a-z].*/\1/p')" = "$version" ] ||
    bad "rungs --version should say $version, not: $("$rungs" --version)"

# ---- did you mean: for whatever has a name, a part of it is enough ----
refuses "did you mean 'check'?" chec
refuses "did you mean 'dense_forward', 'dense_backward_dx', .* or 1 more?" list dense
refuses "did you mean 'softmax_xent_forward' or 'softmax_xent_backward'?" check softmax_xent
refuses "did you mean 'relu_forward'" bench relu_forwad --shape 5
refuses "did you mean 'gelu_forward'" ulp gelu_for
refuses "did you mean '0[0-9]_avx2'" check dense_forward --rung avx
refuses "did you mean '0[0-9]_avx2'" bench dense_forward --rungs 00_naive,avx
refuses "did you mean 'mnist-cnn' or 'mnist-mlp'" train mnist
refuses "did you mean 'fashion-mnist'" data get fashion
refuses "did you mean '02_activations'" lesson act
refuses "did you mean 'steps'" lesson 1 st
refuses "did you mean 'roofline'" plot roof
refuses "did you mean 'selftest'" gradcheck self
refuses "did you mean 'dense_backward_dx' or 'dense_backward_dw'" gradcheck run dense_back
refuses "did you mean '--threads'" check all --thre 2
refuses "\`rungs list\` shows them" list "" # nothing is no part of a name
refuses "\`rungs list\` shows them" list zz

refuses "did you mean 'check'" chekc
refuses "rungs --help" xyzzyplugh
refuses "missing argument" check
refuses "did you mean '--threads'" check all --thraeds 2
refuses "did you mean 'dense_forward'" check dense_forwad
refuses "rungs list" check xyzzyplugh
refuses "no rung 'fast'" check dense_forward --rung fast
refuses "is not a shape" check dense_forward --shape 3x
refuses "p=1.5: it must be a number from 0 to 1" check dropout_forward --set p=1.5
refuses "has no parameter 'q'; its names are p, seed" bench dropout_forward --set q=1
refuses "relu_forward has no parameters" check relu_forward --set p=0.5
refuses "need one operation" check all --set p=0.5

# ---- parameter sets: the same in every verb that takes an operation ----
for verb in check bench list "gradcheck run"; do
    op=mse_backward
    # shellcheck disable=SC2086 # words
    {
        refuses "reduction=many: it must be none, mean or sum" $verb $op --set reduction=many
        refuses "reduction=2: it must be none, mean or sum" $verb "$op reduction=2"
        refuses "has no parameter 'smoothing'; its names are reduction" $verb $op --set smoothing=0.1
        refuses "'none' is no parameter; write NAME=VALUE" $verb $op --set none
        [ "$verb" = list ] || refuses "one operation\|operations by name" $verb all --set reduction=sum
    }
done
refuses "one operation" list --set reduction=sum
refuses "the network has no parameters" gradcheck run mlp --set reduction=sum
refuses "did you mean 'mse_forward'" check "mse_forwrd reduction=sum"
for run in "check mse_backward --shape 5 --csv --rung naive" "gradcheck run mse_backward --rung reference --csv -"; do
    # shellcheck disable=SC2086 # words
    { "$rungs" $run --set reduction=none | grep -q "^\"\{0,1\}mse_backward reduction=none\"\{0,1\}," || bad "rungs $run --set reduction=none: another name"; }
done

# what operations were called before is answered with today's name, by every verb that takes one
renamed=$(dirname "$0")/../optimized/ops/renamed.h
sed -n 's/^RENAMED(\(.*\), "\(.*\)")$/\1 \2/p' "$renamed" >"${TMPDIR:-/tmp}/renamed.$$"
while read -r was is; do refuses "^rungs list: $was is now called $is\$" list "$was"; done <"${TMPDIR:-/tmp}/renamed.$$"
[ "$(wc -l <"${TMPDIR:-/tmp}/renamed.$$")" -ge 31 ] || bad "$renamed has too few rows"
rm "${TMPDIR:-/tmp}/renamed.$$"
for verb in check bench ulp "gradcheck run" "list --prototype" "plot --op" "check --with mine.c"; do
    # shellcheck disable=SC2086 # words
    refuses "xent_forward_smooth is now called xent_forward smoothing=0.1\$" $verb xent_forward_smooth
done
for rung in across 05_across; do refuses "the rung $rung is now called batched\$" check xent_forward --rung $rung; done
refuses "dense_forward has no rung 'across'" check dense_forward --rung across # nor ever had

# the list: 4 sets of each loss of elements, 4 of soft labels, 7 of labels, and those of other operations (tests/sets.c looks
# at each), in JSON as in the text; and the sets are those that are checked
losses=$(grep -c '^LOSS' "$(dirname "$0")/../optimized/ops/losses.h")
sets=$("$rungs" list --json | grep -c '^    "base": ')
of_losses=$("$rungs" list --json | grep -A1 '^    "base": ' | grep -c 'reduction\|smoothing')
[ "$of_losses" = $((4 * losses + 11)) ] || bad "list --json: $of_losses sets of losses, not $((4 * losses + 11))"
"$rungs" list | awk '/^    also checked as/ { in_it = 1; sub(/.*checked as/, "") } /^    [^ ]/ { in_it = 0 } in_it' |
    tr , '\n' | sed 's/^ *//; s/ *$//' | grep . | sort >"${TMPDIR:-/tmp}/text.$$"
"$rungs" list --json | sed -n 's/^    "op": "\(.* .*\)",/\1/p' | sort >"${TMPDIR:-/tmp}/json.$$"
[ "$(wc -l <"${TMPDIR:-/tmp}/text.$$")" = "$sets" ] || bad "list names other than $sets sets"
cmp -s "${TMPDIR:-/tmp}/text.$$" "${TMPDIR:-/tmp}/json.$$" || bad "list and list --json name other sets"
rm "${TMPDIR:-/tmp}/text.$$" "${TMPDIR:-/tmp}/json.$$"
refuses "IN is 0, but must be from 1" check dense_forward --shape 3x0x5
refuses "N is too large" check dense_forward --shape 99999999x99999999x99999999

[ $failed = 0 ] && printf "every verb explains itself:\n%s\n" "$verbs"
exit $failed
