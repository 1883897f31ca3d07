// SPDX-License-Identifier: MIT
// The page: values and telemetry come by OSC over one WebSocket, and go back the same way.
import { Link } from "/page/link.js";
import * as osc from "/page/osc.js";
import { readColours } from "/page/draw.js";
import { Spectrograms } from "/page/spectrogram.js";
import { Levels } from "/page/levels.js";
import { Tokens } from "/page/tokens.js";
import { Hearing } from "/page/hearing.js";
import { Controls } from "/page/controls.js";

const MONITORS = ["wet", "dry", "residual", "delta"];
const MESSAGE_MS = 6000, NOTE_MS = 250;
const at = (id) => document.getElementById(id);

// Values in force by address, as numbers, and what the codec has.
const state = { values: new Map(), levelCount: 0, value(address) { return this.values.get(address); } };
const meters = {};
const levelMeters = [];
const slots = { A: null, B: null, current: null };

let messageTimer = 0;
function say(text) {
  at("message").textContent = text;
  clearTimeout(messageTimer);
  messageTimer = setTimeout(() => { at("message").textContent = ""; }, MESSAGE_MS);
}

// ---- in ----

const takers = {
  "/residuum/error": ([address, reason]) => say(`${address}: ${reason}`),
  "/residuum/meter/level": (values) => { levelMeters[values[0] - 1] = values; },
  "/residuum/tokens": ([blob]) => tokens.add(blob),
  "/residuum/page/spectrum": ([, ...blobs]) => spectrograms.add(blobs),
  "/residuum/page/levels": ([blob]) => { tokens.ends = Array.from({ length: blob.length / 2 }, (_, k) => blob[2 * k] * 256 + blob[2 * k + 1]); },
  "/residuum/page/masking": (values) => { hearing.add(values); meters.nmr = values[4]; },
};

function take(address, values) {
  if (takers[address]) takers[address](values);
  else if (address.startsWith("/residuum/meter/")) meters[address.slice("/residuum/meter/".length)] = values;
  else if (!address.startsWith("/residuum/norm/") && values.length === 1) setValue(address, values[0]);
}

function setValue(address, value) {
  state.values.set(address, value);
  controls.update(address, value);
  if (address === "/residuum/monitor") showMonitor(MONITORS[value]);
  if (address === "/residuum/bypass") at("bypass").setAttribute("aria-pressed", value !== 0);
  if (address === "/residuum/codec") choose(at("codec"), value);
  if (address === "/residuum/preset") choose(at("preset"), value);
}

// A name that is no built-in one is added when it is in force.
function choose(select, name) {
  if (![...select.options].some((option) => option.value === name)) select.add(new Option(name || "none", name));
  select.value = name;
}

function showMonitor(name) {
  for (const button of at("monitor").children) button.setAttribute("aria-checked", button.textContent === name);
}

async function readTree() {
  const answer = await fetch("/", { headers: { Accept: "application/json" } });
  const tree = (await answer.json()).CONTENTS.residuum;
  state.levelCount = Object.keys(tree.CONTENTS.level.CONTENTS).length;
  levelMeters.length = state.levelCount;
  for (const name of ["codec", "preset"]) {
    const select = at(name), chosen = tree.CONTENTS[name].VALUE[0];
    select.replaceChildren(...tree.CONTENTS[name].RANGE[0].VALS.map((value) => new Option(value)));
    choose(select, chosen);
  }
  controls.build(tree);
}

// ---- out ----

const send = (address, ...values) => link.send(address, ...values);
const step = (amount) => send("/residuum/levels", Math.max(0, Math.min(state.levelCount,
  Math.round(((state.value("/residuum/levels") ?? 0) + amount) * 10) / 10)));
const toggle = (address) => send(address, !state.value(address));
const toggleLevel = (name) => toggle(`/residuum/level/${levels.picked + 1}/${name}`);

function keep(slot) {
  slots[slot] = [...state.values].filter(([address]) => address !== "/residuum/preset");
  slots.current = slot;
  showSlots();
}

// All values in one bundle, so that they come into force together; the codec where it is another one.
function recall(slot) {
  if (!slots[slot]) {
    keep(slot);
    return;
  }
  const changed = slots[slot].filter(([address, value]) => state.value(address) !== value);
  changed.sort(([a], [b]) => (b === "/residuum/codec") - (a === "/residuum/codec"));
  if (changed.length) link.sendPacket(osc.bundle(changed.map(([address, value]) => osc.write(address, value))));
  slots.current = slot;
  showSlots();
}

function showSlots() {
  for (const slot of ["A", "B"]) {
    const button = at(`slot-${slot.toLowerCase()}`);
    button.setAttribute("aria-pressed", slots.current === slot);
    button.textContent = slots[slot] ? slot : `${slot} (empty)`;
  }
}

function freeze() {
  const isFrozen = !spectrograms.isFrozen;
  spectrograms.isFrozen = tokens.isFrozen = hearing.isFrozen = isFrozen;
  at("freeze").setAttribute("aria-pressed", isFrozen);
}

function pick(level) { if (level >= 0 && level < state.levelCount) levels.picked = level; }

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  at("theme").textContent = theme === "dark" ? "Light" : "Dark";
  readColours();
  spectrograms.isDirty = true;
}

