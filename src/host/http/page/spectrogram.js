// SPDX-License-Identifier: MIT
// Three spectrograms that scroll together: dry, wet, residual. Same scale, one cursor, zoom in time.
import { COLUMNS, PALETTE, colour, columnOf, fit, hzOf, hzText } from "/page/draw.js";

const FRAMES = 1800, FRAMES_PER_S = 60; // half a minute is kept
const RANGE_DB = 100, STEPS_PER_DB = 2, FLOOR_DB = -120; // as the server makes bytes of levels
const SPANS = [120, 300, 600, 1200, 1800];

export class Spectrograms {
  constructor(figures) {
    this.traces = [...figures].map((figure) => {
      const image = document.createElement("canvas");
      image.width = FRAMES;
      image.height = COLUMNS;
      const canvas = figure.querySelector("canvas");
      canvas.addEventListener("pointermove", (event) => this.point(canvas, event));
      canvas.addEventListener("pointerleave", () => { this.cursor = null; this.isDirty = true; });
      canvas.tabIndex = 0;
      canvas.setAttribute("aria-label", "Spectrogram: arrows move the cursor");
      canvas.addEventListener("keydown", (event) => this.step(event));
      canvas.addEventListener("blur", () => { this.cursor = null; this.isDirty = true; });
      canvas.addEventListener("wheel", (event) => { event.preventDefault(); this.zoom(event.deltaY > 0 ? 1 : -1); }, { passive: false });
      return { canvas, image: image.getContext("2d"), output: figure.querySelector("output"), levels: new Uint8Array(FRAMES * COLUMNS) };
    });
    this.column = new ImageData(1, COLUMNS);
    this.next = 0;
    this.count = 0;
    this.span = 2;
    this.isFrozen = false;
    this.isDirty = true;
  }

  zoom(step) {
    this.span = Math.max(0, Math.min(SPANS.length - 1, this.span + step));
    this.isDirty = true;
  }

  // `blobs`: a byte a column of frequency for each trace.
  add(blobs) {
    if (this.isFrozen) return;
    this.traces.forEach((trace, i) => {
      trace.levels.set(blobs[i], this.next * COLUMNS);
      for (let c = 0; c < COLUMNS; c++) {
        const level = Math.max(0, blobs[i][c] - (255 - RANGE_DB * STEPS_PER_DB)) / (RANGE_DB * STEPS_PER_DB);
        const from = Math.round(level * 255) * 4, to = (COLUMNS - 1 - c) * 4;
        for (let k = 0; k < 4; k++) this.column.data[to + k] = PALETTE[from + k];
      }
      trace.image.putImageData(this.column, this.next, 0);
    });
    this.next = (this.next + 1) % FRAMES;
    this.count = Math.min(this.count + 1, FRAMES);
    this.isDirty = true;
  }

  point(canvas, event) {
    const box = canvas.getBoundingClientRect();
    this.cursor = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    this.isDirty = true;
  }

  step(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation(); // on the page they are the levels'
    const { x, y } = this.cursor ?? { x: 0.9, y: 0.5 }, far = event.shiftKey ? 16 : 1;
    const within = (value) => Math.max(0, Math.min(0.999, value));
    this.cursor = { x: within(x + far * step[0] / SPANS[this.span]), y: within(y + far * step[1] / COLUMNS) };
    this.isDirty = true;
  }

  draw() {
    if (!this.isDirty) return;
    this.isDirty = false;
    for (const trace of this.traces) this.drawTrace(trace);
  }

  drawTrace(trace) {
    const { context, width, height } = fit(trace.canvas);
    const span = SPANS[this.span], first = (this.next - span + FRAMES) % FRAMES;
    context.fillStyle = `rgb(${PALETTE[0]}, ${PALETTE[1]}, ${PALETTE[2]})`;
    context.fillRect(0, 0, width, height);
    context.imageSmoothingEnabled = true;
    const head = Math.min(span, FRAMES - first);
    const scale = width / span;
    context.drawImage(trace.image.canvas, first, 0, head, COLUMNS, 0, 0, head * scale, height);
    if (head < span) context.drawImage(trace.image.canvas, 0, 0, span - head, COLUMNS, head * scale, 0, (span - head) * scale, height);
    if (this.count < span) context.fillRect(0, 0, (span - this.count) * scale, height);
    for (const hz of [100, 1000, 10000]) {
      const y = height * (1 - columnOf(hz) / COLUMNS);
      context.fillStyle = "#ffffffd0";
      context.fillRect(0, y, 6, 1);
      this.drawText(context, hz >= 1000 ? `${hz / 1000}k` : hz, 9, y + 4);
    }
    this.drawText(context, `${(span / FRAMES_PER_S).toFixed(0)} s`, width - 30, height - 6);
    this.drawCursor(trace, context, width, height, span);
  }

  // Legible over the darkest and the brightest; the colours are the picture's, not the theme's.
  drawText(context, text, x, y) {
    context.strokeStyle = "#000000b0";
    context.lineWidth = 3;
    context.strokeText(text, x, y);
    context.lineWidth = 1;
    context.fillStyle = "#ffffffd0";
    context.fillText(text, x, y);
  }

  drawCursor(trace, context, width, height, span) {
    if (!this.cursor) {
      trace.output.value = "";
      return;
    }
    const { x, y } = this.cursor;
    context.strokeStyle = "#ffffff90";
    context.strokeRect(Math.round(x * width) + 0.5, -1, 0, height + 2);
    context.strokeRect(-1, Math.round(y * height) + 0.5, width + 2, 0);
    const back = Math.min(span - 1, Math.floor((1 - x) * span));
    const column = Math.max(0, Math.min(COLUMNS - 1, Math.floor((1 - y) * COLUMNS)));
    const frame = (this.next - 1 - back + 2 * FRAMES) % FRAMES;
    const level = trace.levels[frame * COLUMNS + column] / STEPS_PER_DB + FLOOR_DB;
    trace.output.value = back < this.count
      ? `-${(back / FRAMES_PER_S).toFixed(2)} s   ${hzText(hzOf(column + 0.5))}   ${level.toFixed(1)} dBFS` : "";
  }
}
