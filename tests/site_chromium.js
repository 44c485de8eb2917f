// site_chromium.js - opens each of `pages` in a frame of two widths and writes what is wrong into #said; site_chromium.sh
// makes the page around it.
"use strict";
const said = document.getElementById("said");
const tell = text => said.append(text + "\n");

// Every number of a picture's shapes.
const points = svg => [...svg.querySelectorAll("polyline, circle, rect")].flatMap(e => ["class", "points", "cx", "cy", "x", "y"].flatMap(
    name => (e.getAttribute(name) || "").split(/[^0-9.]+/).filter(Boolean).map(Number)));

// The numbers that a picture is drawn with, before and after its script.
function compare(page, before, after) {
    const wrong = before.length !== after.length || before.some((v, i) => !(Math.abs(v - after[i]) <= 0.11));
    if (wrong) tell(`FAIL ${page}: the script draws other points than stand in the page`);
}

async function pictures(name) {
    const text = await (await fetch(name)).text(), page = new DOMParser().parseFromString(text, "text/html");
    return Object.fromEntries([...page.querySelectorAll(".play")].map(p => [p.id, points(p.querySelector("svg"))]));
}

// The measured file from which the picture was made, chosen by hand: its operation gives the same picture.
async function choose_file(doc, page, before) {
    const box = doc.querySelector("#roofs"), input = box.querySelector("input"), select = box.querySelector("select"), files = new DataTransfer();
    files.items.add(new File([await (await fetch("machine.csv")).text()], "machine.csv"));
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
    for (let i = 0; i < 100 && !select.options.length; i++) await new Promise(done => setTimeout(done, 20));
    select.value = "dense_forward";
    select.dispatchEvent(new Event("input"));
    compare(`${page}: #roofs of a file`, before, points(box.querySelector("svg")));
}

async function look(name, width) {
    const frame = document.createElement("iframe"), page = `${name} at ${width}`;
    frame.style.cssText = `width: ${width}px; height: 800px; border: 0`;
    document.body.append(frame);
    const loaded = new Promise(done => frame.onload = done);
    frame.src = "about:blank";
    await loaded;
    const again = new Promise(done => frame.onload = done), errors = [];
    const text = (await (await fetch(name)).text()).replace("<head>", "<head><script>window.errors = []; onerror = m => { errors.push(m); };</script>");
    frame.srcdoc = text;
    await again;
    const doc = frame.contentDocument;
    errors.push(...frame.contentWindow.errors);
    for (const e of errors) tell(`FAIL ${page}: ${e}`);
    if (doc.documentElement.scrollWidth > width) tell(`FAIL ${page}: text runs ${doc.documentElement.scrollWidth - width} pixels beyond the screen`);
    if (/\$[a-z\\][^ ]*\$/.test([...doc.querySelectorAll("p, li, td")].filter(e => !e.querySelector("code")).map(e => e.textContent).join(" "))) tell(`FAIL ${page}: a formula is shown as TeX`);
    const before = await pictures(name);
    for (const box of doc.querySelectorAll(".play")) compare(`${page}: #${box.id}`, before[box.id], points(box.querySelector("svg")));
    if (doc.querySelector("#roofs")) await choose_file(doc, page, before.roofs);
    frame.remove();
}

(async () => {
    for (const name of pages.filter(Boolean)) for (const width of [390, 900]) await look(name, width);
    tell("all looked at");
})().catch(e => tell(`FAIL ${e.message}`));
