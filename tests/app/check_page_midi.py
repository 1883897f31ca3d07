# SPDX-License-Identifier: MIT
# usage: check_page_midi.py RESIDUUM JACK_MIDI_SEND: the page learns a controller of a JACK MIDI port, which then steers.
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
from check_page import CHROMIUM, SLOW_S, Live, Page, fader, sync_playwright, wait_for

SERVER = f"rsd_page_{os.getpid()}"


class Jack:
    """A JACK server of our own, without sound hardware."""

    def __enter__(self):
        if not shutil.which("jackd") or not shutil.which("jack_wait"):
            print("skipped: no jackd")
            sys.exit(77)
        os.environ.update(JACK_DEFAULT_SERVER=SERVER, JACK_NO_START_SERVER="1")
        self.process = subprocess.Popen(["jackd", "--no-realtime", "--name", SERVER, "-d", "dummy", "-r", "48000", "-p", "256"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if subprocess.run(["jack_wait", "-s", SERVER, "-w", "-t", "15"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
            self.__exit__()
            print("skipped: no JACK server starts on this machine")
            sys.exit(77)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def check(program, keys, browser):
    def strike(message):
        keys.stdin.write(message + "\n")
        keys.stdin.flush()
    with Live(program, "--midi-input", "midi_keys", backend="jack") as live:
        view = Page(browser, live)
        page = view.page
        wait_for(lambda: fader(page, "mix") == 1.0, "the value in force", SLOW_S)
        page.focus("#c-residuum-mix")
        page.keyboard.press("l")
        wait_for(lambda: page.inner_text("#midi-text") == "learning: mix", "MIDI learns what is picked", SLOW_S)
        strike("b2 4a 00")
        wait_for(lambda: "mix" in page.inner_text("#midi-text") and "learning" not in page.inner_text("#midi-text"), "and says what it has learnt", SLOW_S)
        assert live.value("/residuum/mix") == 1.0, "while it learns a controller steers nothing"
        strike("b2 4a 00")
        wait_for(lambda: live.value("/residuum/mix") == 0.0 and fader(page, "mix") == 0.0, "what was learnt steers, and the page follows", SLOW_S)
        page.focus("#levels")
        page.keyboard.press("3")
        page.keyboard.press("l")
        wait_for(lambda: page.inner_text("#midi-text") == "learning: level_gain[3]", "a level's gain is learnt, too", SLOW_S)
        strike("b2 4b 00")
        wait_for(lambda: "level_gain[3]" in page.inner_text("#midi-text") and "learning" not in page.inner_text("#midi-text"), "it is", SLOW_S)
        strike("b2 4b 00")
        wait_for(lambda: live.value("/residuum/level/3/gain") == 0.0, "and steers", SLOW_S)
        assert not view.faults, view.faults


def main(program, sender):
    with tempfile.TemporaryDirectory() as home, Jack():
        os.environ["XDG_CONFIG_HOME"] = home  # what is learnt is kept there
        keys = subprocess.Popen([sender, SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert "ready" in keys.stdout.readline()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                check(program, keys, browser)
                browser.close()
        finally:
            keys.stdin.close()
            keys.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
