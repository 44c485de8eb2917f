# rate.gp - final loss against learning rate. Run in the repository's root; `lesson_text --update 1` does.
out = "lessons/01_mlp_backprop/rate"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(74)
  set rmargin at screen at_x(790)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "Two spirals, 500 steps: one variable, the learning rate" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale xy
  set format y "%g"
  set xrange [0.012:10]
  set yrange [0.005:4]
  set xtics ("1/64" 0.015625, "1/32" 0.03125, "1/16" 0.0625, "1/8" 0.125, "1/4" 0.25, "1/2" 0.5, "1" 1, "2" 2, "4" 4, "8" 8)
  set label 90 "learning rate" at screen at_x(432), at_y(402) center tc rgb ink
  set label 91 "loss after 500 steps" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "guessing: log 2" at 0.013, 0.82 left tc rgb faint
  set label 3 "median of 5 seeds," at 0.18, 0.16 left tc ls ink_of(6)
  set label 4 "lowest to highest" at 0.18, 0.12 left tc ls ink_of(6)
  plot log(2) with lines ls 42 dt 2, \
       out.".csv" using 1:3:2:4 with yerrorlines ls 6
}
