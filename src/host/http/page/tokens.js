// SPDX-License-Identifier: MIT
// Token raster: a row a sequence, a column a frame that was seen, a hue a codeword. Rows that are not heard are dim.
import { colour, fit } from "/page/draw.js";

const COLUMNS = 240;
const FRAME_PX = 5; // of a pattern
const FLASH_FRAMES = 6;
const GOLDEN = 137.508; // degrees: neighbours in number are far apart in hue

export class Tokens {
  constructor(canvas, state) {
    Object.assign(this, { canvas, state });
    this.image = document.createElement("canvas");
    this.image.width = COLUMNS;
    this.rows = 0;
    this.ends = []; // of the levels among the rows
    this.next = 0;
    this.isFrozen = false;
    this.pattern = null; // { name, offsets in frames or undefined, delay_s }
    this.flashes = []; // { name, left }
  }

  // Marks what comes now: a frame that was late or lost, an effect that has changed frames.
  flash(name) {
    this.flashes = this.flashes.filter((flash) => flash.name !== name);
    this.flashes.push({ name, left: FLASH_FRAMES });
  }

  // 32-bit integers, the most significant byte first; -1: not coded.
  add(blob) {
    if (this.isFrozen) return;
    const rows = blob.length / 4;
    if (rows !== this.rows) {
      this.rows = this.image.height = rows; // clears it, too
      this.next = 0;
    }
    const view = new DataView(blob.buffer, blob.byteOffset, blob.length), context = this.image.getContext("2d");
    for (let row = 0; row < rows; row++) {
      const token = view.getInt32(row * 4);
      context.fillStyle = token < 0 ? colour("panel") : `hsl(${(token * GOLDEN) % 360} 65% ${38 + token % 5 * 7}%)`;
      context.fillRect(this.next, row, 1, 1);
    }
    this.next = (this.next + 1) % COLUMNS;
  }

  draw(meters) {
    const { context, width, height } = fit(this.canvas);
    if (!this.rows) return;
    const scale = width / COLUMNS;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.image, this.next, 0, COLUMNS - this.next, this.rows, 0, 0, (COLUMNS - this.next) * scale, height);
    if (this.next) context.drawImage(this.image, 0, 0, this.next, this.rows, (COLUMNS - this.next) * scale, 0, this.next * scale, height);
    context.fillStyle = colour("panel");
    this.ends.forEach((end, k) => {
      const from = (this.ends[k - 1] ?? 0) / this.rows * height, to = end / this.rows * height;
      context.globalAlpha = (meters[k]?.[2] ?? 0) > 0 ? 0 : 0.7;
      context.fillRect(0, from, width, to - from);
      context.globalAlpha = 1;
      context.fillRect(0, from - 1, width, 2);
    });
    this.drawPattern(context, width, height);
    this.drawFlashes(context, width, height);
  }

  // One step of the pattern over all rows, in frames behind the newest: what a model knows at that step.
  drawPattern(context, width, height) {
    if (!this.pattern?.offsets) return;
    const most = Math.max(1, ...this.pattern.offsets), px = Math.min(FRAME_PX, width * 0.8 / most), tall = height / this.pattern.offsets.length;
    for (const [style, thick] of [[colour("panel"), 5], [colour("text"), 2]]) {
      context.strokeStyle = style;
      context.lineWidth = thick;
      context.beginPath();
      this.pattern.offsets.forEach((offset, row) => {
        const x = width - 8 - offset * px;
        context.lineTo(x, row * tall);
        context.lineTo(x, (row + 1) * tall);
      });
      context.stroke();
    }
    context.lineWidth = 1;
  }

  drawFlashes(context, width, height) {
    this.flashes = this.flashes.filter((flash) => flash.left-- > 0);
    this.flashes.forEach(({ name }, i) => {
      const wide = context.measureText(name).width + 16;
      context.fillStyle = colour("bad");
      context.fillRect(0, 0, width, 3);
      context.fillRect(0, height - 3, width, 3);
      context.fillRect(4, 6 + i * 20, wide, 18);
      context.fillStyle = colour("back");
      context.fillText(name, 12, 19 + i * 20);
    });
  }

  patternText() {
    if (!this.pattern) return "";
    if (this.pattern.error) return this.pattern.error;
    return this.pattern.offsets ? `${this.pattern.name}: ${this.pattern.delay_frames} frames late, ${(1000 * this.pattern.delay_s).toFixed(1)} ms` : `${this.pattern.name}: not live, it needs the whole sound`;
  }

  text() {
    if (this.pattern) return this.patternText();
    return this.rows ? `${this.rows} tokens a frame, in ${this.state.levelCount} levels` : ""; }
}
