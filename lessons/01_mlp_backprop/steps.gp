# steps.gp - the error of numerical gradients against the step h; from the repository's root:
#   rungs lesson 1 steps > lessons/01_mlp_backprop/steps.csv && gnuplot lessons/01_mlp_backprop/steps.gp
name = "lessons/01_mlp_backprop/steps"
load "lessons/figure.gp"
set logscale xy
set format x "10^{%T}"
set format y "10^{%T}"
set xrange [1e-15:1e-1]
set yrange [1e-17:1e2]
set ytics 1e-16,1e4,1e2
set xlabel "step h"
set ylabel "worst error, share of the largest gradient"
set key outside right center
plot name.".csv" using 1:4 with linespoints ls 1 title "central, float", \
     "" using 1:2 with linespoints ls 2 title "forward, double", \
     "" using 1:3 with linespoints ls 3 title "central, double", \
     "" using 1:5 with linespoints ls 4 title "complex step"
load "lessons/figure_png.gp"
