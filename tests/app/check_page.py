# SPDX-License-Identifier: MIT
# usage: check_page.py RESIDUUM looks|steers|compares: the page of `residuum live --http` in headless Chromium.
import json
import math
import os
import re
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
SLOW_S = 60.0  # a browser without a graphics processor, on a busy machine


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


def check_cursor(page):
    """It reads time, frequency and level where it is; pictures freeze and are zoomed."""
    box = page.locator("#spectrograms canvas").first.bounding_box()
    place = page.evaluate(BRIGHTEST, 0)[0]
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * (1.0 - place))
    texts = "() => [...document.querySelectorAll('#spectrograms output')].map((output) => output.value)"
    wait_for(lambda: "dBFS" in page.evaluate(texts)[0], "the cursor reads", SLOW_S)
    for text in page.evaluate(texts)[:2]:  # dry and wet; half of full scale
        seconds, hz, level = re.fullmatch(r"-(\d+\.\d\d) s +(\S+ k?Hz) +(\S+) dBFS", text).groups()
        assert 0.3 < float(seconds) < 0.7, text
        number, unit = hz.split()
        assert abs(float(number) * (1000.0 if unit == "kHz" else 1.0) / TONE_HZ - 1.0) < 0.07, text
        assert abs(float(level) + 6.2) < 2.0, text  # of the column beside, where a pixel has two
    page.keyboard.press("Space")
    frame = page.evaluate("residuum.spectrograms.next")
    page.wait_for_timeout(300)
    assert page.evaluate("residuum.spectrograms.next") == frame and pressed(page, "freeze"), "pictures are frozen"
    page.keyboard.press("Space")
    wait_for(lambda: page.evaluate("residuum.spectrograms.next") != frame, "and go on", SLOW_S)
    span = page.evaluate("residuum.spectrograms.span")
    page.keyboard.press("]")
    assert page.evaluate("residuum.spectrograms.span") == span + 1, "zoomed"
    page.mouse.wheel(0, -100)
    wait_for(lambda: page.evaluate("residuum.spectrograms.span") == span, "and back by the wheel", SLOW_S)


def check_sizes(page):
    """Nothing is wider than the screen, and a laptop has the head in one row, so that pictures have the rest."""
    for width, height in ((390, 844), (768, 1024), (1366, 768), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        wide = page.evaluate("[...document.querySelectorAll('body *')].filter((part) => part.getBoundingClientRect().right > innerWidth + 1).map((part) => part.tagName + '#' + part.id)")
        assert not wide and page.evaluate("document.documentElement.scrollWidth") <= width, f"at {width}: {wide}"
        if width >= 1366:
            assert page.locator("header").bounding_box()["height"] < 0.075 * height, f"at {width} the head has rows"
            assert page.locator("#figures").bounding_box()["height"] < 0.075 * height, f"at {width} the figures have rows"
    page.set_viewport_size({"width": 1000, "height": 700})


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
            check_cursor(page)
            check_sizes(page)
            started, before = time.monotonic(), cpu_s_of_http(live)
            page.wait_for_timeout(2000)
            share = (cpu_s_of_http(live) - before) / (time.monotonic() - started)
            assert 0.0 < share < 0.05, f"serving takes {100 * share:.1f} % of a core"
            assert "dB" in page.inner_text("#figures"), page.inner_text("#figures")
            assert not view.faults, view.faults


def fader(page, name):
    return float(page.input_value(f"#c-residuum-{name}"))


def stroke(page, box, first, last):
    """From bar to bar in one move, as a fast hand does."""
    def x(level):
        return box["x"] + box["width"] * level / 14
    page.mouse.move(x(first), box["y"] + box["height"] / 3)
    page.mouse.down()
    page.mouse.move(x(last), box["y"] + box["height"] / 2, steps=2)
    page.mouse.up()


def pressed(page, button):
    return page.get_attribute(f"#{button}", "aria-pressed") == "true"


def check_level_clicks(live, page):
    """Solo and mute below a bar, a double click for a gain of 1, and the handle that stands between levels."""
    box = page.locator("#levels").bounding_box()
    for name, above in (("solo", 33), ("mute", 11)):
        for value in (True, False):
            page.click("#levels", position={"x": box["width"] * 4.5 / 14, "y": box["height"] - above})
            wait_for(lambda name=name, value=value: live.value(f"/residuum/level/5/{name}") is value, f"a click: {name} {value}", SLOW_S)
    page.dblclick("#levels", position={"x": box["width"] * 5.5 / 14, "y": box["height"] / 2})
    wait_for(lambda: live.value("/residuum/level/6/gain") == 1.0, "a double click", SLOW_S)
    page.locator("#levels").scroll_into_view_if_needed()
    box = page.locator("#levels").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 12.8 / 14, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 6.4 / 14, box["y"] + 8, steps=5)
    page.mouse.up()
    wait_for(lambda: abs(live.value("/residuum/levels") - 6.4) < 0.06, "the handle stands between levels", SLOW_S)


