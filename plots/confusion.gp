# confusion.gp - a confusion matrix: gnuplot -c confusion.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by
# rungs eval.
# .dat: guessed class, true class, how many, as a part of the true class
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 640
height = 580 + above # names above narrow columns are upright
set palette defined (0 "#ffffff", 0.02 "#d6e6f2", 1 "#0072b2")
set cbrange [0:1]
unset colorbox
unset border
unset grid
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(130)
  set rmargin at screen at_x(610)
  set tmargin at screen at_y(84 + above)
  set bmargin at screen at_y(564 + above)
  unset xtics
  unset ytics
  set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 2 "guessed" at screen at_x(370), at_y(44) center tc rgb faint
  set label 3 "true" at screen at_x(12), at_y(66 + above) left tc rgb faint
  side = 480.0/classes
  do for [k=0:classes-1] {
    set label 10+k value("row".k) at screen at_x(124), at_y(84 + above + side*(k + 0.5)) right font ",13" tc rgb ink
    if (above) {
      set label 100+k value("column".k) at screen at_x(130 + side*(k + 0.5)), at_y(78 + above) rotate left font ",13" tc rgb ink
    } else {
      set label 100+k value("column".k) at screen at_x(130 + side*(k + 0.5)), at_y(68) center font ",13" tc rgb ink
    }
  }
  size = classes > 12 ? ",9" : ",12"
  set xrange [-0.5:classes-0.5]
  set yrange [classes-0.5:-0.5]
  plot dat.".dat" using 1:2:(0.48):(0.48):4 with boxxyerror fs solid 1 noborder lc palette, \
       dat.".dat" using 1:2:($4 < 0.5 && $3 > 0 ? sprintf("%d", $3) : "") with labels center font size tc rgb ink, \
       dat.".dat" using 1:2:($4 < 0.5 ? "" : sprintf("%d", $3)) with labels center font size tc rgb "#ffffff"
}
