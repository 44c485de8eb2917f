# shapes.gp - nine activations and their slopes. Run in the repository's root; `lesson_text --update 2` does.
out = "lessons/02_activations/shapes"
load "plots/style.gp"
set datafile separator ","
names = "relu leaky_relu elu sigmoid tanh softplus gelu gelu_tanh silu"
width = 900; height = 620
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set xrange [-4:4]
  set xtics 2
  set format "%g"
  unset label
  do for [k=0:8] {
    row = k / 3; column = k % 3
    narrow = word(names, k + 1) eq "sigmoid" || word(names, k + 1) eq "tanh" # no numbers above 1
    set yrange [narrow ? -1.25 : -1 : narrow ? 1.25 : 3]
    set ytics 1
    set lmargin at screen at_x(45 + column * 293)
    set rmargin at screen at_x(45 + column * 293 + 250)
    set tmargin at screen at_y(38 + row * 195)
    set bmargin at screen at_y(38 + row * 195 + 140)
    set label 1 word(names, k + 1) at graph 0, graph 1.1 left font ",15" tc rgb ink
    if (k == 0) {
      set label 2 "f(x)" at 1.3, 2.6 right tc ls ink_of(5)
      set label 3 "f'(x)" at 2.7, 0.55 left tc ls ink_of(6)
    } else { unset label 2; unset label 3 }
    if (k < 2) { # the slope jumps: no line between its two sides
      plot out.".csv" using 1:($1 <= 0 ? column(2 * k + 3) : NaN) with lines ls 6 dt 2, \
           "" using 1:($1 > 0 ? column(2 * k + 3) : NaN) with lines ls 6 dt 2, \
           "" using 1:(column(2 * k + 2)) with lines ls 5
    } else {
      plot out.".csv" using 1:(column(2 * k + 3)) with lines ls 6 dt 2, \
           "" using 1:(column(2 * k + 2)) with lines ls 5
    }
  }
  unset multiplot
}
