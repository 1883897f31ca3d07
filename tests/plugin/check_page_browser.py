# SPDX-License-Identifier: MIT
# usage: check_page_browser.py FOLDER: the page of residuum~ in Pure Data, in headless Chromium. FOLDER has residuum~.
import os
import shutil
import subprocess
import sys
import tempfile
from types import SimpleNamespace

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../app"))
from check_page import BRIGHTEST, CHROMIUM, SLOW_S, Live, Page, fader, pressed, sync_playwright, wait_for

PATCH = """#N canvas 0 0 600 400 12;
#X obj 0 0 loadbang;
#X obj 0 0 t b b;
#X msg 0 0 \\; pd dsp 1;
#X msg 0 0 http {port};
#X obj 0 0 osc~ 1000;
#X obj 0 0 residuum~ 1;
#X connect 0 0 1 0;
#X connect 1 0 2 0;
#X connect 1 1 3 0;
#X connect 3 0 5 0;
#X connect 4 0 5 0;
"""


def open_page(port, browser):
    """What a plugin shows, whatever its host is: no faults, what it offers, and the tone that it plays at its place."""
    live = SimpleNamespace(port=port)
    live.get = lambda path, **headers: Live.get(live, path, **headers)
    view = Page(browser, live)
    page = view.page
    wait_for(lambda: fader(page, "levels") == 14.0, "the value in force", SLOW_S)
    wait_for(lambda: page.is_hidden("#record") and page.is_hidden("#listen") and page.is_hidden("#callbacks"), "what a plugin does not offer is not shown", SLOW_S)
    wait_for(lambda: page.evaluate(BRIGHTEST, 1)[1] > 400, "a spectrogram of its sound", SLOW_S)
    hz = 20.0 * 1000.0 ** page.evaluate(BRIGHTEST, 1)[0]
    assert abs(hz / 1000.0 - 1.0) < 0.05, f"the tone of 1000 Hz lies at {hz:.0f} Hz"
    return live, view


def check(port, browser):
    live, view = open_page(port, browser)
    page = view.page
    page.keyboard.press("Shift+A")
    wait_for(lambda: pressed(page, "slot-a"), "A is kept", SLOW_S)
    page.keyboard.press("-")
    wait_for(lambda: Live.value(live, "/residuum/levels") == 13.0, "a key sets levels", SLOW_S)
    page.keyboard.press("Shift+B")
    wait_for(lambda: pressed(page, "slot-b"), "B is kept", SLOW_S)
    page.keyboard.press("x")
    wait_for(lambda: Live.value(live, "/residuum/levels") == 14.0, "x goes back to A", SLOW_S)
    assert not view.faults, view.faults


def main(folder):
    if not shutil.which("pd"):
        print("skipped: no pd")
        sys.exit(77)
    port = 20000 + os.getpid() % 20000
    with tempfile.TemporaryDirectory() as where:
        patch = os.path.join(where, "page.pd")
        with open(patch, "w", encoding="ascii") as file:
            file.write(PATCH.format(port=port))
        log = os.path.join(where, "log")
        with open(log, "wb") as out:
            process = subprocess.Popen(["pd", "-nogui", "-stderr", "-r", "48000", "-noprefs", "-nosound", "-path", folder, "-open", patch], stdout=out, stderr=out)
        try:
            wait_for(lambda: f":{port}/" in open(log, encoding="utf-8").read(), "Pd says where the page is", SLOW_S)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                check(port, browser)
                browser.close()
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main(sys.argv[1])
