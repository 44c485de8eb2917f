#!/bin/sh
# plot.sh - charts of synthetic tables: plot.sh RUNGS SYNTHETIC.csv FOLDER text|pictures|refusals
rungs=$1 data=$2 work=$3
rm -rf "$work" && mkdir -p "$work/out" || exit 1
fail() { echo "FAIL: $*"; exit 1; }
# code WANTED COMMAND...: runs it, words in said and err
code() {
  wanted=$1; shift
  "$@" >"$work/said" 2>"$work/err"
  got=$?
  [ $got = "$wanted" ] || { cat "$work/said" "$work/err"; fail "exit $got, not $wanted: $*"; }
}
one_sentence() { [ "$(wc -l <"$work/err")" = 1 ] && grep -q "$1" "$work/err" || { cat "$work/err"; fail "one sentence with '$1'"; }; }

{ echo epoch,step,samples,loss,accuracy,seconds; echo 0.1,1,64,2.3,0.1,0.5; echo 0.2,2,128,1.5,0.4,1; echo 0.3,3,192,0.7,0.8,1.5; } >"$work/best.csv"
{ echo epoch,step,samples,loss,accuracy,seconds; echo 0.1,1,64,2.3,0.1,5; echo 0.2,2,128,1.6,0.4,10; } >"$work/naive.csv"

# a sweep: two cells of two trainings, one of which diverged, and one without any result
{ echo cell,seed,epochs,best_epoch,validation_loss,validation_accuracy,test_loss,test_accuracy,seconds,network,key
  echo a=1,1,2,0,0.3,0.80,0.1,0.9,1,net,k1; echo a=1,2,2,0,0.3,0.90,0.1,0.9,1,net,k2; echo a=2,1,2,0,0.3,0.95,0.1,0.9,1,net,k3
  echo a=2,2,0,0,,,,,,net,k4; echo a=3,1,0,0,,,,,,net,k5; } >"$work/grid.csv"

# a search for a rate, and a training that validates
{ echo step,lr,loss,smoothed_loss,suggested_lr
  for k in 1 2 3 4 5 6 7 8; do echo "$k,1e-$((8 - k)),$((9 - k)).5,$((9 - k)),0.02"; done; echo "9,10,1e30,1e29,0.02"; } >"$work/rates.csv"
{ echo epoch,step,samples,loss,accuracy,seconds,lr,validation_loss,validation_accuracy,options
  for k in 1 2 3 4; do echo "$k.5,$k,$k,0.$((9 - k)),0.9$k,$k,0.1,,,"; echo "$((k + 1)),$k,$k,0.$((9 - k))5,0.9$((k))5,$k,0.1,0.$((9 - k))7,0.9$((k))1,"; done; } >"$work/validated.csv"

# a race and errors of one operation: 02_broken gives no number somewhere, 03_unknown has no errors
row() { echo "tanh_forward,$1,$2,1000000,$3,warm,$4,$4,$4,1,8,read_l3,10,GNU,-O3,Synthetic,0000000,"; }
{ head -1 "$data"; row 00_naive rung 1 2e-2; row 01_polynomial rung 1 4e-3; row 02_broken rung 1 3e-3; row 03_unknown rung 1 2e-3
  row 04_threads rung 1 1e-3; row 04_threads rung 2 5e-4; row onednn peer 1 1.2e-3; row 05_fast rung 1 6e-4; } >"$work/race.csv"
{ echo op,rung,argument,low,high,error_ulp,error_bits,bound_fraction,at,bound_at,step,compiler,cpu,commit
  for r in 00_naive:2.07:0.25 01_polynomial:1.2:-0.6 02_broken:inf: 04_threads:1.2:-0.6 05_fast:2048:3 onednn:0:0; do
    echo "tanh_forward,${r%%:*},y,,,$(echo "$r" | cut -d: -f2),20,,${r##*:},,1,GNU,Synthetic,0000000"
  done; } >"$work/errors.csv"
{ echo op,rung,argument,low,high,error_ulp,error_bits,bound_fraction,at,bound_at,step
  for i in 0 1 2 3 4 5 6 7 8 9; do
    echo "tanh_with_derivative,00_naive,y,$i,$((i + 1)),1.$i,22,,$i.5,,"; echo "tanh_with_derivative,01_polynomial,y,$i,$((i + 1)),0,,,$i.5,,"
    echo "tanh_with_derivative,00_naive,s,$i,$((i + 1)),inf,,inf,$i.5,$i.5,"
  done; } >"$work/over.csv"

