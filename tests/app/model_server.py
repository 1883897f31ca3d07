#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""model_server.py FOLDER LOG: serves FOLDER's files over HTTP on a free port of the loopback address.

Prints the port, then one word of its own for each thing that the path asks for before the file's name:
  /whole/NAME   the file, with byte ranges
  /cut/NAME     half of what is asked for, then the connection ends
  /plain/NAME   the file without byte ranges: each answer is the whole
  /wrong/NAME   the file with its last byte changed
  /long/NAME    the file and a megabyte more, without saying how long it is
  /slow/NAME    the file in pieces, a second apart
  /moved/NAME   a redirect to /whole/NAME
  /circle/NAME  a redirect to itself
  /out/NAME     a redirect to the file by a file: URL
Anything else is 404. LOG gets a line for each request: path and range. Ends when its standard input does.
"""
import http.server
import pathlib
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1]).resolve()
LOG = open(sys.argv[2], "w", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def redirect(self, to):
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_part(self, data, begin, announced):
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{begin + announced - 1}/{begin + announced}")
        self.send_header("Content-Length", str(announced))
        self.end_headers()
        self.wfile.write(data)

    def send_slowly(self, data):
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        for at in range(0, len(data), 1 + len(data) // 30):
            self.wfile.write(data[at : at + 1 + len(data) // 30])
            self.wfile.flush()
            time.sleep(1)

    def send_endless(self, data):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data + bytes(1 << 20))
        self.close_connection = True

    def do_GET(self):
        asked = self.headers.get("Range", "")
        LOG.write(f"{self.path} {asked}\n")
        how, _, name = self.path.lstrip("/").partition("/")
        file = FOLDER / name
        if "/" in name or not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        begin = int(asked[len("bytes=") :].split("-")[0]) if asked.startswith("bytes=") and how != "plain" else 0
        if begin > len(data) or (begin and begin == len(data)):
            self.send_error(416)
        elif how in ("whole", "plain"):
            self.send_part(data[begin:], begin, len(data) - begin)
        elif how == "cut":
            self.send_part(data[begin : begin + (len(data) - begin) // 2], begin, len(data) - begin)
            self.close_connection = True
        elif how == "wrong":
            self.send_part((data[:-1] + bytes([data[-1] ^ 1]))[begin:], begin, len(data) - begin)
        elif how == "long":
            self.send_endless(data)
        elif how == "slow":
            self.send_slowly(data[begin:])
        elif how == "moved":
            self.redirect(f"/whole/{name}")
        elif how == "circle":
            self.redirect(self.path)
        elif how == "out":
            self.redirect(f"file://{file}")
        else:
            self.send_error(404)


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that leaves is what some tests are about."""


server = Server(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
