#!/bin/sh
# cli_readme.sh PROGRAM PAGES... - every `rungs ...` command of a page names a verb and options that exist, and
# every file a page links to is there. Nothing is run but --help.
set -u
rungs=$1
shift

bad() {
    echo "FAIL  $page: $*"
    exit 1
}

# commands PAGE: each command as `verb --option --option`; gradcheck's own verbs as `gradcheck.so --option`
commands() {
    tr '`' '\n' <"$1" | sed -n 's/^ *\$* *\(\.\/\)\{0,1\}rungs \([a-z][a-z]*\)/\2/p' |
        awk '$1 == "gradcheck" && $2 ~ /^[a-z]+$/ { $1 = $1 "." $2 } { line = $1; for (i = 2; i <= NF && $i != "#" && $i != "|"; i++) if ($i ~ /^--/) line = line " " $i; print line }'
}

for page; do
    commands "$page" | { while read -r verb options; do
        [ "$verb" != test ] || continue
        # shellcheck disable=SC2046 # one word, or two
        help=$("$rungs" $(echo "$verb" | tr . ' ') --help 2>&1) || bad "there is no verb $verb"
        for option in $options; do
            [ "$option" != --help ] || continue
            printf '%s\n' "$help" | grep -q "^  *$option " || bad "rungs $verb has no option $option"
        done
    done; } || exit 1
    grep -o ']([^)#]*' "$page" | sed 's/^](//' | grep -v '^[a-z]*:' | { while read -r link; do
        [ -e "$(dirname "$page")/$link" ] || bad "links to $link, which is not there"
    done; } || exit 1
done
