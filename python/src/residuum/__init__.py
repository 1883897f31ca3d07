# SPDX-License-Identifier: MIT
"""Residuum: a live codec one can hear and play, and its tokens.

>>> import residuum
>>> codec = residuum.Codec.open("live-128", sample_rate_hz=48000)
>>> tokens = codec.encode(samples)
>>> tokens.tokens.shape                 # (K, T): int32
>>> samples = codec.decode(tokens, levels=4)
"""

from residuum._library import (ArgumentError, CancelledError, Error, FileError, FormatError, NotFoundError,
                               OutOfMemoryError, UnsupportedError, version)
from residuum.analysis import (LevelFigures, analyze, log_spectral_distance_db, noise_to_mask_ratio_db,
                               segmental_snr_db, snr_db)
from residuum.codec import Codec, Level, codecs
from residuum.engine import Engine, Latency, Telemetry
from residuum.params import Parameter, parameters
from residuum.patterns import Pattern
from residuum.patterns import names as pattern_names
from residuum.stream import Decoder, Encoder
from residuum.tokens import NOT_CODED, Tokens
from residuum.training import train

__version__ = version()

__all__ = ["ArgumentError", "CancelledError", "Codec", "Decoder", "Encoder", "Engine", "Error", "FileError",
           "FormatError", "Latency", "Level", "LevelFigures", "NOT_CODED", "NotFoundError", "OutOfMemoryError", "Parameter",
           "Pattern", "Telemetry", "Tokens", "UnsupportedError", "analyze", "codecs", "log_spectral_distance_db",
           "noise_to_mask_ratio_db", "parameters", "pattern_names", "segmental_snr_db", "snr_db", "train", "version"]
