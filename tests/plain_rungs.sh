#!/bin/sh
# plain_rungs.sh COMPILER OPTIMIZED WORK OBJECT... - a student finds a CPU function by its name, and reads a rung with three files open.
#
# Names: of the functions in the objects of OPTIMIZED/cpu, at least 95 % have a name that stands in its sources as a word. What a
# compiler adds to it (".part.0") does not count.
# Files: a rung of an activation or a loss needs, beside headers that only declare and .c files that only include, one file of
# its own, the vector words (vec_*.h; in plain C exp_portable.h, lanes.h, chunks.h) and the coefficients (*_poly.h, piecewise.h).
compiler=$1 optimized=$2 work=$3
shift 3
status=0
bad() { printf '%s\n' "$*" >&2; status=1; }
rm -rf "$work" && mkdir -p "$work" || exit 1

words() { cat "$1"/*.[ch] | tr -cs 'A-Za-z0-9_' '\n' | LC_ALL=C sort -u; }
functions() { nm "$@" | awk '$2 ~ /^[tT]$/ { sub(/\..*/, "", $3); print $3 }' | LC_ALL=C sort; }

# named WORDS OBJECT...: prints names that are no word; fails if they are more than one in twenty
named() {
    known=$1
    shift
    functions "$@" >"$work/functions"
    LC_ALL=C join -v 1 "$work/functions" "$known" >"$work/missing"
    all=$(wc -l <"$work/functions") without=$(wc -l <"$work/missing")
    sed 's/^/  not in the sources: /' "$work/missing"
    echo "$((all - without)) of $all functions have a name that is in the sources"
    [ "$all" -gt 0 ] && [ $((20 * without)) -le "$all" ]
}

# has_code FILE: it defines a function
has_code() { grep -Eq '^\{|\) \{ .*\}$' "$1"; }

# closure FILE: the files of its folder that it includes, and itself
closure() {
    todo=$1 seen=
    while [ -n "$todo" ]; do
        next=${todo%% *}
        case $todo in *" "*) todo=${todo#* } ;; *) todo= ;; esac
        case " $seen " in *" $next "*) continue ;; esac
        seen="$seen $next"
        for include in $(sed -n 's/^ *#include "\([a-z0-9_]*\.h\)".*/\1/p' "$next"); do
            [ -f "${next%/*}/$include" ] && todo="$todo${todo:+ }${next%/*}/$include"
        done
    done
    echo "$seen"
}

# one_of_its_own FILE: prints which files a reader opens; fails if more than one is of its own
one_of_its_own() {
    own=0 list=
    for file in $(closure "$1"); do
        case ${file##*/} in
        vec_*.h | exp_portable.h | lanes.h | chunks.h) kind=words ;;
        *_poly.h | piecewise.h) kind=coefficients ;;
        *) has_code "$file" || continue
            kind=own own=$((own + 1)) ;;
        esac
        list="$list $kind:${file##*/}"
    done
    echo "${1##*/}:$list"
    [ "$own" -eq 1 ]
}

words "$optimized/cpu" >"$work/words"
named "$work/words" "$@" || bad "too many functions have a name that grep does not find"
for file in "$optimized"/cpu/activation*.c "$optimized"/cpu/loss*.c "$optimized"/cpu/xent*.c "$optimized"/cpu/softmax*.c; do
    one_of_its_own "$file" || bad "${file##*/}: a rung is not in one file of its own, beside words and coefficients"
done

# what must be rejected: a name that a macro pastes, and code in two files
mkdir "$work/wrong" && cat >"$work/wrong/pasted.c" <<'C'
#define FORWARD(f)                     \
    int f##_forward(int x);            \
    int f##_forward(int x)             \
    {                                  \
        return x;                      \
    }
FORWARD(tanh)
C
cat >"$work/wrong/rung.c" <<'C'
#include "helper.h"
int rung(int x)
{
    return helper(x);
}
C
cat >"$work/wrong/helper.h" <<'C'
static inline int helper(int x)
{
    return x;
}
C
"$compiler" -c "$work/wrong/pasted.c" -o "$work/wrong/pasted.o" && words "$work/wrong" >"$work/wrong/words" || exit 1
named "$work/wrong/words" "$work/wrong/pasted.o" >"$work/said" && bad "a pasted name was not rejected"
grep -q 'not in the sources: tanh_forward$' "$work/said" || bad "the pasted name is not printed"
one_of_its_own "$work/wrong/rung.c" >/dev/null && bad "a rung in two files was not rejected"
exit $status
