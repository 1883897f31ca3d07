# SPDX-License-Identifier: MIT
"""The names that EnCodec's users know, exact by this library's codecs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import residuum
from conftest import Samples
from residuum.adapter import EncodecAdapter


def test_codes_are_the_codecs(sound: Samples) -> None:
    model = EncodecAdapter.from_pretrained("live-128")
    codec, batch = model.codec, sound[:, None, :]
    codes = model.encode(batch).audio_codes
    one = codec.encode(np.ascontiguousarray(sound[0]))
    assert codes.shape == (1, 2, model.config.num_quantizers, one.frame_count) and codes.dtype == np.int64
    assert one.side is not None
    assert np.array_equal(codes[0, 0], np.concatenate([one.side, one.tokens]))
    mask = np.ones((2, sound.shape[1]), np.int64)
    values = model.decode(codes, [None], padding_mask=mask).audio_values
    assert values.shape == (2, 1, sound.shape[1])
    assert np.array_equal(values[0, 0], codec.decode(one))
    assert model.decode(codes, return_dict=False)[0].shape[2] <= one.frame_count * codec.hop_samples


def test_bandwidth_chooses_levels(sound: Samples) -> None:
    model = EncodecAdapter.from_pretrained("live-128")
    bandwidth = model.config.target_bandwidths[3]
    codes, scales = model.encode(sound[:1], bandwidth=bandwidth + 1, return_dict=False)
    end = model.codec.side_count + model.codec.levels[3].rows.stop
    assert scales == [None] and codes.shape[2] == end and np.all(codes >= 0)
    mask = np.ones((1, sound.shape[1]))
    expected = model.codec.decode(model.codec.encode(np.ascontiguousarray(sound[0]), levels=4))
    assert np.array_equal(model.decode(codes, None, mask).audio_values[0, 0], expected)


def test_what_is_masked_is_silence(sound: Samples) -> None:
    model = EncodecAdapter.from_pretrained("live-64")
    mask = np.ones((1, sound.shape[1]), np.int64)
    mask[:, 20000:] = 0
    cut = sound[:1].copy()
    cut[:, 20000:] = 0
    sound = sound.copy()
    sound[:, 20000:] = np.nan  # not even that is heard
    assert np.array_equal(model.encode(sound[:1], mask).audio_codes, model.encode(cut).audio_codes)


def test_wrong_shapes_are_named(sound: Samples) -> None:
    model = EncodecAdapter.from_pretrained("live-64")
    with pytest.raises(residuum.ArgumentError, match=r"\(batch, 1, samples\)"):
        model.encode(sound[None])
    with pytest.raises(residuum.ArgumentError, match="the first level has"):
        model.encode(sound, bandwidth=0.5)
    with pytest.raises(residuum.ArgumentError, match=r"\(1, batch, rows, frames\)"):
        model.decode(np.zeros((1, 3, 4), np.int64))
    codes = model.encode(sound[:, :4800]).audio_codes
    wrong: list[tuple[str, Any]] = [
        ("padding_mask", lambda: model.encode(sound, np.ones((2, 100)))),
        ("padding_mask", lambda: model.encode(sound, np.ones((1, 2 * sound.shape[1])))),
        ("kbps are wanted", lambda: model.encode(sound, bandwidth="24")),  # type: ignore[arg-type]
        ("input_values", lambda: model.encode(sound[:0])),
        ("not float64", lambda: model.decode(codes * 1.0)),
        ("one sound at least", lambda: model.decode(codes[:, :0])),
        ("nothing is scaled", lambda: model.decode(codes, [np.ones(2)])),
        ("a residuum.Codec is wanted", lambda: EncodecAdapter("live")),  # type: ignore[arg-type]
    ]
    for words, call in wrong:
        with pytest.raises(residuum.ArgumentError, match=words):
            call()


def loader_for_encodec(model: Any, sounds: Samples, bandwidth: float) -> list[Any]:
    """What a program that was written for EncodecModel does to feed MusicGen: codes, delayed by a frame a row."""
    model = model.to("cpu").eval()
    pad = model.config.codebook_size
    sequences = []
    for sound in sounds:
        values = sound[None, None]
        outputs = model.encode(values, np.ones_like(values), bandwidth=bandwidth)
        assert outputs["audio_codes"] is outputs.audio_codes is outputs[0] and outputs.keys() == ["audio_codes", "audio_scales"]
        frames, batch, rows, length = outputs.audio_codes.shape
        assert frames == batch == 1
        sequence = np.full((rows, rows + length), pad)
        for row in range(rows):
            sequence[row, row + 1 : row + 1 + length] = outputs.audio_codes[0, 0, row]
        values = model.decode(outputs.audio_codes, outputs.audio_scales, np.ones_like(values)).audio_values
        assert values.shape == (1, model.config.audio_channels, sound.shape[0])
        sequences.append(sequence)
    return sequences


def test_a_loader_for_encodec_runs_unchanged(sound: Samples) -> None:
    model = EncodecAdapter.from_pretrained("live-64")
    for count in (1, 3):
        first, second = loader_for_encodec(model, sound, model.config.target_bandwidths[count - 1])
        rows = model.codec.side_count + model.codec.levels[count - 1].rows.stop
        assert first.shape == second.shape and first.shape[0] == rows and first.min() >= 0
    given = model(sound[:, None], bandwidth=model.config.target_bandwidths[2])
    expected = model.decode(given.audio_codes, None, np.ones((1, sound.shape[1]))).audio_values
    assert np.array_equal(given["audio_values"], expected) and given.to_tuple()[0] is given.audio_codes


def test_pytorch_tensors_go_in_and_come_out(sound: Samples) -> None:
    torch = pytest.importorskip("torch")
    model = EncodecAdapter.from_pretrained("live-64")
    batch = torch.from_numpy(sound[:, None, :9600].copy())
    codes = model.encode(batch).audio_codes
    assert isinstance(codes, torch.Tensor) and codes.dtype == torch.int64
    values = model.decode(codes, None, torch.ones(2, 9600)).audio_values
    assert isinstance(values, torch.Tensor) and values.shape == (2, 1, 9600)
    assert np.array_equal(codes.numpy(), model.encode(sound[:, None, :9600]).audio_codes)
