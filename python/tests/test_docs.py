# SPDX-License-Identifier: MIT
"""The programs of docs/python.md run as they stand there, one after the other."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from conftest import Samples


def test_programs_of_the_page_run(tmp_path: Path, sound: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__, "../../../docs/python.md").resolve()
    programs = re.findall(r"```python\n(.*?)```", page.read_text(), re.S)
    assert len(programs) >= 5
    monkeypatch.chdir(tmp_path)
    names = {"sound": sound, "samples": sound[0].copy(), "np": np}
    for number, program in enumerate(programs, 1):
        exec(compile(program, f"{page.name}, program {number}", "exec"), names)
