# SPDX-License-Identifier: MIT
"""What is wrong is told by one clear error, and what is odd but right is taken."""

from __future__ import annotations

import copy
import os
import pickle
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import residuum
from conftest import Samples


@pytest.fixture(scope="module")
def codec() -> residuum.Codec:
    return residuum.Codec.open("live-64")


@pytest.fixture(scope="module")
def tokens(codec: residuum.Codec, sound: Samples) -> residuum.Tokens:
    return codec.encode(sound[0, :4800])


def refused(call: Any, words: str, kind: type[residuum.Error] = residuum.ArgumentError) -> None:
    with pytest.raises(kind) as found:
        call()
    assert words in str(found.value), (words, str(found.value))


def test_samples(codec: residuum.Codec, sound: Samples) -> None:
    samples = sound[0, :4800]
    whole = codec.encode(samples).tokens
    read_only = samples.copy()
    read_only.flags.writeable = False
    for same in (read_only, samples.astype(">f4"), samples[::-1].copy()[::-1], samples.tolist(), np.ma.array(samples)):
        assert np.array_equal(codec.encode(same).tokens, whole)
    for wrong in (np.zeros(9, complex), np.zeros(9, bool), "abc", b"abc", None, [1, 2]):
        refused(lambda: codec.encode(wrong), "floating-point samples")
    refused(lambda: codec.encode([[1.0], [1.0, 2.0]]), "cannot be read as an array")
    refused(lambda: codec.encode(np.float32(1)), "not ()")
    refused(lambda: codec.encode(np.zeros((9, 100), np.float32)), "1 to 8 channels")
    refused(lambda: codec.encode(np.zeros((0, 100), np.float32)), "not 0")


@pytest.mark.filterwarnings("error")
def test_samples_that_are_no_numbers_are_silence(codec: residuum.Codec) -> None:
    silence = codec.encode(np.zeros(500, np.float32)).tokens
    for odd in (np.full(500, np.nan, np.float32), np.full(500, np.inf), np.full(500, 1e300)):
        assert np.array_equal(codec.encode(odd).tokens, silence)
    assert np.all(np.isfinite(codec.decode(codec.encode(np.full(500, 1e30, np.float32)))))


def test_no_samples(codec: residuum.Codec) -> None:
    nothing = np.zeros(0, np.float32)
    assert codec.decode(codec.encode(nothing)).shape == (0,)
    assert codec.decode(codec.encode(nothing[None].repeat(2, 0))).shape == (2, 0)
    assert residuum.Engine(codec).process(nothing).shape == residuum.Engine(codec).render(nothing).shape == (0,)
    rows, side = codec.encoder().push(nothing)
    assert rows.shape == (codec.row_count, 0) and codec.decoder().push(rows, side).shape == (0,)
    assert len(residuum.analyze(nothing, codec, levels=[1])) == 1
    pattern = residuum.Pattern("delay", rows=4)
    assert pattern.build(np.zeros((4, 0), int), 9).shape == (4, pattern.step_count(0))
    assert pattern.build(np.zeros((0, 4, 3), int), 9).shape == (0, 4, pattern.step_count(3))


def test_tokens(codec: residuum.Codec, tokens: residuum.Tokens, tmp_path: Path) -> None:
    assert tokens.side is not None
    wrong: list[tuple[str, Any]] = [
        ("not float64", lambda: replace(tokens, tokens=tokens.tokens * 1.0)),
        ("does not fit in 32 bits", lambda: replace(tokens, tokens=tokens.tokens.astype(np.int64) + 2**40)),
        ("do not go with", lambda: replace(tokens, tokens=np.stack([tokens.tokens] * 2), side=tokens.side[None])),
        ("do not go with", lambda: replace(tokens, side=tokens.side[:, 1:])),
        ("level table", lambda: replace(tokens, level_sequence_end=[5, 3])),
        ("level_count is 0", lambda: replace(tokens, level_count=99)),
        ("sample_count is 0", lambda: replace(tokens, sample_count=-1)),
        ("sequence_codewords", lambda: replace(tokens, sequence_codewords=[-1] * tokens.row_count)),
        ("under 4096 bytes", lambda: replace(tokens, codec="x" * 5000)),
        ("without zero bytes", lambda: replace(tokens, pattern="delay\0")),
        ("sample_rate_hz is 8000", lambda: codec.decode(replace(tokens, sample_rate_hz=0))),
        ("residuum.Tokens are wanted", lambda: codec.decode(tokens.tokens)),  # type: ignore[arg-type]
        ("gains", lambda: codec.decode(tokens, gains=[1.0] * 99)),
        ("gains", lambda: codec.decode(tokens, gains=[float("nan")])),
        ("levels", lambda: codec.decode(tokens, levels=float("nan"))),
        ("noise_fill", lambda: codec.decode(tokens, noise_fill=2)),
        ("row 0 holds 5000", lambda: replace(tokens, tokens=np.full_like(tokens.tokens, 5000)).save(tmp_path / "a.rsdt")),
        ("rows of tokens", lambda: replace(tokens, codec="live-128").save(tmp_path / "a.rsdt")),
    ]
    for words, call in wrong:
        refused(call, words)
    assert list(tmp_path.iterdir()) == []
    refused(lambda: replace(tokens, codec="nope").save(tmp_path / "a.rsdt"), "no codec 'nope'", residuum.NotFoundError)
    again = pickle.loads(pickle.dumps(tokens))
    assert again == tokens != codec.encode(np.zeros(4800)) and tokens != "tokens" and replace(tokens, side=tokens.side + 1) != tokens
    assert len(repr(tokens)) < 120 and "live-64" in repr(tokens)
    for call in (lambda: tokens.with_levels(2.5), lambda: tokens.rows_of_level(1.5)):  # type: ignore[arg-type]
        refused(call, "whole number")
    hostile = replace(tokens, tokens=np.full_like(tokens.tokens, -(2**31)))
    assert np.all(np.isfinite(codec.decode(hostile)))


