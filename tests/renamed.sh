#!/bin/sh
# renamed.sh SOURCE WORK [SCRIPT] - plots/rename.sh changes names of operations and nothing else, and no committed file has an old one.
#
# SCRIPT: another version of the script, which this test must reject.
set -eu
source=$1 work=$2 script=${3:-$1/plots/rename.sh}
self=$(cd "$(dirname "$0")" && pwd)/renamed.sh
rm -rf "$work" && mkdir -p "$work" && cd "$work"
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}
sed -n 's/^RENAMED(\(.*\), "\(.*\)")$/\1|\2/p' "$source/optimized/ops/renamed.h" >names
[ "$(wc -l <names)" -ge 31 ] || bad "$(wc -l <names) names in renamed.h"
[ "$(grep -c 'RENAMED(' "$source/optimized/ops/renamed.h")" = $(($(wc -l <names) + 1)) ] || bad "a row of renamed.h is not read"

# every old name in a table, in JSON, in a text and in a chart, between numbers that look like anything; and what only contains one
mkdir old && while IFS='|' read -r was is; do
    echo "$is" >>is
    printf 'not_%s %s_fast 1.0\n' "$was" "$was" >>old/others.csv
    echo "$was,00_naive,rung,1,1000,1.000000119e-07,0x1.8p-3,-0,nan,17 of 31" >>old/race.csv
    printf '{"op":"%s","seconds":0.1000000000000000055,"shape":"64x10"}\n' "$was" >>old/race.json
    printf '| `%s` | 12.50 | %s: 3.0 to 4.00 x |\n' "$was" "$was" >>old/README.md
    case $was in mse_forward_sum | bce_logits_backward_none | xent_with_gradient_smooth) ;; *) continue ;; esac
    printf '<text x="1.50">%s</text><path d="M0.1 0.20"/>\n' "$was" >"old/some_cpu_ladder_${was}_64x10.svg"
    printf '\211PNG %s\0001.0' "$was" >"old/some_cpu_roofline_$was.png"
done <names
# rungs, whose number stays; a longer name, one without a number, a number of three digits
sed -n 's/^RENAMED_RUNG(\(.*\), "\(.*\)")$/\1|\2/p' "$source/optimized/ops/renamed.h" >rungs
[ "$(wc -l <rungs)" -ge 2 ] || bad "$(wc -l <rungs) rungs in renamed.h"
[ "$(wc -l <rungs)" = "$(grep -c '^RENAMED_RUNG' "$source/optimized/ops/renamed.h")" ] || bad "a rung of renamed.h is not read"
mkdir -p old && : >old/rungs.csv && : >wanted
while IFS='|' read -r was is; do
    echo "op,05_$was,1.50,12_$was" >>old/rungs.csv
    echo "op,05_$is,1.50,12_$is" >>wanted
    echo "05_${was}_more $was 105_$was" | tee -a old/rungs.csv >>wanted
done <rungs
cp -r old new
sh "$script" new/* || bad "the script ended with $?"

# mapped back, it is byte for byte what it was; what comes behind a name in a table is, without that
back=$(sed 's/\(.*\)|\(.*\)/s~\2~\1~g/' names)
for file in race.csv race.json README.md; do
    sed "$back" "new/$file" | cmp -s - "old/$file" || bad "$file: more than the names is another"
done
cut -d'|' -f1 names >was
! grep -rqwFf was new --include='*.csv' --include='*.json' --include='*.md' --include='*.svg' || bad "an old name is left"
cut -d, -f2- old/race.csv >rest
cut -d, -f2- new/race.csv | cmp -s - rest || bad "race.csv: a number is another"
cut -d, -f1 new/race.csv | cmp -s - is || bad "race.csv has other names than renamed.h"
cmp -s old/others.csv new/others.csv || bad "a name that only contains an old one is changed"
while IFS='|' read -r was is; do
    file=$(echo "$is" | tr ' =' '__')
    [ -e "old/some_cpu_roofline_$was.png" ] || continue
    [ -e "new/some_cpu_ladder_${file}_64x10.svg" ] || bad "there is no chart of $file"
    sed "s|$is|$was|" "new/some_cpu_ladder_${file}_64x10.svg" | cmp -s - "old/some_cpu_ladder_${was}_64x10.svg" ||
        bad "the chart of $file is another"
    cmp -s "new/some_cpu_roofline_$file.png" "old/some_cpu_roofline_$was.png" || bad "the PNG of $file is another"
done <names
cmp new/rungs.csv wanted || bad "a rung is renamed otherwise than in renamed.h"
[ "$(find new -type f | wc -l)" = "$(find old -type f | wc -l)" ] || bad "there are more files, or fewer"
cp -r new again
sh "$script" again/*
diff -r new again >/dev/null || bad "a second time changes it again"

# what is committed has been renamed
if [ $# -lt 3 ] && git -C "$source" rev-parse >/dev/null 2>&1; then
    git -C "$source" grep -lwFf "$work/was" -- '*.csv' '*.json' '*.svg' '*.md' '*.net' '*.gp' && bad "these files have old names: run plots/rename.sh"
    git -C "$source" ls-files '*.svg' '*.png' | grep -Ff was && bad "these charts have old names: run plots/rename.sh"
    # and the test notices a version of the script that touches a number, half a name, no chart, or nothing
    reject() {
        sed "$2" "$source/plots/rename.sh" >"$work/wrong.sh"
        ! cmp -s "$source/plots/rename.sh" "$work/wrong.sh" || bad "the wrong version is the right one: $1"
        sed -i "s|^folder=.*|folder=$source/plots|" "$work/wrong.sh"
        sh "$self" "$source" "$work/wrong" "$work/wrong.sh" >"$work/said" 2>&1 || true
        grep -q "$3" "$work/said" || bad "not noticed: $1"
    }
    reject "a rounded number" 's/sed "$in_text" "$file"/sed "$in_text; s,0\\\\.1000000000000000055,0.1," "$file"/' "race.json: more than"
    reject "a 0 less at the end of a number" 's/sed "$in_text" "$file"/sed "$in_text; s,12\\\\.50,12.5," "$file"/' "README.md: more than"
    reject "half a name" 's/\\\\b//' "only contains an old one"
    reject "charts that keep their names" 's/mv "$file" "$to"$/true/; s/git mv "$file" "$to"/true/' "there is no chart of"
    reject "rungs of any number" 's/\[0-9\]\[0-9\]/[0-9]*/' "a rung is renamed otherwise"
    reject "one name of a line" 's/|g\/p/|\/p/' "an old name is left"
fi
[ $failed = 0 ] && echo "$(wc -l <names) names"
exit $failed
