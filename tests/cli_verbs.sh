#!/bin/sh
# cli_verbs.sh PROGRAM - every verb explains itself, and refuses what it does not understand: one sentence, exit 64.
set -u
rungs=$1
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

verbs=$("$rungs" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -vx -e test -e rungs)
[ "$(printf '%s\n' "$verbs" | wc -l)" -ge 8 ] || bad "rungs --help should list the verbs"

for verb in $verbs; do
    help=$("$rungs" "$verb" --help 2>&1) || bad "rungs $verb --help: should end with 0"
    printf '%s\n' "$help" | grep -q "^usage: rungs $verb" || bad "rungs $verb --help: no usage line"
    printf '%s\n' "$help" | sed -n '/^examples:/,$p' | grep -q "^  rungs $verb" || bad "rungs $verb --help: no example"
    printf '%s\n' "$help" | awk 'length > 130 { exit 1 }' || bad "rungs $verb --help: a line is longer than 130"
    refuses "--xyzzyplugh" "$verb" --xyzzyplugh
    refuses "one word too many\|there is no\|is no file" "$verb" one two three four five
done

# an option with a number, for every verb that has one: no number, not finite, too large, and none at all
for verb in $verbs; do
    option=$("$rungs" "$verb" --help | sed -n 's/^  \(--[a-z]*\) N .*/\1/p' | head -1)
    [ -n "$option" ] || continue
    words=$("$rungs" "$verb" --help | sed -n '/^examples:/,$p' | sed -n "s/^  rungs $verb \([a-z_-]*\).*/\1/p" | head -1)
    case $words in -*) words= ;; esac
    for number in many 1x "" 99999999999999999999 nan -1000000000; do
        refuses "must be a whole number" "$verb" ${words:+"$words"} "$option" "$number"
    done
    refuses "needs a value" "$verb" ${words:+"$words"} "$option"
done

refuses "did you mean 'check'" chekc
refuses "rungs --help" xyzzyplugh
refuses "a word is missing" check
refuses "did you mean --threads" check all --thraeds 2
refuses "did you mean 'dense_forward'" check dense_forwad
refuses "rungs list" check xyzzyplugh
refuses "no rung 'fast'" check dense_forward --rung fast
refuses "is no shape" check dense_forward --shape 3x
refuses "is no shape" check dense_forward --shape 3x0x5
refuses "is no shape" check dense_forward --shape 99999999x99999999x99999999

[ $failed = 0 ] && printf "every verb explains itself:\n%s\n" "$verbs"
exit $failed
