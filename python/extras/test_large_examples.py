# SPDX-License-Identifier: MIT
"""The programs of python/examples that draw with Matplotlib or run on Ray. Run by `./dev test-python-extras`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import residuum

EXAMPLES = Path(__file__, "../../examples").resolve()


def run(name: str, *words: str | Path) -> str:
    return subprocess.run([sys.executable, EXAMPLES / name, *map(str, words)], check=True, capture_output=True,
                          text=True).stdout


@pytest.mark.parametrize("name, words", [("levels.py", []), ("patterns.py", ["4", "6"])])
def test_pictures_are_drawn(tmp_path: Path, name: str, words: list[str]) -> None:
    pytest.importorskip("matplotlib")
    run(name, *words, tmp_path / "out.svg")
    drawn = (tmp_path / "out.svg").read_text()
    assert drawn.rstrip().endswith("</svg>") and drawn.count("<path") > 20


def test_the_ray_job_runs(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    soundfile = pytest.importorskip("soundfile")
    samples = (np.random.default_rng(1).standard_normal(48000) * 0.1).astype(np.float32)
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, samples, 48000, subtype="FLOAT")
    (tmp_path / "c.wav").write_bytes(b"no sound")
    lines = run("ray_job.py", tmp_path / "*.wav", tmp_path / "out").splitlines()
    assert lines[0].startswith(f"skipped {tmp_path / 'c.wav'}: ") and lines[1] == "1 shards made, 0 were there"
    shape = residuum.Codec.open("live-128").encode(samples, levels=4).tokens.shape
    assert lines[-1] == f"{tmp_path / 'a.wav'} {shape}"
