// SPDX-License-Identifier: MIT
// The page of a listening test. It draws nothing of the sound and subscribes to nothing: what it shows is what
// /listen/state tells, which is the same whatever X is.

const POLL_MS = 500;
const at = (id) => document.getElementById(id);
const SCALE = ["bad", "poor", "fair", "good", "excellent"];
let state = {}, shown = "";

async function request(body) {
  const answer = await fetch(`/listen/do${location.search}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const told = answer.ok ? await answer.json() : { error: await answer.text() };
  at("message").textContent = told.error ?? "";
  if (!told.error) show(told);
}
const play = (what) => request({ do: "play", what });
const answer = (what) => request({ do: "answer", what });

async function poll() {
  try {
    show(await (await fetch("/listen/state")).json());
    document.body.dataset.link = "open";
    if (at("message").dataset.lost) at("message").textContent = at("message").dataset.lost = "";
  } catch {
    document.body.dataset.link = "closed";
    at("message").textContent = "The test cannot be reached.";
    at("message").dataset.lost = "yes";
  }
}

// ---- what is shown ----

function rows(list, pairs) {
  list.replaceChildren(...pairs.map(([name, value]) => {
    const row = document.createElement("div"), term = document.createElement("dt"), data = document.createElement("dd");
    term.textContent = name;
    data.textContent = value;
    row.append(term, data);
    return row;
  }));
}

// A state of live is a preset: its codec, and what is not at its default.
function summary(state) {
  if (typeof state === "string") return state;
  const values = Object.entries(state.parameters ?? state.settings ?? {}).map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`);
  return [state.codec, ...values].filter(Boolean).join(", ");
}

function showSetup() {
  const isAbx = state.kind === "abx", settings = state.settings ?? {};
  at("trials").parentElement.firstElementChild.hidden = at("trials").hidden = !isAbx;
  if (shown !== "setup" && isAbx) at("trials").value = [...at("trials").options].some((o) => o.value === `${state.trials}`) ? state.trials : 16;
  at("setup-text").textContent = state.problem ? `The test could not begin: ${state.problem}` : !state.can_start ? "A and B are empty: keep two states on the page first, with Shift+A and Shift+B."
    : isAbx ? "X is A or B, drawn anew for each trial. Which one is it?" : `${state.items === 1 ? "One sound" : `${state.items} sounds`}. Rate its ${state.conditions} versions against the reference, from 0 to 100. One of them is the reference itself, hidden, and one an anchor; their order is drawn anew for each sound.`;
  rows(at("settings"), ["file", "a", "b", "codec"].filter((key) => settings[key]).map((key) => [key.length === 1 ? key.toUpperCase() : key, summary(settings[key])]));
  at("start").disabled = !state.can_start;
  at("start").textContent = state.state === "over" ? "Start anew" : "Start";
}

function showAbx() {
  at("abx-where").textContent = state.trials ? `Trial ${state.answered + 1} of ${state.trials}` : `Trial ${state.answered + 1}`;
  for (const button of document.querySelectorAll("[data-what]")) button.setAttribute("aria-pressed", button.dataset.what === state.playing);
}

function makeFaders(count) {
  const words = document.createElement("div"), scale = document.createElement("div"), space = document.createElement("span");
  words.className = "fader";
  scale.className = "words";
  space.className = "space";
  scale.append(...SCALE.map((word) => Object.assign(document.createElement("span"), { textContent: word })));
  words.append(space, scale);
  const faders = [["r", "Reference"], ...Array.from({ length: count }, (_, i) => [`${i + 1}`, `${i + 1}`])].map(([what, name]) => {
    const row = document.createElement("div"), button = document.createElement("button");
    row.className = "fader";
    button.dataset.what = what;
    button.textContent = name;
    button.addEventListener("click", () => play(what));
    row.append(button);
    if (what === "r") return row;
    const input = document.createElement("input"), output = document.createElement("output"), scale = document.createElement("div");
    Object.assign(input, { type: "range", min: 0, max: 100, step: 1, value: 0, className: "unrated" });
    input.setAttribute("aria-label", `Rating of ${name}`);
    input.addEventListener("input", () => showScore(input, Number(input.value)));
    input.addEventListener("change", () => request({ do: "rate", which: Number(what), score: Number(input.value) }));
    output.value = "–";
    scale.className = "scale";
    scale.append(input);
    row.append(scale, output);
    return row;
  });
  at("faders").replaceChildren(faders[0], words, ...faders.slice(1));
}

function showScore(input, score) {
  input.value = score;
  input.classList.remove("unrated");
  input.setAttribute("aria-valuetext", `${score}, ${SCALE[Math.min(4, Math.floor(score / 20))]}`);
  input.closest(".fader").querySelector("output").value = score;
}

