#!/bin/sh
# gc_cli_batch.sh PROGRAM CC SCRATCH EXAMPLES - rungs gradcheck batch: one table of a file of problems, the exit code of the worst,
# the files of all results, and what is said of lines that cannot be read.
set -u
rungs=$1 cc=$2 scratch="$3/with a space" examples=$4
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)
. "$here/gc_cli.sh"
for name in logistic logistic_wrong verdicts; do
    "$cc" -w -O1 -fPIC -shared -o "$name.so" "$examples/$name.c" -lm || bad "$name.c should compile"
done

# ---- every verdict, quotes, a line that goes on, what an earlier line set does not last ----
right="so ./logistic.so --loss logistic --grad logistic_grad --n 4"
{
    printf '# a comment\r\n\n'
    echo "$right --points 1 --seed 9 --f32=   # f32 takes no value"
    echo "$right"
    echo "so ./logistic_wrong.so --loss logistic --grad logistic_grad --n 4 --source 'src/my code.c:12'"
    echo "   so './verdicts.so' --loss \"in_float\" \\"
    echo "   --grad in_float_grad \\"
    echo "   --n 6"
    echo "so ./verdicts.so --loss square --grad adding_grad --n 3"
    echo "so ./verdicts.so --loss square --grad lost_grad --n 3"
    echo "so ./missing.so --loss f --grad g --n 3"
    echo "sig 'double logistic(const double x[4], size_t n, void *ctx)' --lib ./logistic.so \\"
    echo "  --grad 'void logistic_grad(const double x[4], size_t n, double g[4], void *ctx)' --size n=4 --map g=x"
    printf 'run mse_backward --rung reference # no line end behind it'
} >problems.txt
code=0
"$rungs" gradcheck batch problems.txt --json all.json --junit all.xml --csv all.csv --sarif all.sarif >table 2>errors || code=$?
[ $code = 66 ] || bad "the worst of all is the missing library, 66, not $code"
expect() {
    grep -q "$1" "$2" || bad "$2 should have '$1': $(cat "$2")"
}
expect "^   3 NOT CHECKED" table
expect "^   4 PASS         logistic  *worst .*allowed 1.*e-07" table
expect "^   5 FAIL         logistic  *dx: 4 of 4 wrong; analytic = 8 \* numeric" table
expect "^     repeat: rungs gradcheck so ./logistic_wrong.so --loss logistic --grad logistic_grad --n 4 --seed 1 --only x --at 0$" table
expect "^   6 INCONCLUSIVE in_float" table
expect "^   9 CONTRACT     square" table
expect "^  10 CRASH        square  *crashed in backward" table
expect "^  11 NOT CHECKED" table
expect "^  12 PASS         logistic" table
expect "^  14 PASS         mse_backward" table
expect "^7 results in .* s: 3 PASS, 1 FAIL, 1 INCONCLUSIVE, 1 CONTRACT, 1 CRASH; 2 lines not checked$" table
expect "^rungs gradcheck so: problems.txt:3: --f32 takes no value" errors
expect "^rungs gradcheck so: problems.txt:11: ./missing.so cannot be opened" errors
[ "$(wc -l <errors)" = 2 ] || bad "two sentences were expected: $(cat errors)"

# the same, one by one: a line is its command
sed -n 's/^     repeat: rungs //p' table >repeats
[ "$(wc -l <repeats)" = 4 ] || bad "four commands repeat what did not pass: $(cat repeats)"
while read -r words; do
    # shellcheck disable=SC2086 # words
    "$rungs" $words >/dev/null 2>&1 </dev/null && bad "rungs $words should not pass"
done <repeats
code=0
grep -v 'missing\|f32' problems.txt >fewer.txt
"$rungs" gradcheck batch fewer.txt >/dev/null 2>&1 || code=$?
[ $code = 4 ] || bad "without it the worst is the crash, 4, not $code"
echo "$right" | "$rungs" gradcheck batch /dev/stdin | grep -q '^1 result in .*: 1 PASS$' || bad "a pipe is a file, too"

