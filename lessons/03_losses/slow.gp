# slow.gp - errors against steps for two losses. Run in the repository's root; `lesson_text --update 3` does.
out = "lessons/03_losses/slow"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(786)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "Sure and wrong at the start: one variable, the loss" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale x 2
  set format x "%g"
  set xrange [1:4096]
  set yrange [-0.01:0.65]
  set ytics 0.1
  set label 90 "steps" at screen at_x(433), at_y(402) center tc rgb ink
  set label 91 "errors, share of all points" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "cross-entropy" at 57, 0.31 left tc ls ink_of(6)
  set label 3 "squared error" at 272, 0.53 left tc ls ink_of(5)
  set label 4 "squared error," at 310, 0.2 right tc ls ink_of(3)
  set label 6 "rate 8" at 310, 0.163 right tc ls ink_of(3)
  set label 5 "ordinary start," at 1.1, 0.2 left tc rgb faint
  set label 7 "both losses" at 1.1, 0.163 left tc rgb faint
  plot out.".csv" using 1:9 with lines ls 5 lw 1.2 dt 3, \
       "" using 1:10 with lines ls 6 lw 1.2 dt 3, \
       "" using 1:8 with lines ls 3 dt 2, \
       "" using 1:3:2:4 with yerrorbars ls 5 lw 1, "" using 1:3 with lines ls 5, \
       "" using 1:6:5:7 with yerrorbars ls 6 lw 1, "" using 1:6 with lines ls 6
}
