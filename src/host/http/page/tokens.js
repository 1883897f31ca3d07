// SPDX-License-Identifier: MIT
// Token raster: a row a sequence, a column a frame that was seen, a hue a codeword. Rows that are not heard are dim.
import { colour, fit } from "/page/draw.js";

const COLUMNS = 240;
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
  }

  text() { return this.rows ? `${this.rows} tokens a frame, in ${this.state.levelCount} levels` : ""; }
}
