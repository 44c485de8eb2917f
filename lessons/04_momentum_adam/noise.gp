# noise.gp - losses in noisy gradients, with and without averaging. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/noise"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(786)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "Noisy gradients: a constant rate, its average, a falling rate. Five seeds" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale x 2
  set logscale y
  set format x "%g"
  set format y "%g"
  set xrange [1:4500]
  set yrange [3e-5:12]
  set label 90 "steps" at screen at_x(433), at_y(402) center tc rgb ink
  set label 91 "loss" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "constant rate" at 1024, 6.2 left tc ls ink_of(6)
  set label 3 "schedule-free" at 1.2, 0.012 left tc ls ink_of(5)
  set label 4 "average of a constant rate" at 1.2, 0.0045 left tc ls ink_of(3)
  set label 5 "rate that falls to 0 at step 4096" at 1.2, 0.0017 left tc ls ink_of(4)
  plot out.".csv" using 1:3:2:4 with yerrorbars ls 6 lw 1, "" using 1:3 with lines ls 6, \
       "" using 1:12:11:13 with yerrorbars ls 4 lw 1, "" using 1:12 with lines ls 4, \
       "" using 1:6:5:7 with yerrorbars ls 3 lw 1, "" using 1:6 with lines ls 3, \
       "" using 1:9:8:10 with yerrorbars ls 5 lw 1, "" using 1:9 with lines ls 5
}
