#!/bin/sh
# ulp_cli.sh - rungs ulp: tables, refusals, and the same numbers on any number of threads: ulp_cli.sh RUNGS FOLDER
rungs=$1 work=$2
rm -rf "$work" && mkdir -p "$work" || exit 1
fail() { echo "FAIL: $*"; exit 1; }
# code WANTED COMMAND...: runs it, words in said and err
code() {
  wanted=$1; shift
  "$@" >"$work/said" 2>"$work/err"
  got=$?
  [ $got = "$wanted" ] || { cat "$work/said" "$work/err"; fail "exit $got, not $wanted: $*"; }
}
one_sentence() { [ "$(wc -l <"$work/err")" = 1 ] && grep -q "$1" "$work/err" || { cat "$work/err"; fail "one sentence with '$1'"; }; }

# one known number: the float nearest to tanh(x) is at most half an ulp off, so no rung has less over many
code 0 "$rungs" ulp tanh_with_derivative --every 65537 --no-peers --csv "$work/t.csv" --json "$work/t.json"
grep -q '00_naive  *y .* ulp at' "$work/said" && grep -q '00_naive  *s .* ulp of 1 at .* % of its bound' "$work/said" || { cat "$work/said"; fail "no lines"; }
head -1 "$work/t.csv" | grep -q '^op,rung,argument,wrong_at,low,high,error_ulp,error_bits,bound_fraction,at,bound_at,step,compiler,cpu,commit$' || fail "columns"
awk -F, 'NR > 1 && $3 == "y" { n++; if (!($7 >= 0.49 && $7 < 3 && $9 == "" && $12 == 65537)) exit 1 } END { if (!n) exit 1 }' "$work/t.csv" || fail "values"
awk -F, 'NR > 1 && $3 == "s" { n++; if (!($7 > 0.2 && $7 < 4 && $9 > 0 && $9 <= 1)) exit 1 } END { if (!n) exit 1 }' "$work/t.csv" || fail "slopes"
if command -v python3 >/dev/null; then python3 -m json.tool "$work/t.json" >/dev/null || fail "no JSON"; fi

# on one thread and on more, printed alone
code 0 "$rungs" ulp all --every 1000003 --no-peers --threads 1 --csv -
cp "$work/said" "$work/one.csv"
[ "$(cut -d, -f1 "$work/one.csv" | sort -u | wc -l)" -gt 20 ] || fail "not all functions"
if "$rungs" ulp tanh_forward --no-peers --threads 3 --every 100003 >/dev/null 2>&1; then
  for threads in 2 3; do
    code 0 "$rungs" ulp all --every 1000003 --no-peers --threads $threads --csv -
    cmp "$work/said" "$work/one.csv" || fail "$threads threads, other numbers"
  done
fi

# a library's largest error is told, and is not our failure; its own leftovers and threads are not ours to judge
code 0 env ASAN_OPTIONS=detect_leaks=0 "$rungs" ulp silu_forward --every 1000003
if grep -q '^  \(sleef\|onednn\)' "$work/said"; then grep -q '^  \(sleef\|onednn\) *y .*ulp at' "$work/said" || fail "no errors of a library"; fi

# over x: as many rows as intervals and rungs, whole intervals, the larger error where gelu's naive rung has it
code 0 "$rungs" ulp gelu_forward --over-x --from -12 --to 4 --intervals 16 --rung 00_naive,polynomial --csv -
[ "$(wc -l <"$work/said")" = 33 ] || fail "rows over x"
awk -F, '$2 == "00_naive" && $5 == -10 { wide = $7 } $2 == "00_naive" && $5 == 2 { near = $7 } END { exit !(wide > 10 && near < 3 && near > 0.4) }' "$work/said" || fail "errors over x"
code 0 "$rungs" ulp gelu_forward --over-x --intervals 20 --no-peers --csv "$work/over.csv"
grep -q 'in each interval of x' "$work/said" || fail "no chart over x"
code 0 "$rungs" plot over-x --text --data "$work/over.csv"

code 64 "$rungs" ulp dense_forward; one_sentence 'not a function of one number'
code 64 "$rungs" ulp mse_forward; one_sentence 'not a function of one number'
code 64 "$rungs" ulp tanh_forwar; one_sentence "did you mean 'tanh_forward'"
code 64 "$rungs" ulp tanh_forward --rung 00_naive,fast; one_sentence "no rung 'fast'"
code 64 "$rungs" ulp all --rung 00_naive; one_sentence 'one operation'
code 64 "$rungs" ulp tanh_forward --over-x --from 3 --to 3; one_sentence 'less than'
code 64 "$rungs" ulp tanh_forward --over-x --exhaustive; one_sentence 'over-x'
code 74 "$rungs" ulp tanh_forward --csv "$work/nowhere/t.csv"; one_sentence 'cannot write'
echo "rungs ulp: tables, threads, intervals, refusals"
