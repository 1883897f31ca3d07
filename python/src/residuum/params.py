# SPDX-License-Identifier: MIT
"""The engine's parameters, as the table has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from residuum._library import ArgumentError, NotFoundError, check, ffi, lib, text_bytes, text_of


@dataclass(frozen=True)
class Parameter:
    """A row of the parameter table.

    symbol
        Its name in `Engine.set`; one that has a value for each level is set as ``"level_gain[3]"``.
    minimum, maximum, default
        In `unit`; a parameter of the unit ``"text"`` has none.
    """

    symbol: str
    name: str
    unit: str
    minimum: float
    maximum: float
    default: float
    is_per_level: bool
    is_whole: bool
    group: str
    help: str


def parameters() -> list[Parameter]:
    """Every parameter of the engine, in the order of the table."""
    found: list[Parameter] = []
    while (row := lib.rsd_param_row(len(found))) != ffi.NULL:
        unit = ffi.string(ffi.cast("rsd_param_unit", row.unit)).removeprefix("RSD_UNIT_").lower()
        found.append(Parameter(symbol=text_of(row.symbol), name=text_of(row.name), unit=unit, minimum=row.min,
                               maximum=row.max, default=row.default_value,
                               is_per_level=bool(lib.rsd_param_is_per_level(row)),
                               is_whole=bool(lib.rsd_param_is_whole(row)),
                               group=text_of(lib.rsd_param_group_symbol(row.group)), help=text_of(row.help)))
    return found


def find(symbol: str) -> tuple[Any, int]:
    """Row of the table, and the level from 0, of a symbol such as ``level_gain[3]``."""
    row, level = ffi.new("rsd_param_info **"), ffi.new("uint32_t *")
    status = lib.rsd_param_parse_symbol(text_bytes(symbol, "a parameter"), row, level)
    if status == lib.RSD_ERR_NOT_FOUND:
        failure = NotFoundError(f"there is no parameter '{symbol}'")
        failure.status = "RSD_ERR_NOT_FOUND"
        raise failure
    check(status, None, f"'{symbol}' (levels count from 1, as in level_gain[3], and only where there is one for each)")
    return row[0], int(level[0])


def number_of(row: Any, symbol: str, value: float | str) -> float:
    """The number that a value or its name stands for."""
    if not isinstance(value, str):
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ArgumentError(f"{symbol}: a number or a name is wanted, not {value!r}") from None
    number = ffi.new("float *")
    check(lib.rsd_param_parse_value(row, text_bytes(value, symbol), number), None, f"{symbol} cannot be '{value}'")
    return float(number[0])