case $4 in
text)
  for locale in C C.UTF-8; do
    code 0 env LC_ALL=$locale "$rungs" plot --text --data "$data,$work/best.csv,$work/naive.csv"
    for name in 00_naive 01_order 07_threads openblas onednn 'a: ' 'Training loss' best; do
      grep -q "$name" "$work/said" || fail "no $name in the text charts"
    done
    [ "$(LC_ALL=C.UTF-8 wc -L <"$work/said")" -le 80 ] || fail "over 80 columns"
    if LC_ALL=C grep -q '[^ -~]' "$work/said"; then ascii=no; else ascii=yes; fi
    [ $locale = C ] && [ $ascii = no ] && fail "the C locale got more than ASCII"
    [ $locale != C ] && [ $ascii = yes ] && fail "a UTF-8 terminal got no blocks"
  done
  code 0 env LC_ALL=C "$rungs" plot accuracy --text --data "$work/race.csv,$work/over.csv,$work/errors.csv"
  for words in 'a: 00_naive, 20 ns, 2.07 ulp' '04_threads, 2 threads, 0.5 ns, 1.2 ulp' '05_fast, 0.6 ns, 2.05e+03 ulp' 'onednn, 1.2 ns'; do
    grep -q "$words" "$work/said" || { cat "$work/said"; fail "no '$words' in the plane"; }
  done
  grep -q '02_broken\|03_unknown\|04_threads, 1 ns' "$work/said" && fail "a point without an error, or twice"
  code 0 env LC_ALL=C "$rungs" plot over-x --text --data "$work/over.csv"
  for words in 'of y in each' 'of s in each' 'b: 01_polynomial' 'ulp of 1'; do
    grep -q "$words" "$work/said" || { cat "$work/said"; fail "no '$words' over x"; }
  done
  code 0 env LC_ALL=C "$rungs" plot sweep --text --data "$work/grid.csv"
  [ "$(sed -n 's/^  \(a=.\) *[#|]* *\([0-9].*\)/\1 \2/p' "$work/said" | sed 's/ *$//' | tr '\n' ';')" = "a=1 85.0  +-7.07;a=2 95.0  1 diverged;a=3 0.00  1 diverged;" ] ||
    { cat "$work/said"; fail "a sweep's rows"; }
  code 0 env LC_ALL=C "$rungs" plot find-lr --text --data "$work/rates.csv"
  grep -q '^suggested: 0.02, a tenth of where it is lowest' "$work/said" && grep -q '^ *12 |' "$work/said" || { cat "$work/said"; fail "a search for a rate"; }
  code 0 env LC_ALL=C "$rungs" plot training --text --data "$work/validated.csv"
  [ "$(grep -c '^  a: training  b: validation' "$work/said")" = 2 ] && [ "$(grep -c '|.*b' "$work/said")" -ge 6 ] && grep -q '% wrong' "$work/said" || { cat "$work/said"; fail "a training"; }
  ls "$work/out" | grep -q . && fail "text charts left files"
  head -1 "$work/best.csv" >"$work/empty.csv"
  code 0 "$rungs" plot loss --text --data "$work/empty.csv,$work/best.csv"; one_sentence 'empty is left out'
  grep -q 'empty' "$work/said" && fail "a run without a step is in the chart"
  code 64 "$rungs" plot loss --text --data "$work/empty.csv"; one_sentence 'nothing'
  code 0 env PATH=/nowhere "$rungs" plot --text ladder --data "$data"
  ;;
