# SPDX-License-Identifier: MIT
"""The programs of README.md, docs/python.md and docs/patterns.md run as they stand there, one after the other."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import Command, Samples


@pytest.mark.parametrize("name, least", [("docs/python.md", 5), ("python/README.md", 1)])
def test_programs_of_the_page_run(
    name: str, least: int, tmp_path: Path, sound: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Path(__file__, "../../..").resolve() / name
    programs = re.findall(r"```python\n(.*?)```", page.read_text(), re.S)
    assert len(programs) >= least
    monkeypatch.chdir(tmp_path)
    names = {"sound": sound, "samples": sound[0].copy(), "np": np}
    for number, program in enumerate(programs, 1):
        exec(compile(program, f"{page.name}, program {number}", "exec"), names)


@pytest.mark.parametrize("channels", [1, 2])
def test_program_that_feeds_a_model_runs(
    tmp_path: Path, sound: Samples, command: Command, channels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the file that the command before it on the page makes: a loss counts every token once, and nothing else."""
    page = Path(__file__, "../../../docs/patterns.md").resolve().read_text()
    encode = re.search(r"^residuum (encode in\.wav rows\.npy .*)$", page, re.M)
    (program,) = re.findall(r"```python\n(.*?)```", page, re.S)
    assert encode
    monkeypatch.chdir(tmp_path)
    command.write(str(tmp_path / "in.wav"), sound[:channels])
    # Lyra's files may not be here; the program is for any codec.
    arguments = encode.group(1).replace("--codec lyra-v2 ", "").split()
    assert arguments[-2] == "--pattern"
    command.run(*arguments)
    names: dict[str, Any] = {}
    exec(compile(program, "patterns.md", "exec"), names)
    rows, special = names["rows"], names["special"]
    about = json.loads(Path("rows.json").read_text())
    row_count, frame_count = len(special), about["frame_count"]
    shape = (channels,) * (channels > 1) + (row_count,)
    assert rows.shape == shape + (frame_count + row_count,)
    assert names["inputs"].shape == names["targets"].shape == shape + (frame_count + row_count - 1,)
    assert (names["counts"].sum(axis=-1) == frame_count).all()
    assert (names["inputs"][..., 0] == special).all()
    assert (np.broadcast_to(special[:, None], names["targets"].shape)[~names["counts"]]
            == names["targets"][~names["counts"]]).all()
    assert np.array_equal(np.load("made.npy"), rows)
    lengths = ("frame_count", "sample_count", "step_count")  # they follow from the array
    assert json.loads(Path("made.json").read_text()) == {k: v for k, v in about.items() if k not in lengths}
    shutil.copy("rows.side.npy", "made.side.npy")  # a codec without side tokens, as on the page, needs none
    command.run("decode", "made.npy", "made.wav")
    command.run("decode", "rows.npy", "rows.wav")
    command.run("encode", "in.wav", "plain.npy", *arguments[3:-2])
    command.run("decode", "plain.npy", "plain.wav")
    made, rows_bytes = ((tmp_path / name).read_bytes()[44:] for name in ("made.wav", "rows.wav"))
    assert len(rows_bytes) - 1000 < len(made) <= len(rows_bytes) and rows_bytes.startswith(made)
    assert (tmp_path / "rows.wav").read_bytes() == (tmp_path / "plain.wav").read_bytes()