const KEYS = [
  ["w d r t", "hear wet, dry, residual, the delta of the top level", { w: () => send("/residuum/monitor", "wet"), d: () => send("/residuum/monitor", "dry"), r: () => send("/residuum/monitor", "residual"), t: () => send("/residuum/monitor", "delta") }],
  ["← →", "levels by 0.1", { ArrowLeft: () => step(-0.1), ArrowRight: () => step(0.1) }],
  ["- +", "levels by 1", { "-": () => step(-1), "+": () => step(1), "=": () => step(1) }],
  ["↑ ↓ 1..9", "pick a level", { ArrowUp: () => pick(levels.picked - 1), ArrowDown: () => pick(levels.picked + 1) }],
  ["s m", "solo, mute the picked level", { s: () => toggleLevel("solo"), m: () => toggleLevel("mute") }],
  ["b", "bypass", { b: () => toggle("/residuum/bypass") }],
  ["A B", "keep what is set as A or B", { A: () => keep("A"), B: () => keep("B") }],
  ["x", "alternate between A and B", { x: () => recall(slots.current === "A" ? "B" : "A") }],
  ["Space", "freeze the pictures", { " ": freeze }],
  ["[ ]", "zoom in time", { "[": () => spectrograms.zoom(-1), "]": () => spectrograms.zoom(1) }],
  ["?", "this list", { "?": () => at("help").showModal() }],
];
const byKey = Object.assign({}, ...KEYS.map((row) => row[2]));
for (let digit = 1; digit <= 9; digit++) byKey[digit] = () => pick(digit - 1);

// ---- pictures ----

const spectrograms = new Spectrograms(document.querySelectorAll("#spectrograms figure"));
const levels = new Levels(at("levels"), state, send);
const tokens = new Tokens(at("tokens"), state);
const hearing = new Hearing({ masking: at("masking"), bands: at("bands"), history: at("history") });
const controls = new Controls(at("controls"), at("control-help"), state, send);
levels.meters = levelMeters;

const topLevel = () => Math.max(0, Math.ceil(meters.levels?.[0] ?? 0) - 1);
const FIGURES = [
  ["levels", () => meters.levels?.[0].toFixed(1)], ["bitrate", () => meters.bitrate && `${meters.bitrate[0].toFixed(1)} kbps`],
  ["latency", () => meters.latency && `${meters.latency[1].toFixed(2)} ms`],
  ["SNR", () => levelMeters[topLevel()] && `${levelMeters[topLevel()][1].toFixed(1)} dB`],
  ["NMR", () => meters.nmr !== undefined && `${meters.nmr.toFixed(1)} dB`],
  ["load", () => meters.load && `${(100 * meters.load[0]).toFixed(1)} / ${(100 * meters.load[1]).toFixed(0)} %`],
  ["xruns", () => meters.xruns?.[0]], ["late frames", () => meters.late?.[0]],
];
const figures = FIGURES.map(([name, read]) => {
  const row = document.createElement("div"), term = document.createElement("dt"), data = document.createElement("dd");
  term.textContent = name;
  row.append(term, data);
  at("figures").append(row);
  return [data, read];
});

function showTexts() {
  for (const [data, read] of figures) data.textContent = read() || read() === 0 ? read() : "–";
  at("level-text").value = levels.text();
  at("token-text").value = tokens.text();
  at("masking-text").value = "dB SPL";
  at("bands-text").value = meters.nmr === undefined ? "" : `in all ${meters.nmr.toFixed(1)} dB`;
}

// Only the spectrograms move by a column a frame; the others change no faster than a third of that. A machine that draws
// slowly draws less often: it is to have most of its time for what comes in.
let drawnCount = 0, restUntil = 0;
function draw() {
  const started = performance.now();
  requestAnimationFrame(draw);
  if (started < restUntil) return;
  spectrograms.draw();
  if (drawnCount++ % 3 === 0) {
    levels.draw();
    tokens.draw(levelMeters);
    hearing.draw();
  }
  restUntil = started + 3 * (performance.now() - started);
}

// ---- start ----

for (const name of MONITORS) {
  const button = document.createElement("button");
  button.setAttribute("role", "radio");
  button.textContent = name;
  button.addEventListener("click", () => send("/residuum/monitor", name));
  at("monitor").append(button);
}
for (const [keys, meaning] of KEYS) {
  const row = at("keys").insertRow();
  for (const key of keys.split(" ")) {
    const mark = document.createElement("kbd");
    mark.textContent = key;
    if (!row.cells.length) row.insertCell();
    row.cells[0].append(mark, " ");
  }
  row.insertCell().textContent = meaning;
}
at("codec").addEventListener("change", (event) => send("/residuum/codec", event.target.value));
at("preset").addEventListener("change", (event) => send("/residuum/preset", event.target.value));
at("bypass").addEventListener("click", () => toggle("/residuum/bypass"));
at("slot-a").addEventListener("click", (event) => event.shiftKey ? keep("A") : recall("A"));
at("slot-b").addEventListener("click", (event) => event.shiftKey ? keep("B") : recall("B"));
at("swap").addEventListener("click", byKey.x);
at("freeze").addEventListener("click", freeze);
at("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
at("help-button").addEventListener("click", byKey["?"]);
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input:not([type=checkbox]), select, dialog *") || event.ctrlKey || event.metaKey || event.altKey;
  const isButton = event.key === " " && event.target.matches("button, input");
  if (isTyping || isButton || !byKey[event.key]) return;
  event.preventDefault();
  byKey[event.key]();
});

setTheme(matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
showSlots();
await readTree();
const link = new Link({
  onMessage: take,
  onCommand: (command) => { if (command.COMMAND === "PATH_CHANGED") readTree(); },
  onState: (isOpen) => {
    document.body.dataset.link = isOpen ? "open" : "closed";
    if (isOpen) readTree();
    else say("the connection is gone; trying again");
  },
});
setInterval(showTexts, 100);
setInterval(() => hearing.note({ nmr: meters.nmr, snr: levelMeters[topLevel()]?.[1], kbps: meters.bitrate?.[0], load: meters.load && 100 * meters.load[0] }), NOTE_MS);
requestAnimationFrame(draw);
