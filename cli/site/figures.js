/* figures.js - draws a figure anew when one of its controls is moved, as cli/site_figures.c drew it first; models.js computes. */
"use strict";
const WIDE = 640, HIGH = 320, LEFT = 64, RIGHT = 16, TOP = 34, BOTTOM = 44;

/* ---- a chart: scales are {from, to, log, label}, curves {name, x, y, dots} ---- */

const share = (s, v) => s.log ? Math.log(v/s.from)/Math.log(s.to/s.from) : (v - s.from)/(s.to - s.from);
const across = (s, x) => LEFT + (WIDE - LEFT - RIGHT)*share(s, x);
const down = (s, y) => HIGH - BOTTOM - (HIGH - TOP - BOTTOM)*share(s, y);
const within = (v, s) => Math.min(Math.max(v, s.from), s.to);
const escape = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

function ticks(s) {
    const all = [];
    if (!s.log) for (let i = 0; i <= 5; i++) all.push(s.from + (s.to - s.from)*i/5);
    const step = Math.log10(s.to/s.from) > 6 ? 3 : 1;
    if (s.log) for (let i = 0; s.from*10**(step*i) <= s.to*(1 + 1e-9); i++) all.push(s.from*10**(step*i));
    return all;
}

const tick_text = v => v > 0 && v < 1e-3*(1 - 1e-9) ? v.toExponential(0) : String(+v.toPrecision(3));

function axes(x, y) {
    const middle = (TOP + HIGH - BOTTOM)/2;
    let text = `<rect class="frame" x="${LEFT}" y="${TOP}" width="${WIDE - LEFT - RIGHT}" height="${HIGH - TOP - BOTTOM}"/>`;
    for (const t of ticks(x))
        text += `<text x="${across(x, t).toFixed(1)}" y="${HIGH - BOTTOM + 18}" text-anchor="middle">${tick_text(t)}</text>`;
    for (const t of ticks(y))
        text += `<text x="${LEFT - 6}" y="${(down(y, t) + 4).toFixed(1)}" text-anchor="end">${tick_text(t)}</text>`;
    return text + `<text x="${(LEFT + WIDE - RIGHT)/2}" y="${HIGH - 6}" text-anchor="middle">${x.label}</text>` +
        `<text x="12" y="${middle}" text-anchor="middle" transform="rotate(-90 12 ${middle})">${y.label}</text>`;
}

function chart(svg, x, y, curves) {
    let text = axes(x, y);
    curves.forEach((c, k) => {
        const at = c.x.map((v, i) => [across(x, within(v, x)).toFixed(1), down(y, within(c.y[i], y)).toFixed(1)]);
        text += c.dots ? at.map(p => `<circle class="c${k}" cx="${p[0]}" cy="${p[1]}" r="5"/>`).join("")
                       : `<polyline class="c${k}" points="${at.map(p => p.join()).join(" ")}"/>`;
    });
    const names = curves.map((c, k) => `<tspan class="c${k}" dx="16">${escape(c.name)}</tspan>`).join("");
    svg.innerHTML = text + `<text x="${WIDE - RIGHT}" y="${TOP - 12}" text-anchor="end">${names}</text>`;
}

const upto = (n, f) => Array.from({ length: n }, (_, i) => f(i));
const short = v => String(+v.toPrecision(4));

/* ---- the figures: each takes the controls' values, draws, and returns what is said below ---- */

const BY_HAND = [0.5, -0.25, 0.25, 0.5, 0.1, -0.2, -0.5, 1, 0.3, 1, 2, 0.5];

function network(v, svg) {
    const put = value => BY_HAND.map((b, k) => k === v.chosen ? value : b);
    const at = model_network(put(v.value)), slope = at[1 + v.chosen], x = upto(81, i => -2 + 0.05*i);
    chart(svg, { from: -2, to: 2, label: "the weight" }, { from: 0, to: 2, label: "loss" }, [
        { name: "loss", x, y: x.map(w => model_network(put(w))[0]) },
        { name: "its slope by backpropagation", x: [v.value - 0.5, v.value + 0.5], y: [at[0] - 0.5*slope, at[0] + 0.5*slope] },
        { name: "here", x: [v.value], y: [at[0]], dots: true }]);
    const h = 1e-5, difference = (model_network(put(v.value + h))[0] - model_network(put(v.value - h))[0])/(2*h);
    return `loss ${short(at[0])}; backpropagation ${short(slope)}, difference quotient ${short(difference)}`;
}

function ravine(v, svg) {
    const x = upto(121, i => 0.0025*i), y = m => x.map(rate => model_ravine(rate, m, v.steps)), own = y(v.momentum);
    chart(svg, { from: 0, to: 0.3, label: "rate" }, { from: 1e-9, to: 1e3, log: true, label: "loss" },
        [{ name: "gradient descent", x, y: y(0) }, { name: "with momentum", x, y: own }]);
    const best = own.indexOf(Math.min(...own));
    return `with momentum ${v.momentum} the best rate is ${short(x[best])}: loss ${short(own[best])} after ${v.steps} steps`;
}

function singular(v, svg) {
    const x = upto(201, i => i/200), y = x.map(s => model_singular(s, v.steps));
    chart(svg, { from: 0, to: 1, label: "singular value before, of a matrix with norm 1" }, { from: 0, to: 1.5, label: "after" },
        [{ name: "after the steps", x, y }, { name: "1", x: [0, 1], y: [1, 1] }]);
    return `0.01 becomes ${short(model_singular(0.01, v.steps))}, and 0.5 becomes ${short(model_singular(0.5, v.steps))}`;
}

