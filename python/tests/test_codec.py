# SPDX-License-Identifier: MIT
"""Whole sounds and streams: the command's tokens and samples, and each other's."""

from __future__ import annotations

import array
import dataclasses
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import residuum
from conftest import Command, Samples
from residuum._library import as_rows, ffi
from residuum.tokens import _Set

GOLDEN = Path(__file__, "../../../tests/codec/golden").resolve()


@pytest.fixture(scope="module")
def codec() -> residuum.Codec:
    return residuum.Codec.open("live-128")


@pytest.mark.parametrize("name, rate_hz", [("live-64", 48000), ("live-128", 48000), ("live-256", 44100)])
def test_tokens_and_samples_are_the_commands(command: Command, sound: Samples, name: str, rate_hz: int) -> None:
    source = command.write("in.wav", sound, rate_hz)
    tokens_path, decoded_path = command.folder / "t.npy", command.folder / "out.wav"
    command.run("encode", "--codec", name, source, tokens_path, "-q")
    command.run("decode", tokens_path, decoded_path, "--levels", "3.5", "--format", "float", "-q")
    codec = residuum.Codec.open(name, sample_rate_hz=rate_hz)
    theirs, ours = residuum.Tokens.load(tokens_path), codec.encode(sound)
    assert np.array_equal(ours.tokens, theirs.tokens) and np.array_equal(ours.side, theirs.side)  # type: ignore[arg-type]
    assert (ours.latency_samples, ours.sample_count) == (theirs.latency_samples, theirs.sample_count)
    assert list(ours.level_sequence_end) == list(theirs.level_sequence_end)
    assert np.array_equal(codec.decode(ours, levels=3.5), command.read(decoded_path))


@pytest.mark.parametrize("name, rate_hz", [("tiny/lyra_v2", 16000), ("tiny/lyra_v2", 48000), ("encodec_tiny", 24000)])
def test_neural_codecs_are_the_commands(command: Command, sound: Samples, name: str, rate_hz: int) -> None:
    """Of random weights. EnCodec begins a file otherwise than a stream: it is shown the beginning."""
    source, folder = command.write("in.wav", sound, rate_hz), GOLDEN / name
    tokens_path, decoded_path = command.folder / "t.npy", command.folder / "out.wav"
    command.run("encode", "--codec", folder, source, tokens_path, "-q")
    command.run("decode", tokens_path, decoded_path, "--levels", "2", "--format", "float", "-q")
    codec = residuum.Codec.open(folder, sample_rate_hz=rate_hz)
    theirs, ours = residuum.Tokens.load(tokens_path), codec.encode(sound)
    assert np.array_equal(ours.tokens, theirs.tokens) and ours.side is theirs.side is None
    assert ours.primed == theirs.primed == name.startswith("encodec")
    assert np.array_equal(codec.decode(ours, levels=2), command.read(decoded_path))


def test_files_of_ours_are_read_by_the_command(command: Command, sound: Samples, codec: residuum.Codec) -> None:
    tokens = codec.encode(sound[0], levels=5)
    for name in ("a.npy", "a.rsdt"):
        tokens.save(command.folder / name)
        command.run("decode", command.folder / name, command.folder / "out.wav", "--format", "float", "-q")
        assert np.array_equal(command.read(command.folder / "out.wav")[0], codec.decode(tokens))