def check_slots(live, page):
    page.keyboard.press("Shift+A")
    wait_for(lambda: pressed(page, "slot-a"), "A is kept", SLOW_S)
    wait_for(lambda: live.value("/residuum/match") is True and pressed(page, "match"), "and levels are matched", SLOW_S)
    page.keyboard.press("-")
    wait_for(lambda: fader(page, "levels") == 13.0, "levels", SLOW_S)
    page.keyboard.press("d")
    page.keyboard.press("Shift+B")
    wait_for(lambda: pressed(page, "slot-b"), "B is kept", SLOW_S)
    page.keyboard.press("x")
    wait_for(lambda: live.value("/residuum/levels") == 14.0 and live.value("/residuum/monitor") == "wet", "x goes to A", SLOW_S)
    wait_for(lambda: pressed(page, "slot-a"), "A is shown", SLOW_S)
    page.keyboard.press("x")
    wait_for(lambda: live.value("/residuum/monitor") == "dry", "x goes to B", SLOW_S)
    page.keyboard.press("v")
    wait_for(lambda: live.value("/residuum/match") is False, "v lets go of the levels", SLOW_S)


def drag_to(page, x, y):
    box = page.locator("#morph").bounding_box()
    page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def check_states(live, page, folder):
    """Four slots and the pad between them, chance, undo, and a preset of one's own."""
    for slot, levels, mix in (("a", 2.0, 0.0), ("b", 6.0, 0.0), ("c", 2.0, 1.0), ("d", 6.0, 1.0)):
        live.send_udp("/residuum/levels", levels)
        live.send_udp("/residuum/mix", mix)
        wait_for(lambda: (fader(page, "levels"), fader(page, "mix")) == (levels, mix), "values of a slot", SLOW_S)
        page.click(f"#keep-{slot}")
        wait_for(lambda: page.inner_text(f"#keep-{slot}") == slot.upper(), f"{slot} is kept", SLOW_S)
    page.locator("#morph").scroll_into_view_if_needed()
    drag_to(page, 0.1, 0.1)
    page.mouse.down()
    drag_to(page, 0.75, 0.25)
    page.mouse.up()
    wait_for(lambda: abs(live.value("/residuum/levels") - 5.0) < 0.1 and abs(live.value("/residuum/mix") - 0.25) < 0.03,
             "the pad morphs between four", SLOW_S)
    before = live.value("/residuum/levels")
    page.focus("#morph")
    page.keyboard.press("ArrowLeft")
    wait_for(lambda: abs(live.value("/residuum/levels") - (before - 0.2)) < 0.01, "and so do arrows", SLOW_S)
    page.fill("#save-name", "from the page")
    page.press("#save-name", "Enter")
    path = os.path.join(folder, "config", "residuum", "presets", "from the page.json")
    wait_for(lambda: os.path.exists(path), "a preset is saved", SLOW_S)
    wait_for(lambda: page.locator("#preset option", has_text="from the page").count() == 1, "and listed", SLOW_S)
    before = live.value("/residuum/levels")
    page.fill("#random-amount", "1")
    page.click("#random")
    wait_for(lambda: live.value("/residuum/levels") != before, "a throw", SLOW_S)
    page.click("#undo")
    wait_for(lambda: live.value("/residuum/levels") == before, "is taken back", SLOW_S)


def check_record(live, page, folder):
    page.keyboard.press("Shift+R")
    wait_for(lambda: "Stop" in page.inner_text("#record"), "a recording runs", SLOW_S)
    page.click("#record")
    wait_for(lambda: page.inner_text("#record") == "Record", "and stops", SLOW_S)
    files = [name for name in os.listdir(folder) if name.startswith("residuum-") and name.endswith(".wav")]
    assert len(files) == 1, files
    with open(os.path.join(folder, files[0]), "rb") as file:
        assert len(file.read()) > 1000


