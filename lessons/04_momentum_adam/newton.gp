# newton.gp - five Newton-Schulz steps of a singular value. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/newton"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(786)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "Five steps of three iterations: what becomes of a singular value" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale x
  set format x "%g"
  set xrange [1e-4:1]
  set yrange [0:1.3]
  set ytics 0.2
  set label 90 "singular value before, as a share of the matrix's length" at screen at_x(433), at_y(402) center tc rgb ink
  set label 91 "after five steps" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "Polar Express" at 0.0013, 1.19 right tc ls ink_of(3)
  set label 3 "Jordan" at 0.0011, 0.36 left tc ls ink_of(5)
  set label 4 "classical" at 0.016, 0.28 left tc ls ink_of(6)
  plot out.".csv" using 1:4 with lines ls 6, "" using 1:3 with lines ls 3, "" using 1:2 with lines ls 5
}