# ---- files ----
if command -v python3 >/dev/null; then
    python3 -B "$here/gc_report_schema.py" "$here/../gradcheck/report.schema.json" all.json || bad "the JSON does not keep to its schema"
    python3 -B -c '
import json, xml.etree.ElementTree as xml
results = json.load(open("all.json"))["results"]
assert [r["verdict"] for r in results] == ["PASS", "FAIL", "INCONCLUSIVE", "CONTRACT", "CRASH", "PASS", "PASS"], results
assert [(r["file"], r["line"]) for r in results[:3]] == [("problems.txt", 4), ("src/my code.c", 12), ("problems.txt", 6)], results
assert "--seed 1" in results[1]["repeat"] and "logistic_wrong" in results[1]["repeat"]
sarif = json.load(open("all.sarif"))["runs"][0]["results"]
place = lambda t: t["locations"][0]["physicalLocation"]
assert [(t["ruleId"], place(t)["artifactLocation"]["uri"], place(t)["region"]["startLine"]) for t in sarif] == [
    ("gradcheck/fail", "src/my%20code.c", 12), ("gradcheck/inconclusive", "problems.txt", 6),
    ("gradcheck/contract", "problems.txt", 9), ("gradcheck/crash", "problems.txt", 10)], sarif
suite = xml.parse("all.xml").getroot()[0]
assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("7", "3", "1"), suite.attrib
' || bad "the files are not those of the table"
else
    echo "there is no python3, so the files were not read"
fi
[ "$("$rungs" gradcheck batch problems.txt --json - 2>/dev/null | head -c 14)" = '{"gradcheck":1,' ] ||
    [ "$("$rungs" gradcheck batch problems.txt --json - 2>/dev/null | head -c 15)" = '{"gradcheck":1,' ] || bad "--json - is JSON alone"
[ -z "$("$rungs" gradcheck batch problems.txt --quiet 2>/dev/null)" ] || bad "--quiet prints no table"

# ---- lines that cannot be read: all are named, nothing is checked ----
printf 'soo ./x.so\n%s\nso ./x.so --json f\nso --help\nxyzzyplugh\n' "$right" >bad.txt
refuses_with 66 "bad.txt:1: a line begins with the kind of code, not with 'soo'; did you mean 'so'" batch bad.txt
for words in "bad.txt:3: --json is for all problems" "bad.txt:4: --help is for all" "bad.txt:5: a line begins with .*so, sig, .* or run, not with" \
    "4 of 5 problems cannot be read; nothing was checked"; do
    printf '%s\n' "$said" | grep -q "$words" || bad "it should say '$words': $said"
done
printf "%s\nso './x.so --loss f\n" "$right" >bad.txt
refuses_with 66 "bad.txt:2: a quote (') is opened and not closed on its line" batch bad.txt
printf '# nothing\n\n' >bad.txt
refuses_with 66 "bad.txt: there is no problem in it" batch bad.txt
printf 'so \000x\n' >bad.txt
refuses_with 66 "bad.txt:1: this is no text file" batch bad.txt
refuses_with 66 "missing.txt: cannot read it: No such file" batch missing.txt
refuses_with 66 "cannot read it: Is a directory" batch .
refuses "missing argument" batch
refuses "unexpected argument" batch one two
refuses "there is no option '--seed'" batch problems.txt --seed 1
printf '%s --source x.c\n' "$right" >bad.txt
gives 64 "bad.txt:1: --source x.c: it must be FILE:LINE" batch bad.txt
gives 1 "" so ./logistic_wrong.so --loss logistic --grad logistic_grad --n 4 --sarif one.sarif --source a.c:3
expect '"uri":"a.c"},"region":{"startLine":3}' one.sarif
expect '"ruleIndex"' one.sarif
gives 0 "" so ./logistic.so --loss logistic --grad logistic_grad --n 4 --sarif none.sarif
expect '"results":\[' none.sarif
grep -q '"ruleIndex"' none.sarif && bad "what passes is no result in SARIF"

leaves_nothing
[ $failed = 0 ] && echo "a file of problems: one table, the worst exit code, files of all, and each bad line by its number"
exit $failed
