#!/bin/sh
# chart_worst.sh - tables that are hard to draw: chart_worst.sh FOLDER writes them there. The longest names
# that a table may hold, as many rungs and threads as a chart takes, speeds and errors of many magnitudes,
# points on top of each other, one point only.
folder=$1
head=op,rung,kind,shape,threads,cache,seconds,low,high,gflops,gbs,roof,roof_percent,compiler,flags,cpu,commit,note,worst_at,worst_got,worst_expected,worst_bounds
op=MWMWMWMWMW_softmax_cross_entropy_forward  # 40 characters: one more than a row holds
cpu="Intel(R) Xeon(R) Platinum 8481C with a Very Long Name, MMMMMMMMMM WWWWWWWWWW @ 2.70GHz, 2 sockets of 56 cores, microcode 0x2b0"
op=${op%?}

# roof NAME GFLOPS GBS
roof() { echo ",$1,roof,,1,,,,,$2,$3,,,GNU,-O3,\"$cpu\",0000000,,,,,"; }
roofs() { roof fma_sse2 53 ""; roof fma_avx2 107 ""; roof fma_avx512 "$1" ""; roof read_l1 "" "$2"; roof read_l2 "" "$3"; roof read_l3 "" "$4"; roof read_dram "" "$5"; }
# row RUNG KIND SHAPE THREADS SECONDS GFLOPS GBS ROOF PERCENT [WORST]
row() {
    awk -v r="$1" -v k="$2" -v s="$3" -v t="$4" -v x="$5" -v f="$6" -v b="$7" -v o="$8" -v p="$9" -v op="$op" -v cpu="$cpu" -v w="${10-}" 'BEGIN {
        printf "%s,%s,%s,%s,%s,warm,%.6g,%.6g,%.6g,%.6g,%.6g,%s,%s,GNU,-O3,\"%s\",0000000,", op, r, k, s, t, x, 0.8*x, 1.3*x, f, b, o, p, cpu
        if (w != "") printf ",%s,-1.9e-06,2.0611536e-09,12345678", w; else printf ",,,,"
        printf "\n" }'
}
tables() { printf '%s\n' "$head"; }

# rungs of names as long as a row holds, roofs as close together as can be, factors of ten thousands
{
    tables; roofs 118 291 290 29.19 27.81
    for n in 16 64 256 1024; do
        for i in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19; do
            row ${i}_a_name_of_a_rung_that_fills_the_row rung ${n}x${n}x${n} 1 "1e-$((${i#0} / 4 + 1))" "$((${i#0} * 5 + 1))" "$((${i#0} + 1))" fma_avx512 "$((${i#0} * 4)).5"
            row ${i}_a_name_of_a_rung_that_fills_the_row rung ${n}x${n}x${n} 128 "1e-$((${i#0} / 4 + 2))" "$((${i#0} * 50 + 1))" "$((${i#0} + 1))" fma_avx512 "$((${i#0} * 4)).5"
        done
        for p in openblas blis onednn sleef; do row $p peer ${n}x${n}x${n} 1 1e-3 100 90 fma_avx512 93 'y at x = -20'; done
    done
} >"$folder/names.csv"

# hugely different magnitudes, on one thread in GB/s, on two in GFLOP/s
{
    tables; roofs 1e9 1e12 1e6 1e3 1e-3
    for n in 1 1000 1000000 1000000000; do
        row 00_naive rung $n 1 1 1e-9 1e-8 read_dram 0.0000001
        row 01_fast rung $n 1 1e-9 1e8 1e9 read_l1 100
        row 01_fast rung $n 2 1e-12 1e9 1e12 fma_sse2 99.99
        row onednn peer $n 2 123 1e-12 1e-12 fma_sse2 12345678
    done
} >"$folder/magnitudes.csv"

# every point in one place, and a shape of its own
{
    tables; roofs 100 200 100 50 25
    for i in 00 01 02 03 04 05 06 07 08 09 10 11; do
        for n in 8 9 10; do row ${i}_same rung 64x784x51$n 1 0.001 80 10 fma_avx512 80; done
    done
} >"$folder/same.csv"

# one point of each
{ tables; roofs 100 200 100 50 25; row 00_naive rung 1x1x1 1 0.001 80 10 fma_avx512 80; row 01_next rung 1x1x1 1 0.001 80 10 fma_avx512 80; } >"$folder/one.csv"

