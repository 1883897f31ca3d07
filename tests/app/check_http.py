# SPDX-License-Identifier: MIT
# usage: check_http.py RESIDUUM oscquery|sockets
# `residuum live --http` as its clients see it: python-oscquery and a WebSocket client.
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

try:
    from pythonosc.osc_bundle import OscBundle
    from pythonosc.osc_message import OscMessage
    from pythonosc.osc_message_builder import OscMessageBuilder
    from pythonoscquery.osc_query_client import OSCQueryClient
    from websockets.exceptions import ConnectionClosed, InvalidHandshake
    from websockets.sync.client import connect
    from zeroconf import ServiceInfo
except ImportError as missing:
    print(f"skipped: {missing}; ./dev test installs what tests/app/requirements.txt names")
    sys.exit(77)


class Live:
    """A running `residuum live`, and where it listens."""

    def __init__(self, program, *options, folder=None, backend="null"):
        command = [program, "live", "--backend", backend, "--http", "0", "--osc-port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
        self.osc_port, self.address = None, None
        while not self.address:
            line = self.process.stdout.readline()
            assert line, "live ended before it said where it listens"
            if "cannot" in line or "no HTTP" in line:
                raise SystemExit(line)
            if found := re.match(r"OSC on UDP port (\d+)", line):
                self.osc_port = int(found[1])
            if found := re.match(r".* at (http://\S+)", line):
                self.address = found[1]
        self.port = int(re.search(r":(\d+)/", self.address)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def get(self, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def value(self, path):
        return json.loads(self.get(path + "?VALUE")[1])["VALUE"][0]

    def open(self, query="", **options):
        return connect(f"ws://127.0.0.1:{self.port}/{query}", **options)

    def send_udp(self, path, *values):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(osc(path, *values), ("127.0.0.1", self.osc_port))

    def ask_udp(self, symbol):
        """The value that OSC answers with, as bytes."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(10.0)
            asker.sendto(osc("/residuum/get", symbol), ("127.0.0.1", self.osc_port))
            return asker.recv(1024)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        assert code == 0, f"live ended with {code}"


def osc(path, *values):
    builder = OscMessageBuilder(path)
    for value in values:
        builder.add_arg(value)
    return builder.build().dgram


def messages_of(data):
    if OscBundle.dgram_is_bundle(data):
        return [message for part in OscBundle(data) for message in messages_of(part.dgram)]
    return [OscMessage(data)]


def receive_osc(web, path, seconds=30.0):
    """The parameters of the next message at `path`; None: none came."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            data = web.recv(timeout=left)
        except TimeoutError:
            return None
        if isinstance(data, str):
            continue
        for message in messages_of(data):
            if message.address == path:
                return message.params
    return None


def settle(web):
    """What was sent on this WebSocket before has been seen: an answer to what is sent last is here."""
    web.send(osc("/residuum/get", "mix"))
    assert receive_osc(web, "/residuum/value") is not None


def count_until(web, path, enough):
    """Messages at `path` until there are `enough`, or half a minute is over."""
    count, end = 0, time.monotonic() + 30.0
    while count < enough and time.monotonic() < end:
        count += receive_osc(web, path) is not None
    return count


def wait_for(check, what, seconds=30.0):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def memory_kb(live):
    with open(f"/proc/{live.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])


def is_sanitized(live):
    """A sanitizer keeps what was freed, and shadows it: memory says nothing there. Its own reports end the program."""
    with open(f"/proc/{live.process.pid}/exe", "rb") as program:
        data = program.read()
    return b"__asan_" in data or b"__tsan_" in data


def check_growth(live, grown_kb, most_kb, after):
    assert grown_kb < most_kb or is_sanitized(live), f"{grown_kb} KiB more after {after}"


def own_memory_kb(live):
    """Without pages of files, which are read as they are wanted."""
    with open(f"/proc/{live.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"RssAnon:\s+(\d+)", status.read())[1])


# ---- OSCQuery ----


def check_oscquery(program):
    with Live(program, "--channels", "2") as live:  # of one channel, what makes sense in stereo alone is left out
        ask_oscquery(program, live)


def ask_oscquery(program, live):
    check_memory_of_trees(live)
    service = ServiceInfo("_oscjson._tcp.local.", "Residuum._oscjson._tcp.local.",
                          addresses=[socket.inet_aton("127.0.0.1")], port=live.port)
    client = OSCQueryClient(service)
    info = client.get_host_info()
    assert info.name == "Residuum" and info.osc_port == live.osc_port and info.osc_transport == "UDP", info
    assert info.extensions["LISTEN"] and info.extensions["PATH_CHANGED"]
    root = client.query_node("/")
    nodes = {node.full_path: node for node in root}
    table = subprocess.run([program, "params"], capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    addresses = [line.split()[1] for line in table]
    assert len(addresses) > 10
    for address in addresses:
        for path in [address.replace("N", str(level)) for level in (1, 14)] if "N" in address else [address]:
            assert path in nodes, f"{path} is not in the tree"
    below = [path for path in nodes if any(path.startswith(other + "/") for other in nodes if nodes[other].value)]
    for path in below:
        assert live.value(path) == nodes[path].value[0], f"{path}, which lies below another value"
    assert "/residuum/level/15/gain" not in nodes, "live has 14 levels"
    assert nodes["/residuum/levels"].value == [14.0]
    assert nodes["/residuum/norm/level_gain/3"].value == [0.5]
    assert nodes["/residuum/bypass"].value == [False]
    assert nodes["/residuum/monitor"].value == ["wet"]
    client.query_node("/residuum/levels")
    assert client.last_json["RANGE"] == [{"MIN": 0.0, "MAX": 14.0}], client.last_json
    assert client.last_json["TYPE"] == "f" and client.last_json["ACCESS"] == 3
    assert client.query_node("/residuum/nothing") is None
    live.send_udp("/residuum/levels", 3.5)
    wait_for(lambda: live.value("/residuum/levels") == 3.5, "a value that was set by OSC is in the tree")
    assert live.get("/residuum/bypass?RANGE")[0] == 204
    assert live.get("/residuum/bypass?NOTHING")[0] == 400
    check_attributes(live)
    live.end()


def check_attributes(live):
    """One attribute is what the whole node says of it, of containers as of values."""
    for path in ("/", "/residuum", "/residuum/level/3", "/residuum/levels", "/residuum/freeze/from", "/residuum/monitor"):
        node = json.loads(live.get(path)[1])
        for name, value in node.items():
            assert json.loads(live.get(f"{path}?{name}")[1]) == {name: value}, f"{path}?{name}"
    assert json.loads(live.get("/residuum/level/3/")[1])["FULL_PATH"] == "/residuum/level/3"
    for path in ("/residuum/lev", "/residuum/levels/nothing", "/residuum/level/15", "/" + "x" * 200):
        assert live.get(path)[0] == 404, path
    assert live.get("/residuum/level?RANGE")[0] == 204


def check_memory_of_trees(live):
    """Each worker has a heap, which keeps what it once grew to: an answer must not make it grow."""
    before = own_memory_kb(live)
    threads = [threading.Thread(target=lambda: [live.get("/") for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check_growth(live, own_memory_kb(live) - before, 2048, "160 trees")


# ---- WebSockets ----


def check_sockets(program):
    with Live(program) as live:
        ask_sockets(program, live)


def ask_sockets(_, live):
    with live.open() as web, live.open() as other:
        web.send(json.dumps({"COMMAND": "LISTEN", "DATA": "/residuum/levels"}))
        web.send(json.dumps({"COMMAND": "LISTEN", "DATA": "/residuum/bypass"}))
        web.send(json.dumps({"COMMAND": "NOTHING"}))
        web.send("no JSON")
        settle(web)
        live.send_udp("/residuum/levels", 2.5)
        assert receive_osc(web, "/residuum/levels") == [2.5]
        other.send(osc("/residuum/bypass", True))
        assert receive_osc(web, "/residuum/bypass") == [True]
        wait_for(lambda: live.value("/residuum/bypass") is True, "a value set over a WebSocket")
        other.send(osc("/residuum/bypass", False))
        web.send(json.dumps({"COMMAND": "IGNORE", "DATA": "/residuum/levels"}))
        settle(web)
        live.send_udp("/residuum/levels", 5.0)
        assert receive_osc(web, "/residuum/levels", 0.4) is None, "IGNORE"
        # Answers and telemetry of OSC come back on the WebSocket that asked.
        other.send(osc("/residuum/levels", 1000.0))
        path, reason = receive_osc(other, "/residuum/error")
        assert path == "/residuum/levels" and "0..14" in reason, reason
        other.send(osc("/residuum/subscribe", 20.0))
        assert receive_osc(other, "/residuum/mix") == [1.0], "all values come first"
        assert receive_osc(other, "/residuum/meter/levels") == [5.0]
        # Another codec has other ranges.
        while True:
            try:
                web.recv(timeout=0.2)
            except TimeoutError:
                break
        other.send(osc("/residuum/codec", "live-64"))
        wait_for(lambda: json.loads(live.get("/residuum/levels")[1])["RANGE"][0]["MAX"] != 14.0, "a new range")
        changed = json.loads(next(data for data in iter(web.recv, None) if isinstance(data, str)))
        assert changed == {"COMMAND": "PATH_CHANGED", "DATA": "/residuum"}, changed
    live.end()


if __name__ == "__main__":
    {"oscquery": check_oscquery, "sockets": check_sockets}[sys.argv[2]](sys.argv[1])
