# zeros.gp - weights that L1 makes 0, and what it costs. Run in the repository's root; `lesson_text --update 5` does.
out = "lessons/05_weight_decay/zeros"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set tmargin at screen at_y(70)
  set bmargin at screen at_y(358)
  set logscale x
  set xrange [8e-5:5e-3]
  set xtics ("0.0001" 1e-4, "0.0003" 3e-4, "0.001" 1e-3, "0.004" 4e-3)
  set lmargin at screen at_x(70)
  set rmargin at screen at_x(400)
  set label 1 "L1 by its slope and by soft threshold" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "lambda" at screen at_x(235), at_y(402) center tc rgb ink
  set label 92 "lambda" at screen at_x(640), at_y(402) center tc rgb ink
  set label 91 "weights that are exactly 0, per cent" at screen at_x(30), at_y(50) left tc rgb ink
  set label 93 "loss of the 5,000 test images" at screen at_x(440), at_y(50) left tc rgb ink
  set yrange [-2:62]
  set format y "%g"
  set ytics 20
  set label 2 "soft threshold" at 1.3e-3, 28 right tc ls ink_of(5)
  set label 3 "by slope: none" at 1.1e-4, 9 left tc ls ink_of(6)
  plot out.".csv" using 1:12:11:13 with yerrorbars ls 5 lw 1, "" using 1:12 with lines ls 5, \
       "" using 1:3 with linespoints ls 6
  do for [i in "1 2 3 90 91 92 93"] { unset label int(i) }
  set lmargin at screen at_x(475)
  set rmargin at screen at_x(805)
  set yrange [0.5:0.9]
  set ytics 0.1
  set format y "%.1f"
  plot out.".csv" using 1:15:14:16 with yerrorbars ls 5 lw 1, "" using 1:15 with lines ls 5, \
       "" using ($1*1.06):6:5:7 with yerrorbars ls 6 lw 1, "" using ($1*1.06):6 with lines ls 6 dt 2
  unset multiplot
}
