# histogram.gp - the weights of the first layer after training. Run in the repository's root; `lesson_text --update 5` does.
out = "lessons/05_weight_decay/histogram"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(700)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "6,272 weights after training, in bins of 0.02" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale y
  set format x "%g"
  set xrange [-0.38:0.38]
  set yrange [3:9000]
  set ytics (10, 100, 1000)
  set label 90 "weight" at screen at_x(390), at_y(402) center tc rgb ink
  set label 91 "weights in the bin" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "no decay" at screen at_x(708), at_y(120) left tc rgb ink
  set label 3 "L2, 0.01" at screen at_x(708), at_y(145) left tc ls ink_of(5)
  set label 4 "L2, 0.1" at screen at_x(708), at_y(170) left tc ls ink_of(6)
  set label 5 "L1, 0.001" at screen at_x(708), at_y(195) left tc ls ink_of(3)
  plot out.".csv" using 1:($2 > 0 ? $2 : 1/0) with histeps lc rgb ink lw 1.6, \
       "" using 1:($3 > 0 ? $3 : 1/0) with histeps ls 5, \
       "" using 1:($5 > 0 ? $5 : 1/0) with histeps ls 3, \
       "" using 1:($4 > 0 ? $4 : 1/0) with histeps ls 6
}
