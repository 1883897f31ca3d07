# SPDX-License-Identifier: MIT
"""Golden vectors of make_tiny_lyra.py's model: what LiteRT (XNNPACK, its default) makes of a sound from a zero start.

usage: make_golden_lyra.py MODEL_FOLDER OUT_FOLDER

Writes input_16k.wav, features.npy (frames x 64), tokens.npy (46 x frames) and decoded_46.npy, decoded_04.npy (samples
from that many levels). Needs what lyra_requirements.txt lists.
"""

import pathlib
import sys
import wave

import numpy
from ai_edge_litert.interpreter import Interpreter

from litert_graph import Graph

HOP, FEATURES, LEVELS, FRAMES = 320, 64, 46, 24


def sound():
    """A chord with noise in the second half, in whole numbers of 16 bits."""
    time = numpy.arange(FRAMES * HOP) / 16000
    chord = sum(numpy.sin(2 * numpy.pi * f * time) for f in (147, 440, 1310, 3170)) / 5
    noise = numpy.random.RandomState(1).uniform(-0.3, 0.3, len(time)) * (time > time[-1] / 2)
    return numpy.round(32000 * (0.6 * chord + noise)).astype("<i2")


def main():
    models, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    samples = sound()
    with wave.open(str(out / "input_16k.wav"), "wb") as file:
        file.setparams((1, 2, 16000, len(samples), "NONE", ""))
        file.writeframes(samples.tobytes())
    encoder = Graph(models / "soundstream_encoder.tflite")
    frames = (samples.astype("f4") / 32768).reshape(FRAMES, HOP)
    features = numpy.array([encoder.run(frame) for frame in frames])
    quantiser = Interpreter(str(models / "quantizer.tflite"), num_threads=1)
    code, decode = quantiser.get_signature_runner("encode"), quantiser.get_signature_runner("decode")
    tokens = numpy.empty((LEVELS, FRAMES), "i4")
    for t, row in enumerate(features):
        found = code(features=row.reshape(1, FEATURES))
        tokens[:, t] = [int(found[f"{level:02}"]) for level in range(LEVELS)]
    numpy.save(out / "features.npy", features)
    numpy.save(out / "tokens.npy", tokens)
    levels_off = numpy.zeros((FEATURES,), "f4")
    for levels in (LEVELS, 4):
        decoder, decoded = Graph(models / "lyragan.tflite"), []
        for t in range(FRAMES):
            latent = levels_off.copy()
            if levels == LEVELS:
                latent = decode(tokens=tokens[:, t].reshape(LEVELS, 1, 1))["features"].ravel()
            else:  # the graph has no way to leave levels out
                books = codebooks(quantiser)
                for level in range(levels):
                    latent += books[level % len(books)][tokens[level, t]]
            decoded.append(decoder.run(latent))
        numpy.save(out / f"decoded_{levels:02}.npy", numpy.concatenate(decoded))
    print(f"features up to {abs(features).max():.3g}, {len(numpy.unique(tokens))} codewords, sound up to "
          f"{max(abs(d).max() for d in decoded):.3g}, rms {numpy.sqrt(numpy.mean(numpy.square(decoded))):.3g}")


def codebooks(quantiser):
    """The first levels' books, as LiteRT has read them."""
    names = {d["name"]: d["index"] for d in quantiser.get_tensor_details()}
    return [quantiser.get_tensor(names[f"book{level}"]) for level in range(4)]


main()
