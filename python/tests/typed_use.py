# SPDX-License-Identifier: MIT
"""What a program would write, for the type checker: each value has the type that is told here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

import residuum


def use(samples: npt.NDArray[np.float32]) -> float:
    codec: residuum.Codec = residuum.Codec.open("live-128")
    tokens: residuum.Tokens = codec.encode(samples, levels=4)
    rows: npt.NDArray[np.int32] = tokens.tokens[tokens.rows_of_level(2)]
    decoded: npt.NDArray[np.float32] = codec.decode(tokens, levels=3.5, gains=[1.0, 0.5])
    engine = residuum.Engine(codec, channels=2, schedule="threaded")
    engine.set("monitor", "residual")
    late: int = engine.latency.total_samples
    sequence: npt.NDArray[np.int32] = residuum.Pattern("delay", rows=4).build(rows, special=1024)
    figures: list[residuum.LevelFigures] = residuum.analyze(samples, codec, levels=range(1, 3))
    return figures[0].snr_db + residuum.snr_db(samples, decoded) + late + sequence.size
