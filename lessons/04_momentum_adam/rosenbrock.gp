# rosenbrock.gp - paths of optimizers through Rosenbrock's valley, on its contours. Run in the repository's root; `lesson_text
# --update 4` does.
out = "lessons/04_momentum_adam/rosenbrock"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 560
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(60)
  set rmargin at screen at_x(796)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(502)
  set label 1 "Through Rosenbrock's bent valley, each at its best rate and momentum" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "x" at screen at_x(428), at_y(542) center tc rgb ink
  set label 91 "y" at screen at_x(16), at_y(270) center tc rgb ink
  set xrange [-1.9:1.9]
  set yrange [-0.9:2.6]
  set trange [0:2*pi]
  set samples 3000
  set parametric
  unset grid
  set label 2 "from (-1.2, 1) to the lowest point, (1, 1)" at 0, 2.42 center tc rgb ink
  set label 3 "gradient descent" at 0, 2.14 center tc ls ink_of(6)
  set label 4 "heavy ball" at 0, 1.9 center tc ls ink_of(5)
  set label 5 "Adam" at 0, 1.66 center tc ls ink_of(3)
  plot for [c in "0.1 1 4 12 30 70"] 1 - sqrt(c)*cos(t), (1 - sqrt(c)*cos(t))**2 + sqrt(c)/10*sin(t) with lines lc rgb "#cccccc" lw 1, \
       out.".csv" using 8:9 with linespoints ls 3 lw 1.2, \
       "" using 2:3 with linespoints ls 6 lw 1.2, \
       "" using 4:5 with linespoints ls 5 lw 1.2
}
