# SPDX-License-Identifier: MIT
# usage: page_growth.py RESIDUUM SECONDS: whether the page of `residuum live --http` grows, in the browser and in the server.
# A page is open, presets, levels and monitors change all the time, and a second page comes and goes. Heap after a garbage
# collection, nodes and listeners of the first page, and memory of its own (RssAnon: pages of files left out) and
# descriptors of the server, are compared between a time when all is warm and the end. The browser's own memory is shown beside that of a page that only draws a
# line on an empty canvas, in a process of its own, and once more after the browser was told that memory is short: what it
# gives back then is a cache of its own. Also prints what the server's HTTP threads took of a core.
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../app"))
from check_page import CHROMIUM, SLOW_S, Live, cpu_s_of_http, sync_playwright, wait_for

MOST_HEAP_MB, MOST_SERVER_MB, MOST_NODES, MOST_BROWSER_MB = 1.0, 2.0, 200, 30.0  # of growth


def server(live):
    return anonymous_mb([live.process.pid]), len(os.listdir(f"/proc/{live.process.pid}/fd"))


def is_below(pid, ancestor):
    while pid > 1 and pid != ancestor:
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                pid = int(file.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            return False
    return pid == ancestor


def renderers():
    """The browser's processes that show pages."""
    found = set()
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                is_renderer = b"--type=renderer" in file.read()
        except OSError:
            continue
        if is_renderer and is_below(pid, os.getpid()):
            found.add(pid)
    return found


def anonymous_mb(pids):
    """The largest of them: what the heap leaves out (pictures, packets) is in it; pages of files are not."""
    largest = 0.0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                largest = max(largest, *(int(line.split()[1]) / 1024 for line in file if line.startswith("RssAnon")), 0.0)
        except OSError:
            continue
    return largest


EMPTY = """data:text/html,<canvas width=900 height=600></canvas><script>
const context = document.querySelector('canvas').getContext('2d'); let x = 0;
const draw = () => { context.fillRect(x++ % 900, 0, 1, 600); requestAnimationFrame(draw); }; draw();</script>"""


def open_page(browser, size, url):
    """Also returns its processes, those that were not there before."""
    before = renderers()
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    page.goto(url)
    return page, renderers() - before


def measure(devtools, live, pids, empty_pids):
    devtools.send("HeapProfiler.collectGarbage")
    figures = {row["name"]: row["value"] for row in devtools.send("Performance.getMetrics")["metrics"]}
    server_mb, descriptors = server(live)
    return {"heap MB": figures["JSHeapUsedSize"] / 1e6, "nodes": figures["Nodes"], "listeners": figures["JSEventListeners"],
            "browser MB": anonymous_mb(pids), "empty page MB": anonymous_mb(empty_pids),
            "server MB": server_mb, "descriptors": descriptors}


def warm_up(live):
    """
    Each of the server's workers has a heap of its own, which grows once by what an answer takes: all have answered. So
    has the loader's, by the codecs that presets open: old and new ones were there at a time.
    """
    for preset in json.loads(live.get("/residuum/preset?RANGE")[1])["RANGE"][0]["VALS"]:
        live.send_udp("/residuum/preset", preset)
        wait_for(lambda preset=preset: live.value("/residuum/preset") == preset, preset, SLOW_S)
    threads = [threading.Thread(target=lambda: [live.get("/") for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def is_grown(last, first):
    """What has grown; None: nothing."""
    limits = {"heap MB": MOST_HEAP_MB, "nodes": MOST_NODES, "listeners": MOST_NODES, "browser MB": MOST_BROWSER_MB,
              "server MB": MOST_SERVER_MB}
    return next((name for name, most in limits.items() if last[name] > first[name] + most), None)


def show(seconds, row):
    print(f"{seconds:6.0f} s  " + "  ".join(f"{name} {value:.2f}" for name, value in row.items()), flush=True)


def stir(page, live, round_):
    """What people do: another state of everything, one after the other."""
    names = page.evaluate("[...document.querySelectorAll('#preset option')].map((option) => option.value).filter(Boolean)")
    page.select_option("#preset", names[round_ % len(names)])
    page.keyboard.press("-" if round_ % 2 else "+")
    page.keyboard.press("wdrt"[round_ % 4])
    page.keyboard.press("[" if round_ % 2 else "]")
    page.select_option("#codec", ["live-128", "live-64"][round_ // 8 % 2])
    live.send_udp("/residuum/mix", 0.5 + 0.05 * (round_ % 10))


def main(program, seconds):
    with sync_playwright() as playwright, Live(program) as live:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--enable-precise-memory-info"])
        faults = []
        _, empty_pids = open_page(browser, (900, 600), EMPTY)
        page, pids = open_page(browser, (900, 600), f"http://127.0.0.1:{live.port}/")
        page.set_default_timeout(1000 * SLOW_S)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.wait_for_selector("#preset optgroup", state="attached", timeout=1000 * SLOW_S)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        warm_up(live)
        started, round_, first, cpu = time.monotonic(), 0, None, 0.0
        warm = min(120.0, seconds / 3)  # the spectrograms and the last minute are full by then
        while (now := time.monotonic() - started) < seconds:
            stir(page, live, round_)
            if round_ % 5 == 0:
                other = browser.new_context(viewport={"width": 300, "height": 300}).new_page()
                other.goto(f"http://127.0.0.1:{live.port}/")
                other.wait_for_selector("#controls fieldset")
                other.context.close()
            page.wait_for_timeout(2000)
            round_ += 1
            if not first and now > warm:
                first, cpu = measure(devtools, live, pids, empty_pids), (cpu_s_of_http(live), time.monotonic())
                show(now, first)
            elif round_ % 15 == 0:
                show(now, measure(devtools, live, pids, empty_pids))
        wait_for(lambda: server(live)[1] <= first["descriptors"] + 1, "sockets are closed", SLOW_S)
        # A page that is behind, on a busy machine, holds what it has not drawn yet: what has grown stays through that.
        settled = time.monotonic() + SLOW_S
        while is_grown(last := measure(devtools, live, pids, empty_pids), first) and time.monotonic() < settled:
            page.wait_for_timeout(2000)
        show(seconds, last)
        devtools.send("Memory.simulatePressureNotification", {"level": "critical"})
        page.wait_for_timeout(2000)
        show(seconds, measure(devtools, live, pids, empty_pids))
        share = (cpu_s_of_http(live) - cpu[0]) / (time.monotonic() - cpu[1])
        print(f"{round_} rounds; HTTP threads {100 * share:.2f} % of a core")
        assert not is_grown(last, first), f"{is_grown(last, first)} has grown"
        assert share < 0.05, f"serving takes {100 * share:.1f} % of a core"
        assert not faults, faults
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
