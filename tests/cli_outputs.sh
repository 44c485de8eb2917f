#!/bin/sh
# cli_outputs.sh PROGRAM CC DATA_SET_PROGRAM SCRATCH EXAMPLES - where results go, and streams that lose them: every option
# of every verb that names a file or folder to write, at every kind of place; every verb with a full or closed stdout.
set -u
rungs=$1 cc=$2 make_set=$3 scratch=$4 examples=$5
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}
chmod -R u+w "$scratch" 2>/dev/null
rm -rf "$scratch"
mkdir -p "$scratch/sets" "$scratch/here" "$scratch/tmp"
cd "$scratch/here" || exit 1
export RUNGS_DATA="$scratch/sets" LC_ALL=C OMP_NUM_THREADS=1 TMPDIR="$scratch/tmp"
"$make_set" "$scratch/sets/mnist" 320 64 28 28 || exit 1
"$cc" -std=c99 -shared -fPIC -o "$scratch/logistic.so" "$examples/logistic.c" -lm || exit 1
"$cc" -std=c99 -shared -fPIC -o "$scratch/wrong.so" "$examples/logistic_wrong.c" -lm || exit 1
echo "so '$scratch/wrong.so' --loss logistic --grad logistic_grad --n 4" >"$scratch/problems.txt"
echo "so '$scratch/logistic.so' --loss logistic --grad logistic_grad --n 4" >"$scratch/right.txt"
"$rungs" bench sigmoid_forward --shape 100 --quick --no-peers --threads 1 --rungs 00_naive,01_polynomial --csv "$scratch/race.csv" >/dev/null ||
    exit 1

cat >"$scratch/one.cu" <<'END'
__global__ void one(float *x)
{
    x[threadIdx.x] = 1;
}
int main()
{
    float *x;
    cudaMalloc(&x, 128);
    one<<<1, 32>>>(x);
    return cudaDeviceSynchronize();
}
END

"$make_set" "$scratch/sets/fashion-mnist" 64 8 28 28 || exit 1
mkdir -p "$scratch/students/anna"
"$rungs" train fashion-cnn --epochs 1 --save "$scratch/cnn.ckpt" >/dev/null || exit 1
"$rungs" export "$scratch/cnn.ckpt" --safetensors "$scratch/cnn.safetensors" || exit 1

# The commands, each the shortest that writes what its options name: a line of words. The options come from their help.
commands() {
    cat <<END
bench sigmoid_forward --shape 100 --quick --no-peers --threads 1 --rungs 00_naive
ulp relu_forward --rung 00_naive
train mnist-mlp --hidden none --epochs 1
plot ladder --data $scratch/race.csv
look $scratch/cnn.ckpt
eval $scratch/cnn.ckpt
export $scratch/cnn.ckpt
import fashion-cnn $scratch/cnn.safetensors
learn grade $scratch/students
site exercises.html
demo
data get mnist
emu --explain $scratch/one.cu --registers 8
gradcheck run sigmoid_backward --rung reference
gradcheck so $scratch/wrong.so --loss logistic --grad logistic_grad --n 4
gradcheck sig 'double logistic(const double *x, size_t n, void *ctx)' --lib $scratch/logistic.so --grad 'void logistic_grad(const double *x, size_t n, double *g, void *ctx)'
gradcheck twin $examples/twin.c
gradcheck batch $scratch/problems.txt
gradcheck vcurve so $scratch/logistic.so --loss logistic --grad logistic_grad --n 4
gradcheck taylor so $scratch/logistic.so --loss logistic --grad logistic_grad --n 4
END
}

# verb_of WORDS...: the words that --help goes behind
verb_of() {
    case $1 in
    gradcheck) case $2 in vcurve | taylor) echo "$1 $2 $3" ;; *) echo "$1 $2" ;; esac ;;
    *) echo "$1" ;;
    esac
}

# options_of KIND VERB: the options that take a FILE or FOLDER
options_of() {
    # shellcheck disable=SC2086 # words
    "$rungs" $2 --help | sed -n "s/^  *\(--[a-z]*\) $1 .*/\1/p"
}

# A verb's option that no command here uses would not be looked at. check, list and lesson write no files.
for verb in $("$rungs" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -vx -e test -e rungs); do
    [ "$verb" = gradcheck ] || [ -z "$(options_of 'F[A-Z]*' "$verb")" ] || commands | grep -qw "^$verb" ||
        bad "rungs $verb writes files, but has no command in this test"
done

