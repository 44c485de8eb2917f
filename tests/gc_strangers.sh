#!/bin/sh
# gc_strangers.sh PROGRAM [EVERY] - the counts that PROGRAM, gc_strangers, prints of every 4th row of the second zoo are those of
# its CSV and its JSON, counted again by awk.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
fail() { echo "FAIL: $*"; bad=1; }

"$1" --every "${2:-4}" --scales 1,1e-6 --csv "$work/csv" --json "$work/json" >"$work/said" || fail "the program ends with $?"
cat "$work/said"

# Each prints lines of: part, scale, wrong, caught, missed, undecided; named, not named, misleading; right, passed, false alarms,
# undecided, passed where nothing is measured. The first 13 columns of the CSV have no quotes.
count_csv() {
    awk -F, 'NR > 1 { key = $4 " " $6; is[key] = 1; n[key, $5]++; n[key, $5 " " $9]++; if ($11 != "") n[key, $11]++ }
        function of(what) { return " " (n[key, what] + 0) }
        END { for (key in is)
            print key of("wrong") of("wrong caught") of("wrong missed") of("wrong undecided") of("named") of("not named") \
                of("misleading") of("right") of("right passed") of("right false alarm") of("right undecided") \
                of("right unfounded") }' "$1" | sort
}
count_json() {
    grep '"false_alarms"' "$1" | tr -d '{}" ' | tr ',' '\n' | sed 's/^[a-z_]*://' | awk 'NF { line = line (n++ ? " " : "") $0 }
        n == 14 { print line; line = ""; n = 0 }' | sort
}
count_text() {
    awk '/ part, loss scale / { key = $1 " " $5 }
        /^ .* wrong: / { wrong = $1 " " $3 " " $5 " " $7 }
        /^ .* caught: / { named = $3 " " $5 " " $8 }
        /^ .* right: / { print key, wrong, named, $1, $3, $5, $8, $10 }' "$1" | sort
}
count_csv "$work/csv" >"$work/counted"
count_json "$work/json" >"$work/in_json"
count_text "$work/said" >"$work/in_text"
for other in in_json in_text; do
    cmp -s "$work/counted" "$work/$other" || { fail "other counts $other than in the CSV:"; diff "$work/counted" "$work/$other"; }
done
[ "$(wc -l <"$work/counted")" = 6 ] || fail "there are not three parts at two scales"

# one outcome changed: the counts must differ
sed '2s/,\(caught\|missed\|passed\|undecided\),/,unfounded,/' "$work/csv" >"$work/changed"
count_csv "$work/changed" | cmp -s - "$work/in_text" && fail "a changed outcome is not seen"

"$1" --every 0 >"$work/said" 2>&1 && fail "--every 0 is accepted"
"$1" --scales 1,x >"$work/said" 2>&1 && fail "--scales 1,x is accepted"
"$1" --unit nobody >"$work/said" 2>&1 && fail "a unit that is not there is accepted"
exit $bad
