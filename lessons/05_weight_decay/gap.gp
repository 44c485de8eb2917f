# gap.gp - losses and errors against lambda. Run in the repository's root; `lesson_text --update 5` does.
out = "lessons/05_weight_decay/gap"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
place(x) = x == 0 ? 1e-4 : x
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set tmargin at screen at_y(70)
  set bmargin at screen at_y(358)
  set logscale x
  set xrange [7e-5:0.14]
  set xtics ("0" 1e-4, "0.001" 1e-3, "0.01" 1e-2, "0.1" 1e-1)
  set lmargin at screen at_x(70)
  set rmargin at screen at_x(400)
  set label 1 "1,000 images: how well they are learned, and how that carries over to 5,000 others" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "lambda" at screen at_x(235), at_y(402) center tc rgb ink
  set label 92 "lambda" at screen at_x(640), at_y(402) center tc rgb ink
  set label 91 "loss" at screen at_x(70), at_y(50) center tc rgb ink
  set label 93 "wrong, per cent" at screen at_x(500), at_y(50) center tc rgb ink
  set yrange [0:0.9]
  set ytics 0.2
  set format y "%.1f"
  set label 2 "5,000 others" at 1.5e-4, 0.66 left tc ls ink_of(6)
  set label 3 "the 1,000" at 3e-4, 0.14 left tc ls ink_of(5)
  plot out.".csv" using (place($1)):3:2:4 with yerrorbars ls 5 lw 1, "" using (place($1)):3 with lines ls 5, \
       "" using (place($1)):6:5:7 with yerrorbars ls 6 lw 1, "" using (place($1)):6 with lines ls 6
  do for [i in "1 2 3 90 91 92 93"] { unset label int(i) }
  set lmargin at screen at_x(475)
  set rmargin at screen at_x(805)
  set yrange [0:33]
  set ytics 10
  set format y "%g"
  plot out.".csv" using (place($1)):9:8:10 with yerrorbars ls 5 lw 1, "" using (place($1)):9 with lines ls 5, \
       "" using (place($1)):12:11:13 with yerrorbars ls 6 lw 1, "" using (place($1)):12 with lines ls 6
  unset multiplot
}