def test_numbers_that_are_none(codec: residuum.Codec, tmp_path: Path, sound: Samples) -> None:
    encoder, engine, pattern = codec.encoder(), residuum.Engine(codec), residuum.Pattern("delay", rows=4)
    out = tmp_path / "m.safetensors"
    wrong: list[tuple[str, Any]] = [
        ("whole number", lambda: codec.encode(sound, levels=2.5)),  # type: ignore[arg-type]
        ("whole number", lambda: encoder.push(sound[0], levels=2.5)),  # type: ignore[arg-type]
        ("codebook_bits is 1 to 16", lambda: encoder.push(sound[0], codebook_bits=40)),
        ("channels is 1 to 64", lambda: codec.encoder(channels=0)),
        ("channels is 1 to 8", lambda: residuum.Engine(codec, channels=9)),
        ("block_samples", lambda: residuum.Engine(codec, block_samples=-1)),
        ("sidechain_channels", lambda: residuum.Engine(codec, sidechain_channels=2)),
        ("sample_time", lambda: engine.post(-1, "levels", 1)),
        ("levels is 0", lambda: engine.set("levels", float("nan"))),
        ("levels: a number", lambda: engine.set("levels", None)),  # type: ignore[arg-type]
        ("a residuum.Codec is wanted", lambda: residuum.Engine("live-64")),  # type: ignore[arg-type]
        ("a residuum.Codec is wanted", lambda: residuum.analyze(sound, "live-64")),  # type: ignore[arg-type]
        ("a residuum.Codec is wanted", lambda: engine.swap("live-64")),  # type: ignore[arg-type]
        ("zero bytes", lambda: engine.set("levels\0", 1)),
        ("bpm", lambda: engine.set_transport(5000)),
        ("rows is 1", lambda: residuum.Pattern("delay", rows=0)),
        ("special", lambda: pattern.build(np.zeros((4, 3), int), 2**40)),
        ("not float64", lambda: next(pattern.interleave(iter([np.zeros(4)]), 9))),
        ("seed", lambda: residuum.train([sound], out, seed=-1)),
        ("threads", lambda: residuum.train([sound], out, threads=-1)),
        ("sound 0: two hops", lambda: residuum.train([sound[0, :9]], out)),
        ("sample_rate_hz", lambda: residuum.segmental_snr_db(sound, sound, 0)),
        ("sample_rate_hz", lambda: residuum.Codec.open("live", sample_rate_hz=44100.0)),  # type: ignore[arg-type]
    ]
    for words, call in wrong:
        refused(call, words)
    assert not out.exists()


def test_pickles(codec: residuum.Codec, tokens: residuum.Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    again = pickle.loads(pickle.dumps((codec, tokens, residuum.Pattern("delay=0,2", rows=2))))
    assert (again[0].fingerprint, again[0].sample_rate_hz) == (codec.fingerprint, codec.sample_rate_hz)
    assert np.array_equal(again[0].decode(again[1]), codec.decode(tokens)) and again[2].text == "delay=0,2"
    assert copy.deepcopy(codec).name == codec.name
    for state in (codec.encoder(), codec.decoder(), residuum.Engine(codec)):
        with pytest.raises(TypeError, match="pickle its codec"):
            pickle.dumps(state)
    refused(lambda: residuum.codec._reopen("live-128", 48000, codec.fingerprint), "is another here", residuum.FormatError)


def test_threads_share_an_encoder(codec: residuum.Codec, sound: Samples) -> None:
    """Which hop comes first is theirs to know; none is lost and none is torn."""
    encoder, found = codec.encoder(), []

    def work() -> None:
        for at in range(100):
            found.append(encoder.push(sound[0, at * 97 : at * 97 + 97])[0].shape[1])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.append(encoder.flush()[0].shape[1])
    assert sum(found) == -(-400 * 97 // codec.hop_samples)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("schedule", ["inline", "threaded"])
def test_a_forked_process_goes_on(codec: residuum.Codec, sound: Samples, schedule: Any) -> None:
    engine = residuum.Engine(codec, channels=2, schedule=schedule)
    expected = engine.render(sound)
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(engine.render(sound), expected) else 1)
    assert os.waitpid(child, 0)[1] == 0
