#!/bin/sh
# comments.sh SOURCE - every file and every rung that a comment or CONTRIBUTING.md names exists. Then comments that name what is not
# there: each must be found. A name in capitals (FILE.c) stands for any; <NAME.h> is the system's or a library's. No line with a
# comment is longer than 110 columns, but for a macro's, whose backslashes line up.
cd "$1" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
examples='mine.c mine.cu my_test.c list.txt gc.c base.gp base.dat'

folders=$(sed -n 's,^layer *\([a-z]*\).*,\1,p' tests/layers.txt | sort -u | tr '\n' ' ')
# shellcheck disable=SC2086 # a list of folders
find $folders cmake ./*.* rungs -type f 2>/dev/null | sed 's,.*/,,' | sort -u >"$work/files"
# a rung is a string "NN_name" of the sources, a lesson a folder
{ grep -rhoE '"[0-9][0-9]_[a-z0-9_]+"' optimized | tr -d '"'; ls lessons; } | sort -u >"$work/rungs"

# named FILES... - "file NAME PLACE" and "rung NAME PLACE" of all comments
named() {
    awk 'FNR == 1 { inside = 0 }
        { text = ""
          for (line = $0;;) {
              at = index(line, inside ? "*/" : "/*")
              if (inside) text = text " " (at ? substr(line, 1, at - 1) : line)
              if (!at) break
              line = substr(line, at + 2)
              inside = !inside
          }
          gsub(/<[^>]*>/, " ", text)
          n = split(text, word, /[^A-Za-z0-9_.\/*-]+/)
          for (i = 1; i <= n; i++) {
              sub(/[.]+$/, "", word[i])
              if (index(word[i], "..") && word[i] !~ /\.\.\//) continue
              if (word[i] ~ /^[a-z0-9_.\/-]+\.(c|h|cu|cpp|sh|cmake|awk|txt|md|gp|inc)$/) {
                  sub(/.*\//, "", word[i])
                  print "file", word[i], FILENAME ":" FNR
              } else if (word[i] ~ /^[0-9][0-9]_[a-z][a-z0-9_]*$/)
                  print "rung", word[i], FILENAME ":" FNR
          } }' "$@"
}
# recipes FILE - the same of all text of a document; a path (train/grammar.c) must be there as a whole
recipes() {
    sed 's,/\*,,g; s,\*/,,g; s,^,/* ,; s,$, */,' "$1" >"$work/document" && named "$work/document"
    grep -oE "($(echo "${folders}cmake" | tr ' ' '|'))/[a-z0-9_/.-]*\.(c|h|cu|cpp|sh|cmake|txt)\\b" "$1" |
        while read -r path; do [ -f "$path" ] || echo "file $path $1"; done
}
# judge - of the names on its input, says which do not exist; 1 if any
judge() {
    awk -v examples=" $examples " 'FILENAME == ARGV[1] { file[$1] = 1; next }
        FILENAME == ARGV[2] { rung[$1] = 1; next }
        { seen++ }
        $1 == "file" && !($2 in file) && !index(examples, " " $2 " ") { print $3 ": there is no file " $2; bad = 1 }
        $1 == "rung" && !($2 in rung) { print $3 ": there is no rung " $2; bad = 1 }
        END { print seen + 0 " names" > "/dev/stderr"; exit bad }' "$work/files" "$work/rungs" - 2>"$work/seen"
}

# long FILES... - "PLACE: N columns" of every line that holds a comment, or a part of one, and is longer than 110 columns
long() {
    awk 'FNR == 1 { inside = 0 }
        { comment = inside
          line = $0
          gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
          for (;;) {
              at = index(line, inside ? "*/" : "/*")
              if (!at) break
              comment = 1
              line = substr(line, at + 2)
              inside = !inside
          }
          if (comment && length($0) > 110 && $0 !~ /\\$/) { print FILENAME ":" FNR ": " length($0) " columns"; found = 1 } }
        END { exit found }' "$@"
}

bad=0
# shellcheck disable=SC2086
find $folders -name '*.[ch]' -o -name '*.cu' -o -name '*.cpp' -o -name '*.inc' >"$work/sources"
# shellcheck disable=SC2046
named $(cat "$work/sources") >"$work/named"
judge <"$work/named" || bad=1
seen=$(cat "$work/seen")
[ "${seen%% *}" -ge 500 ] || { echo "FAIL: only $seen seen"; bad=1; }

recipes CONTRIBUTING.md >"$work/recipes"
judge <"$work/recipes" || bad=1
[ "$(wc -l <"$work/recipes")" -ge 60 ] || { echo "FAIL: CONTRIBUTING.md names only $(wc -l <"$work/recipes") files"; bad=1; }
sed 's,train/grammar.c,train/grammars.c,; s,tests/ulp.c,optimized/ulps/ulp.c,' CONTRIBUTING.md >"$work/moved.md"
recipes "$work/moved.md" | judge >"$work/said" && { echo "FAIL: a recipe with files that are not there passes"; bad=1; }
grep -q 'no file grammars.c' "$work/said" && grep -q 'no file optimized/ulps/ulp.c' "$work/said" || { cat "$work/said"; bad=1; }

# shellcheck disable=SC2046
long $(cat "$work/sources") || { echo "FAIL: wrap these comments at 110 columns"; bad=1; }
text=$(printf '%0112d' 0)
for wrong in "/* $text */" "/* one line" "int x; /* $text" "const char *s = \"/*\"; /* $text */"; do
    case $wrong in *line) printf '/* one line\n * %s\n */\n' "$text" ;; *) echo "$wrong" ;; esac >"$work/wrong.c"
    long "$work/wrong.c" >/dev/null && { echo "FAIL: this line is not too long: $wrong"; bad=1; }
done
printf '%s\n' "const char *s = \"/* $text */\";" "/* short */" "int x_$text;" "/* of a macro $text \\" "*/" >"$work/right.c"
long "$work/right.c" || { echo "FAIL: code may be longer"; bad=1; }

# reject COMMENT WORDS
reject() {
    printf '%s\n' "$1" >"$work/wrong.c"
    case $(named "$work/wrong.c" | judge) in *"$2"*) ;; *) echo "FAIL: '$1' passes"; bad=1 ;; esac
}
reject '/* see nowhere.c */ int x;' 'wrong.c:1: there is no file nowhere.c'
reject 'int x; /* two lines:
 * optimized/nowhere.h. */' 'wrong.c:2: there is no file nowhere.h'
reject '/* faster than 99_nowhere */' 'wrong.c:1: there is no rung 99_nowhere'
reject '/* dense.c */ int a; /* gone.cu */' 'there is no file gone.cu'
printf '/* dense.c, <math.h>, FILE.c, 00_naive, mine.c */ const char *s = "nowhere.c";\n' >"$work/right.c"
named "$work/right.c" | judge || { echo "FAIL: right names are rejected"; bad=1; }
[ $bad = 0 ] && echo "$seen in comments, and all exist"
exit $bad
