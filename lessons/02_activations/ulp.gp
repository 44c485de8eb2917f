# ulp.gp - the error of three activations in float over x. Run in the repository's root; `lesson_text --update 2` does.
out = "lessons/02_activations/ulp"
load "plots/style.gp"
set datafile separator ","
names = "sigmoid tanh GELU"
width = 900; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set logscale y
  set mytics 1
  set xrange [-12:12]
  set xtics 6
  set format y "%g"
  unset label
  set label 1 "Largest error in float, in units of the last digit" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set yrange [0.1:1e8]
  do for [k=0:2] {
    set lmargin at screen at_x(62 + k * 285)
    set rmargin at screen at_x(62 + k * 285 + 250)
    set tmargin at screen at_y(66)
    set bmargin at screen at_y(358)
    set label 2 word(names, k + 1) at graph 0.02, graph 1.06 left font ",15" tc rgb ink
    set label 90 "x" at graph 0.5, screen at_y(402) center tc rgb ink
    if (k == 0) { set ytics ("0.1" 0.1, "1" 1, "10" 10, "1e2" 100, "1e3" 1e3, "1e4" 1e4, "1e5" 1e5, "1e6" 1e6, "1e7" 1e7) } else { set format y ""; set ytics 10; unset label 1 }
    if (k == 2) {
      set label 3 "as printed" at -3, 2e5 left tc ls ink_of(6)
      set label 4 "reference" at -11, 800 left tc ls ink_of(5)
      set label 5 "polynomial" at -11, 0.35 left tc ls ink_of(3)
    }
    plot out.".csv" using 1:(column(3 * k + 2)) with lines ls 6, \
         "" using 1:(column(3 * k + 3)) with lines ls 5, \
         "" using 1:(column(3 * k + 4)) with lines ls 3
  }
  unset multiplot
}