# try CODE PATTERN WORDS...: it ends with CODE, and says the pattern in one line on stderr if there is one
try() {
    code=$1 pattern=$2 got=0
    shift 2
    "$@" >stdout 2>stderr </dev/null || got=$?
    [ "$got" = "$code" ] || bad "$*: should end with $code, not $got: $(cat stderr)"
    [ -z "$pattern" ] || grep -qe "$pattern" stderr || bad "$*: should say '$pattern', not: $(cat stderr)"
}

# refused PATTERN WORDS...: 74 with one line, before any work
refused() {
    try 74 "$@"
    [ "$(wc -l <stderr)" = 1 ] || bad "$*: should refuse in one line, not: $(cat stderr)"
    [ ! -s stdout ] || bad "$*: should be refused before the work, not after: $(head -n 1 stdout)"
}

# with_option WORDS... OPTION VALUE
same() {
    "$rungs" "$@"
}

looked=0
# look at one option that takes a file: look_file RIGHT WORDS... OPTION, RIGHT being the exit code of the command itself
look_file() {
    right=$1
    shift
    looked=$((looked + 1))
    mkdir -p folder
    refused "folder is a folder; name a file" same "$@" folder
    refused "there is no folder no/such/; make it first" same "$@" no/such/file
    refused "the name of a file to write is empty" same "$@" ""
    [ "$(id -u)" = 0 ] || { # root may write anywhere
        mkdir -p closed
        chmod a-w closed
        refused "cannot write .*closed/file: Permission denied" same "$@" closed/file
        chmod u+w closed
    }
    [ "$right" != none ] || return 0
    try "$right" "" same "$@" new
    [ -s new ] || bad "$*: no file was written"
    printf before >target
    ln -sf target link
    try "$right" "" same "$@" link
    if ! [ -h link ] || [ -h target ] || [ "$(cat target)" = before ]; then bad "$*: a symbolic link is not followed"; fi
    ln -sf /dev/full full
    if [ "$right" = 0 ]; then full=74; else full=$right; fi
    try "$full" "No space left on device" same "$@" full
    [ -h full ] || bad "$*: a link to a device was replaced"
    mkfifo fifo
    timeout 20 cat fifo >through &
    try "$right" "" same "$@" fifo
    [ -p fifo ] || bad "$*: a FIFO was replaced"
    [ -p fifo ] || : >fifo
    wait
    [ -s through ] || bad "$*: nothing came through the FIFO"
    # a file that may not grow is a full disk: what was there stays
    printf before >kept
    (ulimit -f 0 && exec "$rungs" "$@" kept) 2>&1 >/dev/null </dev/null | cat >"$scratch/tmp/said"
    case $* in
    *--log) ;; # grows as the program runs: it begins anew
    *) [ "$(cat kept)" = before ] || bad "$*: a full disk lost what was there: $(cat kept)" ;;
    esac
    grep -q "File too large" "$scratch/tmp/said" || bad "$*: said nothing of a full disk: $(cat "$scratch/tmp/said")"
    rm -f new target link full fifo through kept stdout stderr
    [ "$(ls -A)" = folder ] || [ "$(id -u)" != 0 ] || bad "$*: left $(ls -A) behind"
}

# look_folder RIGHT WORDS... OPTION
look_folder() {
    right=$1
    shift
    looked=$((looked + 1))
    printf before >file
    refused "file is not a folder" same "$@" file
    refused "file.*[Nn]ot a \(folder\|directory\)" same "$@" file/deep
    refused "the name of a folder to write into is empty" same "$@" ""
    [ "$(cat file)" = before ] || bad "$*: a file was written over"
    [ "$right" = none ] || {
        try "$right" "" same "$@" a/new/folder
        [ -n "$(ls -A a/new/folder 2>/dev/null)" ] || bad "$*: nothing is in the new folder"
    }
    rm -rf a file stdout stderr
}

# What the command itself ends with; none: it takes long or needs the network, so that only refusals are looked at.
right_of() {
    case $1 in
    demo | data | "gradcheck sig" | "gradcheck twin") echo none ;;
    "gradcheck so" | "gradcheck batch") echo 1 ;;
    emu) if "$rungs" emu "$scratch/one.cu" --quick >/dev/null 2>&1 </dev/null; then echo 0; else echo none; fi ;; # is there an emulator?
    site) if command -v pandoc >/dev/null; then echo 0; else echo none; fi ;;
    plot | look | eval) if command -v gnuplot >/dev/null; then echo 0; else echo none; fi ;;
    *) echo 0 ;;
    esac
}

