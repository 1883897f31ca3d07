# SPDX-License-Identifier: MIT
# usage: check_page_tokens.py RESIDUUM: the token raster of the page in headless Chromium, by its pixels.
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
from check_page import CHROMIUM, SLOW_S, Live, Page, fader, sync_playwright, wait_for, write_tone

COPY = """const canvas = document.querySelector('#tokens'), context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  Object.assign(context.canvas, { width: canvas.width, height: canvas.height });
  context.drawImage(canvas, 0, 0);"""
# Of the rows of a level: how colourful its pixels are on average, how many colours there are in its newest half,
# and whether that is full.
COLOURS = f"""(level) => {{
  {COPY}
  const {{ ends, rows }} = residuum.tokens;
  const from = Math.ceil((level > 1 ? ends[level - 2] : 0) / rows * canvas.height) + 2, to = Math.floor(ends[level - 1] / rows * canvas.height) - 2;
  const data = context.getImageData(canvas.width / 2, from, canvas.width / 2, to - from).data;
  let spread = 0;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {{
    spread += Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]);
    seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  }}
  const isFull = Math.max(data[0], data[1], data[2]) - Math.min(data[0], data[1], data[2]) > 30;
  return [spread / (data.length / 4), seen.size, isFull];
}}"""
# Which of the rows have the line of the pattern at its place: so many frames behind the newest as the server says.
ON_THE_LINE = f"""(offsets) => {{
  {COPY}
  const px = Math.min(5, canvas.width * 0.8 / Math.max(1, ...offsets)), tall = canvas.height / offsets.length;
  const probe = document.createElement('canvas').getContext('2d', {{ willReadFrequently: true }});
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--text');
  probe.fillRect(0, 0, 1, 1);
  const wanted = probe.getImageData(0, 0, 1, 1).data;
  const isThere = (x, y) => context.getImageData(x - 1, y, 2, 1).data.some((_, i, data) => i % 4 === 0
    && [0, 1, 2].every((part) => Math.abs(data[i + part] - wanted[part]) < 12));
  return offsets.filter((offset, row) => isThere(Math.round(canvas.width - 8 - offset * px), Math.floor((row + 0.5) * tall))).length;
}}"""


def offsets_of(live, name):
    return json.loads(live.get(f"/page/pattern?name={name}")[1])["offsets"]


def check_dim(live, page):
    """A row has many colours; the rows of a muted level fade to the ground, those of others do not."""
    wait_for(lambda: page.evaluate("residuum.tokens.ends.length") == 14, "where levels end", SLOW_S)
    wait_for(lambda: page.evaluate(COLOURS, 3)[2], "tokens", SLOW_S)
    assert page.evaluate(COLOURS, 3)[1] > 20, "a colour for each codeword"
    bright, other = page.evaluate(COLOURS, 3)[0], page.evaluate(COLOURS, 5)[0]
    live.send_udp("/residuum/level/3/mute", 1.0)
    wait_for(lambda: page.evaluate(COLOURS, 3)[0] < bright / 2, "rows of a muted level are dim", SLOW_S)
    assert page.evaluate(COLOURS, 5)[0] > other / 2, "and no others"
    assert page.evaluate(COLOURS, 3)[1] > 1, "what is coded is seen still"
    live.send_udp("/residuum/level/3/mute", 0.0)
    wait_for(lambda: page.evaluate(COLOURS, 3)[0] > bright / 2, "and bright again", SLOW_S)


def check_pattern(live, page):
    """The line lies as many frames behind the newest in each row as the pattern says, and the caption says how late that is."""
    for name in ("delay", "stereo-delay", "parallel"):
        offsets = offsets_of(live, name)
        page.select_option("#pattern", name)
        wait_for(lambda offsets=offsets: page.evaluate(ON_THE_LINE, offsets) == len(offsets), f"the line of {name}", SLOW_S)
        late = max(offsets)
        told = f"{late:.0f} frames late, {late * 128 / 48:.1f} ms"
        wait_for(lambda told=told: told in page.inner_text("#token-text"), told, SLOW_S)
    delay = offsets_of(live, "delay")
    wait_for(lambda: page.evaluate(ON_THE_LINE, delay) < len(delay) / 2, "another pattern has another line", SLOW_S)
    page.select_option("#pattern", "")


def check_flashes(live, page):
    flashes = "() => residuum.tokens.flashes.map((flash) => flash.name)"
    for symbol, name in (("token_error", "effects"), ("loss", "lost frames")):
        live.send_udp(f"/residuum/{symbol}", 0.5)
        wait_for(lambda name=name: name in page.evaluate(flashes), f"{name} flash", SLOW_S)
        live.send_udp(f"/residuum/{symbol}", 0.0)
        wait_for(lambda: not page.evaluate(flashes), "and no longer", SLOW_S)


def main(program):
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tone = os.path.join(folder, "tone.wav")
        write_tone(tone)
        with Live(program, "--input-file", tone) as live:
            view = Page(browser, live)
            wait_for(lambda: fader(view.page, "levels") == 14.0, "the value in force", SLOW_S)
            check_dim(live, view.page)
            check_pattern(live, view.page)
            check_flashes(live, view.page)
            assert not view.faults, view.faults
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
