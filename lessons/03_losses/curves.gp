# curves.gp - two losses and their slopes against the logit. Run in the repository's root; `lesson_text --update 3` does.
out = "lessons/03_losses/curves"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 380
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set tmargin at screen at_y(66)
  set bmargin at screen at_y(318)
  set xrange [-8:8]
  set xtics 4
  set lmargin at screen at_x(52)
  set rmargin at screen at_x(395)
  set yrange [0:8.2]
  set ytics 2
  set label 1 "The right answer is yes, the network says p = sigmoid(z)" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "logit z of the right answer" at graph 0.5, screen at_y(362) center tc rgb ink
  set label 2 "loss" at graph 0, screen at_y(51) left tc rgb ink
  set label 3 "cross-entropy" at -3.6, 4.4 left tc ls ink_of(6)
  set label 4 "squared error" at -7.7, 1.45 left tc ls ink_of(5)
  plot out.".csv" using 1:5 with lines ls 6, \
       "" using 1:3 with lines ls 5 dt 2
  set lmargin at screen at_x(465)
  set rmargin at screen at_x(808)
  set yrange [-1.05:0.05]
  set ytics 0.25
  set format y "%g"
  unset label 1
  set label 2 "its slope: what the weights learn from"
  set label 3 "cross-entropy" at -7.7, -0.84
  set label 4 "squared error" at -7.7, -0.22
  plot out.".csv" using 1:6 with lines ls 6, \
       "" using 1:4 with lines ls 5 dt 2
  unset multiplot
}
