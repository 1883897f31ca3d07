# SPDX-License-Identifier: MIT
# usage: check_page.py RESIDUUM looks|steers: the page of `residuum live --http` in headless Chromium.
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import wave

sys.path.insert(0, os.path.dirname(__file__))
from check_http import Live, wait_for  # skips where clients are missing

try:
    from playwright.sync_api import sync_playwright
except ImportError as missing:
    print(f"skipped: {missing}; ./dev test installs what tests/app/requirements.txt names")
    sys.exit(77)

CHROMIUM = shutil.which("chromium")
if not CHROMIUM:
    print("skipped: no chromium")
    sys.exit(77)

TONE_HZ = 1000.0
SLOW_S = 20.0  # a browser without a graphics processor, on a busy machine


class Page:
    """A page, and all that went wrong in it."""

    def __init__(self, browser, live, size=(1000, 700)):
        self.faults = []
        self.page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
        self.page.on("console", lambda message: self.faults.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.check_request(request.url, live))
        self.page.goto(f"http://127.0.0.1:{live.port}/")
        self.page.wait_for_selector("#controls fieldset")

    def check_request(self, url, live):
        if not url.startswith((f"http://127.0.0.1:{live.port}/", "data:")):
            self.faults.append(f"outside request: {url}")


def write_tone(path):
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, 48000, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", round(16000 * math.sin(2 * math.pi * TONE_HZ * i / 48000)))
                                  for i in range(48000)))


# The row of the brightest pixel in a column near the right edge of a spectrogram, from 0 at the bottom to 1.
BRIGHTEST = """(index) => {
  const canvas = document.querySelectorAll('#spectrograms canvas')[index];
  const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  copy.canvas.height = canvas.height;
  copy.drawImage(canvas, 40 - canvas.width, 0);
  const data = copy.getImageData(0, 0, 1, canvas.height).data;
  let best = 0, at = -1;
  for (let y = 0; y < canvas.height; y++) {
    const light = data[4 * y] + data[4 * y + 1] + data[4 * y + 2];
    if (light > best) { best = light; at = y; }
  }
  return [1 - at / canvas.height, best];
}"""


def cpu_s_of_http(live):
    """CPU time of the threads that serve HTTP."""
    total = 0.0
    folder = f"/proc/{live.process.pid}/task"
    for task in os.listdir(folder):
        with open(f"{folder}/{task}/stat", encoding="ascii", errors="replace") as file:
            name, rest = file.read().split("(", 1)[1].rsplit(")", 1)
        if name.startswith(("http", "civetweb", "wsock")):
            fields = rest.split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def check_looks(program, browser):
    with tempfile.TemporaryDirectory() as folder:
        tone = os.path.join(folder, "tone.wav")
        write_tone(tone)
        with Live(program, "--input-file", tone) as live:
            view = Page(browser, live)
            page = view.page
            wait_for(lambda: page.evaluate(BRIGHTEST, 0)[1] > 400, "a spectrogram of the tone", SLOW_S)
            for index in (0, 1):
                place = page.evaluate(BRIGHTEST, index)[0]
                hz = 20.0 * 1000.0 ** place
                assert abs(hz / TONE_HZ - 1.0) < 0.05, f"the tone of 1000 Hz lies at {hz:.0f} Hz of trace {index}"
            started, before = time.monotonic(), cpu_s_of_http(live)
            page.wait_for_timeout(2000)
            share = (cpu_s_of_http(live) - before) / (time.monotonic() - started)
            assert 0.0 < share < 0.05, f"serving takes {100 * share:.1f} % of a core"
            assert "dB" in page.inner_text("#figures"), page.inner_text("#figures")
            assert not view.faults, view.faults


def fader(page, name):
    return float(page.input_value(f"#c-residuum-{name}"))


def check_steers(program, browser):
    with Live(program) as live:
        first, second = Page(browser, live, (500, 400)), Page(browser, live, (300, 300))
        page = first.page
        wait_for(lambda: fader(page, "levels") == 14.0, "the value in force", SLOW_S)
        page.keyboard.press("-")
        wait_for(lambda: live.value("/residuum/levels") == 13.0, "a key sets levels", SLOW_S)
        wait_for(lambda: fader(second.page, "levels") == 13.0, "another browser follows", SLOW_S)
        live.send_udp("/residuum/mix", 0.25)
        wait_for(lambda: fader(page, "mix") == 0.25, "the page follows OSC", SLOW_S)
        page.click("#monitor button:nth-child(3)")
        wait_for(lambda: live.value("/residuum/monitor") == "residual", "a click sets the monitor", SLOW_S)
        box = page.locator("#levels").bounding_box()
        page.click("#levels", position={"x": box["width"] * 2.5 / 14, "y": box["height"] / 4})
        wait_for(lambda: live.value("/residuum/level/3/gain") != 1.0, "a bar sets a gain", SLOW_S)
        page.keyboard.press("Shift+A")
        page.keyboard.press("-")
        wait_for(lambda: fader(page, "levels") == 12.0, "levels", SLOW_S)
        page.keyboard.press("Shift+B")
        page.keyboard.press("x")
        wait_for(lambda: live.value("/residuum/levels") == 13.0, "x goes back to A", SLOW_S)
        page.select_option("#codec", "live-64")
        wait_for(lambda: "live-64" in str(live.value("/residuum/codec")), "a codec is picked", SLOW_S)
        assert not first.faults + second.faults, first.faults + second.faults
        port = live.port
        live.end()
        wait_for(lambda: page.evaluate("document.body.dataset.link") == "closed", "the page sees that the server is gone", SLOW_S)
        with Live(program, "--http", str(port)) as again:
            wait_for(lambda: page.evaluate("document.body.dataset.link") == "open", "and finds the next one", SLOW_S)
            wait_for(lambda: fader(page, "levels") == 14.0, "with its values", SLOW_S)
            again.end()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        {"looks": check_looks, "steers": check_steers}[sys.argv[2]](sys.argv[1], chromium)
        chromium.close()