function sectors(v, svg) {
    const [n, which] = model_sectors(v.stride, v.offset, v.size);
    svg.setAttribute("aria-label", `32 lanes touch ${n} sectors`);
    svg.innerHTML = which.map((s, i) => `<rect class="s${s%8}" x="${i%16*40 + 1}" y="${Math.floor(i/16)*46 + 1}" width="38" height="42"/>` +
        `<text x="${i%16*40 + 20}" y="${Math.floor(i/16)*46 + 27}" text-anchor="middle">${s}</text>`).join("");
    return `${n} sectors; the bytes asked for fill ${v.size}: ${(100*v.size/n).toFixed(0)} % of what is moved is used`;
}

/* ---- a machine's roofs, from a file of `rungs bench --csv` ---- */

let measured = null; /* {rows: [{op, rung, kind, shape, threads, gflops, gbs}]}, once a file was chosen */

/* A line of CSV as its fields: quotes around a field, doubled within one. */
function fields(line) {
    return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(m => m[1].replace(/^"|"$/g, "").replace(/""/g, '"'));
}

/* The rows of the file; an Error says what is wrong with it. */
function read_rows(text) {
    const lines = text.split(/\r?\n/).filter(Boolean), names = fields(lines[0] || "");
    for (const name of ["op", "rung", "kind", "shape", "threads", "gflops", "gbs"])
        if (!names.includes(name)) throw new Error(`this is no file of rungs bench --csv: it has no column "${name}"`);
    return lines.slice(1).map(line => Object.fromEntries(fields(line).map((f, i) => [names[i], f])));
}

function best_roof(rows, level) {
    const of = r => level ? (r.rung.endsWith("_" + level) ? +r.gbs : 0) : +r.gflops;
    return Math.max(0, ...rows.filter(r => r.kind === "roof" && r.threads === "1").map(r => of(r) || 0));
}

/* The measured rows of an operation, with a warm cache if it was measured with one. */
function rows_of(rows, op) {
    const own = rows.filter(r => r.kind !== "roof" && r.op === op && +r.seconds > 0 && +r.low > 0 && +r.high > 0);
    return own.some(r => r.cache !== "cold") ? own.filter(r => r.cache !== "cold") : own;
}

/* The largest work among the shapes at which the naive rung and the most others were measured; undefined: there is none. */
function pick_shape(rows) {
    let most = 0, work = 0, best;
    for (const shape of new Set(rows.map(r => r.shape))) {
        const own = rows.filter(r => r.shape === shape), naive = own.find(r => r.kind === "rung" && r.rung.startsWith("00_"));
        const flops = naive ? naive.gflops*naive.seconds : 0;
        if (!naive || own.length < most || (own.length === most && flops <= work)) continue;
        [most, work, best] = [own.length, flops, shape];
    }
    return best;
}

function roofs(v, svg) {
    if (!measured) return "";
    const peak = best_roof(measured), all = rows_of(measured, v.op), shape = pick_shape(all);
    const own = all.filter(r => r.kind === "rung" && r.shape === shape && r.threads === "1" && +r.gflops > 0 && +r.gbs > 0);
    if (!own.length || !peak) return "the file has no rung and roof on one thread";
    const x = upto(121, i => 0.01*10**(i/24)), roof = level => x.map(i => model_roof(peak, best_roof(measured, level), i));
    chart(svg, { from: 0.01, to: 1000, log: true, label: "FLOP per byte" }, { from: 0.1, to: 1000, log: true, label: "GFLOP/s" }, [
        { name: "first-level cache", x, y: roof("l1") }, { name: "memory", x, y: roof("dram") },
        { name: `rungs of ${v.op}`, x: own.map(r => r.gflops/r.gbs), y: own.map(r => +r.gflops), dots: true }]);
    return `${measured[0].cpu || ""} ${shape}: the fastest rung has ${short(Math.max(...own.map(r => +r.gflops)))} GFLOP/s, the flat roof is at ${short(peak)}`;
}

async function open_file(input, select, draw) {
    const said = input.closest(".play").querySelector(".said");
    if (!input.files.length) return;
    try {
        measured = read_rows(await input.files[0].text());
        const ops = [...new Set(measured.filter(r => r.kind === "rung").map(r => r.op))];
        select.replaceChildren(...ops.map(op => new Option(op)));
        draw();
    } catch (e) {
        said.textContent = e.message;
    }
}

/* ---- controls ---- */

for (const [id, figure] of Object.entries({ network, ravine, singular, sectors, roofs })) {
    const box = document.getElementById(id), svg = box.querySelector("svg"), said = box.querySelector(".said");
    const controls = [...box.querySelectorAll("input[type=range], select")], file = box.querySelector("input[type=file]");
    const draw = () => {
        const value = c => c.name === "op" ? c.value : +c.value;
        for (const c of controls) if (c.nextElementSibling) c.nextElementSibling.textContent = c.value;
        said.textContent = figure(Object.fromEntries(controls.map(c => [c.name, value(c)])), svg);
    };
    for (const label of box.querySelectorAll("label")) label.hidden = false;
    for (const c of controls) c.addEventListener("input", draw);
    if (file) file.addEventListener("change", () => open_file(file, box.querySelector("select"), draw));
    draw();
}
