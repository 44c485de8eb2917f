#!/bin/sh
# symbols_rejects.sh NM CC AR WORK - symbols.sh, given small programs: one that is right, and some that hold a symbol twice.
set -u
nm=$1 cc=$2 ar=$3 work=$4
here=$(cd "$(dirname "$0")" && pwd)
bad=0
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1

# archive NAME SOURCE...: libNAME.a of an object for each line of C
archive() {
    name=$1 n=0
    shift
    for line; do
        n=$((n + 1))
        printf '%s\n' "$line" >"$name$n.c"
        "$cc" -c "$name$n.c" -o "$name$n.o" && "$ar" rc "lib$name.a" "$name$n.o" || exit 1
    done
}
# judge PART...: of one program
judge() {
    for part; do echo "program $work/$part"; done >list
    sh "$here/symbols.sh" "$nm" "$ar" list >said 2>&1
}
reject() {
    words=$1
    shift
    if judge "$@" || ! grep -q "$words" said; then
        echo "FAIL: not refused with '$words', but:"
        cat said
        bad=1
    fi
}

archive one 'int plan_make(void) { return 1; }' 'static int helper(void) { return 1; } int one(void) { return helper(); }'
archive two 'int plan_make(void) { return 2; }' 'static int helper(void) { return 2; } int two(void) { return helper(); }'
archive state 'int state;'
archive initialized 'int state = 1;'
archive constant 'const int state = 2;'
archive weak 'int __attribute__((weak)) state;'
archive main 'int main(void) { return 0; }'
archive inside 'int twice(void) { return 1; }' 'int twice(void) { return 2; }'

cp one1.o copy.o && "$ar" rc libcopy.a copy.o # the same object, in an archive of its own
judge main1.o libone.a libcopy.a two2.o libstate.a libweak.a || { echo "FAIL: a right program is refused:"; cat said; bad=1; }
grep -q '^no symbol is defined twice in any of 1 programs (5 definitions)$' said || { echo "FAIL: not 5 definitions:"; cat said; bad=1; }
reject 'program: plan_make is defined in .*libone.a.one1.o.* and .*libtwo.a.two1.o' main1.o libone.a libtwo.a
reject 'program: plan_make is defined in .*two1.o and .*libone.a' main1.o two1.o libone.a
reject 'program: twice is defined in .*inside1.o.* and .*inside2.o' libinside.a
reject 'program: state is defined' libstate.a libinitialized.a
reject 'program: state is defined' libinitialized.a libconstant.a
printf '' >empty.c && "$cc" -c empty.c -o empty.o && reject 'nothing to compare' empty.o
reject '0 of 0 parts are missing'
reject '1 of 2 parts are missing: build everything first' main1.o libgone.a
# the same two archives, each in a program of its own
printf 'first %s/libone.a\nsecond %s/libtwo.a\n' "$work" "$work" >list
sh "$here/symbols.sh" "$nm" "$ar" list >said 2>&1 || { echo "FAIL: two programs are taken for one:"; cat said; bad=1; }
[ $bad = 0 ] && echo "eight wrong programs are refused, and two right lists are not"
exit $bad
