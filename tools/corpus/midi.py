# SPDX-License-Identifier: MIT
"""Standard MIDI files, as few of their features as a score needs."""

import struct

TICKS = 480  # of a beat


def number(value):
    """A number of a MIDI file: seven bits a byte, all but the last with the top bit set."""
    octets = [value & 127]
    while value > 127:
        value >>= 7
        octets.insert(0, 128 | value & 127)
    return bytes(octets)


def file_of(notes, programs, beat_s):
    """A file of format 0; notes: (channel, beat, beats, key, velocity); programs: of each channel."""
    events = [(0, bytes([0xC0 | channel, program])) for channel, program in programs.items()]
    for channel, beat, beats, key, velocity in notes:
        events.append((round(beat * TICKS), bytes([0x90 | channel, key, velocity])))
        events.append((round((beat + beats) * TICKS), bytes([0x80 | channel, key, 0])))
    track = b'\0\xff\x51\x03' + round(beat_s * 1e6).to_bytes(3, 'big')
    last = 0
    for tick, message in sorted(events):
        track += number(tick - last) + message
        last = tick
    track += b'\0\xff\x2f\0'
    return struct.pack('>4sIHHH', b'MThd', 6, 0, 1, TICKS) + struct.pack('>4sI', b'MTrk', len(track)) + track
