# rate.gp - final loss against learning rate. Run in the repository's root; `lesson_text --update 1` does.
out = "lessons/01_mlp_backprop/rate"
load "plots/style.gp"
set datafile separator ","
do for [t=1:2] {
  eval terminal(t, 820, 420)
  set lmargin at screen 74.0/820
  set rmargin at screen 1 - 30.0/820
  set tmargin at screen 1 - 38.0/420
  set bmargin at screen 62.0/420
  set label 1 "Two spirals, 500 steps: one variable, the learning rate" at screen 0.015, screen 1 - 17.0/420 left font ",16" tc rgb ink
  set logscale xy
  set format y "%g"
  set xrange [0.012:10]
  set yrange [0.005:4]
  set xtics ("1/64" 0.015625, "1/32" 0.03125, "1/16" 0.0625, "1/8" 0.125, "1/4" 0.25, "1/2" 0.5, "1" 1, "2" 2, "4" 4, "8" 8)
  set xlabel "learning rate" offset 0,0.5
  set ylabel "loss after 500 steps" offset 1,0
  set label 2 "guessing: log 2" at 0.013, 0.82 left tc rgb faint
  set label 3 "median of 5 seeds,\nlowest to highest" at 0.16, 0.09 left tc ls 6
  plot log(2) with lines ls 42 dt 2, \
       out.".csv" using 1:3:2:4 with yerrorlines ls 6
}
