# SPDX-License-Identifier: MIT
"""LC3plus (ETSI TS 103 634) as a peer, through the C interface of a liblc3 of version 1.1 or newer, which the user names.

Frames of 2.5 and 5 ms, constant bitrate, channels apart. The decoded sound is moved back by the codec's delay.
"""

import ctypes
import time
from pathlib import Path

import numpy as np
import soundfile

RATE_HZ = 48000
FRAMES_US = (2500, 5000)
FORMAT_FLOAT = 3  # lc3_pcm_format


class Library:
    def __init__(self, path):
        try:
            self.lib = ctypes.CDLL(str(Path(path).resolve()))
            self.lib.lc3_delay_samples
        except (OSError, AttributeError) as error:
            raise RuntimeError(f"--lc3plus: '{path}' is no liblc3: {error}") from error
        for name in ("lc3_setup_encoder", "lc3_setup_decoder"):
            getattr(self.lib, name).restype = ctypes.c_void_p
        for name in ("lc3_encoder_size", "lc3_decoder_size"):
            getattr(self.lib, name).restype = ctypes.c_uint
        if self.lib.lc3_frame_samples(FRAMES_US[0], RATE_HZ) <= 0:
            raise RuntimeError(f"--lc3plus: '{path}' has no frames of 2.5 ms; a liblc3 of version 1.1 has")

    def state(self, kind, frame_us):
        """An encoder or a decoder, with the memory that it lies in."""
        memory = ctypes.create_string_buffer(getattr(self.lib, f"lc3_{kind}_size")(frame_us, RATE_HZ) + 64)
        made = getattr(self.lib, f"lc3_setup_{kind}")(frame_us, RATE_HZ, 0, memory)
        return ctypes.c_void_p(made), memory

    def code(self, samples, frame_us, byte_count):
        """One channel through both, as long as it was and aligned with it."""
        hop = self.lib.lc3_frame_samples(frame_us, RATE_HZ)
        delay = self.lib.lc3_delay_samples(frame_us, RATE_HZ)
        encoder, encoder_memory = self.state("encoder", frame_us)
        decoder, decoder_memory = self.state("decoder", frame_us)
        packet = ctypes.create_string_buffer(byte_count)
        frame_count = -(-(len(samples) + delay) // hop)
        sound = np.zeros(frame_count * hop, np.float32)
        sound[:len(samples)] = samples
        decoded = np.empty_like(sound)
        for at in range(0, len(sound), hop):
            source, target = (a[at:].ctypes.data_as(ctypes.c_void_p) for a in (sound, decoded))
            if (self.lib.lc3_encode(encoder, FORMAT_FLOAT, source, 1, byte_count, packet) or
                    self.lib.lc3_decode(decoder, packet, byte_count, FORMAT_FLOAT, target, 1)):
                raise RuntimeError(f"LC3plus cannot code frames of {byte_count} bytes")
        del encoder_memory, decoder_memory
        return decoded[delay:delay + len(samples)]


def rows(library, clip, rates_kbps, folder):
    """Rows as `residuum compare` has them, for each frame length and bitrate of a channel; sounds go to `folder`."""
    samples, rate = soundfile.read(clip, dtype="float32", always_2d=True)
    if rate != RATE_HZ:
        raise RuntimeError(f"--lc3plus: {clip.name} has {rate} Hz, and this takes {RATE_HZ}")
    made = []
    for frame_us in FRAMES_US:
        for kbps in rates_kbps:
            byte_count = round(kbps * frame_us / 8000)
            start = time.thread_time()
            decoded = np.stack([library.code(x, frame_us, byte_count) for x in samples.T], axis=1)
            seconds = time.thread_time() - start
            file = folder / f"lc3plus_{frame_us / 1000:g}ms_{kbps:g}kbps.wav"
            soundfile.write(file, decoded, rate, subtype="FLOAT")
            hop, delay = (getattr(library.lib, f"lc3_{n}_samples")(frame_us, RATE_HZ) for n in ("frame", "delay"))
            made.append({"codec": f"lc3plus-{frame_us / 1000:g}ms", "version": "liblc3", "level_count": None,
                         "asked_kbps": kbps, "kbps": byte_count * 8000 / frame_us, "file": str(file),
                         "latency_ms": 1000 * (hop + delay) / RATE_HZ,
                         "cpu_share": seconds * rate / samples.size, "clip": clip.name, "input": str(clip)})
    return made
