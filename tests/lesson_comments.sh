#!/bin/sh
# lesson_comments.sh SOURCE - what a comment of optimized/cpu predicts is what a lesson predicts, where measurements
# judge it: "Prediction (lesson N): " is followed by intervals ("2 to 3 x", "at least 2 x"), each of which a marker of
# that lesson has. Then comments that are wrong: each must be found.
cd "$1" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

for folder in lessons/[0-9][0-9]_*; do # all pages of a lesson
    n=${folder#lessons/} n=${n%%_*} n=${n#0}
    sed -n 's/^<!-- prediction: .*: \(.*\) times -->$/\1/p' "$folder"/*.md | sort -u >"$work/lesson$n"
done

# comments FILE - a line for each comment that predicts, from that word on; "should gain" predicts, too
comments() {
    awk 'BEGIN { RS = "\\*/" } /Prediction|[Ss]hould gain/ { gsub(/\n *\*? */, " "); sub(/.*Prediction/, "Prediction"); print }' "$1"
}

# judge FILE - says what no lesson predicts; 1 if anything
judge() {
    comments "$1" >"$work/comments"
    wrong=0
    while read -r line; do
        case $line in
            "Prediction (lesson "[1-9]*"): "*) lesson=${line#"Prediction (lesson "} lesson=${lesson%%)*} ;;
            *) echo "$1: a prediction that names no lesson: $line"; wrong=1; continue ;;
        esac
        echo "$line" | grep -oE '(at least|at most|[0-9.]+ to) [0-9.]+ x( |,|\.|;|$)' | sed 's/ x.*//' >"$work/intervals"
        [ -s "$work/intervals" ] || { echo "$1: a prediction without an interval: $line"; wrong=1; }
        while read -r interval; do
            grep -qsxF -- "$interval" "$work/lesson$lesson" && continue
            echo "$1: lesson $lesson has no marker with '$interval times'"
            wrong=1
        done <"$work/intervals"
    done <"$work/comments"
    return $wrong
}

bad=0 seen=0
for file in optimized/cpu/*.[ch]; do
    judge "$file" || bad=1
    seen=$((seen + $(wc -l <"$work/comments")))
done
[ "$seen" -ge 8 ] || { echo "FAIL: only $seen predictions seen"; bad=1; }

# reject COMMENT WORDS
reject() {
    printf '/* %s */\nint x;\n' "$1" >"$work/wrong.c"
    case $(judge "$work/wrong.c") in *"$2"*) ;; *) echo "FAIL: '$1' passes, or fails for another reason"; bad=1 ;; esac
}
reject "Prediction: 2 to 3 x." "names no lesson"
reject "Relieves: the bus. Should gain 2 to 3 times." "names no lesson"
reject "Prediction (lesson 1): twice." "without an interval"
reject "Prediction (lesson 1): 2 to 3.5 x." "no marker with '2 to 3.5 times'"
reject "Prediction (lesson 99): 2 to 3 x." "lesson 99 has no marker"
reject "Prediction (lesson 2): 7.2 to 8.8 x." "lesson 2 has no marker"
printf '/* Prediction (lesson 1):\n * 2 to 3 x. */\n' >"$work/right.c"
judge "$work/right.c" || { echo "FAIL: a right comment is rejected"; bad=1; }
echo "$seen comments predict what their lesson predicts"
exit $bad
