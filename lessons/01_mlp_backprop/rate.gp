# rate.gp - final loss against learning rate; from the repository's root:
#   rungs lesson 1 rate > lessons/01_mlp_backprop/rate.csv && gnuplot lessons/01_mlp_backprop/rate.gp
name = "lessons/01_mlp_backprop/rate"
load "lessons/figure.gp"
set logscale xy
set xrange [0.012:10]
set yrange [0.005:4]
set xtics ("1/64" 0.015625, "1/32" 0.03125, "1/16" 0.0625, "1/8" 0.125, "1/4" 0.25, "1/2" 0.5, "1" 1, "2" 2, "4" 4, "8" 8)
set xlabel "learning rate"
set ylabel "loss after 500 steps"
set key top left
plot log(2) with lines ls 6 dashtype 2 title "guessing: log 2", \
     name.".csv" using 1:3:2:4 with yerrorlines ls 1 title "median of 5 seeds, lowest to highest"
load "lessons/figure_png.gp"
