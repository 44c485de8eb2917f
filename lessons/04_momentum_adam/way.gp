# way.gp - losses of Muon and others against steps. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/way"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(660)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "Each at its best rate: the loss of 40 batches, median of five seeds" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale y
  set format y "%g"
  set xrange [40:400]
  set yrange [0.03:1.6]
  set xtics 40, 40
  set ytics (0.03, 0.05, 0.1, 0.2, 0.5, 1)
  set label 90 "steps" at screen at_x(370), at_y(402) center tc rgb ink
  set label 91 "loss of 40 batches" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "momentum" at 408, 0.33 left tc ls ink_of(6)
  set label 3 "Adam" at 408, 0.19 left tc ls ink_of(3)
  set label 7 "normalised" at 408, 0.248 left tc ls ink_of(7)
  set label 4 "Muon" at 408, 0.066 left tc ls ink_of(5)
  set label 5 "Polar Express," at 408, 0.047 left tc ls ink_of(4)
  set label 6 "exact" at 408, 0.036 left tc ls ink_of(8)
  plot out.".csv" using 1:2 with linespoints ls 6, \
       "" using 1:7 with linespoints ls 7, \
       "" using 1:3 with linespoints ls 3, \
       "" using 1:6 with linespoints ls 8, \
       "" using 1:5 with linespoints ls 4, \
       "" using 1:4 with linespoints ls 5
}
