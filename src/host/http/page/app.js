// SPDX-License-Identifier: MIT
// The page: values and telemetry come by OSC over one WebSocket, and go back the same way.
import { Link } from "/page/link.js";
import * as osc from "/page/osc.js";
import { readColours } from "/page/draw.js";
import { Spectrograms } from "/page/spectrogram.js";
import { Levels } from "/page/levels.js";
import { Tokens } from "/page/tokens.js";
import { Hearing } from "/page/hearing.js";
import { Controls, choose } from "/page/controls.js";
import { Machine } from "/page/machine.js";
import { States } from "/page/states.js";

const MONITORS = ["wet", "dry", "residual", "delta"];
const MESSAGE_MS = 6000, NOTE_MS = 250;
const at = (id) => document.getElementById(id);

// Values in force by address, as numbers, and what the codec has.
const state = { values: new Map(), levelCount: 0, value(address) { return this.values.get(address); } };
const meters = {};
const levelMeters = [];
const SLOT_NUMBERS = { A: 1, B: 2 };
let status = null, lists = null, wantsMatch = true;
let treeCodec; // whose levels and ranges are shown

// What is loaded from files: a refusal of one names "codec".
const LOADED = ["/residuum/codec", "/residuum/decode_codec", "/residuum/preset"];

let messageTimer = 0;
function say(text) {
  at("message").textContent = text;
  clearTimeout(messageTimer);
  messageTimer = setTimeout(() => { at("message").textContent = ""; }, MESSAGE_MS);
}

// ---- in ----

const takers = {
  "/residuum/error": ([address, reason]) => {
    say(`${address}: ${reason}`);
    for (const name of [address, ...LOADED]) if (state.values.has(name)) setValue(name, state.value(name)); // shown is what is in force
  },
  "/residuum/meter/level": (values) => { levelMeters[values[0] - 1] = values; },
  "/residuum/tokens": ([blob]) => tokens.add(blob),
  "/residuum/page/energies": ([blob]) => { levels.energies = blob.slice(); },
  "/residuum/meter/late": (values) => {
    if (meters.late && values[0] > meters.late[0]) tokens.flash("late frame");
    meters.late = values;
  },
  "/residuum/meter/effects": (values) => {
    if (meters.effects && values[1] > meters.effects[1]) tokens.flash("lost frames");
    else if (meters.effects && values[0] > meters.effects[0]) tokens.flash("effects");
    meters.effects = values;
  },
  "/residuum/page/spectrum": ([, ...blobs]) => spectrograms.add(blobs),
  "/residuum/page/levels": ([blob]) => { tokens.ends = Array.from({ length: blob.length / 2 }, (_, k) => blob[2 * k] * 256 + blob[2 * k + 1]); },
  "/residuum/page/masking": (values) => { hearing.add(values); meters.nmr = values[4]; },
};

function take(address, values) {
  if (takers[address]) takers[address](values);
  else if (address.startsWith("/residuum/meter/")) meters[address.slice("/residuum/meter/".length)] = values;
  else if (!address.startsWith("/residuum/norm/") && values.length === 1) setValue(address, values[0]);
}

// What the server tells beside OSC.
const commands = {
  PATH_CHANGED: () => { readTree(); readPattern(); },
  MISSED: () => link.renew(),
  STATUS: (data) => {
    status = data;
    levels.codedBits = data.coded_bits ?? [];
    showOffers(data.offers);
    showSlots();
  },
  LISTS: (data) => {
    lists = data;
    controls.names = lists.names;
    controls.codecs = lists.codecs.map(({ name }) => name);
    controls.build();
    showLists();
  },
};

function setValue(address, value) {
  state.values.set(address, value);
  controls.update(address, value);
  if (address === "/residuum/monitor") showMonitor(MONITORS[value]);
  if (address === "/residuum/match") at("match").setAttribute("aria-pressed", value !== 0);
  if (address === "/residuum/bypass") at("bypass").setAttribute("aria-pressed", value !== 0);
  if (address === "/residuum/codec") {
    choose(at("codec"), value);
    if (value !== treeCodec) commands.PATH_CHANGED(); // where the message itself was dropped
  }
  if (address === "/residuum/preset") choose(at("preset"), value, value || "none");
}

function showMonitor(name) {
  for (const button of at("monitor").children) button.setAttribute("aria-checked", button.textContent === name);
}

function option(name, help) {
  const made = new Option(name);
  made.title = help;
  return made;
}

// Presets by their groups, codecs with what they are.
function showLists() {
  const groups = new Map();
  for (const { name, group, help } of lists.presets) {
    if (!groups.has(group)) groups.set(group, Object.assign(document.createElement("optgroup"), { label: group }));
    groups.get(group).append(option(name, help));
  }
  const preset = state.value("/residuum/preset"), codec = state.value("/residuum/codec");
  at("preset").replaceChildren(new Option("none", ""), ...groups.values());
  at("codec").replaceChildren(...lists.codecs.map(({ name, help }) => option(name, help)));
  if (preset !== undefined) choose(at("preset"), preset, preset || "none");
  if (codec !== undefined) choose(at("codec"), codec);
}

