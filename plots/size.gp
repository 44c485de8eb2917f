# size.gp - speed against size: gnuplot -c size.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs
# plot.
# .dat: a block for each line: size, speed, low, high. Places are in pixels: of a panel p its left edge x,
# of its area the left end area, the right end side, the upper end y and the lower end base.
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
below = strlen(footnote) > 0 ? 20 : 0
height = height + below
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  do for [p=1:panels] {
    x0 = value("x".p); area = value("area".p); side = value("side".p); y0 = value("y".p); base = value("base".p)
    set lmargin at screen at_x(area)
    set rmargin at screen at_x(side)
    set tmargin at screen at_y(y0)
    set bmargin at screen at_y(base)
    unset label
    unset arrow
    if (p == 1) {
      set label 1 heading at screen at_x(12), at_y(18) left font ",16" tc rgb ink
      set label 2 footnote at screen at_x(12), at_y(height - 14) left font ",12" tc rgb faint
    }
    set label 3 value("title".p) at screen at_x(x0 + 12), at_y(y0 - 14) left tc rgb ink
    set label 4 value("roofname".p) at screen at_x(x0 + 402), at_y(y0 - 14) right font ",12" tc ls ink_of(41)
    if (panels == 1) { set label 4 at screen at_x(808), at_y(y0 - 14) }
    set label 5 value("xname".p) at screen at_x((area + side)/2), at_y(base + 40) center tc rgb ink
    set label 6 value("yname".p) at screen at_x(x0 + 14), at_y((y0 + base)/2) center rotate font ",12" tc rgb ink
    set logscale x
    set xtics font ",12"
    set ytics font ",12"
    eval "set xtics ".value("xmarks".p)
    eval "set ytics ".value("ymarks".p)
    set xrange [value("left".p):value("right".p)]
    set yrange [0:value("top".p)]
    roof = value("roof".p)
    do for [i=value("first".p):value("last".p)] {
      set label 10+i value("name".i) at screen at_x(side + 14), first value("label".i) left font ",12" tc ls ink_of(value("style".i))
      set arrow 10+i from first value("end".i), first value("high".i) to screen at_x(side + 11), first value("label".i) nohead ls value("style".i) lw 0.7 dt 1
    }
    plot (roof > 0 ? roof : NaN) with lines ls 41, \
      for [i=value("first".p):value("last".p)] dat.".dat" index i using 1:2:3:4 with yerrorbars ls value("style".i) dt 1 pt 0 lw 1, \
      for [i=value("first".p):value("last".p)] dat.".dat" index i using 1:2 with linespoints ls value("style".i)
  }
  unset multiplot
}
