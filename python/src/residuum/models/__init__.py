# SPDX-License-Identifier: MIT
"""Small models of tokens, in PyTorch: what a codec's tokens are worth to a model, and three models to begin with.

`TokenTransformer` writes tokens in any interleaving pattern, one step after the other, as MusicGen does
(arXiv:2306.05284). `FineTransformer` fills in the fine levels of given coarse ones, all frames at once, level by level,
the surest tokens first, as SoundStorm does (arXiv:2305.09636). `LivePredictor` does that frame by frame and looks at the
past alone; the C library runs it. All of them read tokens as their codewords' own vectors, and score a token by the
product with its vector. None has more than a million parameters.

It needs PyTorch, 1.13 or newer, safetensors and soundfile: ``pip install 'residuum[models]'``.
"""

from __future__ import annotations

try:
    import safetensors as _safetensors  # noqa: F401
    import torch as _torch  # noqa: F401
except ImportError as problem:
    raise ImportError(f"residuum.models needs {problem.name}: pip install 'residuum[models]'", name=problem.name) from problem

from residuum.models.checkpoint import load, save
from residuum.models.data import TokenCorpus, codebooks_of
from residuum.models.live import LivePredictor
from residuum.models.parallel import FineTransformer
from residuum.models.training import Schedule, cross_entropy, fit
from residuum.models.transformer import TokenTransformer

__all__ = ["FineTransformer", "LivePredictor", "Schedule", "TokenCorpus", "TokenTransformer", "codebooks_of",
           "cross_entropy", "fit", "load", "save"]