pictures)
  command -v gnuplot >/dev/null || { echo "gnuplot is missing: apt install gnuplot-nox"; exit 77; }
  code 0 "$rungs" plot --data "$data,$work/best.csv,$work/naive.csv,$work/race.csv,$work/over.csv,$work/errors.csv,$work/grid.csv,$work/rates.csv,$work/validated.csv" --out "$work/out"
  code 0 "$rungs" plot ladder --op dense_forward --shape 64x784x512 --data "$data" --out "$work/out"
  # an operation with a set of parameters: its chart's file has a name that needs no quotes
  sed 's/^tanh_forward/mse_forward reduction=none/' "$work/race.csv" >"$work/sets.csv"
  code 0 "$rungs" plot ladder --op "mse_forward reduction=none" --data "$work/sets.csv" --out "$work/out"
  [ -s "$work/out/sets_ladder_mse_forward_reduction_none.svg" ] || fail "the chart of a set has another name: $(ls "$work/out")"
  ls "$work/out" | grep -q '[^a-zA-Z0-9_.-]' && fail "a chart's file has an unsafe name: $(ls "$work/out")"
  for chart in ladder_dense_forward ladder_dense_forward_64x784x512 roofline_dense_forward size size_2threads; do
    set -- "$@" "plot_synthetic_$chart"
  done
  shift 4
  grep -q '>suggested: 0.02, a tenth of where it is lowest<' "$work/out/rates.svg" || fail "a search for a rate has no suggestion"
  grep -q '>validation<' "$work/out/validated_training.svg" && ! grep -q '>validation<' "$work/out/best_training.svg" || fail "a training and its validation"
  for words in '85.00 % ± 7.07' '95.00 %, 1 diverged' '>1 diverged<' 'net: settings and what they reach'; do
    grep -q "$words" "$work/out/grid.svg" || fail "no '$words' in the chart of a sweep"
  done
  for chart in "$@" loss grid rates validated_training best_training race_accuracy_tanh_forward over_over_x_tanh_with_derivative; do
    svg=$work/out/$chart.svg png=$work/out/$chart.png
    [ -s "$svg" ] && [ -s "$png" ] || fail "no $chart"
    head -c 5 "$svg" | grep -q '<?xml' && tail -c 8 "$svg" | grep -q '</svg>' || fail "$svg is cut off"
    if command -v xmllint >/dev/null; then xmllint --noout "$svg" || fail "$svg is no XML"; fi
    [ "$(head -c 8 "$png" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || fail "$png is no PNG"
    [ "$(tail -c 8 "$png" | od -An -tx1 | tr -d ' \n')" = 49454e44ae426082 ] || fail "$png is cut off"
  done
  for name in 00_naive 01_order 02_tile 03_packed 04_avx2 06_epilogue 07_threads openblas blis onednn; do
    for chart in ladder_dense_forward roofline_dense_forward size; do
      grep -q ">.*$name" "$work/out/plot_synthetic_$chart.svg" || fail "no $name in $chart"
    done
  done
  # SSE2 has no fused multiply-add, so its roof is none of FMA's; AVX2's is
  for roof in 'sse2 mul+add 53' 'avx2 FMA 107'; do
    grep -qF "$roof" "$work/out/plot_synthetic_roofline_dense_forward.svg" || fail "no roof '$roof'"
  done
  for name in 00_naive 01_polynomial '04_threads, 2 threads' 05_fast onednn; do
    grep -q ">.*$name" "$work/out/race_accuracy_tanh_forward.svg" || fail "no $name in the plane"
  done
  mkdir "$work/again"
  code 0 "$rungs" plot --data "$data,$work/race.csv,$work/errors.csv,$work/over.csv" --out "$work/again"
  for svg in "$work"/again/*.svg; do cmp "$svg" "$work/out/$(basename "$svg")" || fail "the same data, another picture"; done
  ls "${TMPDIR:-/tmp}"/rungs-plot-$$-* 2>/dev/null && fail "working files were left"
  ;;
refusals)
  code 66 "$rungs" plot --data "$work/nothing.csv"; one_sentence nothing.csv
  code 64 "$rungs" plot laddr --data "$data"; one_sentence ladder
  printf 'a,b\n1\n' >"$work/broken.csv"
  code 66 "$rungs" plot --data "$work/broken.csv"; one_sentence 'line 2'
  printf 'a,b\n1,2\n' >"$work/other.csv"
  code 66 "$rungs" plot --data "$work/other.csv"; one_sentence other.csv
  head -c 3000 "$data" >"$work/cut.csv"
  code 66 "$rungs" plot --data "$work/cut.csv"; one_sentence cut.csv
  code 64 "$rungs" plot acuracy --data "$data"; one_sentence "did you mean 'accuracy'"
  for bad in many nan -1 '' 1x; do
    sed "2s/,2.07,/,$bad,/" "$work/errors.csv" >"$work/bad.csv"
    code 66 "$rungs" plot accuracy --data "$work/race.csv,$work/bad.csv"; one_sentence "'$bad' is not a number for error_ulp"
  done
  sed 's/,argument//' "$work/errors.csv" | cut -d, -f1-13 >"$work/bad.csv"
  code 66 "$rungs" plot accuracy --data "$work/bad.csv"; one_sentence 'bad.csv'
  head -c 300 "$work/over.csv" >"$work/bad.csv"
  code 66 "$rungs" plot over-x --data "$work/bad.csv"; one_sentence 'bad.csv'
  code 64 "$rungs" plot accuracy --data "$data,$work/errors.csv"; one_sentence 'nothing'
  code 64 "$rungs" plot accuracy --data "$work/race.csv"; one_sentence 'nothing'
  code 64 "$rungs" plot over-x --data "$work/errors.csv"; one_sentence 'nothing'
  printf 'epoch,step,samples,loss,accuracy,seconds\n' >"$work/none.csv"
  code 64 "$rungs" plot --data "$work/none.csv" --out "$work/out"; one_sentence 'nothing'
  code 77 env PATH=/nowhere "$rungs" plot ladder --data "$data" --out "$work/out"; one_sentence 'apt install gnuplot-nox'
  if command -v gnuplot >/dev/null; then
    code 74 "$rungs" plot ladder --data "$data" --out /proc/nowhere; one_sentence 'cannot make the folder'
  fi
  ls "$work/out" | grep -q . && fail "a refusal left files"
  ;;
*) exit 64 ;;
esac
exit 0
