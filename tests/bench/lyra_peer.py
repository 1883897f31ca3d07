# SPDX-License-Identifier: MIT
"""lyra_peer.py LIBRESIDUUM MODELS WAV: Lyra V2 in LiteRT (XNNPACK, one thread) beside ours, one 20 ms frame a call.

LIBRESIDUUM is the shared library, MODELS the folder of the three .tflite files, WAV sound at 16 kHz, 16 bits, mono. Both
are timed in turns in this process, by CPU time, LiteRT without the copies into and out of its tensors: the least and
the median of rounds of FRAMES frames. That both give the same tokens is checked first. Our quantising is the cost of
coding 46 levels less that of coding none, the median of the rounds.
"""

import ctypes
import sys
import time
import wave

import numpy
from ai_edge_litert.interpreter import Interpreter

HOP, FEATURES, LEVELS = 320, 64, 46
ROUNDS, FRAMES = 15, 60
BARS = {"quantise, 46 levels": 0.25, "whole frame": 0.8}


class TokenFrame(ctypes.Structure):
    _fields_ = [("level_count", ctypes.c_uint32), ("side", ctypes.c_int32 * 8), ("tokens", ctypes.c_int32 * 256)]


class EncodeControls(ctypes.Structure):
    _fields_ = [("level_count", ctypes.c_uint32), ("codebook_bits", ctypes.c_uint32)]


class DecodeControls(ctypes.Structure):
    _fields_ = [("level_gain", ctypes.c_float * 64), ("active_levels", ctypes.c_float), ("noise_fill", ctypes.c_float)]


class Ours:
    """lyra-v2 of libresiduum: the arguments of its calls are made once."""

    def __init__(self, path):
        self.library = library = ctypes.CDLL(path)
        library.rsd_codec_size_bytes.restype = ctypes.c_size_t
        model, self.codec = ctypes.c_void_p(), ctypes.c_void_p()
        if library.rsd_model_open(b"lyra-v2", ctypes.byref(model), None) != 0:
            sys.exit("lyra_peer: libresiduum has no lyra-v2")
        size = library.rsd_codec_size_bytes(model)
        self.memory = ctypes.create_string_buffer(size + 64)
        block = ctypes.c_void_p((ctypes.addressof(self.memory) + 63) // 64 * 64)
        if library.rsd_codec_init(block, ctypes.c_size_t(size), model, 16000, ctypes.byref(self.codec)) != 0:
            sys.exit("lyra_peer: rsd_codec_init failed")
        self.sound, self.out = (ctypes.c_float * HOP)(), (ctypes.c_float * HOP)()
        self.frame = TokenFrame()
        self.all, self.none = (self.sized(EncodeControls(count, 16)) for count in (LEVELS, 0))
        self.gains = self.sized(DecodeControls((ctypes.c_float * 64)(*[1.0] * LEVELS), LEVELS, 0.0))

    @staticmethod
    def sized(controls):
        return ctypes.byref(controls), ctypes.c_size_t(ctypes.sizeof(controls))

    def encode(self, controls):
        self.library.rsd_codec_encode_sized(self.codec, self.sound, *controls, ctypes.byref(self.frame), None)

    def decode(self):
        self.library.rsd_codec_decode_sized(self.codec, ctypes.byref(self.frame), *self.gains, self.out)


class Peer:
    """The three graphs in LiteRT, as Lyra runs them."""

    def __init__(self, folder):
        def opened(name):
            interpreter = Interpreter(f"{folder}/{name}", num_threads=1)
            interpreter.allocate_tensors()
            return interpreter

        self.encoder, self.decoder = opened("soundstream_encoder.tflite"), opened("lyragan.tflite")
        quantiser = opened("quantizer.tflite")
        self.quantiser, self.sum = (quantiser.get_signature_runner(name) for name in ("encode", "decode"))
        self.sound = numpy.zeros((1, HOP), "f4")

    def tokens(self):
        """The tokens of self.sound, by the public calls; leaves every tensor set for timing."""
        self.encoder.set_tensor(self.encoder.get_input_details()[0]["index"], self.sound)
        self.encoder.invoke()
        features = self.encoder.get_tensor(self.encoder.get_output_details()[0]["index"])
        coded = self.quantiser(input_frames=features.reshape(1, 1, FEATURES), num_quantizers=numpy.array(LEVELS, "i4"))
        tokens = next(value for value in coded.values() if value.dtype == numpy.int32).reshape(LEVELS, 1, 1)
        latent = next(iter(self.sum(encoding_indices=tokens).values()))
        self.decoder.set_tensor(self.decoder.get_input_details()[0]["index"], latent.reshape(1, 1, FEATURES))
        return tokens.ravel()


def invoke(runner):
    """What a signature's call does between its copies."""
    inner, index = runner._interpreter_wrapper, runner._subgraph_index  # pylint: disable=protected-access
    return lambda: inner.Invoke(index)


def passes_us(steps):
    """Median time of each step, over FRAMES runs of all of them in their order, as a stream runs them."""
    times = numpy.empty((FRAMES, len(steps) + 1), "i8")
    for frame in range(FRAMES):
        times[frame, 0] = time.thread_time_ns()
        for i, step in enumerate(steps):
            step()
            times[frame, i + 1] = time.thread_time_ns()
    return numpy.median(numpy.diff(times), 0) / 1e3


def check_tokens(ours, peer, sound):
    for begin in range(0, len(sound) - HOP + 1, HOP):
        frame = sound[begin:begin + HOP]
        peer.sound[0], ours.sound[:] = frame, frame.tolist()
        ours.encode(ours.all)
        if (peer.tokens() != ours.frame.tokens[:LEVELS]).any():
            sys.exit(f"lyra_peer: other tokens than LiteRT's in frame {begin // HOP}")
    ours.decode()


def main():
    with wave.open(sys.argv[3]) as file:
        sound = numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype("f4") / 32768.0
    ours, peer = Ours(sys.argv[1]), Peer(sys.argv[2])
    check_tokens(ours, peer, sound)
    nothing = passes_us([lambda: None])[0]  # a look at the clock
    litert = [peer.encoder.invoke, invoke(peer.quantiser), invoke(peer.sum), peer.decoder.invoke]
    mine = [lambda: ours.encode(ours.all), ours.decode, lambda: ours.encode(ours.none), ours.decode]
    rounds = [(passes_us(litert), passes_us(mine)) for _ in range(ROUNDS)]
    for title, middle in (("least", numpy.min), ("median", numpy.median)):
        theirs, (coding, decoding, bare, _) = (middle(numpy.array([r[i] for r in rounds]) - nothing, axis=0) for i in (0, 1))
        quantising = numpy.median([r[1][0] - r[1][2] for r in rounds])
        rows = {
            "encoder": (theirs[0], bare),
            "quantise, 46 levels": (theirs[1], quantising),
            "levels summed, decoder": (theirs[2] + theirs[3], decoding),
            "whole frame": (theirs.sum(), coding + decoding),
        }
        print(f"{'Lyra V2, a frame of 20 ms: us, ' + title:<34} {'LiteRT':>8} {'ours':>12} {'ours/LiteRT':>12}")
        for name, (peer_us, our_us) in rows.items():
            bar = f"   bar {BARS[name]}" if name in BARS else ""
            print(f"{name:<34} {peer_us:8.1f} {our_us:12.1f} {our_us / peer_us:12.2f}{bar}")


main()
