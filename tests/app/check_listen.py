# SPDX-License-Identifier: MIT
# usage: check_listen.py RESIDUUM: listening tests on their page in headless Chromium, and clients that cheat.
import csv
import http.client
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
from check_page import CHROMIUM, SLOW_S, sync_playwright, write_tone  # skips where clients are missing
from check_http import wait_for

TRIALS = 8


class Test:
    """A running `residuum abx` or `rate` with its page."""

    def __init__(self, program, folder, command, *options):
        self.stem = os.path.join(folder, command)
        words = [program, command, *options, "--backend", "null", "--http", "0", "--results", self.stem]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.match(r"listening test at http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(found[1])
                return
        raise SystemExit(f"{command} did not say where its page is")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def open_page(browser, test):
    faults = []
    page = browser.new_context(viewport={"width": 700, "height": 900}, accept_downloads=True).new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"http://127.0.0.1:{test.port}/")
    page.wait_for_selector("#start:not([disabled])")
    return page, faults


def check_cheats(test):
    json_type = {"Content-Type": "application/json"}
    assert test.ask("GET", "/listen/results.csv")[0] == 409, "results before the end"
    assert test.ask("GET", "/listen/results.json")[0] == 409
    state = json.loads(test.ask("GET", "/listen/state")[1])
    assert not {"trial", "x", "right", "result"} & set(state), state
    assert test.ask("POST", "/listen/do", '{"do": "stop"}', **{"Content-Type": "text/plain"})[0] == 400, "a form"
    assert test.ask("POST", "/listen/do", '{"do": "stop"}', **json_type, Origin="http://elsewhere.example")[0] == 403
    assert test.ask("POST", "/listen/do", '{"do": "stop"}', **json_type, Host="elsewhere.example")[0] == 403
    assert test.ask("POST", "/listen/do", "x" * 2000, **json_type)[0] == 400
    for body in ("", "{", "[]", '{"do": "answer", "what": "q"}', '{"do": {}}', '"' + "[" * 900):
        status, answer = test.ask("POST", "/listen/do", body, **json_type)
        assert status == 200 and "error" in json.loads(answer), (body, status, answer)
    assert test.ask("PUT", "/listen/do", "{}", **json_type)[0] == 405
    assert test.ask("GET", "/listen/nothing")[0] == 404
    assert json.loads(test.ask("GET", "/listen/state")[1])["state"] == "running", "and it still runs"


def check_abx(program, browser, folder, tone):
    with Test(program, folder, "abx", tone, "--a", "dry", "--b", "levels=1") as test:
        page, faults = open_page(browser, test)
        page.select_option("#trials", str(TRIALS))
        page.click("#start")
        page.wait_for_selector("#abx:not([hidden])")
        page.keyboard.press("1")
        wait_for(lambda: "listen to X" in page.inner_text("#message"), "an answer without X is refused", SLOW_S)
        for sound in "abx":
            page.keyboard.press("Space")
            wait_for(lambda sound=sound: page.get_attribute(f"[data-what={sound}]", "aria-pressed") == "true", f"{sound} plays", SLOW_S)
        check_cheats(test)
        for trial in range(TRIALS):
            wait_for(lambda trial=trial: f"Trial {trial + 1} of {TRIALS}" in page.inner_text("#abx-where"), f"trial {trial + 1}", SLOW_S)
            page.keyboard.press("x")
            wait_for(lambda: page.get_attribute("[data-what=x]", "aria-pressed") == "true", "X plays", SLOW_S)
            assert page.is_hidden("#result")
            page.keyboard.press(str(1 + trial % 2))
        page.wait_for_selector("#result:not([hidden])")
        with page.expect_download() as download:
            page.click("#csv")
        with open(download.value.path(), encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [row["answer"] for row in rows] == ["a", "b"] * (TRIALS // 2), rows
        right = sum(row["x"] == row["answer"] for row in rows)
        results = json.loads(test.ask("GET", "/listen/results.json")[1])
        p = sum(math.comb(TRIALS, k) for k in range(right, TRIALS + 1)) / 2 ** TRIALS
        assert results["right"] == right and abs(results["p_value"] - p) < 1e-9, (right, results)
        assert results["settings"]["a"] == "dry" and results["settings"]["b"] == "levels=1", results["settings"]
        assert f"{right} of {TRIALS}" in page.inner_text("#figures")
        wait_for(lambda: os.path.exists(test.stem + ".json"), "the results are files, too", SLOW_S)
        with open(test.stem + ".csv", encoding="utf-8") as file:
            assert list(csv.DictReader(file)) == rows
        faults = [fault for fault in faults if "409" not in fault]
        assert not faults, faults
        test.process.communicate("q\n", timeout=20)
        assert test.process.returncode == 0


def check_rating(program, browser, folder, tone):
    with Test(program, folder, "rate", tone, "--levels", "1,4") as test:
        page, faults = open_page(browser, test)
        page.click("#start")
        page.wait_for_selector("#faders input")
        assert page.locator("#faders input").count() == 4, "reference, anchor and two level counts"
        assert page.is_disabled("#next"), "before all are rated"
        for place in range(4):
            page.keyboard.press(str(place + 1))
            wait_for(lambda place=place: page.get_attribute(f"[data-what='{place + 1}']", "aria-pressed") == "true", "it plays", SLOW_S)
            page.locator("#faders input").nth(place).focus()
            for _ in range(10 * (place + 1)):
                page.keyboard.press("ArrowRight")
        page.wait_for_selector("#next:not([disabled])")
        page.reload()
        wait_for(lambda: [row.input_value() for row in page.locator("#faders input").all()] == ["10", "20", "30", "40"], "a page that is loaded again has the ratings", SLOW_S)
        page.fill("#comment", "said, so")
        page.click("#next")
        page.wait_for_selector("#result:not([hidden])")
        rows = list(csv.DictReader(io.StringIO(test.ask("GET", "/listen/results.csv")[1])))
        assert list(rows[0]) == ["session_test_id", "trial_id", "rating_stimulus", "rating_score", "rating_time", "rating_comment"]
        assert {row["rating_stimulus"] for row in rows} == {"reference", "anchor35", "levels-1", "levels-4"}, rows
        assert sorted(int(row["rating_score"]) for row in rows) == [10, 20, 30, 40], rows
        assert all(row["rating_comment"] == "said, so" and row["trial_id"] == "tone.wav" for row in rows), rows
        assert not faults, faults


def main(program):
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tone = os.path.join(folder, "tone.wav")
        write_tone(tone)
        check_abx(program, browser, folder, tone)
        check_rating(program, browser, folder, tone)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
