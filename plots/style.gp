# style.gp - the look of all charts. Colours: Okabe and Ito's, which the colour-blind can tell apart, the
# light ones darker: at least 3 : 1 on white. A second sign (a point shape, a dash, a label) goes with every
# colour. The caller has set dat, the working files, and out, the pictures, both without suffix; it draws
# everything twice: do for [t=1:2] { eval terminal(t, width, height); ... }
set encoding utf8
set datafile separator "\t"
if (exists("dat")) { load dat.".var" } # the figures of the lessons have none

# 1.125: an SVG's font size is in pixels, a PNG's in points; 2.25: an SVG's points are half as large again
terminal(t, w, h) = t == 1 \
  ? sprintf("set terminal svg noenhanced size %d,%d font 'Helvetica,14' background '#ffffff'; set xtics offset 0,0.2; set output out.'.svg'", w, h) \
  : sprintf("set terminal pngcairo noenhanced size %d,%d font 'DejaVu Sans,14' fontscale 1.125 linewidth 1.5 pointscale 2.25 background '#ffffff'; set xtics offset 0,0; set output out.'.png'", 3*w/2, 3*h/2)

# Places are pixels of the SVG from its upper left corner; the PNG is one and a half times as large. Both
# put a label's middle where they are told, but the words of `set xlabel` each elsewhere, so those are
# labels, too.
at_x(x) = 1.0*x/width
at_y(y) = 1 - 1.0*y/height
ink = "#333333"; faint = "#767676"
set border 3 lc rgb "#555555"
set tics nomirror textcolor rgb ink scale 0.6
set grid back lc rgb "#dddddd" lt 1 lw 0.8
set xlabel textcolor rgb ink
set ylabel textcolor rgb ink
unset key

# rungs by their number (00 is 1, 01 is 2, ...)
set style line 1 lc rgb "#000000" lw 2 pt 7 ps 0.4
set style line 2 lc rgb "#3a97d3" lw 2 pt 5 ps 0.4
set style line 3 lc rgb "#009e73" lw 2 pt 9 ps 0.47
set style line 4 lc rgb "#c17d00" lw 2 pt 11 ps 0.47
set style line 5 lc rgb "#0072b2" lw 2 pt 13 ps 0.53
set style line 6 lc rgb "#d55e00" lw 2 pt 5 ps 0.4
set style line 7 lc rgb "#cc79a7" lw 2 pt 7 ps 0.4
set style line 8 lc rgb "#5d3a9b" lw 2 pt 9 ps 0.47
set style line 9 lc rgb "#8c510a" lw 2 pt 11 ps 0.47
do for [i=10:20] { set style line i lc rgb "#444444" lw 2 pt 4 + i % 10 ps 0.4 }
# peers: grey and dashed, the background to measure against
set style line 21 lc rgb "#555555" lw 1.6 dt 2 pt 6 ps 0.4
set style line 22 lc rgb "#777777" lw 1.6 dt 3 pt 4 ps 0.4
set style line 23 lc rgb "#8c8c8c" lw 1.6 dt 4 pt 8 ps 0.47
set style line 24 lc rgb "#666666" lw 1.6 dt 5 pt 12 ps 0.47
set style line 25 lc rgb "#555555" lw 1.6 dt 4 pt 10 ps 0.47
set style line 26 lc rgb "#777777" lw 1.6 dt 2 pt 4 ps 0.4
set style line 27 lc rgb "#8c8c8c" lw 1.6 dt 3 pt 6 ps 0.4
set style line 28 lc rgb "#8c8c8c" lw 1.6 dt 5 pt 10 ps 0.47
set style line 29 lc rgb "#555555" lw 1.6 dt 3 pt 12 ps 0.47
set style line 30 lc rgb "#777777" lw 1.6 dt 5 pt 8 ps 0.47
set style line 31 lc rgb "#8c8c8c" lw 1.6 dt 2 pt 12 ps 0.47
set style line 32 lc rgb "#666666" lw 1.6 dt 3 pt 8 ps 0.47
# a function from outside
set style line 40 lc rgb "#cc0000" lw 2.4 pt 7 ps 0.5
# bars: rung, rung on more threads, peer, peer on more threads, from outside, from outside on more threads
set style line 51 lc rgb "#0072b2"
set style line 52 lc rgb "#3a97d3"
set style line 53 lc rgb "#6e6e6e"
set style line 54 lc rgb "#949494"
set style line 55 lc rgb "#cc0000"
set style line 56 lc rgb "#d96a6a"
# roofs
set style line 41 lc rgb "#d55e00" lw 1.5 dt 2
set style line 42 lc rgb "#888888" lw 1.2

# words in the colour of style k, at least 4.5 : 1 on white: tc ls ink_of(k)
ink_of(k) = 100 + k
do for [i=1:60] { set style line ink_of(i) lc rgb "#555555" }
set style line ink_of(1) lc rgb "#000000"
set style line ink_of(2) lc rgb "#1b75b0"
set style line ink_of(3) lc rgb "#007a59"
set style line ink_of(4) lc rgb "#946200"
set style line ink_of(5) lc rgb "#0072b2"
set style line ink_of(6) lc rgb "#c04e00"
set style line ink_of(7) lc rgb "#b0527f"
set style line ink_of(8) lc rgb "#5d3a9b"
set style line ink_of(9) lc rgb "#8c510a"
set style line ink_of(40) lc rgb "#cc0000"
set style line ink_of(41) lc rgb "#c04e00"
