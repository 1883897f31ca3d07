// SPDX-License-Identifier: MIT
// What can be heard: noise and masking threshold, their ratio by band, and how figures went in the last minute.
import { colour, drawCurve, drawHzGrid, fit, label } from "/page/draw.js";

const HISTORY_S = 60, PER_S = 4;
const SPL_STEPS_PER_DB = 2, MAX_SPL_DB = 110, RATIO_DB = 40;

export class Hearing {
  constructor({ masking, bands, history }) {
    Object.assign(this, { masking, bands, history });
    this.figures = [];
    this.isFrozen = false;
  }

  add([signal, noise, threshold, ratios, total]) {
    if (this.isFrozen) return;
    // Copies: the views are of the packet.
    this.latest = { signal: signal.slice(), noise: noise.slice(), threshold: threshold.slice(), ratios: Array.from(ratios, (byte) => byte - 128), total };
  }

  // { nmr, snr, kbps, load, delay, late }, four times a second.
  note(figures) {
    if (this.isFrozen) return;
    this.figures.push(figures);
    if (this.figures.length > HISTORY_S * PER_S) this.figures.shift();
  }

  draw() {
    this.drawMasking(fit(this.masking));
    this.drawBands(fit(this.bands));
    this.drawHistory(fit(this.history));
  }

  drawMasking(area) {
    const { context, height, width } = area;
    const yOf = (byte) => height * (1 - byte / SPL_STEPS_PER_DB / MAX_SPL_DB);
    drawHzGrid(area);
    if (!this.latest) return;
    const { signal, noise, threshold } = this.latest;
    context.fillStyle = colour("bad");
    context.globalAlpha = 0.5;
    const column = width / noise.length;
    noise.forEach((byte, i) => {
      if (byte > threshold[i]) context.fillRect(i * column, yOf(byte), column + 0.5, yOf(threshold[i]) - yOf(byte));
    });
    context.globalAlpha = 1;
    drawCurve(area, signal, yOf, colour("dry"));
    drawCurve(area, threshold, yOf, colour("text"), [5, 4]);
    drawCurve(area, noise, yOf, colour("residual"));
    this.drawLegend(context, [["signal", "dry"], ["threshold", "text"], ["noise", "residual"], ["heard", "bad"]]);
  }

  drawLegend(context, entries) {
    let x = 6;
    for (const [name, style] of entries) {
      context.fillStyle = colour(style);
      context.fillRect(x, 5, 9, 9);
      context.fillStyle = colour("dim");
      context.fillText(name, x + 13, 13);
      x += 22 + context.measureText(name).width;
    }
  }

  drawBands({ context, width, height }) {
    const yOf = (db) => height / 2 * (1 - Math.max(-1, Math.min(1, db / RATIO_DB)));
    context.fillStyle = colour("line");
    context.fillRect(0, yOf(0), width, 1);
    if (!this.latest) return;
    const { ratios } = this.latest, bar = width / ratios.length;
    ratios.forEach((db, i) => {
      context.fillStyle = colour(db > 0 ? "bad" : "good");
      context.fillRect(i * bar + 1, Math.min(yOf(0), yOf(db)), bar - 2, Math.abs(yOf(db) - yOf(0)));
    });
    label(context, "0 dB: at the threshold", 4, yOf(0) - 4);
    label(context, "Bark 1", 4, 12, "dim");
    label(context, `${ratios.length}`, width - 18, 12, "dim");
  }

  drawHistory(area) {
    const { context, width, height } = area;
    const rows = [["nmr", "NMR dB", "residual", -40, 40], ["snr", "SNR dB", "wet", 0, 60], ["kbps", "kbps", "dry", 0, 300], ["load", "load %", "good", 0, 100], ["delay", "callback late, ms", "dry", 0, 10], ["late", "late frames", "bad", 0, 10]];
    const tall = height / rows.length;
    rows.forEach(([key, name, style, least, most], row) => {
      const yOf = (value) => tall * (row + 1) - 3 - (tall - 8) * Math.max(0, Math.min(1, (value - least) / (most - least)));
      context.fillStyle = colour("line");
      context.fillRect(0, Math.round(tall * row), width, row ? 1 : 0);
      const values = this.figures.map((figures) => figures[key]);
      const padded = [...Array(HISTORY_S * PER_S - values.length).fill(undefined), ...values];
      drawCurve(area, padded, yOf, colour(style));
      const last = values.at(-1);
      context.fillStyle = colour("dim");
      context.fillText(`${name}, ${least} to ${most}${last === undefined ? "" : `: ${last.toFixed(1)}`}`, 4, tall * row + 13);
    });
  }
}
