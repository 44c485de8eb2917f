#!/bin/sh
# gc_cli_twin.sh PROGRAM CC SCRATCH EXAMPLES - rungs gradcheck twin, vcurve, taylor, and the files that checks write.
set -u
rungs=$1 cc=$2 scratch="$3/with a space" examples=$4
. "$(dirname "$0")/gc_cli.sh"
CC=$cc
export CC

cp "$examples/twin.c" .
gives 0 "^PASS loss" twin twin.c --loss loss --grad grad --n 6
for line in "complex step against double  *PASS .* 1.0e-12 allowed" "differences of double  *PASS" \
    "float against double  *PASS" "long double against double  *PASS"; do
    printf '%s\n' "$said" | grep -q "^$line" || bad "twin should say '$line', not: $said"
done
sed 's/(1 - t \* t)/(1 - t)/' twin.c >wrong.c
gives 1 "^FAIL loss" twin wrong.c --loss loss --grad grad --n 6
printf '%s\n' "$said" | grep -q "complex step against double  *FAIL" || bad "the complex step should fail: $said"
sed 's/REAL t = tanh(x\[i + 1\])/float t = RE(tanh(x[i + 1]))/' twin.c >float_inside.c
gives 1 "complex step against double  *FAIL" twin float_inside.c --loss loss --grad grad --n 6
cat >cancels.c <<'END'
#include <stddef.h>
REAL f(const REAL *x, size_t n) { REAL s = 0; for (size_t i = 0; i < n; i++) s += x[i] * x[i]; return s; }
void g(const REAL *x, size_t n, REAL *d) { for (size_t i = 0; i < n; i++) d[i] = 2 * ((x[i] + 1000000) - 1000000); }
END
gives 1 "long double against double  *FAIL" twin cancels.c --loss f --grad g --n 3
sed 's/RE(z) > 0/z > 0/' twin.c >compares.c
gives 66 "with REAL as double _Complex, compares.c does not compile" twin compares.c --loss loss --grad grad --n 6
sed 's/REAL loss/loss/' twin.c | sed 's/^REAL sum/sum/;s/^{$/{ +/' >broken.c
gives 66 "with REAL as float, broken.c does not compile" twin broken.c --loss loss --grad grad --n 6
gives 64 "exports no 'los'; did you mean 'loss'" twin twin.c --loss los --grad grad --n 6
gives 66 "cannot be opened" twin nowhere.c --loss loss --grad grad --n 6
gives 64 "needs --loss, --grad and --n" twin twin.c
cat >corners.c <<'END'
REAL f(const REAL *x, size_t n, void *ctx) { REAL s = 0; for (size_t i = 0; i < n; i++) s += fabs(x[i]) * fmax(x[i], SHIFT); return s; }
void g(const REAL *x, size_t n, REAL *d, void *ctx)
{
    for (size_t i = 0; i < n; i++)
        d[i] = (RE(x[i]) > 0 ? 1 : -1) * fmax(x[i], SHIFT) + (RE(x[i]) > SHIFT ? fabs(x[i]) : 0);
}
END
gives 0 "complex step against double  *PASS" twin corners.c --loss f --grad g --n 5 --cflags "-DSHIFT=-2 -include stddef.h"
echo "0.1 -0.2 0.3 0.4 0.5 -0.6" >x.txt
gives 0 "^PASS loss" twin twin.c --loss loss --grad grad --n 6 --x x.txt

# ---- curves ----
library logistic <"$examples/logistic.c"
library logistic_wrong <"$examples/logistic_wrong.c"
library endless <"$examples/endless.c"
logistic="--loss logistic --grad logistic_grad --n 4"
# shellcheck disable=SC2086 # lists of words
{
    gives 0 "ladder: it settles at" vcurve so ./logistic.so $logistic --out "my charts"
    [ -s "my charts/logistic_all_vcurve.dat" ] || bad "vcurve should write its data: $(ls "my charts")"
    gives 0 "| *rate\|  rate" taylor so ./logistic.so $logistic --out "my charts"
    [ -s "my charts/logistic_taylor.dat" ] || bad "taylor should write its data"
    gives 0 "complex" vcurve twin twin.c --loss loss --grad grad --n 6 --out "my charts"
    gives 4 "did not" vcurve so ./endless.so --loss search --grad search_grad --n 4 --timeout 1
    gives 64 "no kind of code 'sos'; did you mean 'so'" vcurve sos ./logistic.so
    gives 74 "cannot make the folder /proc/nowhere" vcurve so ./logistic.so $logistic --out /proc/nowhere
    gives 1 "chart    pics/logistic_x_heat" so ./logistic_wrong.so $logistic --svg pics
    for chart in heat scatter vcurve; do [ -s pics/logistic_x_$chart.dat ] || bad "--svg should draw $chart"; done
}

# ---- files ----
# shellcheck disable=SC2086 # lists of words
{
    gives 1 "^FAIL" so ./logistic_wrong.so $logistic --json r.json --junit r.xml --csv r.csv
    grep -q '"FAIL"' r.json || bad "r.json should say FAIL"
    grep -q '<failure' r.xml || bad "r.xml should hold a failure"
    [ "$(wc -l <r.csv)" = 2 ] || bad "r.csv should hold a row for each tensor"
    if command -v python3 >/dev/null; then
        python3 -m json.tool r.json >/dev/null || bad "r.json is no JSON"
        python3 -c 'import sys, xml.dom.minidom as d; d.parse(sys.argv[1])' r.xml || bad "r.xml is no XML"
    fi
    "$rungs" gradcheck so ./logistic_wrong.so $logistic --json - >stdout.json 2>stderr.txt
    sed 's/"[a-z_]*seconds":[^,]*//g' stdout.json >a && sed 's/"[a-z_]*seconds":[^,]*//g' r.json | cmp -s - a || bad "--json - should write the same to stdout"
    gives 74 "there is no folder /nowhere/" so ./logistic.so $logistic --csv /nowhere/r.csv
}

# ---- the command that repeats it, from another folder ----
mkdir -p elsewhere && cd elsewhere || exit 1
# shellcheck disable=SC2086 # lists of words
gives 1 "" so "../logistic_wrong.so" $logistic --points 2 --json r.json --quiet --svg .
grep -q '"repeat":"rungs gradcheck so ../logistic_wrong.so' r.json || bad "the file should hold the repeat command"
"$rungs" gradcheck so "../logistic_wrong.so" --loss logistic --grad logistic_grad --n 4 --seed 9 --csv "r s.csv" >first
repeat=$(sed -n 's/^  repeat   rungs //p' first)
printf '%s\n' "$repeat" | grep -q -e '--seed 9 --only x --at [0-3]$' || bad "the repeat command: $repeat"
printf '%s\n' "$repeat" | grep -q csv && bad "a repeated command should write no files: $repeat"
code=0
eval "\"\$rungs\" $repeat" >again || code=$?
[ $code = 1 ] || bad "the repeated command ends with $code"
[ "$(sed -n 's/^  worst  *//p' first | cut -d ' ' -f 1)" = "$(sed -n 's/^  worst  *//p' again | cut -d ' ' -f 1)" ] ||
    bad "the repeated command should find the same element: $(cat first again)"
grep -q "by this element" again || bad "--at should show the V curve of the element"
cd ..

leaves_nothing
[ $failed = 0 ] && echo "gradcheck twin, curves, files and repetition as they should be"
exit $failed
