#!/bin/sh
# gc_report_readme.sh RUNGS SOURCE FOLDER [update] - gradcheck/README.md is true: its commands run, in order and in one shell, and
# print what the page says but for the numbers; its tables are those of accuracy.csv; its C is in the examples; its links
# lead somewhere. `update` writes what is printed now, and the tables, into the page instead. Paths are absolute.
set -u
rungs=$1 source=$2 folder=$3 update=${4:-}
page=$source/gradcheck/README.md
command -v pkg-config > /dev/null || { echo "SKIP pkg-config is missing: apt install pkg-config"; exit 77; }
export CMAKE_BUILD_PARALLEL_LEVEL=2
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder" || exit 1
ln -s "$source/gradcheck" gradcheck && ln -s "$source/base" base && ln -s "$rungs" rungs || exit 1

# The rows of the table whose marker stands before it: by element or along a direction, at the best step of each method.
table() {
    awk -F, -v kind="$1" '
        $3 == kind && NR > 1 {
            key = $1 "," $2
            if (!(key in worst)) order[++n] = key
            if (!(key in worst) || $7 + 0 < worst[key]) {
                worst[key] = $7 + 0; norm[key] = $8; calls[key] = $6; bar[key] = $9; step[key] = $4
            }
        }
        END {
            print "| method | precision | step | worst | norm | calls | in bar |"
            print "|---|---|---|---|---|---|---|"
            for (i = 1; i <= n; i++) {
                split(order[i], name, ",")
                k = order[i]
                own = name[1] ~ /^(ladder|Ridders)/
                printf "| %s | %s | %s | %.0e | %.0e | %s | %s |\n", name[1], name[2],
                    own ? "its own" : sprintf("%.0e", step[k]), worst[k], norm[k], calls[k],
                    bar[k] == "" ? "" : sprintf("%.1f %%", 100 * bar[k])
            }
        }' "$source/gradcheck/accuracy.csv"
}

# One script of all commands. What they print goes into one file for each fence, what stands on the page into another.
awk '
    /^```(console|sh)$/ { kind = substr($0, 4); fence++; next }
    /^```/ { if (kind == "") kind = "other"; else kind = ""; next }
    kind == "console" {
        print > ("page." fence)
        if (/^\$ /) {
            command = substr($0, 3)
            quoted = command
            gsub(/\047/, "\047\\\047\047", quoted)
            printf "code=$?; printf \047$ %%s\\n\047 \047%s\047 >> now.%d; (exit $code)\n{ %s; } >> now.%d 2>&1\n", quoted, fence,
                command, fence
        }
    }
    kind == "sh" { printf "{ %s; } >> log 2>&1 || { echo FAIL: it does not run >> log; exit 1; }\n", $0 }
' "$page" > commands.sh
echo 'exit 0' >> commands.sh
sh commands.sh || { tail -5 log; exit 1; }

table element > table.element
table direction > table.direction

# the page with the fences and tables of now
awk '
    /^```console$/ { print; fence++; while ((getline line < ("now." fence)) > 0) print line; skip = 1; next }
    /^```sh$/ { fence++ }
    skip && /^```$/ { skip = 0 }
    skip { next }
    /^\|/ && after { next }
    /^<!-- accuracy: / {
        print; print ""
        while ((getline line < ("table." $3)) > 0) print line
        after = 1; getline; next
    }
    { after = 0; print }
' "$page" > page.now
if [ "$update" ]; then
    cat page.now > "$page"
    exit
fi

# numbers may differ from machine to machine; tables may not
blind() { sed -E '/^\|/!s/[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/#/g' "$1"; }
blind "$page" > a
blind page.now > b
diff a b || { echo "FAIL gradcheck/README.md is not what its commands print; look, then: gc_report_readme.sh with update corrects it"; exit 1; }

# listings of C are in the examples or the header
awk '/^```c$/ { c = 1; next } /^```$/ { c = 0 } c' "$page" | sed 's/ *\/\*.*//; s/^ *//; s/;$//' | while read -r line; do
    [ -z "$line" ] || cat "$source"/gradcheck/examples/*.c "$source"/gradcheck/examples/*/*.c | grep -qF "$line" || { echo "FAIL no example has: $line"; exit 1; }
done || exit 1
grep -o ']([^)#]*' "$page" | sed 's/^](//' | while read -r link; do
    [ -z "$link" ] || [ -e "$source/gradcheck/$link" ] || { echo "FAIL links to $link, which is not there"; exit 1; }
done || exit 1
echo "PASS gradcheck/README.md"
