#!/bin/sh
# claims.sh - the articles' claims, measured. Run in the repository's root; RUNGS names the program (./rungs), THREADS how many it
# uses (2), which changes no bit of a result.
#
#   sh lessons/claims/claims.sh run [PROGRAM...]   trains what claims.txt names and runs.csv lacks; each finished run is kept
#   sh lessons/claims/claims.sh table NAME         prints a table: claims, settings, classes, losses, frameworks, steps, epochs or memory
#   sh lessons/claims/claims.sh check [PAGE]       are the tables of the pages those that `table` prints? Exit 1 if not
#   sh lessons/claims/claims.sh update             writes them there
set -u
here=lessons/claims
runs=${CLAIMS_RUNS:-$here/runs.csv}
list=$here/claims.txt
side=$here/side_by_side.csv # of bench/peers/side_by_side.sh
pages="$here/README.md $here/frameworks.md $here/speed.md"
columns=network,options,seed,epochs,batch,train_images,test_images,loss,test_loss,test_accuracy,right,of,epoch_losses,known_files,rung,cpu,commit
cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -1 | tr ',' ' ')

fail() {
    echo "claims.sh: $1" >&2
    exit "${2-1}"
}

# ---- runs ----

# row REPORT LOG: a row of runs.csv from what `rungs train --json` wrote to both ends, but for its first three cells
row() {
    awk -v cpu="$cpu" -v commit="$(git rev-parse --short=12 HEAD 2>/dev/null)" '
    FNR == 1 { file++ }
    file == 1 && /images to train on/ { for (i = 3; i <= NF; i++) if ($i == "train") images = $(i - 3); else if ($i == "test") tests = $(i - 2) }
    file == 1 && /^epoch +[0-9]+\/[0-9]+ / { losses = losses (losses == "" ? "" : " ") value_after("loss") }
    file == 2 && /^  "/ { key = $1; gsub(/[":]/, "", key); value[key] = $2; gsub(/[",]/, "", value[key]) }
    file == 2 && /^    \[/ {
        gsub(/[^0-9 ]/, "")
        sum = 0
        for (i = 1; i <= NF; i++) sum += $i
        right = right (class++ ? " " : "") $class
        of = of (class > 1 ? " " : "") sum
    }
    function value_after(word,    i) { for (i = 1; i < NF; i++) if ($i == word) return $(i + 1) }
    END {
        if (value["epochs"] + 0 > 20) losses = "" # a list that nobody prints
        print value["epochs"] "," value["batch"] "," images "," tests "," value["loss"] "," value["test_loss"] "," value["test_accuracy"] "," \
            right "," of "," losses "," value["known_files"] "," value["rung"] "," cpu "," commit
    }' "$2" "$1"
}

# is_there PROGRAM OPTIONS SEED
is_there() {
    awk -F, -v n="$1" -v o="$2" -v s="$3" '$1 == n && $2 == o && $3 == s { found = 1 } END { exit !found }' "$runs"
}

train_all() {
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
    [ -s "$runs" ] || echo "$columns" >"$runs" || exit 1
    grep -v '^#' "$list" | while IFS='|' read -r name options seeds _; do
        case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
        seed=0
        while [ "$((seed += 1))" -le "$seeds" ]; do
            is_there "$name" "$options" "$seed" && continue
            # shellcheck disable=SC2086 # options are words
            "${RUNGS:-./rungs}" train "$name" $options --seed "$seed" --threads "${THREADS:-2}" --json </dev/null >"$work/said" 2>"$work/log" ||
                fail "$name $options --seed $seed ended with $?: $(tail -1 "$work/log")"
            new=$(row "$work/said" "$work/log") || exit 1
            echo "$name,$options,$seed,$new" >>"$runs" || exit 1
            echo "$name $options, seed $seed: $(echo "$new" | cut -d, -f5-7)"
        done
    done
}

# ---- tables ----

table() {
    awk -v table="$1" -f $here/tables.awk "$list" "$runs" $side $here/speed.csv $here/memory.csv
}

# page PAGE: the page with the tables as they are now; a table stands between <!-- claims: NAME --> and <!-- /claims -->
page() {
    while IFS= read -r line; do
        [ "$line" != "<!-- /claims -->" ] || inside=
        [ -n "${inside-}" ] || printf '%s\n' "$line"
        case $line in
        "<!-- claims: "*) inside=${line#<!-- claims: } inside=${inside% -->}; echo; table "$inside" || return 1; echo ;;
        esac
    done <"$1"
    [ -z "${inside-}" ]
}

[ -f $list ] || fail "there is no $list: run this in the repository's root" 66
command=${1-}
[ $# = 0 ] || shift
case $command in
run) train_all "$@" ;;
table) table "${1?}" ;;
check)
    [ $# = 0 ] || pages=$1
    for page in $pages; do
        { page "$page" || echo "a table has no end, or no such name"; } | diff "$page" - >&2 ||
            fail "the page is not what its runs say: sh $here/claims.sh update writes it"
    done
    ;;
update)
    new=$(mktemp) || exit 1
    for page in $pages; do
        page "$page" >"$new" && cat "$new" >"$page" || fail "a table of $page has no end, or no such name"
    done
    rm -f "$new"
    ;;
*) fail "say run, table, check or update; the file's first lines explain them" 64 ;;
esac
