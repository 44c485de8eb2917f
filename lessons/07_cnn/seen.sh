#!/bin/sh
# seen.sh train|compare - what fashion-cnn's filters look like. Run in the repository's root.
#
# train    in minutes: trains it with four learning rates, and writes filters.csv (its first filters before training and after
#          three epochs), maps.csv (what they make of the first test image) and dead.csv (filters that no image wakes)
# compare  from filters.csv: how much of the weights after training is what they were before
here=lessons/07_cnn
case $1 in
train)
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
    echo "learning rate,right of 10000,dead of 32,dead of 64" >"$work/dead.csv"
    for rate in 0.001 0.003 0.01 0.03; do
        ./rungs train fashion-cnn --epochs 3 --lr $rate --save "$work/$rate.ckpt" >"$work/log" || exit
        ./rungs look "$work/$rate.ckpt" --image 0 --out "$work" --csv "$work/$rate.csv" >"$work/said" || exit
        sed -n 's/^test: .*(\([0-9]*\) of 10000)/\1/p' "$work/log" >"$work/row"
        sed -n 's/.* maps \([0-9]*\) \(is\|are\) 0 everywhere.*/\1/p' "$work/said" >>"$work/row"
        echo "$rate,$(paste -sd, "$work/row")" >>"$work/dead.csv"
    done
    ./rungs look "$work/0.001.ckpt" --image 0 --maps 16 --out "$work" --csv "$work/some.csv" >"$work/said" || exit
    { ./rungs lesson 7 start; awk '/^#/ { k++ } k == 1' "$work/0.001.csv"; } >$here/filters.csv
    awk '/^#/ { k++ } k > 1' "$work/some.csv" >$here/maps.csv
    cp "$work/dead.csv" $here/dead.csv
    ;;
compare)
    awk -F, '/^#/ { k++; row = 0; next } NF > 1 { row++; for (i = 1; i <= NF; i++) w[k, row, i] = $i; wide = NF; high = row }
        END {
            for (r = 1; r <= high; r++) for (i = 1; i <= wide; i++) {
                a = w[1, r, i]; b = w[2, r, i]; n++
                sa += a; sb += b; saa += a*a; sbb += b*b; sab += a*b; moved += (b - a)^2
                if (a*b < 0) turned++
            }
            printf "%d weights\n", n
            printf "correlation before and after      %.3f\n", (sab - sa*sb/n)/sqrt((saa - sa*sa/n)*(sbb - sb*sb/n))
            printf "a weight before, root mean square %.3f\n", sqrt(saa/n)
            printf "its change, root mean square      %.3f\n", sqrt(moved/n)
            printf "weights of another sign after     %d\n", turned
        }' $here/filters.csv
    ;;
*) exit 64 ;;
esac
