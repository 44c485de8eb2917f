#!/bin/sh
# learn_class.sh - a class is graded, and no student can cheat, stop the grading, or reach what others wrote:
# learn_class.sh RUNGS SOLUTIONS_PROGRAM SCRATCH CC NUMBER_OF_EXERCISES, those on kernels not counted, and all
set -u
rungs=$1 solutions=$2 scratch=$3 all=$5
export CC=$4 LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch/class/anna" "$scratch/class/zoe" "$scratch/class/empty"
cd "$scratch" || exit 1
# shellcheck source=/dev/null
. "$here/learn_lib.sh"

# ---- cheats: each a student's 1.3, and the words of its verdict ----

: >cheats
# cheat NAME WORDS BODY [BEFORE]: BODY is the function's, BEFORE is in front of it
cheat() {
    mkdir -p "class/$1"
    printf '#include <stdlib.h>\n#include <stdio.h>\n#include <string.h>\n#include <unistd.h>\n#ifndef real\n#define real float\n#endif\n%s\n%s\n{\n%s\n}\n' \
        "${4-}" "$dw" "$3" >"class/$1/1.3_dense_dw.c"
    printf '%s\t%s\n' "$1" "$2" >>cheats
}
cheat by_pointer 'wrong in' 'static real *last; if (last == dw) return; last = dw; '"$right"
cheat by_content 'wrong in' 'static real kept[64], w[4096]; int n = OUT * IN < 4096 ? OUT * IN : 4096;
    if (kept[0] == x[0]) { memcpy(dw, w, n * sizeof *w); return; }
    kept[0] = x[0]; '"$right"' if (N > 1) dw[0] = 0; memcpy(w, dw, n * sizeof *w);'
