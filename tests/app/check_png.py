#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_png.py FILE WIDTH HEIGHT [RRGGBB...]: a whole PNG in 8 bits of RGB of that size, not blank; where colours are
named, its ground is white and each of them is in it. For colours every pixel is decoded, about a million a second."""
import struct
import sys
import zlib


def need(holds, sentence):
    if not holds:
        sys.exit(f"{sys.argv[1]}: {sentence}")


def chunks(data):
    at = 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        need(data[at + 8 + size:at + 12 + size] == struct.pack(">I", zlib.crc32(kind + body)), f"the CRC of {kind}")
        yield kind, body
        at += 12 + size


def paeth(left, up, corner):
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


def rows(raw, stride):
    """The lines of pixels: the five filters of the PNG specification undone."""
    above = bytes(stride)
    for start in range(0, len(raw), stride + 1):
        kind, row = raw[start], bytearray(raw[start + 1:start + 1 + stride])
        for x in range(stride) if kind else ():
            left, up, corner = row[x - 3] if x > 2 else 0, above[x], above[x - 3] if x > 2 else 0
            row[x] = (row[x] + (left, up, (left + up) // 2, paeth(left, up, corner))[kind - 1]) & 255
        yield row
        above = row


data = open(sys.argv[1], "rb").read()
width, height = int(sys.argv[2]), int(sys.argv[3])
need(data[:8] == b"\x89PNG\r\n\x1a\n", "the signature")
parts = list(chunks(data))
need(parts[0] == (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), f"not {width} x {height} RGB")
need(parts[-1][0] == b"IEND", "it is cut off")
packed = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
need(len(packed) == height * (3 * width + 1), "too few lines or too many")
# One colour alone leaves no more than its three bytes, their halves and the number of the filter after any filter.
need(len(set(packed)) > 16, "it is blank")
if sys.argv[4:]:
    colours, lines = set(), list(rows(packed, 3 * width))
    for line in lines:
        colours.update(bytes(line[x:x + 3]).hex() for x in range(0, 3 * width, 3))
    need(lines[0][:3] == b"\xff\xff\xff", "the ground is not white")
    for colour in sys.argv[4:]:
        need(colour in colours, f"nothing in {colour}")
