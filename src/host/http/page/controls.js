// SPDX-License-Identifier: MIT
// Every parameter, from the tree that the server has: a fader, a switch or a choice, with its help.

// Has a place of its own above, or a value a level.
const ELSEWHERE = /^\/residuum\/(norm|level|codec|preset|monitor|bypass)(\/|$)/;

function leaves(node, found = []) {
  if (node.CONTENTS) for (const child of Object.values(node.CONTENTS)) leaves(child, found);
  else found.push(node);
  return found;
}

// A name that is none of the built-in ones is added when it is in force.
export function choose(select, name, text = name) {
  if (![...select.options].some((option) => option.value === name)) select.add(new Option(text, name));
  select.value = name;
}

// "Levels (levels)" says its unit twice.
const labelOf = (name) => name.replace(/^(.*) \((\w+)\)$/, (whole, before, unit) => before.toLowerCase().endsWith(unit) ? before : whole);

// The codec that decodes has no list in the tree, as what fits is the shape of the codec in use; "none" is the codec itself.
const DECODER = "/residuum/decode_codec", ITSELF = "none";

export class Controls {
  constructor(section, help, state, send) {
    Object.assign(this, { section, help, state, send });
    this.updates = new Map();
    this.names = {}; // of values, by address
    this.codecs = [];
    this.picked = null; // the address of the control that the pointer or the focus is on
    section.addEventListener("pointerleave", () => { if (!section.contains(document.activeElement)) help.textContent = ""; });
    section.addEventListener("focusout", (event) => { if (!section.contains(event.relatedTarget)) help.textContent = ""; });
  }

  build(tree = this.tree) {
    this.tree = tree;
    this.section.replaceChildren();
    this.updates.clear();
    const groups = new Map();
    for (const leaf of leaves(tree)) {
      if (ELSEWHERE.test(leaf.FULL_PATH)) continue;
      const group = leaf.TAGS?.[0] ?? "Other";
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(leaf);
    }
    for (const [name, members] of groups) {
      const box = document.createElement("fieldset"), legend = document.createElement("legend");
      legend.textContent = name;
      box.append(legend, ...members.map((leaf) => this.control(leaf)));
      this.section.append(box);
    }
  }

  control(leaf) {
    const row = document.createElement("div"), label = document.createElement("label"), output = document.createElement("output");
    const colon = leaf.DESCRIPTION.indexOf(": ");
    const names = this.names[leaf.FULL_PATH];
    const input = names ? this.numbered(leaf, names) : leaf.TYPE === "s" ? this.choice(leaf) : leaf.TYPE === "T" ? this.switch(leaf) : this.fader(leaf);
    row.className = "control";
    input.id = `c${leaf.FULL_PATH.replaceAll("/", "-")}`;
    label.htmlFor = input.id;
    label.textContent = labelOf(leaf.DESCRIPTION.slice(0, colon));
    row.append(label, input, output);
    for (const event of ["pointerenter", "focusin"])
      row.addEventListener(event, () => {
        this.help.textContent = leaf.DESCRIPTION;
        this.picked = leaf.FULL_PATH;
      });
    const standard = leaf.VALUE[0];
    this.updates.set(leaf.FULL_PATH, (value) => {
      if (input.type === "checkbox") input.checked = Boolean(value);
      else if (leaf.FULL_PATH === DECODER) choose(input, value || ITSELF);
      else if (document.activeElement !== input || input.type === "range") input.value = value;
      output.value = typeof value === "number" && input.type === "range" ? Number(value.toPrecision(4)) : "";
    });
    this.updates.get(leaf.FULL_PATH)(this.state.value(leaf.FULL_PATH) ?? standard);
    return row;
  }

  fader(leaf) {
    const input = document.createElement("input"), { MIN, MAX } = leaf.RANGE[0];
    Object.assign(input, { type: "range", min: MIN, max: MAX, step: leaf.TYPE === "i" ? 1 : "any" });
    input.addEventListener("input", () => this.send(leaf.FULL_PATH, Number(input.value)));
    return input;
  }

  switch(leaf) {
    const input = document.createElement("input");
    input.type = "checkbox";
    input.addEventListener("change", () => this.send(leaf.FULL_PATH, input.checked));
    return input;
  }

  choice(leaf) {
    const input = document.createElement("select");
    for (const name of leaf.FULL_PATH === DECODER ? [ITSELF, ...this.codecs] : leaf.RANGE[0].VALS) input.add(new Option(name));
    input.addEventListener("change", () => this.send(leaf.FULL_PATH, input.value));
    return input;
  }

  numbered(leaf, names) {
    const input = document.createElement("select"), { MIN } = leaf.RANGE[0];
    names.forEach((name, i) => input.add(new Option(name, MIN + i)));
    input.addEventListener("change", () => this.send(leaf.FULL_PATH, Number(input.value)));
    return input;
  }

  update(address, value) { this.updates.get(address)?.(value); }
}
