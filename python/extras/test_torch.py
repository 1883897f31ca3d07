# SPDX-License-Identifier: MIT
"""PyTorch's own tensors into the package and out of it, by DLPack: what comes back is what NumPy gets."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import residuum  # noqa: E402
from residuum._library import as_rows  # noqa: E402
from residuum.adapter import EncodecAdapter  # noqa: E402

EXAMPLES = Path(__file__, "../../examples").resolve()


@pytest.fixture(scope="module")
def stereo() -> np.ndarray:
    random = np.random.default_rng(6)
    return (random.standard_normal((2, 9600)) * 0.1).astype(np.float32)


def test_a_tensor_is_read_where_it_lies(stereo: np.ndarray) -> None:
    tensor = torch.from_numpy(stereo.copy())
    for given in (tensor, tensor.requires_grad_(), tensor.detach()[:1], tensor.detach()[1]):
        rows, _ = as_rows(given)
        assert rows.__array_interface__["data"][0] == given.data_ptr()
    rows, _ = as_rows(tensor.detach()[:, ::2])  # not in C order: copied
    assert np.array_equal(rows, stereo[:, ::2])
    with pytest.raises(residuum.ArgumentError, match="floating-point"):
        as_rows(torch.zeros(100, dtype=torch.int16))


def test_tensors_are_coded_as_arrays_are(stereo: np.ndarray) -> None:
    codec, tensor = residuum.Codec.open("live-64"), torch.from_numpy(stereo.copy())
    expected = codec.encode(stereo)
    tokens = codec.encode(tensor)
    assert np.array_equal(tokens.tokens, expected.tokens) and np.array_equal(tokens.side, expected.side)
    doubled = codec.encode(tensor.double())
    assert np.array_equal(doubled.tokens, expected.tokens)
    heard = codec.decode(expected)
    out = torch.from_dlpack(codec.decode(tokens))
    assert out.dtype == torch.float32 and np.array_equal(out.numpy(), heard)
    moved = dataclasses.replace(expected, tokens=torch.from_numpy(expected.tokens).clone(),
                                side=torch.from_numpy(expected.side).clone())
    assert np.array_equal(codec.decode(moved), heard)


def test_what_comes_out_is_no_copy(stereo: np.ndarray) -> None:
    codec = residuum.Codec.open("live-64")
    tokens, sound = codec.encode(stereo), codec.decode(codec.encode(stereo))
    for array in (tokens.tokens, sound):
        assert torch.from_dlpack(array).data_ptr() == array.__array_interface__["data"][0]


def test_streams_and_the_engine_take_tensors(stereo: np.ndarray) -> None:
    codec, tensor = residuum.Codec.open("live-64"), torch.from_numpy(stereo.copy())
    rows, side = codec.encoder().push(tensor[0])
    expected_rows, expected_side = codec.encoder().push(stereo[0])
    assert np.array_equal(rows, expected_rows) and np.array_equal(side, expected_side)
    given = (torch.from_numpy(rows).clone(), torch.from_numpy(side).clone())
    assert np.array_equal(codec.decoder().push(*given), codec.decoder().push(rows, side))
    engines = [residuum.Engine(codec, channels=2) for _ in range(2)]
    assert np.array_equal(engines[0].process(tensor), engines[1].process(stereo))


def test_patterns_take_tensors() -> None:
    pattern, tokens = residuum.Pattern("delay", 4), torch.randint(0, 16, (3, 4, 20), dtype=torch.int32)
    sequence = pattern.build(tokens, 16)
    assert np.array_equal(sequence, pattern.build(tokens.numpy(), 16))
    assert np.array_equal(pattern.revert(torch.from_numpy(sequence), 16, 20), tokens.numpy())


def test_the_adapter_answers_with_tensors(stereo: np.ndarray) -> None:
    model = EncodecAdapter.from_pretrained("live-64")
    codes = model.encode(torch.from_numpy(stereo[:, None].copy())).audio_codes
    assert isinstance(codes, torch.Tensor) and codes.dtype == torch.int64
    values = model.decode(codes, None, torch.ones(2, stereo.shape[1])).audio_values
    assert isinstance(values, torch.Tensor) and values.shape == (2, 1, stereo.shape[1])
    assert np.array_equal(values.numpy(), model.decode(codes.numpy(), None, np.ones((2, stereo.shape[1]))).audio_values)


class MusicGenItems(torch.utils.data.Dataset):
    """Written for EncodecModel of transformers, as trainers of MusicGen write it: labels of (frames, rows), delayed by a
    frame a row, with the model's own idea of its device."""

    def __init__(self, model: object, sounds: list) -> None:
        self.model, self.sounds = model.to(model.device).eval(), sounds
        for parameter in model.parameters():
            parameter.requires_grad = False

    def __len__(self) -> int:
        return len(self.sounds)

    def __getitem__(self, index: int) -> object:
        inputs = {"input_values": self.sounds[index][None, None].to(self.model.device, self.model.dtype)}
        inputs["padding_mask"] = torch.ones_like(inputs["input_values"][:, 0], dtype=torch.int32)
        with torch.no_grad():
            labels = self.model.encode(**inputs)["audio_codes"]
        _, batch, rows, frames = labels.shape
        labels = labels.squeeze(0).transpose(1, 2)
        delayed = torch.full((batch, frames + rows, rows), self.model.config.codebook_size)
        for row in range(rows):
            delayed[:, row + 1 : row + 1 + frames, row] = labels[:, :, row]
        return delayed[0]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_loader_for_musicgen_runs_unchanged(stereo: np.ndarray, workers: int) -> None:
    sounds = [torch.from_numpy(np.roll(stereo[0], shift)) for shift in (0, 100, 200)]
    model = EncodecAdapter.from_pretrained("live-64")
    batches = list(torch.utils.data.DataLoader(MusicGenItems(model, sounds), batch_size=3, num_workers=workers))
    assert len(batches) == 1 and batches[0].dtype == torch.int64
    pattern, rows = residuum.Pattern("delay", model.config.num_quantizers), model.config.num_quantizers
    for sound, item in zip(sounds, batches[0].numpy()):
        tokens = model.codec.encode(sound)
        codes = np.concatenate([tokens.side, tokens.tokens])
        assert np.array_equal(item.T[:, : codes.shape[1] + rows], pattern.build(codes, model.config.codebook_size))
    out = model.forward(torch.stack(sounds)[:, None])
    assert out.audio_values.dtype == model.dtype and out.audio_values.shape == (3, 1, stereo.shape[1])


def test_the_data_set_of_the_examples_runs(stereo: np.ndarray, tmp_path: Path) -> None:
    codec = residuum.Codec.open("live-64")
    sound = np.tile(stereo[0], 5)
    codec.encode(sound).save(tmp_path / "t.npy")
    said = subprocess.run([sys.executable, EXAMPLES / "torch_dataset.py", tmp_path / "t.npy"], check=True,
                          capture_output=True, text=True).stdout.splitlines()
    steps = residuum.Pattern("delay", 4).step_count(150)
    pieces = codec.encode(sound).frame_count // 150
    assert said[0].startswith(f"({min(8, pieces)}, 4, {steps}) tokens of 1024 ")
