// SPDX-License-Identifier: MIT
// Whole states: saved as presets, kept in four slots, morphed between on a pad, thrown at random, taken back.
const SLOTS = ["A", "B", "C", "D"], STEP = 0.05, SEND_MS = 30;
const clamp = (value) => Math.min(1, Math.max(0, value));

export class States {
  // send(address, ...values); `at` finds an element by its id.
  constructor(at, send) {
    Object.assign(this, { at, send, x: 0, y: 0, filled: [], sentMs: 0, timer: 0 });
    at("save").addEventListener("submit", (event) => this.save(event));
    at("random").addEventListener("click", () => send("/residuum/random", Number(at("random-amount").value)));
    at("undo").addEventListener("click", () => this.undo());
    SLOTS.forEach((slot, i) => at(`keep-${slot.toLowerCase()}`).addEventListener("click", () => send("/residuum/slot/store", i + 1)));
    this.pad = at("morph");
    this.pad.addEventListener("pointerdown", (event) => { this.pad.setPointerCapture(event.pointerId); this.drag(event); });
    this.pad.addEventListener("pointermove", (event) => { if (event.buttons) this.drag(event); });
    this.pad.addEventListener("keydown", (event) => this.key(event));
  }

  undo() { this.send("/residuum/undo"); }

  save(event) {
    const name = this.at("save-name").value.trim();
    event.preventDefault();
    if (name) this.send("/residuum/preset/save", name);
  }

  drag(event) {
    const box = this.pad.getBoundingClientRect();
    this.moveTo((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  key(event) {
    const [x, y] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // the arrows of the page turn levels
    this.moveTo(this.x + x, this.y + y);
  }

  // Where nothing is kept there is nothing to morph to: without C and D the pad is a line from A to B.
  moveTo(x, y) {
    this.x = clamp(x);
    this.y = this.filled[2] || this.filled[3] ? clamp(y) : 0;
    this.show(this.filled);
    const wait = this.sentMs + SEND_MS - performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.sentMs = performance.now();
      this.send("/residuum/slot/morph", this.x, this.y);
    }, Math.max(0, wait));
  }

  show(filled) {
    this.filled = filled;
    SLOTS.forEach((slot, i) => { this.at(`keep-${slot.toLowerCase()}`).textContent = filled[i] ? slot : `${slot} (empty)`; });
    this.pad.style.setProperty("--x", this.x);
    this.pad.style.setProperty("--y", this.y);
    this.at("morph-text").textContent = `${this.x.toFixed(2)}, ${this.y.toFixed(2)}`;
  }
}
