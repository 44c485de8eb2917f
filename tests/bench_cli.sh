#!/bin/sh
# bench_cli.sh - rungs bench from end to end at small shapes: bench_cli.sh RUNGS FOLDER FAKE_ONEDNN
rungs=$1 work=$2 fake=$3
rm -rf "$work" && mkdir -p "$work" || exit 1
fail() { echo "FAIL: $*"; cat "$work/said" "$work/err"; exit 1; }
code() {
  wanted=$1; shift
  "$@" >"$work/said" 2>"$work/err"
  got=$?
  [ $got = "$wanted" ] || fail "exit $got, not $wanted: $*"
}
one_sentence() { [ "$(wc -l <"$work/err")" = 1 ] && grep -q -e "$1" "$work/err" || fail "one sentence with '$1'"; }

OPENBLAS_CORETYPE=Prescott DNNL_MAX_CPU_ISA=SSE41 code 0 "$rungs" bench dense_forward --quick --shapes 8x8x8,16x17x15 --no-peers --threads 1 \
  --csv "$work/b.csv" --json "$work/b.json"
for variable in OPENBLAS_CORETYPE=Prescott DNNL_MAX_CPU_ISA=SSE41; do
  grep -q "cleared for this run: $variable" "$work/err" || fail "a steering variable was not cleared: $variable"
done
for words in 'roofs with 1 thread' 'x naive' 'dense_forward 16x17x15, warm cache' 'times faster than naive'; do
  grep -q "$words" "$work/said" || fail "no '$words' on the terminal"
done
[ "$(head -1 "$work/b.csv")" = op,rung,kind,shape,threads,cache,load,throttled,seconds,low,high,gflops,gbs,roof,roof_percent,compiler,flags,cpu,commit,note,worst_at,worst_got,worst_expected,worst_bounds ] ||
  fail "another header"
for row in ',fma_.*,roof,,1,' ',read_l1,roof,' 'dense_forward,00_naive,rung,8x8x8,1,warm,0,0,[0-9]' 'dense_forward,01_[a-z]*,rung,16x17x15,1,warm,0,0,[0-9]'; do
  grep -q "^$row" "$work/b.csv" || fail "no row $row"
done
grep -q 'quick: not for quoting' "$work/b.csv" || fail "quick rows are not marked"
tr -d '\n' <"$work/b.json" | grep -q '^{.*"machine": {.*"rows": \[.*}$' || fail "the JSON file"
cp "$work/b.csv" "$work/before.csv"

code 0 "$rungs" bench adam_step --quick --shape 1000 --no-peers --threads 1 --csv "$work/b.csv"
grep -q '^adam_step,bare_loop,bare,1000,1,warm,' "$work/b.csv" || fail "no bare loop beside a step"
grep -q '^  [0-9a-z_]* on 1 thread: [0-9]* % of the speed of a bare loop' "$work/said" || fail "nothing is compared with the bare loop"
cp "$work/before.csv" "$work/b.csv"

code 64 "$rungs" bench dense_forwrd; one_sentence dense_forward
code 64 "$rungs" bench dense_forward --shape 3x4; one_sentence 64x784x512
code 64 "$rungs" bench dense_forward --rungs 99_none; one_sentence 99_none
code 64 "$rungs" bench dense_forward --threads 2,1; one_sentence '--threads'
code 64 "$rungs" bench dense_forward --threads 100000; one_sentence '--threads'
code 74 "$rungs" bench dense_forward --quick --csv /nowhere/at/all.csv; one_sentence /nowhere/at/all.csv
[ "$(ls "$work" | sort | tr '\n' ' ')" = "b.csv b.json before.csv err said " ] || fail "files were left: $(ls "$work")"
cmp "$work/b.csv" "$work/before.csv" || fail "a refused run changed a file"
# a peer that is less exact at one argument only is marked in the table, the CSV and the JSON file; an exact one is not
marked() {
  RUNGS_FAKE=$1 RUNGS_ONEDNN_LIBRARY=$fake RUNGS_OPENBLAS_LIBRARY=/nowhere RUNGS_BLIS_LIBRARY=/nowhere RUNGS_SLEEF_LIBRARY=/nowhere \
    code 0 "$rungs" bench softplus_forward --quick --shape 4096 --threads 1 --csv "$work/m.csv" --json "$work/m.json"
}
if ! grep -q 'this machine has no AVX2' "$work/said" && grep -q avx2 /proc/cpuinfo; then
  marked tail
  grep -q '^  onednn\* ' "$work/said" || fail "no star"
  [ "$(grep -c '^  \* onednn is less exact than the rungs: y at x = -20 is -1.9e-06, not 2.06e-09 (.* times their bound)$' "$work/said")" = 1 ] ||
    fail "the table does not say where"
  grep '^softplus_forward,onednn,peer,' "$work/m.csv" | grep -q ',y at x = -20,-1.9[0-9]*e-06,2.0611[0-9]*e-09,[0-9.e+]*$' ||
    fail "the CSV: $(grep onednn "$work/m.csv")"
  grep '^softplus_forward,[0-9]' "$work/m.csv" | grep -v ',,,,$' && fail "a rung is marked"
  tr -d '\n' <"$work/m.json" | grep -q '"worst_at": "y at x = -20", "worst_got": -1.9[0-9]*e-06, "worst_expected": 2.06' || fail "the JSON file"
fi

# a line for each ladder: naive C and the top rung, whose ratio is that of their rows; no time is printed for what is wrong
code 0 "$rungs" bench softplus_forward mse_backward --table --no-peers --csv "$work/t.csv"
grep -q '^2 ladders: the top rung is ' "$work/said" || fail "the ladders are not counted"
for op in softplus_forward mse_backward; do
  [ "$(grep -c "^$op  *0[1-9]_[a-z0-9]*  *[0-9.]* x  *[0-9]* %  -  *[0-9]*$" "$work/said")" = 1 ] || fail "no line of $op"
  [ "$(grep -c "^$op,0[0-9]_[a-z0-9]*,rung,[0-9]*,1,warm,0,0,[0-9]" "$work/t.csv")" = 2 ] || fail "$op is not in the file twice"
done
table_with() {
  RUNGS_FAKE=$1 RUNGS_ONEDNN_LIBRARY=$fake RUNGS_OPENBLAS_LIBRARY=/nowhere RUNGS_BLIS_LIBRARY=/nowhere RUNGS_SLEEF_LIBRARY=/nowhere \
    code "$2" "$rungs" bench softplus_forward --table
}
if grep -q avx2 /proc/cpuinfo; then
  table_with tail 0
  grep -q '^softplus_forward .* [0-9.]*[1-9][0-9.]* x onednn \* ' "$work/said" && grep -q '^\* less exact than the rungs' "$work/said" || fail "no star in the table"
  table_with coarse 1
  grep -q '^softplus_forward .* %  -  ' "$work/said" && grep -q '^    onednn: FAIL before timing' "$work/said" || fail "a wrong library has a number"
fi
code 64 "$rungs" bench relu_forward --table --quick; one_sentence 'table takes'
code 64 "$rungs" bench relu_forward --table --shape 64; one_sentence 'table takes'
code 0 "$rungs" bench relu_forward --quick --shape 4096 --cold --threads 1 --no-peers
grep -q 'cold cache' "$work/said" || case $(uname -m) in x86_64) fail "no cold race" ;; esac
exit 0
