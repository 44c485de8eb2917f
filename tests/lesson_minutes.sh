#!/bin/sh
# lesson_minutes.sh RUNGS N NAME FOLDER - an experiment that takes minutes still gives its committed FOLDER/NAME.csv: numbers
# below 1 to 5 %, for those above belong to trainings that diverge, and each rounding makes others of them; words and the number
# of lines exactly. First, a table with one number changed must be rejected.
rungs=$1 lesson=$2 name=$3 folder=$4
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

same() {
    awk -F, -v one="$1" '
    { n = split($0, was, ","); if ((getline line <one) <= 0 || split(line, is, ",") != n) exit bad = 1 }
    { for (i = 1; i <= n; i++) {
          number = was[i] ~ /^[0-9.e+-]+$/ && is[i] ~ /^[0-9.e+-]+$/
          d = was[i] - is[i]; if (d < 0) d = -d
          if (number ? was[i] < 1 && d > 0.05 * was[i] : was[i] != is[i] && was[i] !~ /^inf$/ && is[i] !~ /^inf$/) { print "line " NR ": " is[i] ", not " was[i]; exit bad = 1 }
      } }
    END { if (bad || (getline line <one) > 0) exit 1 }' "$2"
}

same "$folder/$name.csv" "$folder/$name.csv" || { echo "FAIL: $name.csv is not like itself"; exit 1; }
sed '3s/0\.\([0-9]\)/0.9\1/g' "$folder/$name.csv" >"$work/changed"
same "$work/changed" "$folder/$name.csv" >/dev/null && { echo "FAIL: a changed table passes"; exit 1; }
sed '$d' "$folder/$name.csv" >"$work/shorter"
same "$work/shorter" "$folder/$name.csv" >/dev/null && { echo "FAIL: a table without its last line passes"; exit 1; }
"$rungs" lesson "$lesson" "$name" >"$work/now" || exit
same "$work/now" "$folder/$name.csv" && echo "$name.csv: as committed"
