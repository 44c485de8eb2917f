# spectrum.gp - singular values before and after Newton-Schulz. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/spectrum"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(786)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "The 128 singular values of a layer's momentum, before and after" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale y
  set format y "%g"
  set xrange [1:128]
  set yrange [0.004:2]
  set xtics (1, 32, 64, 96, 128)
  set label 90 "number, largest first" at screen at_x(433), at_y(402) center tc rgb ink
  set label 91 "singular value" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "before" at 46, 0.02 right tc rgb ink
  set label 3 "Jordan" at 96, 0.55 left tc ls ink_of(5)
  set label 4 "Polar Express" at 20, 1.5 left tc ls ink_of(3)
  set label 5 "classical" at 88, 0.22 right tc ls ink_of(6)
  plot out.".csv" using 1:2 with lines ls 1, "" using 1:5 with lines ls 6, "" using 1:4 with lines ls 3, "" using 1:3 with lines ls 5
}
