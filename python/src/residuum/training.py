# SPDX-License-Identifier: MIT
"""Training of one's own codebooks, as `residuum train` does."""

from __future__ import annotations

import os
from typing import Any, Callable, Iterable

import numpy as np

from residuum._library import ArgumentError, as_rows, check, ffi, lib, new_error, path_bytes, text_bytes, whole

Progress = Callable[[float, str], "bool | None"]


class _Watch:
    """Hands the library's progress to a function, and keeps what that raised."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.raised: BaseException | None = None

    def tell(self, done: float, what: str) -> bool:
        if self.progress is None:
            return False
        try:
            return bool(self.progress(done, what))
        except BaseException as problem:  # it must not cross the library; it is raised again behind it
            self.raised = problem
            return True


@ffi.def_extern(onerror=None, error=True)  # type: ignore[untyped-decorator, unused-ignore]
def residuum_train_progress(context: Any, done: float, what: Any) -> bool:
    """Called by the library, on the thread that trains."""
    watch: _Watch = ffi.from_handle(context)
    return watch.tell(done, ffi.string(what).decode())


def train(sounds: Iterable[Any], out_path: str | os.PathLike[str], *, hop_samples: int = 128, seed: int = 1,
          name: str | None = None, threads: int = 0, progress: Progress | None = None) -> None:
    """Trains the codebooks of the `live` codec and writes the model file, whole or not at all.

    sounds
        Arrays of (samples,) or (channels, samples) at 48 kHz; channels are sounds of their own.
    hop_samples
        64, 128 or 256.
    threads
        0: one a core. The file does not depend on it.
    progress
        Called with the share that is done, 0 to 1, and what is being done. Returns True to stop: `CancelledError` is
        raised then. What it raises itself stops the training, too, and is raised again.
    """
    watch = _Watch(progress)
    handle = ffi.new_handle(watch)
    config, trainer = ffi.new("rsd_train_config *"), ffi.new("rsd_trainer **")
    name_chars = ffi.new("char[]", text_bytes(name, "name")) if name is not None else ffi.NULL
    if hop_samples not in (64, 128, 256):
        raise ArgumentError(f"hop_samples is 64, 128 or 256, not {hop_samples}")
    config.hop_samples = hop_samples
    config.seed, config.thread_count = whole(seed, 0, 2**64 - 1, "seed"), whole(threads, 0, 1024, "threads")
    config.name = name_chars
    config.progress, config.progress_context = lib.residuum_train_progress, handle
    check(lib.rsd_trainer_create_sized(config, ffi.sizeof("rsd_train_config"), trainer), None, "train")
    owned = ffi.gc(trainer[0], lib.rsd_trainer_destroy)
    for number, sound in enumerate(sounds):
        for row in as_rows(sound, f"sound {number}")[0]:
            if row.size < 2 * hop_samples or not np.isfinite(row).all():
                raise ArgumentError(f"sound {number}: two hops of {hop_samples} samples at least are wanted, all of them finite")
            check(lib.rsd_trainer_add(owned, ffi.from_buffer("float[]", row), row.size), None, f"sound {number}")
    error = new_error()
    status = lib.rsd_trainer_run(owned, path_bytes(out_path), error)
    if watch.raised is not None:
        raise watch.raised
    check(status, error, os.fsdecode(out_path))
