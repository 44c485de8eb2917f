#!/bin/sh
# bench_interrupt.sh PROGRAM SCRATCH - Ctrl-C in the middle of a race: the finished races are saved, said and counted.
set -u
rungs=$1 scratch=$2
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}
env --default-signal=INT true 2>/dev/null && command -v setsid >/dev/null || {
    echo "skipped: coreutils' env --default-signal and setsid are needed"
    exit 77
}
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch" || exit 1

ops='sigmoid_forward tanh_forward gelu_forward silu_forward elu_forward relu_forward'
shapes=$(seq -s , 1000 1029)

# interrupted COUNT PATTERN OPTIONS...: 180 races that would take a minute, interrupted as from a terminal once so many lines
# match
interrupted() {
    count=$1 pattern=$2
    shift 2
    : >tables
    # shellcheck disable=SC2086 # words
    setsid env --default-signal=INT "$rungs" bench $ops --shapes "$shapes" --no-peers --threads 1 --rungs 00_naive "$@" \
        >tables 2>said </dev/null &
    race=$!
    for _ in $(seq 600); do
        [ "$(grep -c -e "$pattern" tables)" -lt "$count" ] || break
        sleep 0.1
    done
    env kill -s INT -- "-$race"
    code=0
    wait $race || code=$?
    [ $code = 130 ] || bad "$*: it ended with $code, not 130"
    grep -q '^rungs bench: interrupted after [0-9]* of [0-9]* races; ' said || bad "$*: it said: $(cat said)"
    done=$(sed -n 's/^rungs bench: interrupted after \([0-9]*\) of .*/\1/p' said)
}

interrupted 3 ' 00_naive' --csv race.csv --json race.json
races=$(grep -c ',rung,[0-9]' race.csv)
[ "$races" = "$done" ] && [ "$races" -ge 3 ] || bad "it said $done races and saved $races"
[ "$(grep -o '"kind": "rung"' race.json | wc -l)" = "$done" ] || bad "the JSON has other races than the CSV"
grep -q 'they are in race.csv' said || bad "it does not say where they are: $(cat said)"

interrupted 1 ' 00_naive'
grep -q 'nothing is saved, as there was no --csv or --json' said || bad "without --csv it said: $(cat said)"
[ "$(ls -A)" = "$(printf 'race.csv\nrace.json\nsaid\ntables')" ] || bad "left behind: $(ls -A)"

# while the roofs are measured: no roof is shown that was not measured to its end
interrupted 1 '; commit ' --csv none.csv
[ "$done" = 0 ] && ! grep -q '^roofs' tables || bad "interrupted before the roofs: $done races, and it shows $(cat tables)"
[ ! -e none.csv ] || bad "a file without races"
exit $failed