commands >"$scratch/commands"
while read -r line; do
    eval "set -- $line"
    verb=$(verb_of "$@")
    right=$(right_of "$verb")
    for option in $(options_of FILE "$verb"); do
        case $verb$option in
        bench--json) right=none ;; # seconds each time, and written as --csv is
        site--book) right=none ;;  # takes all pages: tests/site.sh makes one
        train--csv) right=none ;;  # goes on with what is there: train_sweep.sh looks at that
        esac
        look_file "$right" "$@" "$option"
    done
    case $verb in gradcheck\ run | learn) right=none ;; esac # nothing fails there, so nothing is drawn; a class has no --dir
    for option in $(options_of FOLDER "$verb"); do look_folder "$right" "$@" "$option"; done
done <"$scratch/commands"
options=$(while read -r line; do
    eval "set -- $line"
    options_of 'F[A-Z]*' "$(verb_of "$@")"
done <"$scratch/commands" | wc -l)
if [ "$looked" != "$options" ] || [ "$looked" -lt 20 ]; then bad "$looked options were looked at, of $options"; fi

# ---- one of two results must not take the other's place ----
refused "--csv and --json name the same file" "$rungs" ulp relu_forward --csv both --json ./both
refused "--json and --csv name the same file, both" "$rungs" emu --explain "$scratch/one.cu" --csv both --json ./both
refused "--save and --log name the same file" "$rungs" train mnist-mlp --save both --log both

# ---- stdout: a full disk, a closed stream, a pipe that nobody reads ----
loses() {
    verb=$1
    told=$told\ $verb
    got=0
    "$rungs" "$@" >/dev/full 2>stderr </dev/null || got=$?
    [ $got = 74 ] || bad "$*: with a full stdout it should end with 74, not $got"
    grep -q "^rungs.*: cannot write to standard output: No space left" stderr || bad "$*: said $(cat stderr)"
    [ "$verb" != bench ] || return 0 # seconds each time
    got=0
    "$rungs" "$@" >&- 2>stderr </dev/null || got=$?
    [ $got = 74 ] || bad "$*: with a closed stdout it should end with 74, not $got"
    got=0
    { sleep 0.2; sh -c 'trap "" PIPE; "$@" 2>stderr </dev/null; echo $? >code' sh "$rungs" "$@"; } | true
    [ "$(cat code)" = 74 ] || bad "$*: with a closed pipe it should end with 74, not $(cat code)"
}
told=
loses --help
loses --version
loses list
loses lesson 2 shapes
loses check relu_forward
loses gradcheck run relu_backward
loses gradcheck batch "$scratch/right.txt"
loses bench sigmoid_forward --shape 100 --quick --no-peers --threads 1 --rungs 00_naive
loses ulp relu_forward --rung 00_naive
loses emu --help
loses nvcc --version
loses plot ladder --data "$scratch/race.csv" --text
loses train mnist-mlp --hidden none --steps 1
loses look --help
loses eval "$scratch/cnn.ckpt"
loses export --help
loses learn list
loses site --help
loses read 1
loses import --help
loses data
loses demo --help
for verb in $("$rungs" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -vx -e test -e rungs); do
    case " $told " in *" $verb "*) ;; *) bad "rungs $verb is not tried with a full stdout" ;; esac
done

# ---- what a careless parent leaves: SIGCHLD ignored, signals blocked, streams closed ----
ends() {
    got=0
    timeout 60 "$@" >stdout 2>stderr </dev/null || got=$?
    [ $got = 0 ] || bad "$*: should end with 0, not $got: $(cat stderr)"
}
if env --ignore-signal=CHLD true 2>/dev/null; then
    for careless in --ignore-signal=CHLD --block-signal; do
        ends env $careless "$rungs" check mse_backward
        ends env $careless "$rungs" gradcheck run mse_backward
        ends env $careless "$rungs" gradcheck so "$scratch/logistic.so" --loss logistic --grad logistic_grad --n 4
        if command -v gnuplot >/dev/null; then
            ends env $careless "$rungs" plot ladder --data "$scratch/race.csv" --out charts
        fi
    done
fi
"$rungs" ulp relu_forward --rung 00_naive --csv closed.csv >stdout 2>&- <&- || bad "stdin and stderr closed: it ended with $?"
[ "$(head -c 3 closed.csv)" = op, ] || bad "with closed streams the CSV begins with $(head -n 1 closed.csv)"

# ---- a folder for one run at a time ----
exec 9<.
if command -v flock >/dev/null && flock -n 9; then
    refused "another run is writing into the folder" "$rungs" demo --out .
fi

[ -z "$(ls -A "$scratch/tmp" | grep -v said)" ] || bad "left in TMPDIR: $(ls -A "$scratch/tmp")"
[ $failed = 0 ] && echo "$looked options that name files or folders"
exit $failed
