// SPDX-License-Identifier: MIT
// What the pictures share: sharp canvases, colours of the theme, the scale of frequencies.

export const COLUMNS = 256, LOWEST_HZ = 20, HIGHEST_HZ = 20000;

export const hzOf = (column) => LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (column / COLUMNS);
export const columnOf = (hz) => COLUMNS * Math.log(hz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ);
export const hzText = (hz) => hz >= 1000 ? `${(hz / 1000).toFixed(hz >= 10000 ? 1 : 2)} kHz` : `${hz.toFixed(0)} Hz`;

// Pictures are drawn in units that grow with the text of the page (style.css has larger text on large screens).
export const unit = () => window.innerWidth >= 2600 ? 22 / 14 : 1;

// The drawing context of a canvas whose pixels are the screen's, and its size in units.
export function fit(canvas) {
  const ratio = window.devicePixelRatio || 1, scale = unit();
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio * scale, 0, 0, ratio * scale, 0, 0);
  context.clearRect(0, 0, width / scale, height / scale);
  context.font = "11.5px system-ui, sans-serif";
  return { context, width: width / scale, height: height / scale };
}

// Text over whatever is drawn there.
export function label(context, text, x, y, style = "text") {
  context.strokeStyle = colour("panel");
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeText(text, x, y);
  context.fillStyle = colour(style);
  context.fillText(text, x, y);
  context.lineWidth = 1;
}

let colours = {};
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  colours = Object.fromEntries(["back", "panel", "line", "text", "dim", "accent", "dry", "wet", "residual", "good", "bad"]
    .map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}
export const colour = (name) => colours[name];

// From dark to bright through blue, purple and orange, rising evenly in lightness: it reads without colour, too.
const STOPS = [[0, 0, 6], [23, 12, 66], [84, 18, 110], [150, 38, 103], [207, 68, 70], [242, 125, 33], [250, 193, 39], [252, 255, 164]];
export const PALETTE = Uint8ClampedArray.from({ length: 256 * 4 }, (_, i) => {
  const place = (i >> 2) / 255 * (STOPS.length - 1), from = Math.min(Math.floor(place), STOPS.length - 2), share = place - from;
  return (i & 3) === 3 ? 255 : STOPS[from][i & 3] * (1 - share) + STOPS[from + 1][i & 3] * share;
});

export function drawHzGrid({ context, width, height }, withText = true) {
  context.strokeStyle = colour("line");
  context.fillStyle = colour("dim");
  for (const hz of [50, 100, 200, 500, 1000, 2000, 5000, 10000]) {
    const x = Math.round(columnOf(hz) / COLUMNS * width) + 0.5;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    if (withText) context.fillText(hz >= 1000 ? `${hz / 1000}k` : hz, x + 3, height - 4);
  }
}

export function drawCurve({ context, width }, values, yOf, style, dash = []) {
  context.strokeStyle = style;
  context.setLineDash(dash);
  context.lineWidth = 1.5;
  context.beginPath();
  let isBegun = false;
  values.forEach((value, i) => {
    if (value === undefined) return; // there was none yet
    context[isBegun ? "lineTo" : "moveTo"]((i + 0.5) / values.length * width, yOf(value));
    isBegun = true;
  });
  context.stroke();
  context.setLineDash([]);
  context.lineWidth = 1;
}
