/* models.js - what the interactive figures compute; cli/site_models.h says what each takes and returns, and tests/site_models.c
 * compares them with the functions of the suite that have the same names there. */
"use strict";

function model_network(v) {
    const [a11, a12, a21, a22, b1, b2, v1, v2, c, x1, x2, t] = v;
    const h1 = Math.max(0, a11*x1 + a12*x2 + b1), h2 = Math.max(0, a21*x1 + a22*x2 + b2);
    const y = v1*h1 + v2*h2 + c, dy = 2*(y - t);
    const d1 = h1 > 0 ? dy*v1 : 0, d2 = h2 > 0 ? dy*v2 : 0;
    return [(y - t)**2, d1*x1, d1*x2, d2*x1, d2*x2, d1, d2, dy*h1, dy*h2, dy];
}

function model_ravine(rate, momentum, steps) {
    let x = 3, y = 1, mx = 0, my = 0;
    for (let i = 0; i < steps; i++) {
        mx = momentum*mx + x;
        my = momentum*my + 9*y;
        x -= rate*mx;
        y -= rate*my;
    }
    return (x*x + 9*y*y)/2;
}

function model_singular(s, steps) {
    for (let i = 0; i < steps; i++) s = 3.4445*s - 4.775*s**3 + 2.0315*s**5;
    return s;
}

/* [how many, of each lane] */
function model_sectors(stride, offset, size) {
    const known = [], which = [];
    for (let i = 0; i < 32; i++) {
        const sector = Math.floor(size*(offset + i*stride)/32);
        if (!known.includes(sector)) known.push(sector);
        which.push(known.indexOf(sector));
    }
    return [known.length, which];
}

function model_roof(peak, bandwidth, intensity) {
    return Math.min(peak, bandwidth*intensity);
}
