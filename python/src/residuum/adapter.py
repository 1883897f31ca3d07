# SPDX-License-Identifier: MIT
"""A codec of this library under the names that users of EnCodec know from Hugging Face transformers.

A data loader that was written for ``EncodecModel`` reads ``encode(...).audio_codes`` of shape (1, batch, K, T) and hands
such codes to ``decode``. Here both are exact, by any codec of this library. PyTorch tensors go in and come out where
PyTorch tensors were given; PyTorch itself is not needed.

Where a codec has side tokens (`live` has: its envelope), their S rows stand before the K rows of tokens: they are part
of what a model has to predict. As with EnCodec, a smaller bandwidth has fewer rows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Iterator

import numpy as np

from residuum._library import ArgumentError, as_array
from residuum.codec import Codec, need_codec
from residuum.engine import Engine
from residuum.tokens import NOT_CODED, Tokens


@dataclass(frozen=True)
class AdapterConfig:
    """What programs ask of ``EncodecModel.config``.

    codebook_size
        Of the largest codebook; `codebook_sizes` has that of each row.
    num_quantizers
        Rows of `audio_codes`.
    target_bandwidths
        Bitrates in kbps that `encode` takes as `bandwidth`: one a level.
    """

    sampling_rate: int
    audio_channels: int
    codebook_size: int
    codebook_sizes: list[int]
    num_quantizers: int
    frame_rate: float
    target_bandwidths: list[float]


class _Output:
    """Fields that are also found by name and by place, as those of transformers are."""

    def keys(self) -> list[str]:
        """Names of the fields."""
        return list(vars(self))

    def to_tuple(self) -> tuple[Any, ...]:
        """The fields in their order."""
        return tuple(vars(self).values())

    def __getitem__(self, key: Any) -> Any:
        return vars(self)[key] if isinstance(key, str) else self.to_tuple()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(vars(self))


@dataclass(frozen=True)
class EncoderOutput(_Output):
    """`audio_codes`: integers of shape (1, batch, rows, frames). `audio_scales`: [None], for nothing is scaled."""

    audio_codes: Any
    audio_scales: list[None]


@dataclass(frozen=True)
class DecoderOutput(_Output):
    """`audio_values`: samples of shape (batch, 1, samples)."""

    audio_values: Any


@dataclass(frozen=True)
class ModelOutput(_Output):
    """`audio_codes` as of `EncodecAdapter.encode`, and `audio_values` as of `EncodecAdapter.decode`."""

    audio_codes: Any
    audio_values: Any


class EncodecAdapter:
    """
    >>> model = EncodecAdapter.from_pretrained("live-128")
    >>> codes = model.encode(values, bandwidth=45.0).audio_codes        # values: (batch, 1, samples)
    >>> values = model.decode(codes, [None]).audio_values
    """

    def __init__(self, codec: Codec) -> None:
        need_codec(codec)
        self.codec = codec
        sizes = codec.side_codewords + codec.codewords
        self.config = AdapterConfig(sampling_rate=codec.sample_rate_hz, audio_channels=1, codebook_size=max(sizes),
                                    codebook_sizes=sizes, num_quantizers=len(sizes), frame_rate=codec.frame_rate_hz,
                                    target_bandwidths=[level.kbps for level in codec.levels])

    @staticmethod
    def from_pretrained(name_or_path: str, *, sampling_rate: int = 48000) -> EncodecAdapter:
        """A codec by its name or path, for sounds of `sampling_rate`."""
        return EncodecAdapter(Codec.open(name_or_path, sample_rate_hz=sampling_rate))

    @property
    def sampling_rate(self) -> int:
        """Of the sounds."""
        return self.config.sampling_rate

    # What programs say to a module of PyTorch: there are no weights here to train or to move.

    def eval(self) -> EncodecAdapter:
        """Itself."""
        return self

    def to(self, *_where: Any, **_how: Any) -> EncodecAdapter:
        """Itself: it codes in main memory, and answers where the tensor that it was given lies."""
        return self

    train = requires_grad_ = cpu = cuda = to

    @property
    def device(self) -> Any:
        """Main memory: ``torch.device("cpu")`` where PyTorch is loaded, else ``"cpu"``."""
        torch = sys.modules.get("torch")
        return "cpu" if torch is None else torch.device("cpu")

    @property
    def dtype(self) -> Any:
        """Of samples: ``torch.float32`` where PyTorch is loaded, else NumPy's."""
        torch = sys.modules.get("torch")
        return np.float32 if torch is None else torch.float32

    def parameters(self) -> Iterator[Any]:
        """None."""
        return iter(())

    def __call__(self, input_values: Any, padding_mask: Any = None, bandwidth: float | None = None) -> ModelOutput:
        """Codes and decodes: (batch, 1, samples) in and out."""
        codes = self.encode(input_values, padding_mask, bandwidth).audio_codes
        length = np.ones((1, int(np.shape(_batch(input_values))[-1])))
        return ModelOutput(codes, _like(input_values, self.decode(codes, None, length).audio_values))

    forward = __call__

    def encode(self, input_values: Any, padding_mask: Any = None, bandwidth: float | None = None,
               return_dict: bool = True) -> Any:
        """Codes (batch, 1, samples), or (batch, samples).

        padding_mask
            (batch, samples) or (batch, 1, samples): samples where it is 0 are taken as silence.
        bandwidth
            In kbps: the most levels that fit, and their rows alone. None: all levels.
        return_dict
            False: a tuple ``(audio_codes, audio_scales)``.
        """
        values = _batch(input_values)
        if padding_mask is not None:
            values = np.where(_mask_of(padding_mask, values.shape), values, np.zeros((), values.dtype))
        levels = self._levels_of(bandwidth)
        codes = np.stack([self._join(self.codec.encode(one, levels=levels)) for one in values])[None]
        output = EncoderOutput(_like(input_values, codes.astype(np.int64)), [None])
        return output if return_dict else (output.audio_codes, output.audio_scales)

    def decode(self, audio_codes: Any, audio_scales: Any = None, padding_mask: Any = None,
               return_dict: bool = True) -> Any:
        """Decodes (1, batch, rows, frames) to (batch, 1, samples): a hop a frame, less the codec's latency.

        audio_codes
            All rows of the codec, or those of its first levels.
        padding_mask
            Its last dimension says how many samples are wanted: as many as went into `encode`.
        """
        codes = _in_main_memory(audio_codes)
        if audio_scales is not None and any(scale is not None for scale in audio_scales):
            raise ArgumentError("audio_scales: nothing is scaled here, so that [None] is wanted")
        if codes.ndim != 4 or codes.shape[0] != 1 or codes.shape[2] not in self._row_counts():
            raise ArgumentError(f"audio_codes of shape (1, batch, rows, frames) are wanted, where rows is one of "
                                f"{self._row_counts()}, not {codes.shape}")
        if codes.dtype.kind not in "iu" or codes.shape[1] == 0:
            raise ArgumentError(f"audio_codes: whole numbers of one sound at least are wanted, not {codes.dtype} of {codes.shape}")
        wanted = None if padding_mask is None else int(np.atleast_1d(_in_main_memory(padding_mask)).shape[-1])
        sounds = np.stack([self._split(one, wanted) for one in codes[0]])[:, None]
        output = DecoderOutput(_like(audio_codes, sounds))
        return output if return_dict else (output.audio_values,)

    def _row_counts(self) -> list[int]:
        """Rows of audio_codes, by level count from 1."""
        return [self.codec.side_count + level.rows.stop for level in self.codec.levels]

    def _levels_of(self, bandwidth: float | None) -> int:
        if bandwidth is None:
            return self.codec.level_count
        if not isinstance(bandwidth, (int, float, np.integer, np.floating)):
            raise ArgumentError(f"bandwidth: kbps are wanted, not {bandwidth!r}")
        fitting = [level.number for level in self.codec.levels if level.kbps <= bandwidth + 1e-6]
        if not fitting:
            raise ArgumentError(f"bandwidth: the first level has {self.config.target_bandwidths[0]:g} kbps, "
                                f"not {bandwidth:g}")
        return fitting[-1]

    def _join(self, tokens: Tokens) -> Any:
        rows = tokens.tokens[: self.codec.levels[tokens.level_count - 1].rows.stop]
        return rows if tokens.side is None else np.concatenate([tokens.side, rows])

    def _split(self, codes: Any, wanted: int | None) -> Any:
        codec = self.codec
        side, rows = codes[: codec.side_count], codes[codec.side_count :]
        levels = self._row_counts().index(codes.shape[0]) + 1
        whole = np.full((codec.row_count, codes.shape[1]), NOT_CODED, np.int64)
        whole[: rows.shape[0]] = rows
        hop = codec.hop_samples * codec.sample_rate_hz // codec.codec_rate_hz
        most = max(codes.shape[1] * hop - Engine(codec).latency.total_samples, 0)
        tokens = Tokens(tokens=whole, side=side if codec.side_count > 0 else None, codec=codec._name,
                        sample_rate_hz=codec.sample_rate_hz, sample_count=most if wanted is None else wanted,
                        level_count=levels, level_sequence_end=[level.rows.stop for level in codec.levels],
                        sequence_codewords=codec.codewords)
        return codec.decode(tokens)


def _in_main_memory(x: Any) -> Any:
    """An array; tensors on a device are copied."""
    return np.asarray(as_array(x.detach().cpu() if hasattr(x, "detach") else x))


def _batch(values: Any) -> Any:
    array = _in_main_memory(values)
    if array.ndim == 3 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 2 or array.shape[0] == 0:
        raise ArgumentError(f"input_values of shape (batch, 1, samples) are wanted, not {array.shape}")
    return array


def _mask_of(given: Any, shape: tuple[int, ...]) -> Any:
    """(batch, samples): where a sound is to be heard."""
    mask = _in_main_memory(given)
    if mask.ndim not in (2, 3) or mask.shape[0] != shape[0] or mask.shape[-1] < shape[1] or mask.size != shape[0] * mask.shape[-1]:
        raise ArgumentError(f"padding_mask of shape {shape} is wanted, not {mask.shape}")
    return mask.reshape(shape[0], -1)[:, : shape[1]] != 0


def _like(given: Any, array: Any) -> Any:
    """A PyTorch tensor where one was given, over the same memory where that is main memory."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(given, torch.Tensor):
        tensor = array if isinstance(array, torch.Tensor) else torch.from_numpy(np.ascontiguousarray(array))
        return tensor.to(given.device)
    return array