cheat lazy 'wrong in\|gives something else' 'static int calls; if (calls++ % 8 == 7) return; '"$right"
cheat accumulates 'wrong in\|gives something else' 'static real sum; '"$right"' dw[0] += sum++;'
cheat prints 'calls exit' 'puts("PASS  1.3 dense_dw"); fflush(stdout); exit(0);'
cheat kills 'asks the system' 'kill(getppid(), 9); '"$right" '#include <signal.h>'
cheat reads_memory 'asks the system' 'if (!fopen("/proc/self/maps", "r")) dw[0] = 0; '"$right"
cheat writes_marks 'asks the system' 'FILE *f = fopen("marks.csv", "w"); if (f) fputs("pass", f); '"$right"
cheat forks 'asks the system' 'for (;;) fork(); '"$right"
cheat calls_home 'asks the system' 'if (socket(2, 1, 0) < 0) return; '"$right" '#include <sys/socket.h>'
cheat answers_early 'wrong in\|asks the system\|not deterministic' 'for (int fd = 3; fd < 1000; fd++) if (write(fd, "", 1)) continue; sleep(1); '"$right"
cheat no_alarm 'asks the system' 'signal(SIGSYS, SIG_IGN); '"$right" '#include <signal.h>'
cheat endless 'ran for over' 'for (volatile int k = 0;; k++) dw[0] = k;'
cheat eats_memory 'crashes\|wrong in\|ran for over' 'for (;;) *(char *)malloc(1 << 20) = 1;'
cheat constructor 'runs when it is loaded' "$right" 'static void __attribute__((constructor)) first(void) { _exit(0); }'
cheat indirect 'runs when it is loaded' "$right"' dw[0] *= one();' 'static float uno(void) { return 1; }
static float (*choose(void))(void) { return uno; }
float one(void) __attribute__((ifunc("choose")));'
cheat copies 'only the system.s headers\|No such file\|Permission denied' "copied(N, IN, OUT, x, dy, dw, db);" "#define dense_backward_dw copied
#include \"$scratch/class/anna/1.3_dense_dw.c\"
#undef dense_backward_dw"
cheat hides_copy '#line directive' "$right" "/* */ %: /* */ line 1 \"/usr/include/stdio.h\"
#include \"$scratch/class/anna/1.3_dense_dw.c\""
cheat assembler 'assembler in it' "$right" "__as\\
m__(\".incbin \\\"$scratch/class/anna/1.3_dense_dw.c\\\"\");"
# what the preprocessor does not see unless it is asked as the compiler is
there="#define dense_backward_dw copied
#include \"$scratch/elsewhere/1.3_dense_dw.c\"
#undef dense_backward_dw"
cheat copies_later 'only the system.s headers\|Permission denied' "$right" "#ifdef __OPTIMIZE__
$there
#endif"
cheat copies_in_double 'only the system.s headers\|Permission denied' "$right" "#define float 1
#define double 2
#if real == 2
#undef float
#undef double
$there
#endif
#undef float
#undef double"
# ways to the assembler without its name, or behind a line that looks like the preprocessor's
steal=".incbin \\\"$scratch/class/anna/1.3_dense_dw.c\\\""
cheat raw_literal 'raw literal' "$right" "const char *raw = R\"(
/*
# 1 \"/usr/include/stdio.h\"
*/
)\";
__asm__(\"$steal\");"
cheat section 'assembler in it' "$right" "int copy __attribute__((section(\".data\\n$steal\\n#\"))) = 1;"
cheat weak 'assembler in it' "$right"' if (N < 0) weak();' "static void weak(void) __attribute__((weakref(\"foo\\n$steal\\n#\")));"
cheat ident 'assembler in it' "$right" "#ident \"a\\\"\\n$steal\\n.ident \\\"b\""
cheat swallows 'does not compile' "$right" '#include "/dev/zero"' # all memory of the machine, if it may
cheat reads_before 'NaN or infinite' "$right"' db[0] += x[-1] * (real)1e-20;'
# the program's own code: its reference, at its distance from the beginning of the program in memory
offset() { nm "$rungs" | sed -n "s/^0*\([0-9a-f]*\) T dense_backward_dw_$1\$/\1/p"; }
cheat asks_the_oracle 'crashes' 'char *at = (char *)((size_t)__builtin_return_address(0) & -4096UL);
    while (memcmp(at, "\177ELF", 4)) at -= 4096;
    void (*f)(int, int, int, const real *, const real *, real *, real *) = (void *)(at + (sizeof *x == 4 ? 0x'"$(offset f32) : 0x$(offset f64)"'));
    f(N, IN, OUT, x, dy, dw, db);'
# whether a file is there: the compiler does not say, however it is asked
cheat asks_for_files 'missing binary operator\|is not defined' "$right" "#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#if CAT(__has_, include)(\"$scratch/elsewhere/1.3_dense_dw.c\")
#define dense_backward_dw other
#endif"
cheat bomb 'does not compile\|took too long\|ended early\|cannot' "$right" 'char bomb[1L << 33] = { 1 };'
mkdir -p class/linked class/piped class/large
ln -s ../anna/1.3_dense_dw.c class/linked/1.3_dense_dw.c
mkfifo class/piped/1.3_dense_dw.c
head -c 2000000 /dev/zero >class/large/1.3_dense_dw.c
ln -s anna class/follows
mkdir -p class/folder/1.3_dense_dw.c
printf 'linked\tis a link\nfolder\tnot a regular file\npiped\tnot a regular file\nlarge\tmore than a megabyte\n' >>cheats

# ---- cheats of a function that judges, in files of the same students: the words of its verdict ----

: >judges
# judges NAME WORDS BODY: BODY is that of 3.6 in the folder of student NAME
judges() {
    printf '#include <unistd.h>\n%s\n%s\n{\n%s\n}\n' 'typedef double loss_fn(int N, int C, const double *z, const int *label, double *dz);' \
        'int false_friends(loss_fn *loss)' "$3" >"class/$1/3.6_false_friends.c"
    printf '%s\t%s\n' "$1" "$2" >>judges
}
judges by_pointer 'accused [1-9] of 6 right' 'static loss_fn *first; if (!first) first = loss; return loss == first;'
judges by_content 'slips through.* is accused' 'static int k; (void)loss; return k++ % 12 >= 6; /* the order in which they are listed */'
judges lazy 'label that is no class' 'double z[4] = { 0 }, dz[4]; int label = 1 << 20; return loss(1, 4, z, &label, dz) > 0;'
judges accumulates 'arrays that are too large' 'struct channel *c = false_friends_channel; (void)loss;
    c->arrays = 3, c->at[1] = 1UL << 40, c->bytes[1] = 8; c->ask(c); return c->data[0];'
judges forks 'asks the system' '(void)loss; return fork() > 0;'
judges endless 'ran for over' '(void)loss; for (volatile int k = 0;; k++) continue;'
judges prints 'judges for over' 'double z[4] = { 0 }, dz[4]; int label = 1; while (loss(1, 4, z, &label, dz) < 9) continue; return 0;'

# ---- a name and a message that are no text: a forged line of the table, a terminal's commands, no UTF-8 ----

mkdir 'class/=1+1' # a formula, to a spreadsheet
odd=$(printf 'ze\nkim ok\377\033[2J<&,"')
mkdir "class/$odd"
printf '%s\n{\n(void)N; "gr\366\337e\033[2J" undeclared;\n}\n' "$dw" >"class/$odd/1.3_dense_dw.c"

# ---- two honest students, before and after all of them ----

"$solutions" class/anna >solved
cp class/anna/1.* class/zoe # one lesson tells whether what cheats did before reaches whoever is behind them
cp -R class/anna elsewhere
sed -i 's/sum += dy/sum -= dy/' class/zoe/1.3_dense_dw.c
cp -a class before

"$rungs" learn grade class --seed 2718 --limit 3 --csv marks.csv --junit marks.xml >said 2>&1 </dev/null || fail "grade ended with $?: $(cat said)"
rm class/piped/1.3_dense_dw.c before/piped/1.3_dense_dw.c
diff -r --no-dereference before class || fail "the grading changed what students wrote"
all=$6 without=
if grep -q '^no CUDA kernels' said; then # the emulator is not built, or the system has no rules for files
    all=$5 without='*.cu'
    grep -q '^not graded: 1.11, 1.12, ' said || fail "it is not said which exercises are not graded: $(cat said)"
else
    ! grep -q '^not graded' said || fail "kernels are graded, and the opposite is said: $(cat said)"
fi
grep -q "^anna .* $all of $all$" said || fail "anna, who is right, is not graded so: $(cat said)"
grep -q "^zoe .* $(($(find class/zoe -type f ! -name "$without" | wc -l) - 1)) of $all$" said || fail "zoe, who has one wrong, is not graded so: $(cat said)"
grep -q "^empty .* 0 of $all$" said || fail "an empty folder is not graded so: $(cat said)"
! grep -q '^follows' said || fail "a link is taken for a student: $(cat said)"
grep -q '^zoe,1.3,dense_dw,fail,gradient,.*the sign is wrong' marks.csv || fail "zoe's mistake is not named: $(grep '^zoe,1.3' marks.csv)"
while IFS="$(printf '\t')" read -r name words; do
    grep "^$name,1.3," marks.csv >row
    grep -q '^[a-z_]*,1.3,dense_dw,fail,' row && grep -q "$words" row || fail "the cheat $name is not caught ('$words'): $(cat row)"
done <cheats
while IFS="$(printf '\t')" read -r name words; do
    grep "^$name,3.6," marks.csv >row
    grep -q '^[a-z_]*,3.6,false_friends,fail,verdicts,' row && grep -q "$words" row || fail "the judge $name is not caught ('$words'): $(cat row)"
done <judges
# and those of learn_strangers.sh, one of which is no kernel
ways=$(($(wc -l <cheats) + $(wc -l <judges) + $(grep -c '^cheat ' "$here/learn_strangers.sh") + 1))
grep -q " $ways ways to cheat" "$here/../README.md" || fail "README.md tells another number of ways to cheat than $ways"
# an independent count: a line per student and exercise, and the header
[ "$(wc -l <marks.csv)" = $((all * ($(wc -l <cheats) + 5) + 1)) ] || fail "the CSV has $(wc -l <marks.csv) lines"
[ "$(grep -c '<testcase ' marks.xml)" = $(($(wc -l <marks.csv) - 1)) ] || fail "JUnit has other cases than the CSV"
[ "$(grep -c '<failure ' marks.xml)" = "$(grep -c '^.*,[0-9.]*,[a-z_]*,fail,' marks.csv)" ] || fail "JUnit has other failures than the CSV"
grep -q '^ze?kim ok??\[2J<&,"  ' said || fail "an odd name is not shown in plain text: $(cat said)"
grep -q '^"ze?kim ok??\[2J<&,""",1.3,dense_dw,fail,compile,' marks.csv || fail "an odd name is not in the CSV: $(grep ze marks.csv)"
for file in said marks.csv marks.xml; do
    ! grep -q "$(printf '\033')" $file || fail "$file has commands for the terminal"
    iconv -f UTF-8 -t UTF-8 $file >/dev/null || fail "$file is no UTF-8"
done
! command -v xmllint >/dev/null || xmllint --noout marks.xml || fail "marks.xml is no XML"

grep -q "^'=1+1,1.3,dense_dw,missing" marks.csv || fail "a name is a formula in the CSV: $(grep '1+1' marks.csv | head -n 1)"

# ---- namespaces: what is compiled and run there sees no network, no other process, and no other student ----

mkdir bin # the folder of a compiler can be read
cat >bin/spy <<END
#!/bin/sh
echo "error: it sees \$(ls "$scratch/class" 2>/dev/null | wc -l) students, \$(grep -c : /proc/net/dev) networks, process \$\$, elsewhere \$(cat "$scratch/elsewhere/1.3_dense_dw.c" 2>/dev/null | wc -l)" >&2
exit 1
END
chmod +x bin/spy
mkdir -p alone/anna
cp class/anna/1.1_* alone/anna
CC=$scratch/bin/spy "$rungs" learn grade class --lesson 5 --csv spied.csv >said 2>&1 || fail "grade ended with $?: $(cat said)"
grep -o 'it sees .*' spied.csv | head -n 1 >seen
if unshare --user --map-current-user --mount --net --ipc --pid --fork mount -t tmpfs none "$scratch/alone" 2>/dev/null; then
    grep -q '^each file is graded in namespaces' said || fail "the system has namespaces, and they are not used: $(cat said)"
    grep -q 'sees 0 students, 1 networks, process [1-9][0-9]\{0,1\}, ' seen || fail "what a compiler sees: $(cat seen)"
    unshare --user --map-current-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh "$rungs" learn grade alone --lesson 1 >said 2>&1
else
    echo "this system lets nobody make namespaces: they were not tried"
    "$rungs" learn grade alone --lesson 1 >said 2>&1 || fail "grade ended with $?: $(cat said)"
fi
grep -q Landlock said || grep -q 'elsewhere 0' seen || fail "a compiler reads another file: $(cat seen)"
grep -q '^without namespaces (.*filter of system calls' said || fail "that there are none is not said: $(cat said)"
grep -q '^anna  *ok' said || fail "without namespaces nothing is graded: $(cat said)"

# ---- refusals ----

# refuse CODE WORDS...: rungs learn WORDS ends with CODE and one line
refuse() {
    code=$1 got=0
    shift
    "$rungs" learn "$@" >out 2>err </dev/null || got=$?
    [ "$got" = "$code" ] && [ "$(wc -l <err)" = 1 ] || fail "learn $* ended with $got, not $code: $(cat err)"
}
refuse 64 grade
refuse 66 grade nowhere
mkdir nobody
refuse 66 grade nobody
mkdir crowd
(cd crowd && seq 1001 | xargs mkdir)
refuse 66 grade crowd # rather than leave one out
refuse 64 check 1.1 --csv x.csv
[ ! -e x.csv ] || fail "a refused command wrote a file"
finish
