"use strict";
// Only comfort: the page is whole without it. Texts are set as text, never as markup.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const form = $("form.filters"), prompts = $$("section.prompt"), articles = $$("article");
const copy = (id) => $("#" + id).content.cloneNode(true).firstElementChild;

// The state of the page in its address: #t=case&tag=failed&tag=loop&role=base&q=text
function state() { return new URLSearchParams(location.hash.slice(1)); }
function remember(id) {
  const params = new URLSearchParams();
  if (id) params.set("t", id.slice(2));
  for (const [name, value] of new FormData(form)) if (value) params.append(name, value);
  const hash = params.toString();
  history.replaceState(null, "", hash ? "#" + hash : location.pathname);
}
function current() { const t = state().get("t"); return t ? "t=" + t : ""; }

// Long texts lose their middle and are kept compressed: a search reads them whole, once
const texts = new Map();
let reading = null;
async function inflate(pre) {
  const bytes = Uint8Array.from(atob(pre.dataset.full), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}
async function readAll() {
  for (const pre of $$("pre[data-full]")) texts.set(pre, (await inflate(pre)).toLowerCase());
  filter();
}
function says(element, q) {
  return element.textContent.toLowerCase().includes(q)
    || $$("pre[data-full]", element).some((pre) => (texts.get(pre) || "").includes(q));
}

function filter() {
  const chosen = new FormData(form), tags = chosen.getAll("tag");
  const q = chosen.get("q").trim().toLowerCase();
  if (q) reading ||= readAll();
  const same = (article, name) => !chosen.get(name) || article.dataset[name] === chosen.get(name);
  let n = 0;
  for (const section of prompts) {
    const asked = q && says($(".asked", section), q);
    let any = false;
    for (const article of $$("article", section)) {
      const own = article.dataset;
      const shown = tags.every((tag) => own.tags.split(" ").includes(tag))
        && same(article, "role") && same(article, "behavior")
        && (!chosen.get("trait") || own.traits.split(" ").includes(chosen.get("trait")))
        && (!q || asked || own.case.toLowerCase().includes(q) || says(article, q));
      article.hidden = !shown;
      if (shown) { any = true; n++; }
    }
    section.hidden = !any;
  }
  $("output", form).textContent = `${n} / ${articles.length} ${$("#shown").content.textContent}`;
}

function restore() {
  const params = state();
  for (const box of $$("input[name=tag]", form)) box.checked = params.getAll("tag").includes(box.value);
  for (const name of ["role", "behavior", "trait", "q"]) form.elements[name].value = params.get(name) || "";
  filter();
  const target = document.getElementById(current());
  if (target) {
    const article = target.closest("article");
    if (target !== article) swap(target);
    article.hidden = article.closest("section").hidden = false;
    open(article);
  } else if (["tag", "role", "behavior", "trait", "q"].some((name) => params.has(name))) {
    open($("#cases"));
  }
}
function swap(sample) { // the sample that is asked for takes the place of the first
  const article = sample.closest("article"), place = $(".first", article);
  if (place.contains(sample)) return;
  const others = $(".others", article);
  others.append(place.firstElementChild);
  place.append(sample);
  for (const dot of $$(".dot", article)) {
    if (dot.hash.slice(1) === sample.id) dot.setAttribute("aria-current", "true");
    else dot.removeAttribute("aria-current");
  }
}
document.addEventListener("click", (event) => {
  const dot = event.target.closest("a.dot");
  if (!dot || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  swap(document.getElementById(dot.hash.slice(1)));
  remember(dot.hash.slice(1));
});
function open(element) {
  element.scrollIntoView({ block: "start" });
  element.focus({ preventScroll: true });
}

let wait = 0;
form.hidden = false;
form.addEventListener("input", (event) => {
  clearTimeout(wait);
  wait = setTimeout(() => { filter(); remember(current()); }, event.target.name === "q" ? 200 : 0);
});
form.addEventListener("reset", () => setTimeout(() => { filter(); remember(""); }));
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", restore);

// Keys
function step(by) {
  const shown = prompts.filter((section) => !section.hidden);
  const here = document.activeElement.closest("section.prompt");
  const at = here ? shown.indexOf(here) + by : by > 0 ? 0 : shown.length - 1;
  const next = shown[Math.max(0, Math.min(at, shown.length - 1))];
  if (!next) return;
  open(next);
  remember(($("article:not([hidden])", next) || {}).id);
}
const keys = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => form.elements.q.focus(),
  x: () => {
    const here = document.activeElement.closest("section.prompt");
    const all = here ? $$("details:not([name])", here) : [];
    const close = all.some((details) => details.open);
    for (const details of all) details.open = !close;
  },
  d: () => {
    const style = getComputedStyle(document.documentElement).colorScheme;
    const system = matchMedia("(prefers-color-scheme: dark)").matches;
    const dark = style === "dark" || (style !== "light" && system);
    $(dark ? "#theme-light" : "#theme-dark").checked = true;
  },
  "?": () => { const help = $("#keys"); help.open = !help.open; if (help.open) open($("summary", help)); },
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") { document.activeElement.blur(); return; }
  if (event.target.closest("input[type=search], textarea, select")) return;
  const run = keys[event.key];
  if (run) { event.preventDefault(); run(); }
});

// What a prompt needs besides is made when it comes near: a page may have thousands of samples
const record = document.body.dataset.record, store = "pytest-qwen notes " + record;
let notes = {};
try { notes = JSON.parse(localStorage.getItem(store)) || {}; } catch { /* no storage here */ }

function unpack(pre) { // the rest of a long text is kept compressed
  const button = copy("more");
  button.addEventListener("click", async () => {
    pre.textContent = await inflate(pre);
    button.remove();
  });
  pre.after(button);
}
function annotate(article) { // notes stay in this browser until they are downloaded
  const note = copy("note"), id = article.dataset.case;
  const text = $("textarea", note), decision = $("select", note);
  const kept = Object.hasOwn(notes, id) ? notes[id] : {};
  text.value = kept.note || "";
  decision.value = kept.decision || "";
  note.open = Boolean(kept.note || kept.decision);
  note.addEventListener("input", () => {
    notes[id] = { decision: decision.value, note: text.value };
    try { localStorage.setItem(store, JSON.stringify(notes)); } catch { /* kept in the page */ }
  });
  article.append(note);
}
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    $$("pre[data-full]", target).forEach(unpack);
    $$("article", target).forEach(annotate);
  }
}, { rootMargin: "800px" });
prompts.forEach((section) => near.observe(section));
$("button.download").addEventListener("click", () => {
  const written = Object.entries(notes).filter(([, note]) => note.note || note.decision)
    .map(([id, note]) => ({ case: id, ...note }));
  const text = JSON.stringify({ kind: "notes", schema: 1, record, notes: written }, null, 2);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "notes.json";
  link.click();
});

restore();
