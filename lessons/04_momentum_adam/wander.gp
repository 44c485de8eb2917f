# wander.gp - paths in noisy gradients, on contours. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/wander"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 460
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set label 1 "Sixty steps in noisy gradients at the same constant rate" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "x" at screen at_x(428), at_y(446) center tc rgb ink
  set lmargin at screen at_x(60)
  set rmargin at screen at_x(796)
  set xrange [-1.6:3.6]
  set yrange [-2:2]
  set ytics 1
  set trange [0:2*pi]
  set samples 200
  set parametric
  unset grid
  do for [i=1:2] {
    set tmargin at screen at_y(40 + 190*(i - 1))
    set bmargin at screen at_y(214 + 190*(i - 1))
    set label 2 i == 1 ? "gradient descent" : "schedule-free, z" at 3.55, -1.28 right tc ls ink_of(i == 1 ? 6 : 2)
    set label 5 i == 1 ? "" : "x, the mean of all z" at 3.55, -1.66 right tc ls ink_of(5)
    set label 3 i == 1 ? "start" : "" at 3.06, 1 left tc rgb ink
    set label 4 "y" at screen at_x(16), at_y(127 + 190*(i - 1)) center tc rgb ink
    if (i < 2) { set format x "" } else { set format x "%g" }
    x = i == 1 ? 2 : 4
    plot for [c in "0.3 1.5 4 8"] sqrt(2*c)*cos(t), sqrt(2*c/9.0)*sin(t) with lines lc rgb "#cccccc" lw 1, \
         out.".csv" using x:x+1 with linespoints ls (i == 1 ? 6 : 2) lw 1, \
         out.".csv" using (i == 1 ? NaN : $6):7 with linespoints ls 5 lw 2
    unset label 1
    unset label 90
  }
  unset multiplot
}
