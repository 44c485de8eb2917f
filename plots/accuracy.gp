# accuracy.gp - the accuracy-speed plane: gnuplot -c accuracy.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs plot.
# .dat: a block for each point: ns an element, error
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
each = 330
height = 54 + each*panels
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  do for [p=1:panels] {
    y0 = 54 + (p - 1)*each
    set lmargin at screen 90.0/width
    set rmargin at screen 748.0/width
    set tmargin at screen 1 - (y0 + 10.0)/height
    set bmargin at screen 1 - (y0 + each - 58.0)/height
    unset label
    unset arrow
    if (p == 1) {
      set label 1 heading at screen 0.015, screen 1 - 17.0/height left font ",16" tc rgb ink
      set label 2 machine."; ".errors."; dashed: 0.5 ulp" at screen 0.015, screen 1 - 38.0/height left tc rgb faint
    }
    set logscale xy
    set logscale y2
    set format x "%g"
    set ytics ("0.01" 0.01, "0.1" 0.1, "1" 1, "10" 10, "100" 100, "1000" 1e3, "10 k" 1e4, "100 k" 1e5, "1 M" 1e6, "10 M" 1e7)
    set xrange [value("from".p):value("to".p)]
    bottom = value("bottom".p); top = value("top".p)
    set yrange [bottom:top]
    set y2range [bottom:top]
    # an error of so many ulp is less than 2^(log2(ulp) - 23) of the value
    unset y2tics
    set y2tics scale 0.6 font ",12" ()
    do for [bits in "4 8 12 16 20 22"] {
      at = 2.0**(23 - bits)
      if (at > bottom && at < top) { set y2tics add (bits." bits" at) }
    }
    set border 11
    set xlabel "ns an element (left: faster)" offset 0,under(t)
    set label 3 "error of ".value("argument".p).", ulp".(value("slope".p) ? " of 1" : "")." (low: exact)" at screen 17.0/width, graph 0.5 center rotate tc rgb ink
    first = value("first".p); last = value("last".p)
    do for [i=first:last] {
      style = value("style".i)
      if (value("left".i)) {
        set label 10+i value("name".i) at graph value("labelx".i), graph value("labely".i) right font ",13" tc ls style
      } else {
        set label 10+i value("name".i) at graph value("labelx".i), graph value("labely".i) left font ",13" tc ls style
      }
      if (value("moved".i)) { set arrow 10+i from first value("x".i), first value("y".i) to graph value("labelx".i), graph value("labely".i) nohead ls style lw 0.7 dt 1 }
    }
    plot 0.5 with lines lc rgb faint lw 1 dt 2, for [i=first:last] dat.".dat" index i using 1:2 with points ls value("style".i) ps 1.2
  }
  unset multiplot
}
