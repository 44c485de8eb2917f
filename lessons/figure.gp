# figure.gp - the look of the lessons' figures; the caller has set `name`. Colours: Okabe and Ito, told apart by the
# colour-blind too; each line has a point shape of its own.
set datafile separator ","
set datafile missing ""
set terminal svg size 820,420 font "Helvetica,14" background "#ffffff"
set output name.".svg"
set border 3 lc rgb "#555555"
set tics nomirror
set grid lc rgb "#dddddd" lt 1
set key samplen 2 spacing 1.2
set style line 1 lc rgb "#d55e00" lw 2 pt 5 ps 0.8
set style line 2 lc rgb "#0072b2" lw 2 pt 7 ps 0.8
set style line 3 lc rgb "#009e73" lw 2 pt 9 ps 0.9
set style line 4 lc rgb "#cc79a7" lw 2 pt 13 ps 1.0
set style line 5 lc rgb "#e69f00" lw 2 pt 11 ps 0.9
set style line 6 lc rgb "#000000" lw 1.5 pt 1
