#!/bin/sh
# rename.sh [FILE...] - writes today's names of operations and rungs (optimized/ops/renamed.h) over the old ones: in measurements, in charts
# drawn of them, and in texts. Without FILEs: in all that are committed.
#
# Only names are changed, each as a whole word; every other byte stays. A chart whose file is called after an operation is moved to
# where `rungs plot` would draw it: with a _ for each space and = of the name. What a PNG shows must be drawn again.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
table=$folder/../optimized/ops/renamed.h
in_text=$(sed -n 's/^RENAMED(\([a-z0-9_]*\), "\(.*\)")$/s|\\b\1\\b|\2|g/p' "$table")
in_path=$(sed -n 's/^RENAMED(\([a-z0-9_]*\), "\(.*\)")$/\1 \2/p' "$table" |
    sed 's/[ =]/_/2g; s/\([^ ]*\) \(.*\)/s,\\(_[a-z-]*_\\)\1\\([_.][^\/]*\\)$,\\1\2\\2,/')
in_text="$in_text
$(sed -n 's/^RENAMED_RUNG(\([a-z0-9_]*\), "\(.*\)")$/s|\\b\\([0-9][0-9]\\)_\1\\b|\\1_\2|g/p' "$table")"
[ -n "$in_path" ] || { echo "rename.sh: $table has no names" >&2; exit 66; }

if [ $# -eq 0 ]; then
    cd "$folder/.."
    # shellcheck disable=SC2046 # no committed file has a space in its name
    set -- $(git ls-files '*.csv' '*.json' '*.svg' '*.png' '*.md')
fi

new=$(mktemp)
trap 'rm -f "$new"' EXIT
for file; do
    case $file in
    *.png) ;;
    *)
        sed "$in_text" "$file" >"$new"
        cmp -s "$new" "$file" || cat "$new" >"$file" # the file keeps its permissions
        ;;
    esac
    to=$(printf '%s\n' "$file" | sed "$in_path")
    [ "$to" = "$file" ] || git mv "$file" "$to" 2>/dev/null || mv "$file" "$to"
done
