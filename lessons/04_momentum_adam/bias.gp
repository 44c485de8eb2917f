# bias.gp - Adam with and without bias correction, at each rate. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/bias"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(786)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "Does Adam need bias correction? Five epochs, five seeds" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale x 2
  set logscale y
  set format x "%g"
  set format y "%g"
  set xrange [5e-5:0.04]
  set yrange [0.15:4]
  set ytics (0.2, 0.3, 0.5, 1, 2)
  set xtics (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
  set label 90 "rate" at screen at_x(433), at_y(402) center tc rgb ink
  set label 91 "loss of the training images" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "with" at 0.00025, 0.5 left tc ls ink_of(5)
  set label 3 "without" at 0.00011, 0.28 right tc ls ink_of(6)
  set label 4 "without, but with a warm-up" at 0.0125, 2.2 right tc ls ink_of(3)
  plot out.".csv" using 1:6:5:7 with yerrorbars ls 6 lw 1, "" using 1:6 with lines ls 6, \
       "" using 1:9:8:10 with yerrorbars ls 3 lw 1, "" using 1:9 with lines ls 3, \
       "" using 1:3:2:4 with yerrorbars ls 5 lw 1, "" using 1:3 with lines ls 5
}
