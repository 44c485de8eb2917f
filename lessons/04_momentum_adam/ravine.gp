# ravine.gp - paths of optimizers down a ravine, on its contours. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/ravine"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 540
names = "'gradient descent' 'heavy ball' 'Adam'"
lines = "6 5 3"
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set label 1 "Down a ravine 25 times as steep across as along, each at its best rate" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "x" at screen at_x(428), at_y(526) center tc rgb ink
  set lmargin at screen at_x(60)
  set rmargin at screen at_x(796)
  set xrange [-6.3:1.5]
  set yrange [-1.7:1.7]
  set ytics 1
  set trange [0:2*pi]
  set samples 200
  set parametric
  unset grid
  do for [i=1:3] {
    set tmargin at screen at_y(40 + 152*(i - 1))
    set bmargin at screen at_y(180 + 152*(i - 1))
    set label 2 word(names, i) at 1.4, 1.35 right tc ls ink_of(int(word(lines, i)))
    set label 3 i == 1 ? "start" : "" at -5.08, 1.22 right tc rgb ink
    set label 4 "y" at screen at_x(16), at_y(110 + 152*(i - 1)) center tc rgb ink
    if (i < 3) { set format x "" } else { set format x "%g" }
    x = i == 3 ? 8 : 2*i
    plot for [c in "0.3 1.5 4 8 13"] sqrt(2*c)*cos(t), sqrt(2*c/25.0)*sin(t) with lines lc rgb "#cccccc" lw 1, \
         out.".csv" using x:x+1 with linespoints ls int(word(lines, i)) lw 1.5
    unset label 1
    unset label 90
  }
  unset multiplot
}