def test_streaming_gives_the_tokens_and_samples_of_the_whole(sound: Samples, codec: residuum.Codec) -> None:
    whole = codec.encode(sound)
    encoder, decoder = codec.encoder(channels=2), codec.decoder(channels=2)
    cuts = np.cumsum([0, 1, 127, 128, 1000, 3, 40000])
    pieces = [encoder.push(sound[:, a:b]) for a, b in zip(cuts, [*cuts[1:], sound.shape[1]])] + [encoder.flush()]
    tokens = np.concatenate([piece[0] for piece in pieces], axis=2)
    side = np.concatenate([piece[1] for piece in pieces], axis=2)
    frames = tokens.shape[2]
    assert frames == -(-sound.shape[1] // codec.hop_samples) <= whole.frame_count and whole.side is not None
    assert np.array_equal(tokens, whole.tokens[:, :, :frames]) and np.array_equal(side, whole.side[:, :, :frames])
    out = np.concatenate([decoder.push(whole.tokens[:, :, t : t + 10], whole.side[:, :, t : t + 10])
                          for t in range(0, whole.frame_count, 10)], axis=1)
    late = codec.latency_samples - codec.hop_samples
    assert np.array_equal(out[:, late : late + sound.shape[1]], codec.decode(whole))


def test_a_stream_starts_anew(sound: Samples, codec: residuum.Codec) -> None:
    encoder = codec.encoder()
    first = encoder.push(sound[0, :1000])[0]
    encoder.reset()
    assert np.array_equal(encoder.push(sound[0, :1000])[0], first)


def test_fewer_levels_are_a_prefix(sound: Samples, codec: residuum.Codec) -> None:
    whole, few = codec.encode(sound[0]), codec.encode(sound[0], levels=3)
    assert np.array_equal(whole.with_levels(3).tokens, few.tokens)
    assert np.all(few.tokens[few.rows_of_level(4)] == residuum.NOT_CODED)
    assert np.array_equal(codec.decode(whole, levels=3), codec.decode(few))
    snr = [residuum.snr_db(sound[0], codec.decode(whole, levels=n)) for n in (1, 4, codec.level_count)]
    assert snr[0] + 3 < snr[1] < snr[2] - 3
    assert not np.any(codec.decode(whole, gains=[0.0] * codec.level_count))


class Exported:
    """Speaks DLPack and nothing else, as a tensor of another library."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def __dlpack__(self, **words: Any) -> Any:
        return self.samples.__dlpack__(**words)

    def __dlpack_device__(self) -> Any:
        return self.samples.__dlpack_device__()


def test_nothing_is_copied(sound: Samples, codec: residuum.Codec) -> None:
    """Samples and tokens are read where they lie, and what is made is made once."""
    samples = np.ascontiguousarray(sound[0])
    for same in (samples, sound, samples[1000:2000], memoryview(samples), Exported(samples)):
        assert np.shares_memory(as_rows(same)[0], sound if same is sound else samples)
    tokens = codec.encode(samples)
    assert np.shares_memory(dataclasses.replace(tokens).tokens, tokens.tokens)
    assert int(ffi.cast("uintptr_t", _Set.of(tokens).set.tokens)) == tokens.tokens.__array_interface__["data"][0]
    engine, long = residuum.Engine(codec), np.tile(samples, 16)
    tracemalloc.start()
    try:
        engine.process(long)
        assert tracemalloc.get_traced_memory()[1] < 1.1 * long.nbytes
    finally:
        tracemalloc.stop()


def test_any_array_will_do(sound: Samples, codec: residuum.Codec) -> None:
    samples = np.ascontiguousarray(sound[0, :4800])
    expected = codec.encode(samples).tokens
    for same in (samples.astype(np.float64), array.array("f", samples.tolist()), memoryview(samples), Exported(samples),
                 np.stack([samples, samples], axis=1)[:, 0]):
        assert np.array_equal(codec.encode(same).tokens, expected)


def test_threads_share_a_codec(sound: Samples, codec: residuum.Codec) -> None:
    expected = codec.encode(sound).tokens
    found: list[Any] = [None] * 4

    def work(at: int) -> None:
        found[at] = residuum.Codec.encode(codec, sound).tokens

    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(tokens, expected) for tokens in found)


def test_pythons_lock_is_not_held(sound: Samples, codec: residuum.Codec) -> None:
    """While one thread codes, this one runs: it would stand still for the whole of the call else."""
    seconds = np.tile(sound[0], 12)
    thread = threading.Thread(target=codec.encode, args=(seconds,))
    turns = 0
    thread.start()
    while thread.is_alive():
        thread.join(0.0005)
        turns += 1
    assert turns > 20


def test_errors_say_what_and_where(tmp_path: Path, sound: Samples, codec: residuum.Codec) -> None:
    lyra_like = residuum.Codec.open("live-64").encode(sound[0, :640])
    (tmp_path / "cut.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{}")
    wrong: list[tuple[type[residuum.Error], str, Any]] = [
        (residuum.NotFoundError, "no codec 'nope'", lambda: residuum.Codec.open("nope")),
        (residuum.Error, "cut.safetensors", lambda: residuum.Codec.open(tmp_path / "cut.safetensors")),
        (residuum.ArgumentError, "int16", lambda: codec.encode(np.zeros(9, np.int16))),
        (residuum.ArgumentError, "not (2, 2, 2)", lambda: codec.encode(np.zeros((2, 2, 2)))),
        (residuum.ArgumentError, "(channels, samples)", lambda: codec.encode(sound.T)),
        (residuum.ArgumentError, "0 to 14 levels, not 15", lambda: codec.encode(sound, levels=15)),
        (residuum.ArgumentError, "codebook_bits", lambda: codec.encode(sound, codebook_bits=40)),
        (residuum.ArgumentError, "live-64", lambda: codec.decode(lyra_like)),
        (residuum.ArgumentError, "8000 to 384000", lambda: residuum.Codec.open("live", sample_rate_hz=10)),
        (residuum.FileError, "none.json", lambda: residuum.Tokens.load(tmp_path / "none.npy")),
        (residuum.ArgumentError, ".rsdt", lambda: lyra_like.save(tmp_path / "a.npy", entropy=True)),
        (residuum.ArgumentError, "zero byte", lambda: residuum.Codec.open("a\0b")),
        (residuum.ArgumentError, "2 frames of tokens, but 3", lambda: codec.decoder().push(
            np.zeros((codec.row_count, 2), np.int32), np.zeros((codec.side_count, 3), np.int32))),
    ]
    for kind, text, call in wrong:
        with pytest.raises(kind) as found:
            call()
        assert text in str(found.value), (text, str(found.value))


def test_hostile_tokens_are_bounded(codec: residuum.Codec) -> None:
    random = np.random.default_rng(3)
    tokens = random.integers(-(2**31), 2**31 - 1, (codec.row_count, 300), dtype=np.int32)
    side = random.integers(-(2**31), 2**31 - 1, (codec.side_count, 300), dtype=np.int32)
    out = codec.decoder().push(tokens, side)
    assert np.all(np.isfinite(out)) and np.max(np.abs(out)) < 16


def test_entropy_coding_loses_nothing(tmp_path: Path, sound: Samples, codec: residuum.Codec) -> None:
    tokens = codec.encode(sound[:, :16000].copy(), levels=6)
    tokens.save(tmp_path / "fixed.rsdt")
    tokens.save(tmp_path / "coded.rsdt", entropy=True)
    for name in ("fixed", "coded"):
        back = residuum.Tokens.load(tmp_path / f"{name}.rsdt")
        assert np.array_equal(back.tokens, tokens.tokens) and np.array_equal(back.side, tokens.side)  # type: ignore[arg-type]
    assert (tmp_path / "coded.rsdt").stat().st_size < (tmp_path / "fixed.rsdt").stat().st_size
