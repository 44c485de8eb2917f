# effective.gp - how far Adam moves weights, in units of the rate. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/effective"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(690)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "How far Adam moves the weights of a network, step by step" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale xy
  set format x "%g"
  set format y "%g"
  set xrange [1:400]
  set yrange [0.005:1.3]
  set xtics (1, 2, 5, 10, 20, 50, 100, 200, 400)
  set label 90 "steps" at screen at_x(385), at_y(402) center tc rgb ink
  set label 91 "size of a step / rate" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "95 % below" at 415, 0.36 left tc ls ink_of(5)
  set label 3 "75 %" at 415, 0.21 left tc ls ink_of(5)
  set label 4 "median" at 415, 0.12 left tc ls ink_of(5)
  set label 5 "25 %" at 415, 0.053 left tc ls ink_of(5)
  set label 6 "5 %" at 415, 0.0105 left tc ls ink_of(5)
  plot out.".csv" using 1:2:6 with filledcurves fs solid 0.18 noborder lc rgb "#0072b2", \
       "" using 1:3:5 with filledcurves fs solid 0.4 noborder lc rgb "#0072b2", \
       "" using 1:4 with lines ls 5 lw 2.4
}