async function readTree() {
  const answer = await fetch("/", { headers: { Accept: "application/json" } });
  if (answer.status === 409) { // a blind test runs
    location.href = `/listen${location.search}`;
    return;
  }
  const tree = (await answer.json()).CONTENTS.residuum;
  state.levelCount = Object.keys(tree.CONTENTS.level.CONTENTS).length;
  levelMeters.length = state.levelCount;
  treeCodec = tree.CONTENTS.codec.VALUE[0];
  for (const name of ["codec", "preset"]) {
    const select = at(name), chosen = tree.CONTENTS[name].VALUE[0];
    state.values.set(`/residuum/${name}`, chosen);
    if (!lists) select.replaceChildren(...tree.CONTENTS[name].RANGE[0].VALS.map((value) => new Option(value)));
    choose(select, chosen, chosen || "none");
  }
  controls.build(tree);
}

async function readPattern() {
  const name = at("pattern").value;
  const told = await (await fetch(`/page/pattern?name=${encodeURIComponent(name)}`)).json();
  if (at("pattern").options.length === 1) at("pattern").append(...told.names.map((each) => new Option(each)));
  tokens.pattern = name ? { name, ...told } : null;
}

// ---- out ----

const send = (address, ...values) => link.send(address, ...values);
const step = (amount) => send("/residuum/levels", Math.max(0, Math.min(state.levelCount,
  Math.round(((state.value("/residuum/levels") ?? 0) + amount) * 10) / 10)));
const stepGain = (amount) => {
  const address = `/residuum/level/${levels.picked + 1}/gain`;
  send(address, Math.max(0, Math.min(2, Math.round(((state.value(address) ?? 1) + amount) * 100) / 100)));
};
const toggle = (address) => send(address, !state.value(address));
const toggleLevel = (name) => toggle(`/residuum/level/${levels.picked + 1}/${name}`);

// Both states as loud as the dry sound, from the first comparison on, unless it is switched off here.
function match() {
  if (wantsMatch && !state.value("/residuum/match")) send("/residuum/match", true);
}

function setMatch() {
  wantsMatch = !state.value("/residuum/match");
  send("/residuum/match", wantsMatch);
}

function keep(slot) {
  match();
  send("/residuum/slot/store", SLOT_NUMBERS[slot]);
}

// The engine cross-fades between whole states; an empty slot gets what is set.
function recall(slot) {
  if (!status?.slots.filled[SLOT_NUMBERS[slot] - 1]) {
    keep(slot);
    return;
  }
  match();
  send("/residuum/slot/recall", SLOT_NUMBERS[slot]);
  status.slots.current = SLOT_NUMBERS[slot] - 1;
  showSlots();
}

// A plugin has no recorder, no blind test, no device of its own: what is not offered is not shown.
function showOffers(offers) {
  for (const part of document.querySelectorAll("[data-needs]")) part.hidden = !offers.includes(part.dataset.needs);
}

function showSlots() {
  for (const [slot, number] of Object.entries(SLOT_NUMBERS)) {
    const button = at(`slot-${slot.toLowerCase()}`), isFilled = status?.slots.filled[number - 1];
    button.setAttribute("aria-pressed", Boolean(isFilled) && status.slots.current === number - 1);
    button.toggleAttribute("data-empty", !isFilled);
    button.title = isFilled ? `Plays ${slot}; Shift keeps what is set now as ${slot}` : `Empty: keeps what is set now as ${slot}`;
  }
  states.show(status?.slots.filled ?? []);
}

const offers = (name) => !status || status.offers.includes(name);
const record = () => offers("record") && send("/residuum/record", meters.recording?.[0] === 1 ? 0 : 1);

