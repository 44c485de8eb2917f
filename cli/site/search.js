/* search.js - looks for words in sections[], which search_index.js has: [address, title, text]. */
"use strict";
const box = document.getElementById("q"), hits = document.getElementById("hits"), count = document.getElementById("count");

/* How well a section fits all words; 0: one of them is not in it. */
function weigh(section, words) {
    const title = section[1].toLowerCase(), text = section[2].toLowerCase();
    let weight = 0;
    for (const word of words) {
        const here = (title.includes(word) ? 10 : 0) + (text.includes(word) ? 1 : 0);
        if (!here) return 0;
        weight += here;
    }
    return weight;
}

function show() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length ? sections.map(s => [weigh(s, words), s]).filter(f => f[0]) : [];
    found.sort((a, b) => b[0] - a[0]);
    hits.replaceChildren(...found.slice(0, 30).map(([, [address, title, text]]) => {
        const item = document.createElement("li"), link = document.createElement("a"), p = document.createElement("p");
        link.href = address;
        link.textContent = title;
        const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 60);
        p.textContent = (at ? "..." : "") + text.slice(at, at + 160) + (text.length > at + 160 ? "..." : "");
        item.append(link, p);
        return item;
    }));
    count.textContent = words.length ? found.length + (found.length === 1 ? " section" : " sections") : "";
}

box.addEventListener("input", show);
box.value = new URLSearchParams(location.search).get("q") || "";
show();
