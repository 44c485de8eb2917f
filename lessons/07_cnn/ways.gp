# ways.gp - the field of one number behind each layer. Run in the repository's root; `lesson_text --update 7` does.
out = "lessons/07_cnn/ways"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 276
array title[4] = ["conv 3x3: 3 wide", "pool 2x2: 4 wide", "conv 3x3: 8 wide", "pool 2x2: 10 wide"]
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set tmargin at screen at_y(66)
  set bmargin at screen at_y(236)
  set xrange [-0.5:11.5]
  set yrange [11.5:-0.5]
  set cbrange [0:1]
  set palette defined (0 "#ffffff", 1 "#0072b2")
  unset colorbox
  unset xtics
  unset ytics
  set border 15 lc rgb "#999999"
  do for [p=1:4] {
    unset label
    if (p == 1) {
      set label 1 "What one number sees, layer by layer: its field grows, and fades to the rim" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
      set label 3 "white: no way to the number; darkest: the most ways" at screen at_x(25), at_y(260) left tc rgb faint
    }
    set label 2 title[p] at screen at_x(25 + 200 * (p - 1)), at_y(52) left tc rgb ink
    set lmargin at screen at_x(25 + 200 * (p - 1))
    set rmargin at screen at_x(195 + 200 * (p - 1))
    if (t == 1) {
      plot out.".csv" every ::1 using 2:1:(column(p + 2)) with image pixels
    } else {
      plot out.".csv" every ::1 using 2:1:(column(p + 2)) with image
    }
  }
  unset multiplot
}
