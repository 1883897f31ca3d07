// SPDX-License-Identifier: MIT
// How the machine does: how long callbacks took, and what the latency is made of.
import { colour, fit } from "/page/draw.js";

const PARTS = ["dry", "residual", "wet", "good"];

export class Machine {
  constructor({ callbacks, latency }) { Object.assign(this, { callbacks, latency }); }

  // Counts by steps of 5 % of a block's time, in logarithm: one late callback in a million is seen.
  draw(status) {
    if (!status) return;
    if (status.callbacks) this.drawCallbacks(fit(this.callbacks), status.callbacks.counts);
    this.drawLatency(fit(this.latency), status);
  }

  drawCallbacks({ context, width, height }, counts) {
    const most = Math.log10(Math.max(10, ...counts) + 1), bar = width / counts.length, tall = height - 38;
    counts.forEach((count, i) => {
      const h = count ? Math.max(2, Math.log10(count + 1) / most * tall) : 0;
      context.fillStyle = colour(i >= 20 ? "bad" : i >= 14 ? "wet" : "good");
      context.fillRect(i * bar + 1, height - 16 - h, bar - 2, h);
    });
    context.fillStyle = colour("dim");
    for (const share of [0, 25, 50, 75]) context.fillText(share, share / 5 * bar + 1, height - 4);
    context.textAlign = "right";
    context.fillText("over 100 %", width - 2, height - 4);
    context.textAlign = "left";
    const total = counts.reduce((sum, count) => sum + count, 0), late = counts[20] + counts[21];
    context.fillText(`${total} callbacks, ${late} over their time`, 4, 12);
  }

  drawLatency({ context, width, height }, { latency, rate_hz }) {
    const total = latency.reduce((sum, part) => sum + part[1], 0), tall = (height - 26) / latency.length;
    let before = 0;
    latency.forEach(([name, samples], i) => {
      const x = before / Math.max(1, total) * width, y = 4 + i * tall;
      context.fillStyle = colour(PARTS[i]);
      context.fillRect(x, y, Math.max(1, samples / Math.max(1, total) * width), tall - 5);
      context.fillStyle = colour("text");
      const text = `${name} ${samples} (${(1000 * samples / rate_hz).toFixed(2)} ms)`, wide = context.measureText(text).width;
      const isInside = samples / Math.max(1, total) * width > wide + 12;
      context.fillStyle = colour(isInside ? "back" : "text");
      context.fillText(text, isInside ? x + 6 : Math.min(x + 6 + samples / Math.max(1, total) * width, width - wide - 4), y + tall / 2 + 2);
      before += samples;
    });
    context.fillStyle = colour("dim");
    context.fillText(`in all ${total} samples, ${(1000 * total / rate_hz).toFixed(2)} ms`, 4, height - 5);
  }
}