def check_lists(live, page):
    groups = page.evaluate("[...document.querySelectorAll('#preset optgroup')].map((group) => group.label)")
    assert "Phone" in groups and len(groups) >= 6, groups
    assert "mine.safetensors" in page.evaluate("[...document.querySelector('#codec').options].map((option) => option.value)")
    page.select_option("#codec", "mine.safetensors")
    wait_for(lambda: "mine" in str(live.value("/residuum/codec")), "a file is picked as codec", SLOW_S)
    page.select_option("#codec", "live-128")
    wait_for(lambda: live.value("/residuum/codec") == "live-128", "and the built-in one again", SLOW_S)
    page.wait_for_selector("#c-residuum-lfo-1-shape")
    page.select_option("#c-residuum-lfo-1-shape", label="square")
    wait_for(lambda: live.value("/residuum/lfo/1/shape") == 3, "a value by its name", SLOW_S)
    page.focus("#c-residuum-mix")
    page.keyboard.press("l")
    wait_for(lambda: page.inner_text("#midi-text") == "learning: mix", "MIDI learns what is picked", SLOW_S)
    page.keyboard.press("l")
    wait_for(lambda: page.inner_text("#midi-text") == "", "and leaves it", SLOW_S)
    page.select_option("#pattern", "delay")
    rows = int(page.evaluate("fetch('/page/pattern?name=delay').then((answer) => answer.json()).then((told) => told.offsets.length)"))
    wait_for(lambda: f"delay: {rows - 1} frames late, {(rows - 1) * 128 / 48:.1f} ms" in page.inner_text("#token-text"), "the pattern's delay", SLOW_S)
    page.select_option("#pattern", "coarse-first")
    wait_for(lambda: "not live" in page.inner_text("#token-text"), "a pattern that cannot be live", SLOW_S)
    wait_for(lambda: "64 samples at 48000 Hz" in page.inner_text("#latency-text"), "what the latency is of", SLOW_S)


def check_blind(live, page):
    """X is what the engine plays, and nobody is told which one it is."""
    page.click("#listen")
    page.wait_for_selector("#start:not([disabled])")
    page.select_option("#trials", "8")
    page.click("#start")
    page.wait_for_selector("#abx:not([hidden])")
    assert live.get("/residuum/levels?VALUE")[0] == 409, "values are not told"
    told = set()  # by OSC over UDP, which answers: it knows nothing of X
    for trial in range(8):
        wait_for(lambda trial=trial: page.inner_text("#abx-where") == f"Trial {trial + 1} of 8", f"trial {trial + 1}", SLOW_S)
        page.keyboard.press("x")
        wait_for(lambda: page.get_attribute("[data-what=x]", "aria-pressed") == "true", "X plays", SLOW_S)
        told.add(str(live.ask_udp("levels")))
        page.keyboard.press("1")
    page.wait_for_selector("#result:not([hidden])")
    results = json.loads(live.get("/listen/results.json")[1])
    assert len(told) == 1, told
    assert results["count"] == 8 and results["right"] == sum(trial["x"] == "a" for trial in results["trials"]), results
    assert results["settings"]["b"]["parameters"]["monitor"] == "dry", results["settings"]
    wait_for(lambda: live.get("/residuum/levels?VALUE")[0] == 200, "values are told again", SLOW_S)
    page.click("#back")
    page.wait_for_selector("#controls fieldset")


# Moves every control of the page, as a hand would, to another value than it has; returns what each is to be.
MOVE_ALL = """() => Object.fromEntries([...document.querySelectorAll('#controls input, #controls select')].map((input) => {
  if (input.type === 'checkbox') input.checked = !input.checked;
  else if (input.type === 'range') input.value = Number(input.value) === Number(input.max) ? input.min : input.max;
  else input.selectedIndex = input.selectedIndex === 1 ? 0 : 1;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new Event('change', { bubbles: true }));
  return [input.id, input.type === 'checkbox' ? input.checked : input.value];
}))"""
SHOWN = """() => Object.fromEntries([...document.querySelectorAll('#controls input, #controls select')]
  .map((input) => [input.id, input.type === 'checkbox' ? input.checked : input.value]))"""
# Steered by others: where one of them is moved, the other follows.
LINKED = {"c-residuum-levels", "c-residuum-bitrate"}


def leaves(node):
    if "CONTENTS" not in node:
        return {node["FULL_PATH"]: node["VALUE"][0]}
    return {path: value for child in node["CONTENTS"].values() for path, value in leaves(child).items()}


def is_same(shown, value):
    if isinstance(value, (bool, str)):
        return shown == value
    return abs(float(shown) - value) <= 1e-4 * max(1.0, abs(value))


