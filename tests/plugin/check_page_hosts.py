# SPDX-License-Identifier: MIT
# usage: check_page_hosts.py clap|lv2 HOST: the page of a plugin in a small host of its format, in headless Chromium.
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../app"))
sys.path.insert(0, os.path.dirname(__file__))
from check_page import CHROMIUM, SLOW_S, Live, fader, sync_playwright, wait_for
from check_page_browser import open_page

# What the host calls a control: CLAP by names, LV2 by symbols; and 7 levels, which are a share of those that there are in CLAP.
NAMES = {"clap": {"levels": "Levels", "mix": "Mix", "seven": 7.0 / 14.0}, "lv2": {"levels": "levels", "mix": "mix", "seven": 7.0}}


class Host:
    """A running host, and the latest of what it told of each name."""

    def __init__(self, program, port):
        self.process = subprocess.Popen([program, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.told = {}
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            name, value = line.rsplit("=", 1)
            self.told[name] = float(value)

    def set(self, name, value):
        self.process.stdin.write(f"{name}={value}\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(SLOW_S) == 0, "the host ends well with its page open"
        self.reader.join()


def check(host, names, port, browser):
    live, view = open_page(port, browser)
    page = view.page
    host.set(names["mix"], 0.25)
    wait_for(lambda: fader(page, "mix") == 0.25, "the page follows the host", SLOW_S)
    host.set(names["mix"], 1.0)
    wait_for(lambda: fader(page, "mix") == 1.0, "and follows it again", SLOW_S)
    wait_for(lambda: host.told.get("out dB", -120.0) > -20.0, "the tone is heard", SLOW_S)
    page.keyboard.press("r")
    wait_for(lambda: Live.value(live, "/residuum/monitor") == "residual", "a key sets the monitor", SLOW_S)
    wait_for(lambda: host.told["out dB"] < -30.0, "what the host gets is the residual, far softer", SLOW_S)
    page.keyboard.press("w")
    wait_for(lambda: host.told["out dB"] > -20.0, "and the decoded tone again", SLOW_S)
    page.keyboard.press("-")
    wait_for(lambda: Live.value(live, "/residuum/levels") == 13.0, "a key sets levels", SLOW_S)
    if names is NAMES["clap"]:  # LV2 has no way to tell a host
        wait_for(lambda: abs(host.told.get("Levels", 0.0) - 13.0 / 14.0) < 1e-4, "the host is told", SLOW_S)
    host.set(names["levels"], names["seven"])
    wait_for(lambda: fader(page, "levels") == 7.0, "the host has its say after the page", SLOW_S)
    assert not view.faults, view.faults


def main(plugin, program):
    port = 20000 + os.getpid() % 20000
    host = Host(program, port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            wait_for(lambda: is_there(port), "the page is there", SLOW_S)
            check(host, NAMES[plugin], port, browser)
            host.end()
            browser.close()
    finally:
        host.process.kill()


def is_there(port):
    try:
        probe = type("Probe", (), {"port": port})()
        return Live.get(probe, "/residuum/levels")[0] == 200
    except OSError:
        return False


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
