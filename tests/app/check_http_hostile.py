# SPDX-License-Identifier: MIT
# usage: check_http_hostile.py RESIDUUM hostile|beyond: `residuum live --http` and clients that mean no good.
import json
import os
import re
import resource
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from check_http import Live, check_growth, count_until, is_sanitized, memory_kb, messages_of, osc, receive_osc, settle, wait_for  # skips where clients are missing
from websockets.exceptions import ConnectionClosed, InvalidHandshake


UPGRADE = (b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")


def refused(live, **options):
    try:
        with live.open(**options):
            return False
    except (InvalidHandshake, ConnectionClosed, OSError):
        return True


def frame(payload, length=None, opcode=0x82):
    """A masked frame; `length` is what its head says."""
    length = len(payload) if length is None else length
    return bytes([opcode, 0xff]) + length.to_bytes(8, "big") + b"\0\0\0\0" + payload


def try_raw_socket(live):
    peer = socket.create_connection(("127.0.0.1", live.port), timeout=10)
    peer.sendall(UPGRADE)
    if b" 101 " in peer.recv(1000):
        return peer
    peer.close()
    return None


def raw_socket(live):
    """A WebSocket by hand; the place of one that was closed before may take a while to come back."""
    opened = []
    wait_for(lambda: opened.append(try_raw_socket(live)) or opened[-1], "a place")
    return opened[-1]


def is_cut_off(peer):
    peer.settimeout(30)
    try:
        while peer.recv(65536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def check_refused(live):
    for headers in ({"Host": "elsewhere.example"}, {"Origin": "http://elsewhere.example"}, {"Origin": "null"},
                    {"Host": f"localhost:{live.port}", "Origin": f"http://localhost:{live.port}.example"}):
        assert live.get("/", **headers)[0] == 403, headers
    own = f"http://127.0.0.1:{live.port}"
    assert live.get("/", Origin=own)[0] == 200
    assert refused(live, origin="http://elsewhere.example"), "a page of elsewhere opened a WebSocket"
    assert not refused(live, origin=own)
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as peer:
        try:
            peer.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100000 + b"\r\n\r\n")
            assert b" 200 " not in peer.recv(100)
        except ConnectionError:
            pass
    status, _ = live.get("/../../etc/passwd")
    assert status == 404


def check_frames(live):
    before = memory_kb(live)
    for bad in (frame(b"x" * 20000), frame(b"", 2**31 - 2**16 - 1) + b"x" * 300000, frame(b"x" * 10, opcode=0x02),
                frame(b"x", 2**62), b"\xff" * 5000):
        peer = raw_socket(live)
        try:
            peer.sendall(bad)
        except ConnectionError:
            pass
        assert is_cut_off(peer), f"after {bad[:12]!r}"
        peer.close()
    for deep in ("[" * 8000, '{"a":' * 1600, "[" * 4000 + "]" * 4000):
        with live.open() as web:
            web.send(deep)
            settle(web)
    for harmless in (b"", b"x", b"#bundle\0" + b"\xff" * 100, b"/residuum/levels\0\0\0\0,f\0\0", os.urandom(4000)):
        with live.open() as web:
            web.send(harmless)
    check_growth(live, memory_kb(live) - before, 4096, "bad frames")


def check_crowd(live):
    """A client that reads nothing, six that hold all places, and many sockets that say nothing."""
    with live.open() as web:
        dead = raw_socket(live)
        subscribe = osc("/residuum/subscribe", 100.0)
        dead.sendall(bytes([0x82, 0x80 | len(subscribe)]) + b"\0\0\0\0" + subscribe)
        others = [raw_socket(live) for _ in range(4)]
        assert refused(live), "a seventh WebSocket"
        idle = [socket.create_connection(("127.0.0.1", live.port), timeout=10) for _ in range(40)]
        web.send(osc("/residuum/subscribe", 50.0))
        count = count_until(web, "/residuum/meter/levels", 50)
        assert count == 50, f"{count} rounds beside a dead client"
        for peer in (*idle, *others, dead):
            peer.close()
    wait_for(lambda: not refused(live), "places come back")
    assert live.get("/residuum/levels")[0] == 200


MORE_THAN_WAITS = 1000000  # bytes: over 256 KiB in the server and what sockets hold


def look(web):
    """Asks for all that a page draws, and for one value."""
    web.send(json.dumps({"COMMAND": "SPECTRA", "DATA": True}))
    web.send(json.dumps({"COMMAND": "LISTEN", "DATA": "/residuum/levels"}))
    web.send(osc("/residuum/subscribe/tokens", 100.0))


def read_until(web, wanted):
    """Reads on until it was told all that is wanted: commands, and values of levels, which count after MISSED if that is wanted."""
    told, end = set(), time.monotonic() + 60.0
    while not told >= wanted and time.monotonic() < end:
        data = web.recv(timeout=30)
        if isinstance(data, str):
            told.add(json.loads(data)["COMMAND"])
        elif "MISSED" in told or "MISSED" not in wanted:
            told.update(message.params[0] for message in messages_of(data) if message.address == "/residuum/levels")
    assert told >= wanted, told


def check_missed(live):
    """A client that reads nothing for a while, so that a value is dropped, is told it when it reads on."""
    small = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.connect(("127.0.0.1", live.port))
    with live.open(sock=small, max_size=None, max_queue=1) as slow, live.open(max_size=None) as quick:
        for web in (slow, quick):
            look(web)
        live.send_udp("/residuum/levels", 3.25)
        read_until(quick, {3.25})
        count = 0
        while count < MORE_THAN_WAITS:
            count += len(quick.recv(timeout=30))
        read_until(slow, {"MISSED", 3.25})
    live.send_udp("/residuum/levels", 14.0)


THOUSAND = 1000


def check_thousand(live):
    """A thousand sockets: those that are silent, that ask half a question, and that want to be WebSockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * THOUSAND), hard))
    before, descriptors = memory_kb(live), len(os.listdir(f"/proc/{live.process.pid}/fd"))
    with live.open() as web:
        web.send(osc("/residuum/subscribe", 50.0))
        late = receive_osc(web, "/residuum/meter/late")[0]
        peers = []
        for i in range(THOUSAND):
            peer = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            peer.setblocking(False)
            peer.connect_ex(("127.0.0.1", live.port))
            peers.append((peer, (b"", b"GET / HT", UPGRADE)[i % 3]))
        time.sleep(0.5)
        for peer, words in peers:
            try:
                peer.send(words) if words else None
            except OSError:
                pass
        count = count_until(web, "/residuum/meter/levels", 150)
        held = len(os.listdir(f"/proc/{live.process.pid}/fd")) - descriptors
        used = memory_kb(live) - before
        for peer, _ in peers:
            peer.close()
        assert count == 150, f"{count} rounds beside a thousand sockets"
        assert held < 100, f"the server holds {held} sockets"
        check_growth(live, used, 8192, "a thousand sockets")
        assert receive_osc(web, "/residuum/meter/late")[0] == late or is_sanitized(live), "frames were late"
    wait_for(lambda: live.get("/residuum/levels")[0] == 200, "it answers again", 20.0)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def check_hostile(program):
    with Live(program) as live:
        ask_hostile(program, live)


def ask_hostile(_, live):
    check_refused(live)
    check_frames(live)
    check_crowd(live)
    check_missed(live)
    check_thousand(live)
    live.end()


# ---- beyond this machine ----


def check_beyond(program):
    with Live(program, "--http-bind", "0.0.0.0") as live:
        ask_beyond(program, live)


def ask_beyond(program, live):
    token = re.search(r"\?token=([0-9a-f]{32})$", live.address)
    assert token, live.address
    for query, steers in (("", False), ("?token=" + "0" * 32, False), ("?token=" + token[1], True)):
        with live.open(query) as web:
            web.send(osc("/residuum/mix", 0.25))
            if steers:
                wait_for(lambda: live.value("/residuum/mix") == 0.25, query)
            else:
                time.sleep(0.3)
                assert live.value("/residuum/mix") != 0.25, query
    assert live.get("/residuum/mix", Host=socket.gethostname())[0] == 200, "its own name"
    assert live.get("/residuum/mix", Host="elsewhere.example")[0] == 403
    live.end()
    for options, word in ((("--http-bind", "300.1.1.1"), "300.1.1.1"), (("--http-bind", "192.0.2.1"), "192.0.2.1")):
        command = [program, "live", "--backend", "null", "--no-osc", "--duration", "1", "--http", "0", *options]
        wrong = subprocess.run(command, capture_output=True, text=True, check=False)
        assert wrong.returncode == 1 and word in wrong.stderr, wrong.stderr


if __name__ == "__main__":
    {"hostile": check_hostile, "beyond": check_beyond}[sys.argv[2]](sys.argv[1])