// The gain of the picked level, or the control that was pointed at last.
function learn() {
  const address = controls.picked && document.activeElement !== at("levels") ? controls.picked : `/residuum/level/N/gain`;
  const symbol = lists?.symbols[address]?.replace("[N]", `[${levels.picked + 1}]`);
  if (status?.midi?.learning) send("/residuum/midi/learn");
  else if (symbol) send("/residuum/midi/learn", symbol);
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
  ["PgUp PgDn", "gain of the picked level", { PageUp: () => stepGain(0.05), PageDown: () => stepGain(-0.05) }],
  ["s m", "solo, mute the picked level", { s: () => toggleLevel("solo"), m: () => toggleLevel("mute") }],
  ["b", "bypass", { b: () => toggle("/residuum/bypass") }],
  ["A B", "keep what is set as A or B", { A: () => keep("A"), B: () => keep("B") }],
  ["T", "tap the tempo", { T: () => send("/residuum/tempo/tap") }],
  ["x", "alternate between A and B", { x: () => recall(status?.slots.current === 0 ? "B" : "A") }],
  ["u", "take back the last preset, slot, throw or morph", { u: () => states.undo() }],
  ["v", "A and B as loud as the dry sound", { v: setMatch }],
  ["R", "start, stop a recording", { R: record }],
  ["l", "MIDI learn: the picked control or level", { l: learn }],
  ["c p", "go to codec, preset", { c: () => at("codec").focus(), p: () => at("preset").focus() }],
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
const machine = new Machine({ callbacks: at("callbacks"), latency: at("latency") });
levels.meters = levelMeters;

const topLevel = () => Math.max(0, Math.ceil(meters.levels?.[0] ?? 0) - 1);
const FIGURES = [
  ["levels", () => meters.levels?.[0].toFixed(1)], ["bitrate", () => meters.bitrate && `${meters.bitrate[0].toFixed(1)} kbps`],
  ["latency", () => meters.latency && `${meters.latency[1].toFixed(2)} ms`],
  ["coded", () => meters.coded && `${meters.coded[0].toFixed(1)} kbps`],
  ["SNR", () => levelMeters[topLevel()] && `${levelMeters[topLevel()][1].toFixed(1)} dB`],
  ["NMR", () => meters.nmr !== undefined && `${meters.nmr.toFixed(1)} dB`],
  ["load", () => meters.load && `${(100 * meters.load[0]).toFixed(1)} / ${(100 * meters.load[1]).toFixed(0)} %`],
  ["xruns", () => meters.xruns?.[0]], ["late frames", () => meters.late?.[0]],
];
const CODED_AT = FIGURES.findIndex(([name]) => name === "coded");
const OF_THE_DEVICE = ["load", "xruns"];
const figures = FIGURES.map(([name, read]) => {
  const row = document.createElement("div"), term = document.createElement("dt"), data = document.createElement("dd");
  term.textContent = name;
  if (OF_THE_DEVICE.includes(name)) row.dataset.needs = "load";
  row.append(term, data);
  at("figures").append(row);
  return [data, read];
});

function showTexts() {
  for (const [data, read] of figures) data.textContent = read() || read() === 0 ? read() : "–";
  at("figures").children[CODED_AT].hidden = !meters.coded; // with --entropy alone
  at("level-text").value = levels.text();
  at("token-text").value = tokens.text();
  at("masking-text").value = "dB SPL";
  at("callback-text").value = status?.callbacks ? `worst ${(100 * status.callbacks.worst_share).toFixed(0)} %${status.callbacks.causes && `: ${status.callbacks.causes}`}` : "";
  at("latency-text").value = status ? `${status.backend}${status.block ? `, ${status.block} samples` : ""} at ${status.rate_hz} Hz` : "";
  at("midi-text").value = status?.midi?.learning ? `learning: ${status.midi.learning}` : status?.midi?.learnt ?? "";
  const isRecording = meters.recording?.[0] === 1;
  at("record").setAttribute("aria-pressed", isRecording);
  at("record").textContent = isRecording ? `Stop ${meters.recording[1].toFixed(0)} s` : meters.recording?.[0] === 2 ? "Broke off" : "Record";
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
    if (drawnCount % 15 === 1) machine.draw(status);
  }
  restUntil = started + 3 * (performance.now() - started);
}

// ---- start ----

const states = new States(at, send);

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
at("match").addEventListener("click", setMatch);
at("record").addEventListener("click", record);
at("pattern").addEventListener("change", readPattern);
at("listen").href = `/listen${location.search}`;
at("freeze").addEventListener("click", freeze);
at("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
at("help-button").addEventListener("click", byKey["?"]);
document.addEventListener("keydown", (event) => {
  const isFader = event.target.matches("input[type=range]") && /^(Arrow|Page|Home|End|[-+=])/.test(event.key);
  const isTyping = isFader || event.target.matches("input:not([type=checkbox], [type=range]), select, dialog *") || event.ctrlKey || event.metaKey || event.altKey;
  const isButton = event.key === " " && event.target.matches("button, input");
  if (isTyping || isButton || !byKey[event.key]) return;
  event.preventDefault();
  byKey[event.key]();
});

setTheme(matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
showSlots();
await readTree();
await readPattern();
const link = new Link({
  onMessage: take,
  onCommand: (command) => commands[command.COMMAND]?.(command.DATA),
  onState: (isOpen) => {
    document.body.dataset.link = isOpen ? "open" : "closed";
    if (isOpen) readTree();
    else say("the connection is gone; trying again");
  },
});
window.residuum = { tokens, levels, spectrograms, hearing }; // for tests, and for who is curious
setInterval(showTexts, 100);
const noted = {}; // what the history has seen last
setInterval(() => {
  hearing.note({ nmr: meters.nmr, snr: levelMeters[topLevel()]?.[1], kbps: meters.bitrate?.[0], load: meters.load && 100 * meters.load[0], delay: status?.callbacks?.worst_late_ms, late: meters.late && meters.late[0] - (noted.late ?? meters.late[0]) });
  noted.late = meters.late?.[0];
}, NOTE_MS);
requestAnimationFrame(draw);
