# SPDX-License-Identifier: MIT
"""The C library as Python sees it: status codes as exceptions, arrays as rows of samples."""

from __future__ import annotations

import operator
import os
from typing import Any, Sequence

import numpy as np
import numpy.typing as npt

from residuum import _native

ffi: Any = _native.ffi
lib: Any = _native.lib

Samples = npt.NDArray[np.float32]
TokenArray = npt.NDArray[np.int32]


class Error(Exception):
    """A call of the library failed. The text is the library's: it says what was wrong, and where.

    `status` is the library's code, such as ``"RSD_ERR_FORMAT"``.
    """

    status: str = ""


class ArgumentError(Error, ValueError):
    """An argument is out of its documented range."""


class FormatError(Error, ValueError):
    """A file was read, but what it holds is not valid."""


class NotFoundError(Error, LookupError):
    """No codec, preset, parameter or pattern has this name."""


class FileError(Error, OSError):
    """A file could not be opened, read or written."""


class UnsupportedError(Error, NotImplementedError):
    """Valid, but not something that this build or this object can do."""


class OutOfMemoryError(Error, MemoryError):
    """The system gave no memory."""


class CancelledError(Error):
    """The caller asked to stop."""


_CLASSES = {
    "RSD_ERR_ARG": ArgumentError,
    "RSD_ERR_SIZE": ArgumentError,
    "RSD_ERR_MEMORY": OutOfMemoryError,
    "RSD_ERR_IO": FileError,
    "RSD_ERR_FORMAT": FormatError,
    "RSD_ERR_UNSUPPORTED": UnsupportedError,
    "RSD_ERR_NOT_FOUND": NotFoundError,
    "RSD_ERR_CANCELLED": CancelledError,
}


def new_error() -> Any:
    """An `rsd_error` for a call to fill."""
    return ffi.new("rsd_error *")


def check(status: int, error: Any = None, what: str = "") -> None:
    """Raises what a status says, with the text of `error` where the library wrote one."""
    if status == lib.RSD_OK:
        return
    name = ffi.string(ffi.cast("rsd_status", status))
    text = ffi.string(error.text).decode(errors="replace") if error is not None else ""
    if not text:
        text = ffi.string(lib.rsd_status_text(status)).decode()
        text = f"{what}: {text}" if what else text
    failure = _CLASSES.get(name, Error)(text)
    failure.status = name
    raise failure


def text_of(chars: Any) -> str:
    """A C string; None is no string here."""
    return str(ffi.string(chars).decode(errors="surrogateescape"))


def path_bytes(path: str | os.PathLike[str]) -> bytes:
    """A path as the system wants it."""
    data = os.fsencode(path)
    if b"\0" in data:
        raise ArgumentError(f"a path may not hold a zero byte: {path!r}")
    return data


def as_array(x: Any) -> npt.NDArray[Any]:
    """An array of whatever speaks NumPy, DLPack or the buffer protocol; its memory where that is possible."""
    if isinstance(x, np.ndarray):
        return x
    if hasattr(x, "detach"):  # a tensor that carries gradients refuses DLPack
        x = x.detach()
    try:
        return np.from_dlpack(x) if hasattr(x, "__dlpack__") else np.asarray(x)
    except (BufferError, RuntimeError, TypeError, ValueError) as problem:  # of a GPU, a dtype that NumPy has not, ragged
        raise ArgumentError(f"this {type(x).__name__} cannot be read as an array in main memory: {problem}") from problem


def as_int32(x: Any, what: str) -> TokenArray:
    """Whole numbers as int32 in C order; nothing is copied where `x` is that already."""
    array = as_array(x)
    if array.dtype.kind not in "iu":
        raise ArgumentError(f"{what}: whole numbers are wanted, not {array.dtype}")
    if not np.can_cast(array.dtype, np.int32) and array.size > 0:
        low, high = array.min(), array.max()
        if low < -(2**31) or high >= 2**31:
            raise ArgumentError(f"{what}: {low if low < -(2**31) else high} does not fit in 32 bits")
    return np.require(array, np.int32, "C")


def whole(value: Any, low: int, high: int, what: str) -> int:
    """A whole number between two others, both included."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ArgumentError(f"{what}: a whole number is wanted, not {value!r}") from None
    if not low <= number <= high:
        raise ArgumentError(f"{what} is {low} to {high}, not {number}")
    return number


def text_bytes(text: str, what: str) -> bytes:
    """Text for the library, whose strings end at a zero byte."""
    if not isinstance(text, str) or "\0" in text:
        raise ArgumentError(f"{what}: text without zero bytes is wanted, not {text!r}")
    return text.encode(errors="surrogateescape")


def not_pickled(kind: str, instead: str) -> Any:
    """A `__reduce__` for what has a state in C."""

    def refuse(self: Any) -> Any:
        raise TypeError(f"a residuum.{kind} has a state and cannot be pickled: {instead}")

    return refuse


def as_rows(x: Any, what: str = "samples") -> tuple[Samples, bool]:
    """Samples as (channels, samples) of float32 in C order, and whether `x` had one dimension.

    Nothing is copied where `x` is that already. Integers are refused: nobody could tell their full scale.
    """
    array = as_array(x)
    if array.dtype.kind != "f":
        raise ArgumentError(f"{what}: floating-point samples are wanted, full scale at 1.0, not {array.dtype}")
    if array.ndim not in (1, 2):
        raise ArgumentError(f"{what}: the shape (samples,) or (channels, samples) is wanted, not {array.shape}")
    with np.errstate(over="ignore"):  # what becomes infinite counts as 0, as all that is not finite
        rows = np.ascontiguousarray(array, dtype=np.float32)
    is_single = rows.ndim == 1
    rows = rows.reshape(1, -1) if is_single else rows
    if not 1 <= rows.shape[0] <= lib.RSD_ENGINE_MAX_CHANNELS:
        raise ArgumentError(f"{what}: 1 to {lib.RSD_ENGINE_MAX_CHANNELS} channels are possible, not {rows.shape[0]}"
                            " (the shape is (channels, samples))")
    return rows, is_single


def row_pointers(rows: Samples) -> tuple[Any, Any]:
    """`float *[channels]` of an array of rows, and what keeps them alive."""
    buffer = ffi.from_buffer("float[]", rows, require_writable=False)
    step = rows.shape[1]
    return ffi.new("float *[]", [buffer + c * step for c in range(rows.shape[0])]), buffer


def version() -> str:
    """The version of the library, such as ``"0.1.0"``."""
    return text_of(lib.rsd_version())


def numbers_of(values: Any, count: int) -> Sequence[int]:
    """The first entries of a C array of integers."""
    return [int(values[i]) for i in range(count)]
