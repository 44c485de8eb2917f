# turned.gp - a kernel, a point, and the point under the kernel in both ways. Run in the repository's root; `lesson_text --update 7` does.
out = "lessons/07_cnn/turned"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 260
array title[4] = ["the kernel w", "an image: one point", "correlation: w turned", "convolution: w as it is"]
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set tmargin at screen at_y(66)
  set bmargin at screen at_y(236)
  set xrange [-0.5:6.5]
  set yrange [6.5:-0.5]
  set cbrange [0:1]
  set palette defined (0 "#ffffff", 1 "#0072b2")
  unset colorbox
  unset xtics
  unset ytics
  set border 15 lc rgb "#999999"
  do for [p=1:4] {
    unset label
    if (p == 1) { set label 1 "What networks call a convolution does not turn the kernel" at screen at_x(12), at_y(17) left font ",16" tc rgb ink }
    set label 2 title[p] at screen at_x(25 + 200 * (p - 1)), at_y(52) left tc rgb ink
    set lmargin at screen at_x(25 + 200 * (p - 1))
    set rmargin at screen at_x(195 + 200 * (p - 1))
    plot out.".csv" using 2:1:(column(p + 2)) with image
  }
  unset multiplot
}
