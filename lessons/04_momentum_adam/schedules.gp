# schedules.gp - the rates that schedules give. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/schedules"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 400
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set label 1 "The rate over ten epochs, relative to the optimizer's rate" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "epochs" at screen at_x(420), at_y(386) center tc rgb ink
  set tmargin at screen at_y(44)
  set bmargin at screen at_y(346)
  set xrange [0:10]
  set yrange [0:1.13]
  set xtics 2
  set ytics 0.2
  set lmargin at screen at_x(50)
  set rmargin at screen at_x(400)
  set label 2 "constant" at 6, 1.06 left tc ls ink_of(1)
  set label 3 "linear" at 6.75, 0.4 left tc ls ink_of(3)
  set label 4 "cosine" at 3.9, 0.8 left tc ls ink_of(5)
  set label 5 "step" at 3.2, 0.445 left tc ls ink_of(6)
  set label 6 "exponential" at 0.4, 0.25 left tc ls ink_of(4)
  plot out.".csv" using 1:2 with lines ls 1, "" using 1:3 with lines ls 6, "" using 1:4 with lines ls 4, \
       "" using 1:5 with lines ls 3, "" using 1:6 with lines ls 5
  unset label
  set lmargin at screen at_x(450)
  set rmargin at screen at_x(800)
  set label 2 "plateau" at 5.3, 1.06 left tc ls ink_of(6)
  set label 3 "one-cycle" at 4.6, 0.92 left tc ls ink_of(3)
  set label 4 "warm-up," at 2.2, 0.3 left tc ls ink_of(5)
  set label 5 "then cosine" at 2.2, 0.22 left tc ls ink_of(5)
  plot out.".csv" using 1:9 with lines ls 6, "" using 1:8 with lines ls 3, "" using 1:7 with lines ls 5
  unset label
  unset multiplot
}
