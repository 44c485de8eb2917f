// site_models.js MODELS.js CASES.json - the interactive figures compute what the suite's functions do, and a wrong one is noticed.
"use strict";
const fs = require("fs"), vm = require("vm");
const source = fs.readFileSync(process.argv[2], "utf8"), cases = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));

// Both sum a few products in double, in another order: 60 steps of a ravine that diverges are the worst.
const near = (a, b) => Array.isArray(b) ? a.length === b.length && b.every((v, i) => near(a[i], v)) : Math.abs(a - b) <= 1e-11*(1 + Math.abs(b));

// How many cases of a model differ.
function differences(text, name) {
    const context = vm.createContext({});
    vm.runInContext(text, context);
    return cases[name].filter(([input, output]) => !near(vm.runInContext(name, context)(...input), output)).length;
}

const wrong = {
    model_network: ["h1 > 0", "h2 > 0"],
    model_ravine: ["y -= rate*my", "y -= rate*mx"],
    model_singular: ["4.775", "4.7751"],
    model_sectors: ["/32)", "/64)"],
    model_roof: ["Math.min(peak", "Math.max(peak"],
};
let failed = 0;
for (const name of Object.keys(cases)) {
    const n = differences(source, name), [from, to] = wrong[name], changed = source.replace(from, to);
    if (cases[name].length !== 100) failed = 1, console.log(`FAIL: ${name} has ${cases[name].length} cases`);
    if (n) failed = 1, console.log(`FAIL: ${name} differs in ${n} of 100 cases`);
    if (changed === source || !differences(changed, name)) failed = 1, console.log(`FAIL: ${name} with ${to} for ${from} is not noticed`);
}
if (Object.keys(cases).length !== Object.keys(wrong).length) failed = 1, console.log("FAIL: another number of models");
process.exit(failed);
