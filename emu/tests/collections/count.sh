# count.sh - what the scripts that count public programs share; they source it.
#   folder BUILD      finds rungs-nvcc and the kit of $WAY (plain or race) there
#   program NAME MAKE RUN CHECK      builds, runs within 10 minutes of CPU time and checks one program: a line, and a count
# MAKE, RUN and CHECK are commands for the shell; an empty CHECK counts the program as "runs, no check of its own". One that is
# not right and in which the emulator has found a mistake is "named"; with WAY=race or asan it finds more.
# ONLY, a regular expression, chooses programs; LIMIT is the CPU time of a run in seconds (other programs on the
# machine do not count against it), of one process: a copy that runs blocks on another core has as much of its own. A
# run that takes ten times as long by the clock ends, too.
: "${WAY:=plain}" "${LIMIT:=600}" "${ONLY:=.}"
right=0 unchecked=0 named=0 total=0

folder()
{
    kit=$(cd "$1" && pwd)/emu_kit/$WAY || exit 2
    nvcc=$(cd "$1" && pwd)/rungs-nvcc
    [ "$WAY" = race ] || nvcc=$nvcc-$WAY
    [ -x "$nvcc" ] && [ -x "$kit/bin/nvcc" ] || { echo "$1 has no rungs-nvcc: build the target kit_emu" >&2; exit 2; }
    PATH=$kit/bin:$PATH
    export PATH RUNGS_NVCC="$WAY" CUEMU_TIMEOUT=0 CUEMU_LEAKS=0
}

# line NAME VERDICT SECONDS WHY
line()
{
    printf '%-42s %-9s %4s s  %s\n' "$1" "$2" "$3" "$4"
}

# wrong NAME SECONDS WHY FOUND: a program that is not right
wrong()
{
    if [ "$4" ]; then
        named=$((named + 1))
        line "$1" "named" "$2" "$4"
    else
        line "$1" "wrong" "$2" "$3"
    fi
}

program()
{
    echo "$1" | grep -qE "$ONLY" || return 0
    total=$((total + 1)) log=$logs/$(echo "$1" | tr / _) begun=$(date +%s)
    if ! (eval "$2") >"$log.build" 2>&1 </dev/null; then
        line "$1" "no build" $(($(date +%s) - begun)) "$(grep -m 1 -E 'error|rungs nvcc:|undefined' "$log.build" | cut -c1-120)"
        return 0
    fi
    (ulimit -t "$LIMIT"; eval "timeout $((10 * LIMIT)) sh -c '$3'"; echo $? >"$log.code"; times >"$log.times") \
        >"$log.out" 2>"$log.err" </dev/null
    code=$(cat "$log.code")
    spent=$(awk -F '[m.]' 'NR == 2 { print $1 * 60 + $2 }' "$log.times") # of the program, not of the shell
    said=$(grep -h -m 1 '^emu: ' "$log.err" | cut -c1-150)
    found=$(grep -hE '^emu: |runtime error: |ERROR: AddressSanitizer' "$log.err" |
        grep -m 1 -vE '^emu: (note|[0-9]+ (finding|kernel)|in )' | cut -c1-150)
    if [ "$code" = 124 ] || [ "$code" = 137 ] || [ "$code" = 152 ]; then # by the clock; by ulimit
        line "$1" "too long" $spent ""
    elif [ -z "$4" ] && [ "$code" = 0 ]; then
        unchecked=$((unchecked + 1))
        line "$1" "runs" $spent "has no check; $said"
    elif [ "$4" ] && (eval "$4") >"$log.check" 2>&1; then
        right=$((right + 1))
        line "$1" "right" $spent "${found:-$said}"
    else
        why=$([ -z "$4" ] || tail -n 1 "$log.check" | cut -c1-80)
        wrong "$1" $spent "exit $code; $why $said" "$found"
    fi
    return 0
}

# alike A B BOUND: the same words in two files; numbers differ by at most BOUND, relative or absolute.
alike()
{
    [ -s "$1" ] && [ -s "$2" ] || { echo "$1 or $2 is empty"; return 1; }
    tr -s ' \t,:' '\n' <"$1" >"$logs/a" && tr -s ' \t,:' '\n' <"$2" >"$logs/b"
    paste -d ' ' "$logs/a" "$logs/b" | awk -v bound="$3" '
        $1 == $2 { next }
        NF == 2 && $1 + 0 == $1 && $2 + 0 == $2 {
            d = $1 - $2; d = d < 0 ? -d : d; size = $2 < 0 ? -$2 : $2
            if (d <= bound * (size > 1 ? size : 1)) next
        }
        { print "line " NR ": " $0; exit 1 }'
}

summary()
{
    echo "$total programs: $right right, $unchecked run and have no check, $named named, $((total - right - unchecked - named)) fail"
}
