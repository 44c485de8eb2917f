# over_x.gp - errors over x: gnuplot -c over_x.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs
# plot.
# .dat: a block for each line: x, error. Places are in pixels: of a panel's area the left end area, the
# right end side.
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
each = high + 70
height = 54 + each*panels
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  do for [p=1:panels] {
    y0 = 54 + (p - 1)*each + 12
    area = value("area".p); side = value("side".p)
    set lmargin at screen at_x(area)
    set rmargin at screen at_x(side)
    set tmargin at screen at_y(y0)
    set bmargin at screen at_y(y0 + high)
    unset label
    unset arrow
    if (p == 1) {
      set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
      set label 2 machine at screen at_x(12), at_y(38) left tc rgb faint
    }
    set logscale y
    eval "set xtics ".value("xmarks".p)
    eval "set ytics ".value("ymarks".p)
    set xrange [value("left".p):value("right".p)]
    set yrange [lowest:value("top".p)]
    set label 3 value("yname".p) at screen at_x(16), at_y(y0 + high/2) center rotate tc rgb ink
    set label 4 xname at screen at_x((area + side)/2), at_y(y0 + high + 40) center tc rgb ink
    do for [i=value("first".p):value("last".p)] {
      set label 10+i value("name".i) at screen at_x(side + 14), first value("label".i) left font ",12" tc ls ink_of(value("style".i))
      set arrow 10+i from first value("end".i), first value("high".i) to screen at_x(side + 11), first value("label".i) nohead ls value("style".i) lw 0.7 dt 1
    }
    # the first rungs on top: what comes later is often the same
    last = value("last".p); first = value("first".p)
    plot 0.5 with lines lc rgb faint lw 1 dt 2, \
      for [i=first:last] dat.".dat" index (first + last - i) using 1:2 with lines ls value("style".(first + last - i)) lw 1.4
  }
  unset multiplot
}
