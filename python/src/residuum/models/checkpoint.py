# SPDX-License-Identifier: MIT
"""Models as safetensors files. The codewords are not in them: they are the codec's."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as tensors_of

from residuum._library import FormatError
from residuum.codec import Codec
from residuum.models.data import codebooks_of
from residuum.models.live import LivePredictor
from residuum.models.parallel import FineTransformer
from residuum.models.transformer import TokenTransformer

KINDS: dict[str, Any] = {kind.kind: kind for kind in (TokenTransformer, FineTransformer, LivePredictor)}
FORMAT = "residuum-token-model-1"


def save(model: Any, codec: Codec, path: str | os.PathLike[str], half: bool = False) -> None:
    """Writes the weights, matrices as 16-bit floats where `half`; the file says of which codec the tokens are."""
    tensors = {name: value.detach().numpy().astype(np.float16 if half and value.dim() > 1 else np.float32).copy()
               for name, value in model.state_dict().items()}
    about = {"format": FORMAT, "kind": model.kind, "rows": str(model.rows), "options": json.dumps(model.options),
             "codec": codec.name, "fingerprint": f"{codec.fingerprint:016x}"}
    Path(path).write_bytes(_in_order(tensors_of(tensors, metadata=about)))


def _in_order(data: bytes) -> bytes:
    """The same file with the words of its header sorted, which safetensors leaves to chance: the same weights are the same
    bytes."""
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    about = dict(sorted(header.pop("__metadata__").items()))
    text = json.dumps({"__metadata__": about, **header}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # tensors begin at a multiple of eight bytes
    return len(text).to_bytes(8, "little") + text + data[end:]


def load(path: str | os.PathLike[str], codec: Codec) -> Any:
    """A model of `save`. `FormatError`: it is none, or of another codec."""
    about, tensors = _read(os.fspath(path))
    if about.get("format") != FORMAT or about.get("kind") not in KINDS:
        raise FormatError(f"{os.fspath(path)}: not a model of residuum.models")
    if about.get("fingerprint") != f"{codec.fingerprint:016x}":
        raise FormatError(f"{os.fspath(path)}: a model of the tokens of {about.get('codec')}, not of those of {codec.name}")
    try:
        model = KINDS[about["kind"]](codebooks_of(codec, int(about["rows"])), **json.loads(about["options"]))
        model.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as problem:
        raise FormatError(f"{os.fspath(path)}: a damaged model: {problem}") from problem
    return model.eval()


def _read(path: str) -> tuple[dict[str, str], dict[str, Any]]:
    """What a file says of itself, and its tensors."""
    try:
        with safe_open(path, "np") as file:
            return file.metadata() or {}, {name: torch.from_numpy(file.get_tensor(name).astype(np.float32))
                                           for name in file.keys()}
    except SafetensorError as problem:
        raise FormatError(f"{path}: no safetensors file: {problem}") from problem
