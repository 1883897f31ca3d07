# SPDX-License-Identifier: MIT
"""Compares our Lyra V2 with LiteRT on sounds: features, tokens of 46 levels, and the sound decoded from equal tokens.

usage: lyra_compare.py LYRA_TRACE MODELS [--frames N] [SOUND_OR_FOLDER...]

  LYRA_TRACE  the program of that name from the build (tests/codec)
  MODELS      the folder of the three .tflite files
  --frames N  the first N frames of 20 ms of each sound (600)

Sounds of any rate and channel count are mixed down and resampled to 16 kHz; some that are hard on arithmetic are made
and always compared. RESIDUUM_KERNEL names the kernel to try. Each line counts the values that differ in any bit. Ends
with 1 where anything differs. Needs what tests/codec/lyra_requirements.txt lists.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy
import soundfile
from ai_edge_litert.interpreter import Interpreter

from litert_graph import Graph

RATE, HOP, FEATURES, LEVELS, DECODED = 16000, 320, 64, 46, (46, 30, 16, 4, 1)


def reference(models, sound):
    """Features (T x 64), tokens (T x 46) and a decoded sound (T x 320) for each of DECODED."""
    encoder = Graph(models / "soundstream_encoder.tflite")
    quantiser = Interpreter(str(models / "quantizer.tflite"), num_threads=1)
    code, sum_levels = quantiser.get_signature_runner("encode"), quantiser.get_signature_runner("decode")
    features = numpy.array([encoder.run(frame) for frame in sound])
    tokens = numpy.empty((len(sound), LEVELS), "i4")
    for t, row in enumerate(features):
        found = code(input_frames=row.reshape(1, 1, FEATURES), num_quantizers=numpy.array(LEVELS, "i4"))
        tokens[t] = next(value for value in found.values() if value.dtype == numpy.int32).ravel()[:LEVELS]
    decoded = []
    for levels in DECODED:
        decoder = Graph(models / "lyragan.tflite")
        given = numpy.where(numpy.arange(LEVELS) < levels, tokens, -1).astype("i4")
        latents = [next(iter(sum_levels(encoding_indices=row.reshape(LEVELS, 1, 1)).values())) for row in given]
        decoded.append(numpy.array([decoder.run(latent) for latent in latents]))
    return features, tokens, decoded


def ours(program, sound, tokens):
    with tempfile.TemporaryDirectory() as folder:
        names = [str(pathlib.Path(folder) / name) for name in ("samples", "tokens", "out")]
        sound.astype("<f4").tofile(names[0])
        tokens.astype("<i4").tofile(names[1])
        subprocess.run([program, *names], check=True)
        frames = numpy.fromfile(names[2], "<f4").reshape(len(sound), -1)
    features, own, *decoded = numpy.split(frames, numpy.cumsum([FEATURES, LEVELS] + [HOP] * 4), axis=1)
    return features, numpy.ascontiguousarray(own).view("<i4"), decoded


def differing(a, b):
    """How many values differ in any bit."""
    return int((numpy.ascontiguousarray(a).view("u4") != numpy.ascontiguousarray(b).view("u4")).sum())


def db_of(a, b):
    """Error of b in dB of a."""
    error, power = numpy.square(a - b, dtype="f8").sum(), numpy.square(a, dtype="f8").sum()
    return 10 * numpy.log10(error / power) if error and power else -numpy.inf


def resampled(sound, rate):
    """To RATE, by cutting or padding the spectrum of the whole."""
    count = round(len(sound) * RATE / rate)
    bins = numpy.fft.rfft(sound)[: count // 2 + 1]
    bins = numpy.pad(bins, (0, count // 2 + 1 - len(bins)))
    return numpy.fft.irfft(bins, count) * (count / len(sound))


def made_sounds(count):
    random = numpy.random.default_rng(1)
    noise, time = random.uniform(-1, 1, count), numpy.arange(count) / RATE
    clicks = numpy.zeros(count)
    clicks[::1237] = 1.0
    clicks[600::2001] = -1.0
    music = sum(numpy.sin(2 * numpy.pi * f * time) for f in (110, 277.2, 440, 1318.5)) * (0.2 + 0.2 * numpy.sin(9 * time))
    bursts = noise * (numpy.sin(2 * numpy.pi * 1.3 * time) > 0)
    return {
        "silence": numpy.zeros(count),
        "full-scale noise": noise,
        "clicks": clicks,
        "constant 0.5": numpy.full(count, 0.5),
        "constant -1": numpy.full(count, -1.0),
        "chord, 8 times too loud, clipped": numpy.clip(8 * music, -1, 1),
        "chord, not clipped, peak 8": 8 * music,
        "noise of 1e-5": 1e-5 * noise,
        "noise of 1e-40": 1e-40 * noise,
        "full-scale square wave at 8 kHz": numpy.where(numpy.arange(count) % 2, 1.0, -1.0),
        "sweep": numpy.sin(2 * numpy.pi * 4000 * time * time / time[-1]),
        "bursts of noise and silence": bursts,
        "noise of 1e6": 1e6 * noise,
    }


def compare(program, models, name, sound):
    """Prints a line; the number of values that differ."""
    sound = sound[: len(sound) // HOP * HOP].reshape(-1, HOP).astype("f4")
    features, tokens, decoded = reference(models, sound)
    our_features, our_tokens, our_decoded = ours(program, sound, tokens)
    counts = [differing(features, our_features), int((tokens != our_tokens).sum())]
    counts += [differing(a, b) for a, b in zip(decoded, our_decoded)]
    worst = max(db_of(a, b) for a, b in zip(decoded, our_decoded))
    print(f"{name[:34]:<34} {len(sound):6} " + " ".join(f"{count:8}" for count in counts) + f" {worst:8.1f}", flush=True)
    return sum(counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace")
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("sounds", nargs="*", type=pathlib.Path)
    options = parser.parse_intermixed_args()
    files = [f for s in options.sounds for f in (sorted(s.rglob("*")) if s.is_dir() else [s])]
    files = [f for f in files if f.suffix.lower() in (".flac", ".wav", ".ogg", ".aiff", ".mp3")]
    heads = ["features", "tokens"] + [f"sound {levels:02}" for levels in DECODED]
    print(f"{'values that differ':<34} {'frames':>6} " + " ".join(f"{head:>8}" for head in heads) + "  worst dB")
    count = options.frames * HOP
    total = sum(compare(options.trace, options.models, *made) for made in made_sounds(min(count, 300 * HOP)).items())
    for file in files:
        sound, rate = soundfile.read(file, frames=-1, always_2d=True)
        sound = resampled(sound[: count * rate // RATE].mean(1), rate)
        total += compare(options.trace, options.models, file.stem + " (" + file.parent.name + ")", sound)
    print(f"{total} values differ")
    return 1 if total else 0


sys.exit(main())
