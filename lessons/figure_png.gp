# figure_png.gp - the figure just drawn, once more as PNG.
set terminal pngcairo size 1230,630 font "Helvetica,19" background "#ffffff"
set output name.".png"
replot
