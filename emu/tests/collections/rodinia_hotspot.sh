#!/bin/sh
# rodinia_hotspot.sh N STEPS TEMPERATURES POWERS - what Rodinia's hotspot computes on N x N cells, by the formula of its kernel
# with the constants of its source, in the format of its output.
awk -v n="$1" -v steps="$2" '
    FNR == NR { t[FNR - 1] = $1; next }
    { p[FNR - 1] = $1 }
    function at(r, c) { # an edge is its own neighbour
        return t[(r < 0 ? 0 : r >= n ? n - 1 : r) * n + (c < 0 ? 0 : c >= n ? n - 1 : c)]
    }
    END {
        side = 0.016 / n; thick = 0.0005
        heat = 0.5 * 1.75e6 * thick * side * side
        step = 0.001 / (3.0e6 / (0.5 * thick * 1.75e6)) / heat
        along = 2 * 100 * thick; across = 100 * side * side / thick # conductances
        for (s = 0; s < steps; s++) {
            for (r = 0; r < n; r++) for (c = 0; c < n; c++) {
                here = t[r * n + c]
                new[r * n + c] = here + step * (p[r * n + c] + (at(r + 1, c) + at(r - 1, c) - 2 * here) * along \
                    + (at(r, c + 1) + at(r, c - 1) - 2 * here) * along + (80 - here) * across)
            }
            for (i = 0; i < n * n; i++) t[i] = new[i]
        }
        for (i = 0; i < n * n; i++) printf "%d\t%g\n", i, t[i]
    }' "$3" "$4"