function showRating() {
  const key = `${state.item}/${state.ratings.length}`;
  if (at("faders").dataset.key !== key) {
    makeFaders(state.ratings.length);
    at("faders").dataset.key = key;
    at("comment").value = "";
  }
  // What was rated before the page was loaded again, or from another one. What moves just now is the hand's.
  state.ratings.forEach((score, i) => {
    const input = at("faders").querySelectorAll("input")[i];
    if (score !== null && !(input.matches(":active, :focus"))) showScore(input, score);
  });
  at("rating-where").textContent = `Sound ${state.item} of ${state.items}`;
  at("next").textContent = state.item === state.items ? "Finish" : "Next sound";
  at("next").disabled = state.ratings.includes(null);
  for (const button of document.querySelectorAll("[data-what]")) button.setAttribute("aria-pressed", button.dataset.what === state.playing);
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function showResult() {
  const result = state.result;
  if (result.kind === "rating") {
    at("verdict").textContent = `${result.items.length} of ${state.items ?? result.items.length} sounds rated`;
    rows(at("figures"), []);
    showTable(["Sound", "Version", "Rating", ""], result.items.flatMap((item) => Object.entries(item.ratings)
      .sort((a, b) => b[1] - a[1]).map(([name, score], i) => [i ? "" : item.sound, name, score, Object.assign(document.createElement("meter"), { min: 0, max: 100, value: score })])));
    return;
  }
  const figures = [["right", `${result.right} of ${result.count}`],
    ["share of right answers, 95 % interval", `${percent(result.share_interval[0])} to ${percent(result.share_interval[1])}`]];
  if (result.p_value !== undefined) figures.push(["chance by guessing (p)", result.p_value.toPrecision(3)], ["confidence", percent(result.confidence)]);
  if (result.sequential) figures.push(["sequential test (Wald)", result.sequential.verdict]);
  at("verdict").textContent = result.sequential ? `Sequential test: ${result.sequential.verdict}`
    : result.p_value === undefined ? "Stopped before its end: no p" : result.p_value < 0.05 ? "Told apart (p under 0.05)" : "Not shown to be told apart (p of 0.05 or more)";
  rows(at("figures"), figures);
  showTable(["Trial", "X was", "Answer", "", "Time"], result.trials.map((trial, i) =>
    [i + 1, trial.x.toUpperCase(), trial.answer.toUpperCase(), trial.right ? "right" : "wrong", `${trial.seconds.toFixed(1)} s`]));
}

function showTable(heads, lines) {
  at("trial-table").replaceChildren();
  const head = at("trial-table").createTHead().insertRow(), body = at("trial-table").createTBody();
  head.append(...heads.map((text) => Object.assign(document.createElement("th"), { textContent: text, scope: "col" })));
  for (const line of lines) {
    const row = body.insertRow();
    for (const cell of line) row.insertCell().append(cell);
  }
}

function show(told) {
  state = told;
  const isRunning = state.state === "running";
  at("setup").hidden = isRunning;
  at("abx").hidden = !isRunning || state.kind !== "abx";
  at("rating").hidden = !isRunning || state.kind !== "rating";
  at("loop-panel").hidden = !isRunning;
  at("result").hidden = state.state !== "over";
  at("back").hidden = !state.live || isRunning;
  for (const input of [at("loop-from"), at("loop-to")]) input.disabled = !state.duration_s;
  if (document.activeElement !== at("loop-from")) at("loop-from").value = state.loop_s[0].toFixed(2);
  if (document.activeElement !== at("loop-to")) at("loop-to").value = state.loop_s[1].toFixed(2);
  if (!isRunning) showSetup();
  else if (state.kind === "abx") showAbx();
  else showRating();
  if (state.state === "over") showResult();
  shown = isRunning ? "running" : "setup";
}

// ---- what is done ----

const next = () => play({ a: "b", b: "x" }[state.playing] ?? "a");
const BY_KEY = { a: () => play("a"), b: () => play("b"), x: () => play("x"), " ": next, 1: () => answer("a"), 2: () => answer("b") };

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input[type=text], input[type=number], select") || event.ctrlKey || event.metaKey || event.altKey;
  if (state.state !== "running" || isTyping) return;
  const isSound = event.key === "r" || (event.key >= "1" && event.key <= "9");
  const action = state.kind === "abx" ? BY_KEY[event.key] : isSound ? () => play(event.key) : undefined;
  if (!action) return;
  event.preventDefault();
  action();
});
for (const button of document.querySelectorAll("#abx [data-what]")) button.addEventListener("click", () => play(button.dataset.what));
for (const button of document.querySelectorAll("[data-answer]")) button.addEventListener("click", () => answer(button.dataset.answer));
at("start").addEventListener("click", () => { at("start").blur(); request(state.kind === "abx" ? { do: "start", trials: Number(at("trials").value) } : { do: "start" }); });
at("next").addEventListener("click", () => request({ do: "next", comment: at("comment").value }));
at("stop").addEventListener("click", () => request({ do: "stop" }));
for (const input of [at("loop-from"), at("loop-to")])
  input.addEventListener("change", () => request({ do: "loop", from: Number(at("loop-from").value), to: Number(at("loop-to").value) }));

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  at("theme").textContent = theme === "dark" ? "Light" : "Dark";
}
at("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
setTheme(matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
at("back").href = `/${location.search}`;
await poll();
setInterval(poll, POLL_MS);
