# accuracy.gp - the accuracy-speed plane: gnuplot -c accuracy.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER,
# called by rungs plot.
# .dat: a block for each point: ns per element, error. Places are in pixels: of a panel's area the left end
# area, the right end side, the upper end upper and the lower end lower; or parts of the area.
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
below = strlen(footnote) > 0 ? 20 : 0
height = height + below
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  do for [p=1:panels] {
    area = value("area".p); side = value("side".p); upper = value("upper".p); lower = value("lower".p)
    set lmargin at screen at_x(area)
    set rmargin at screen at_x(side)
    set tmargin at screen at_y(upper)
    set bmargin at screen at_y(lower)
    unset label
    unset arrow
    if (p == 1) {
      set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
      set label 2 machine at screen at_x(12), at_y(38) left tc rgb faint
      set label 3 footnote at screen at_x(12), at_y(height - 12) left font ",12" tc rgb faint
    }
    set logscale xy
    set logscale y2
    set xrange [value("from".p):value("to".p)]
    set yrange [value("bottom".p):value("top".p)]
    set y2range [value("bottom".p):value("top".p)]
    eval "set xtics ".value("xmarks".p)
    eval "set ytics ".value("ymarks".p)
    eval "set y2tics scale 0.6 font ',12' ".value("bits".p)
    set border 11
    set label 4 "ns per element (left: faster)" at screen at_x((area + side)/2), at_y(lower + 41) center tc rgb ink
    set label 5 "error of ".value("argument".p).", ulp".(value("slope".p) ? " of 1" : "")." (low: exact)" at screen at_x(16), at_y((upper + lower)/2) center rotate tc rgb ink
    first = value("first".p); last = value("last".p)
    do for [i=first:last] {
      style = value("style".i)
      if (value("left".i)) {
        set label 10+i value("name".i) at graph value("labelx".i), graph value("labely".i) right font ",13" tc ls ink_of(style)
      } else {
        set label 10+i value("name".i) at graph value("labelx".i), graph value("labely".i) left font ",13" tc ls ink_of(style)
      }
      shift = (value("left".i) ? 2.0 : -2.0)/(side - area)
      if (value("moved".i)) { set arrow 10+i from first value("x".i), first value("y".i) to graph value("labelx".i) + shift, graph value("labely".i) nohead ls style lw 0.7 dt 1 }
    }
    plot 0.5 with lines lc rgb faint lw 1 dt 2, for [i=first:last] dat.".dat" index i using 1:2 with points ls value("style".i) ps 0.8
  }
  unset multiplot
}