def check_every_control(live, page):
    """What the page is told to set is set, and what others set is shown, for all of them."""
    before = leaves(json.loads(live.get("/")[1]))
    wanted = page.evaluate(MOVE_ALL)
    assert len(wanted) > 80, len(wanted)
    paths = {f"c{path.replace('/', '-')}": path for path in before}

    def differing():
        now = leaves(json.loads(live.get("/")[1]))
        return [name for name, value in wanted.items()
                if name not in LINKED and not is_same(value, now[paths[name]]) and isinstance(now[paths[name]], (int, float))]
    wait_for(lambda: not differing(), "every control reaches the engine", SLOW_S)
    for name in wanted:
        value = before[paths[name]]
        if isinstance(value, (int, float)):
            live.send_udp(paths[name], float(value))
    wait_for(lambda: all(is_same(shown, before[paths[name]]) for name, shown in page.evaluate(SHOWN).items()
                         if isinstance(before[paths[name]], (int, float)) and name not in LINKED), "the page follows all of them", SLOW_S)


def check_decoder(live, page):
    """The codec that decodes is picked; one that does not fit is refused, and what is in force is shown again."""
    page.select_option("#c-residuum-decode_codec", "live-64")
    wait_for(lambda: "not a codec" in page.inner_text("#message"), "why it is refused", SLOW_S)
    wait_for(lambda: page.input_value("#c-residuum-decode_codec") == "none", "the codec itself decodes", SLOW_S)
    page.select_option("#codec", "live-64")
    wait_for(lambda: live.value("/residuum/codec") == "live-64", "a codec", SLOW_S)
    page.select_option("#c-residuum-decode_codec", "mine.safetensors")
    wait_for(lambda: "mine" in str(live.value("/residuum/decode_codec")), "and one of its shape that decodes", SLOW_S)
    page.select_option("#c-residuum-decode_codec", "none")
    wait_for(lambda: live.value("/residuum/decode_codec") == "none", "and none", SLOW_S)
    page.select_option("#codec", "live-128")
    wait_for(lambda: live.value("/residuum/levels") == 14.0 and live.value("/residuum/codec") == "live-128", "as before", SLOW_S)


def check_effects(live, page):
    live.send_udp("/residuum/loss", 1.0)
    flashes = "() => window.residuum.tokens.flashes.map((flash) => flash.name)"
    wait_for(lambda: "lost frames" in page.evaluate(flashes), "lost frames flash", SLOW_S)
    live.send_udp("/residuum/loss", 0.0)


def check_compares(program, browser):
    models = os.path.join(os.path.dirname(__file__), "../../src/codec/models")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(models, "live-64.safetensors"), os.path.join(folder, "mine.safetensors"))
        os.environ["XDG_CONFIG_HOME"] = os.path.join(folder, "config")
        with Live(program, "--osc-files", folder, folder=folder) as live:
            view = Page(browser, live)
            wait_for(lambda: fader(view.page, "levels") == 14.0, "the value in force", SLOW_S)
            check_every_control(live, view.page)
            check_effects(live, view.page)
            check_decoder(live, view.page)
            check_slots(live, view.page)
            check_states(live, view.page, folder)
            check_record(live, view.page, folder)
            check_lists(live, view.page)
            check_blind(live, view.page)
            view.faults = [fault for fault in view.faults if "409" not in fault]
            assert not view.faults, view.faults


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
        page.keyboard.press("PageDown")
        wait_for(lambda: abs(live.value("/residuum/level/1/gain") - 0.95) < 1e-6, "a key sets the gain of the picked level", SLOW_S)
        page.focus("#spectrograms canvas")
        page.keyboard.press("ArrowUp")
        wait_for(lambda: "Hz" in page.inner_text("#spectrograms output"), "keys move the cursor", SLOW_S)
        page.click("#monitor button:nth-child(3)")
        wait_for(lambda: live.value("/residuum/monitor") == "residual", "a click sets the monitor", SLOW_S)
        box = page.locator("#levels").bounding_box()
        page.click("#levels", position={"x": box["width"] * 2.5 / 14, "y": box["height"] / 4})
        wait_for(lambda: live.value("/residuum/level/3/gain") != 1.0, "a bar sets a gain", SLOW_S)
        stroke(page, page.locator("#levels").bounding_box(), 4.5, 10.5)
        wait_for(lambda: all(live.value(f"/residuum/level/{level}/gain") != 1.0 for level in range(5, 12)),
                 "a stroke across the bars sets each of them", SLOW_S)
        assert live.value("/residuum/level/14/gain") == 1.0
        check_level_clicks(live, page)
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
        {"looks": check_looks, "steers": check_steers, "compares": check_compares}[sys.argv[2]](sys.argv[1], chromium)
        chromium.close()