# errors: 48 points, in a crowd, and far away
op=tanh_forward
{
    tables
    for i in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39; do
        row ${i}_crowded rung 1000000 1 "$(awk "BEGIN { print 1e-3*(1 + ${i#0}/400) }")" 1 8 read_l3 10
    done
    row onednn peer 1000000 1 1e-7 1 8 read_l3 10 'y at x = -20'; row sleef peer 1000000 1 3 1 8 read_l3 10
} >"$folder/crowd.csv"
{
    echo op,rung,argument,low,high,error_ulp,error_bits,bound_fraction,at,bound_at,step,compiler,cpu,commit
    for i in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39; do
        echo "tanh_forward,${i}_crowded,y,,,1.$i,20,,0.5,,4099,GNU,\"$cpu\",0000000"
    done
    echo "tanh_forward,onednn,y,,,3e38,20,,0.5,,4099,GNU,\"$cpu\",0000000"; echo "tanh_forward,sleef,y,,,0,20,,0.5,,4099,GNU,\"$cpu\",0000000"
} >"$folder/crowd_errors.csv"
{
    echo op,rung,argument,low,high,error_ulp,error_bits,bound_fraction,at,bound_at,step,compiler,cpu,commit
    for i in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15; do
        for x in -1e30 0 1e30; do echo "softmax_forward,${i}_a_name_of_a_rung_that_fills_the_row,y,$x,2e30,1e${i},22,,0,,,GNU,\"$cpu\",0000000"; done
    done
} >"$folder/over.csv"

# loss curves: eight runs, one of them without a step, one of a single step, one a thousand times as long
curve() { echo epoch,step,samples,loss,accuracy,seconds; }
for i in 1 2 3 4 5 6; do
    { curve; for s in 1 2 3 4; do echo "1,$s,$((s * 64)),$((s * i))e-3,0.5,$s"; done; } >"$folder/a_run_with_a_name_of_sixty_characters_WWWWWWWWWWWWWWWWWWWWWWWW_$i.csv"
done
{ curve; echo 1,1,64,2.3,0.1,12345; } >"$folder/single.csv"
curve >"$folder/empty.csv"

# sweeps: cells with names as long as they come, more of them than rows, trainings that diverged; and one cell of one training
sweep() { echo cell,seed,epochs,best_epoch,validation_loss,validation_accuracy,test_loss,test_accuracy,seconds,network,key; }
{
    sweep
    for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55; do
        for s in 1 2 3; do
            echo "optimizer=momentum lr=0.0001 mu=0.9 dampening=0.1 nesterov=1; hidden=512-256; augment=shift=2 rotate=10 scale=0.1; WWWWWWWW=$i,$s,2,0,0.1,0.$i$s$s,0.2,0.9,1,./a_network_of_a_user_with_a_name_that_is_long.net,0"
        done
        echo "optimizer=momentum lr=0.0001 mu=0.9 dampening=0.1 nesterov=1; hidden=512-256; augment=shift=2 rotate=10 scale=0.1; WWWWWWWW=$i,4,2,0,,,,,1,./a_network_of_a_user_with_a_name_that_is_long.net,0"
    done
} >"$folder/sweep.csv"
{ sweep; echo "lr=1,1,2,0,0.1,0.9,0.2,0.9,1,n,0"; echo "lr=2,1,2,0,,,,,1,n,1"; } >"$folder/sweep_one.csv"

# searches for a rate: the suggestion at an end, far more steps than pixels, losses of many magnitudes; none to suggest
rates() { echo step,lr,loss,smoothed_loss,suggested_lr; }
{ rates; awk 'BEGIN { for (k = 0; k < 5000; k++) printf "%d,%g,%g,%g,1.1e-07\n", k + 1, 1e-7 * 1e8 ^ (k / 4999), k % 7 * 1e5, k * k }'; } >"$folder/rates_end.csv"
{ rates; echo 1,1e-7,1e-9,1e-9,10; echo 2,10,1e-9,1e-9,10; } >"$folder/rates_two.csv"
{ rates; echo 1,1e-7,0,0,; echo 2,9e-7,0,0,; } >"$folder/rates_none.csv"

# trainings over a thousand epochs, of a loss of millions, and of one that stays
mkdir -p "$folder/logs"
log() { echo epoch,step,samples,loss,accuracy,seconds,lr,validation_loss,validation_accuracy,options; }
{ log; awk 'BEGIN { for (k = 1; k < 3000; k++) printf "%g,%d,%d,%g,%g,%g,0.1,%s,%s,\n", k / 3, k, k, 1e9 / k, k / 3001, k, k % 3 ? "" : 2e9 / k, k % 3 ? "" : k / 3100 }'; } >"$folder/logs/a_training_with_a_name_of_sixty_characters_WWWWWWWWWWWWWWWWWWWWWWWW.csv"
{ log; for k in 1 2 3; do echo "$k,$k,$k,0.0000001,1,$k,0.1,0.0000001,1,"; done; } >"$folder/logs/same.csv"
