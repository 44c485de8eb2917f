# adam.gp - both kinds of decay for Adam, each at its lambdas. Run in the repository's root; `lesson_text --update 5` does.
out = "lessons/05_weight_decay/adam"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set tmargin at screen at_y(70)
  set bmargin at screen at_y(358)
  set logscale x
  set lmargin at screen at_x(70)
  set rmargin at screen at_x(415)
  set yrange [0.55:0.8]
  set ytics 0.05
  set format y "%.2f"
  set label 1 "Adam with decay: the loss of 5,000 test images, five seeds" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "lambda, L2 in the gradient" at screen at_x(242), at_y(402) center tc rgb ink
  set label 92 "lambda, decoupled" at screen at_x(632), at_y(402) center tc rgb ink
  set label 91 "loss" at screen at_x(70), at_y(50) center tc rgb ink
  set label 2 "coupled" at 2e-3, 0.7 left tc ls ink_of(6)
  set xrange [8e-4:4e-2]
  set xtics ("0.001" 1e-3, "0.003" 3e-3, "0.01" 1e-2, "0.03" 3e-2)
  plot "< grep ^coupled ".out.".csv" using 2:7:6:8 with yerrorbars ls 6 lw 1, "" using 2:7 with lines ls 6
  do for [i in "1 2 90 91 92"] { unset label int(i) }
  set lmargin at screen at_x(460)
  set rmargin at screen at_x(805)
  set format y ""
  set xrange [8e-2:4]
  set xtics ("0.1" 0.1, "0.3" 0.3, "1" 1, "3" 3)
  set label 3 "decoupled" at 0.2, 0.69 left tc ls ink_of(5)
  plot "< grep ^decoupled ".out.".csv" using 2:7:6:8 with yerrorbars ls 5 lw 1, "" using 2:7 with lines ls 5
  unset label 3
  unset multiplot
}
