// SPDX-License-Identifier: MIT
// A bar for each level: what SNR it reaches and how many bits it uses. Bars are dragged for gains, the line for the count.
import { colour, fit, label, unit } from "/page/draw.js";

const CHIPS = 44, TOP = 16; // pixels below for solo and mute, and above
const ENERGY_RANGE_DB = 100, ENERGY_WIDE = 4; // a thin bar beside, up to 0 dBFS
const MAX_SNR_DB = 60, MAX_GAIN = 2;

export class Levels {
  constructor(canvas, state, send) {
    Object.assign(this, { canvas, state, send });
    this.meters = [];
    this.picked = 0;
    this.drag = null;
    this.energies = []; // what each level adds, in steps of 0.5 dB from -120 dBFS on
    this.codedBits = []; // a frame, entropy coded; empty where it is not measured
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { this.drag = null; });
    canvas.addEventListener("dblclick", (event) => this.send(`/residuum/level/${this.place(event).level + 1}/gain`, 1));
  }

  get count() { return this.state.levelCount; }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * this.count, y = (event.clientY - box.top) / unit();
    return { x, y, level: Math.max(0, Math.min(this.count - 1, Math.floor(x))), height: box.height / unit() - CHIPS };
  }

  begin(event) {
    const at = this.place(event);
    this.last = at;
    this.canvas.setPointerCapture(event.pointerId);
    this.picked = at.level;
    const levels = this.state.value("/residuum/levels") ?? this.count;
    if (at.y > at.height) {
      const name = at.y > at.height + CHIPS / 2 ? "mute" : "solo";
      const address = `/residuum/level/${at.level + 1}/${name}`;
      this.send(address, !this.state.value(address));
    } else if (Math.abs(at.x - levels) < 0.2 || at.y < TOP) {
      this.drag = "levels";
    } else {
      this.drag = "gains";
    }
    this.move(event);
  }

  move(event) {
    const at = this.place(event);
    if (this.drag === "levels") this.send("/residuum/levels", Math.max(0, Math.min(this.count, Math.round(at.x * 20) / 20)));
    if (this.drag === "gains") this.drawGains(at);
    this.last = at;
  }

  // A stroke across the bars sets each that it passes, however fast it is.
  drawGains(at) {
    const step = Math.sign(at.level - this.last.level) || 1;
    for (let level = this.last.level; ; level += step) {
      const share = at.level === this.last.level ? 1 : (level - this.last.level) / (at.level - this.last.level);
      const gain = (1 - (this.last.y + share * (at.y - this.last.y) - TOP) / (at.height - TOP)) * MAX_GAIN;
      this.send(`/residuum/level/${level + 1}/gain`, Math.max(0, Math.min(MAX_GAIN, Math.round(gain * 50) / 50)));
      if (level === at.level) return;
    }
  }

  draw() {
    const area = fit(this.canvas);
    const { context, width, height } = area;
    const bar = width / Math.max(1, this.count), bottom = height - CHIPS;
    const levels = this.state.value("/residuum/levels") ?? this.count;
    context.textAlign = "center";
    for (let k = 0; k < this.count; k++) this.drawLevel(context, k, bar, bottom);
    const x = Math.min(width - 1, levels * bar);
    context.fillStyle = colour("text");
    context.fillRect(x - 1, 4, 2, bottom - 4);
    context.beginPath();
    context.arc(Math.max(5, Math.min(width - 5, x)), 8, 5, 0, 7);
    context.fill();
    for (let k = 0; k < this.count && bar > 22; k++) this.drawNumbers(context, k, bar, bottom, levels);
    context.textAlign = "left";
  }

  drawLevel(context, k, bar, bottom) {
    const [, snr = 0, heard = 0] = this.meters[k] ?? [];
    const x = k * bar + 2, w = bar - 4, tall = bottom - TOP;
    const gain = this.state.value(`/residuum/level/${k + 1}/gain`) ?? 1;
    context.fillStyle = colour("line");
    context.fillRect(x, TOP, w, tall);
    context.fillStyle = heard > 0 ? colour("wet") : colour("dim");
    context.globalAlpha = heard > 0 ? 0.35 + 0.65 * Math.min(1, heard) : 0.25;
    const h = Math.max(0, Math.min(1, snr / MAX_SNR_DB)) * tall;
    context.fillRect(x, bottom - h, w, h);
    context.globalAlpha = 1;
    const energy = (this.energies[k] ?? 0) / 2 / ENERGY_RANGE_DB - 120 / ENERGY_RANGE_DB + 1;
    context.fillStyle = colour("good");
    if (energy > 0) context.fillRect(x + w - ENERGY_WIDE, bottom - Math.min(1, energy) * tall, ENERGY_WIDE, Math.min(1, energy) * tall);
    context.fillStyle = colour("accent");
    context.fillRect(x, TOP + (1 - gain / MAX_GAIN) * tall - 1, w, 3);
    if (k === this.picked) {
      context.strokeStyle = colour("accent");
      context.strokeRect(x - 1, TOP - 1, w + 2, tall + 2);
    }
    this.drawChip(context, k, "solo", "S", x, bottom + 3, w, colour("good"));
    this.drawChip(context, k, "mute", "M", x, bottom + CHIPS / 2 + 2, w, colour("bad"));
  }

  // Over all else: SNR at the top, bits at the foot, and over them the bits entropy coded.
  drawNumbers(context, k, bar, bottom, levels) {
    const [, snr = 0, , bits = 0] = this.meters[k] ?? [], style = k < levels ? "text" : "dim", middle = (k + 0.5) * bar;
    label(context, snr.toFixed(0), middle, TOP + 12, style);
    label(context, bits.toFixed(0), middle, bottom - 5, style);
    if (this.codedBits[k] !== undefined) label(context, this.codedBits[k].toFixed(0), middle, bottom - 19, style);
  }

  drawChip(context, k, name, letter, x, y, w, on) {
    const isOn = this.state.value(`/residuum/level/${k + 1}/${name}`);
    context.fillStyle = isOn ? on : colour("line");
    context.fillRect(x, y, w, CHIPS / 2 - 4);
    context.fillStyle = isOn ? colour("back") : colour("dim");
    if (w > 10) context.fillText(letter, x + w / 2, y + 13);
  }

  text() {
    const [, snr = 0, heard = 0, bits = 0] = this.meters[this.picked] ?? [], coded = this.codedBits[this.picked];
    const energy = (this.energies[this.picked] ?? 0) / 2 - 120;
    return `${this.picked + 1}: ${energy.toFixed(0)} dBFS, SNR ${snr.toFixed(1)} dB, gain ${heard.toFixed(2)}, ${bits.toFixed(1)} bits a frame${coded === undefined ? "" : `, ${coded.toFixed(1)} coded`}`;
  }
}
