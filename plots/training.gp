# training.gp - loss and accuracy of a training: gnuplot -c training.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called
# by rungs plot.
# .dat: for each of the two panels a block of the training and one of the validation: epoch, value
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
height = 430
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  do for [p=1:2] {
    from = value("from".p); to = value("to".p)
    set lmargin at screen at_x(from)
    set rmargin at screen at_x(to)
    set tmargin at screen at_y(74)
    set bmargin at screen at_y(364)
    unset label
    unset arrow
    if (p == 1) {
      set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
      set arrow 1 from screen at_x(12), at_y(42) to screen at_x(40), at_y(42) nohead ls 5
      set label 2 "training" at screen at_x(46), at_y(42) left tc ls ink_of(5)
      if (validates) {
        set arrow 2 from screen at_x(132), at_y(42) to screen at_x(172), at_y(42) nohead ls 6 dt 2
        set label 3 "validation" at screen at_x(178), at_y(42) left tc ls ink_of(6)
      }
    }
    set label 4 value("yname".p) at screen at_x(value("begin".p) + 16), at_y(219) center rotate tc rgb ink
    set label 5 "epochs" at screen at_x((from + to)/2), at_y(407) center tc rgb ink
    eval "set xtics ".value("xmarks".p)
    eval "set ytics ".value("ymarks".p)
    set xrange [0:last]
    set yrange [value("low".p):value("high".p)]
    plot dat.".dat" index (2*p - 2) using 1:2 with lines ls 5, \
         dat.".dat" index (2*p - 1) using 1:2 with linespoints ls 6 dt 2
  }
  unset multiplot
}
