# SPDX-License-Identifier: MIT
"""The engine, its parameters, figures and training: the command's, by the table."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import residuum
from conftest import Command, Samples


class Trained(NamedTuple):
    """A model file, what it was trained on, and the progress that was told."""

    path: Path
    sound: Samples
    steps: list[float]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    random = np.random.default_rng(2)
    noise = random.standard_normal(48000 * 2) * np.repeat(random.uniform(0.01, 0.3, 200), 480)
    sound = (np.round(np.clip(noise, -0.99, 0.99) * 32768) / 32768).astype(np.float32)
    path, steps = tmp_path_factory.mktemp("trained") / "ours.safetensors", []
    residuum.train([sound], path, hop_samples=64, seed=3, name="mine", progress=lambda done, what: bool(steps.append(done)))
    return Trained(path, sound, steps)


def test_a_render_is_the_commands(command: Command, sound: Samples) -> None:
    source = command.write("in.wav", sound)
    command.run("process", source, command.folder / "out.wav", "--set", "levels=2.5", "--set", "level_gain[2]=0.5",
                "--set", "monitor=residual", "--format", "float", "-q")
    engine = residuum.Engine(residuum.Codec.open("live"), channels=2)
    for symbol, value in (("levels", 2.5), ("level_gain[2]", 0.5), ("monitor", "residual")):
        engine.set(symbol, value)  # type: ignore[arg-type]
    assert np.array_equal(engine.render(sound), command.read(command.folder / "out.wav"))


def test_a_side_chain_and_generations_are_the_commands(command: Command, sound: Samples) -> None:
    other = np.ascontiguousarray(sound[::-1, ::-1])
    source, second = command.write("in.wav", sound), command.write("second.wav", other)
    settings = {"cross": 0.7, "generations": 2, "formant": 3}
    words = [word for symbol, value in settings.items() for word in ("--set", f"{symbol}={value}")]
    command.run("process", source, command.folder / "out.wav", "--sidechain", second, *words, "--format", "float", "-q")
    engine = residuum.Engine(residuum.Codec.open("live"), channels=2, sidechain_channels=2)
    for symbol, value in settings.items():
        engine.set(symbol, value)
    expected = command.read(command.folder / "out.wav")
    assert np.array_equal(engine.render(sound, sidechain=other), expected)
    engine.reset()
    pieces = [engine.process(sound[:, at : at + 700], sidechain=other[:, at : at + 700]) for at in range(0, sound.shape[1], 700)]
    late = engine.latency.total_samples
    assert late > 2 * residuum.Codec.open("live").latency_samples - 200
    assert np.array_equal(np.concatenate(pieces, axis=1)[:, late:], expected[:, :-late])
    assert not np.array_equal(engine.render(sound), expected)
    with pytest.raises(residuum.ArgumentError, match="sidechain"):
        engine.process(sound, sidechain=other[:1])


def test_generations_that_are_set_on_the_way_are_heard(sound: Samples) -> None:
    engine = residuum.Engine(residuum.Codec.open("live-128"))
    engine.process(sound[0])
    before = engine.latency.total_samples
    engine.set("generations", 3)
    engine.process(sound[0])
    assert engine.latency.total_samples > before


def test_parameters_that_are_names(command: Command, sound: Samples, trained: Trained) -> None:
    source = command.write("in.wav", sound)
    command.run("process", source, command.folder / "out.wav", "--codec", "live-64", "--set", f"decode_codec={trained.path}",
                "--set", "morph=0.7", "--format", "float", "-q")
    engine = residuum.Engine(residuum.Codec.open("live-128"), channels=2)
    engine.set("preset", "null-test")
    assert engine.get("monitor") == 2.0
    for symbol, value in (("monitor", "wet"), ("output_gain_db", 0), ("codec", "live-64"),
                          ("decode_codec", str(trained.path)), ("morph", 0.7)):
        engine.set(symbol, value)  # type: ignore[arg-type]
        while engine.is_swapping:
            engine.process(sound)
    assert np.array_equal(engine.render(sound), command.read(command.folder / "out.wav"))
    engine.set("decode_codec", "none")
    assert engine.codec.fingerprint == residuum.Codec.open("live-64").fingerprint
    with pytest.raises(residuum.NotFoundError, match="nope"):
        engine.set("codec", "nope")
    with pytest.raises(residuum.ArgumentError, match="use set"):
        engine.post(100, "codec", "live")


def test_one_thread_plays_while_others_control(sound: Samples) -> None:
    engine, ends = residuum.Engine(residuum.Codec.open("live-128"), channels=2), threading.Event()
    engines_codecs = [residuum.Codec.open(name) for name in ("live-64", "live-128")]
    failed: list[BaseException] = []

    def control(level: int) -> None:
        turns = 0
        while not ends.is_set():
            try:
                engine.set("mix", 0.5)
                engine.post(engine.sample_time + 100, "levels", level)
                engine.telemetry()
                turns += 1
                if turns % 20 == 0 and not engine.is_swapping:
                    engine.swap(engines_codecs[turns // 20 % 2])
            except residuum.Error as problem:
                if "queue full" not in str(problem) and "not over yet" not in str(problem):
                    failed.append(problem)

    threads = [threading.Thread(target=control, args=(level,)) for level in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for at in range(0, sound.shape[1] - 512, 512):
        assert np.isfinite(engine.process(sound[:, at : at + 512])).all()
    ends.set()
    for thread in threads:
        thread.join()
    assert failed == []


def test_blocks_of_any_size_give_the_same(sound: Samples) -> None:
    codec = residuum.Codec.open("live-128")
    whole, cut = residuum.Engine(codec, channels=2), residuum.Engine(codec, channels=2)
    for engine in (whole, cut):
        engine.post(5000, "levels", 2)
        engine.post(9000, "mix", 0.25)
    expected = whole.process(sound)
    pieces = [cut.process(sound[:, a:b]) for a, b in ((0, 1), (1, 700), (700, 20000), (20000, sound.shape[1]))]
    assert np.array_equal(np.concatenate(pieces, axis=1), expected)
    late = whole.latency.total_samples
    assert late == whole.latency.codec_samples == codec.latency_samples
    whole.reset()
    whole.set("bypass", 1)
    assert whole.sample_time == 0
    assert np.array_equal(whole.process(sound)[:, late:], sound[:, :-late])


def test_every_parameter_of_the_table_is_there() -> None:
    engine = residuum.Engine(residuum.Codec.open("live"), channels=2)
    symbols = [row.symbol for row in residuum.parameters()]
    assert {"levels", "monitor", "level_gain", "noise_fill"} <= set(symbols) and len(set(symbols)) == len(symbols)
    for row in residuum.parameters():
        if row.unit == "text":
            continue
        symbol = f"{row.symbol}[2]" if row.is_per_level else row.symbol
        assert engine.get(symbol) == pytest.approx(row.default)
        for value in (row.minimum, row.maximum):
            engine.set(symbol, value)
            assert engine.get(symbol) == pytest.approx(value)
        with pytest.raises(residuum.ArgumentError, match=row.symbol):
            engine.set(symbol, row.maximum + 1)


def test_presets_swaps_and_telemetry(sound: Samples) -> None:
    engine = residuum.Engine(residuum.Codec.open("live-128"), channels=2)
    engine.load_preset("null-test")
    assert engine.get("monitor") == 2.0 and not engine.is_swapping
    engine.load_preset("tight")  # of another codec, before the first sample: no fade
    engine.process(sound[:, :64])
    assert engine.latency.total_samples == residuum.Codec.open("live-64").latency_samples
    engine = residuum.Engine(residuum.Codec.open("live-128"), channels=2)
    with pytest.raises(residuum.NotFoundError, match="no such preset|no preset"):
        engine.load_preset("no-such-preset")
    engine.swap(residuum.Codec.open("live-64"))
    engine.process(sound)
    assert not engine.is_swapping
    assert engine.latency.total_samples == residuum.Codec.open("live-64").latency_samples
    records = engine.telemetry()  # 65 periods have passed; there is room for 64
    assert len(records) == 64 and records[-1].sample_time == 64 * 960 and records[-1].input_energy > 0
    assert len(records[-1].level_energy) == residuum.Codec.open("live-64").level_count
    assert engine.telemetry() == []


def test_figures_are_those_of_analyze(command: Command, sound: Samples) -> None:
    source = command.write("in.wav", sound)
    told = json.loads(command.run("analyze", source, "--levels", "1,4", "--json", "-", "-q"))
    figures = residuum.analyze(sound, residuum.Codec.open("live"), levels=[1, 4], coded=True)
    for ours, theirs in zip(figures, told["levels"]):
        for name in ("level_count", "kbps", "coded_kbps", "snr_db", "segmental_snr_db", "lsd_db", "nmr_db", "codewords_used"):
            assert getattr(ours, name) == pytest.approx(theirs[name], rel=1e-4), name


def test_training_makes_the_commands_file(command: Command, trained: Trained) -> None:
    source = command.write("noise.wav", trained.sound)
    command.run("train", source, "-o", command.folder / "theirs.safetensors", "--hop", "64", "--name", "mine", "--seed",
                "3", "-q")
    assert trained.path.read_bytes() == (command.folder / "theirs.safetensors").read_bytes()
    assert min(trained.steps) >= 0 and max(trained.steps) == 1 and len(trained.steps) > 3
    codec = residuum.Codec.open(trained.path)
    assert codec.name == "ours" and codec.encode(trained.sound).frame_count > 1000


def test_training_can_be_stopped(tmp_path: Path) -> None:
    noise = (np.random.default_rng(2).standard_normal(48000 * 2) * 0.1).astype(np.float32)
    with pytest.raises(residuum.CancelledError):
        residuum.train([noise], tmp_path / "a.safetensors", hop_samples=64, progress=lambda done, what: True)

    def fail(done: float, what: str) -> bool:
        raise KeyError(what)

    with pytest.raises(KeyError):
        residuum.train([noise], tmp_path / "a.safetensors", hop_samples=64, progress=fail)
    with pytest.raises(residuum.ArgumentError, match="sound 1"):
        residuum.train([noise, np.full(1000, np.nan)], tmp_path / "a.safetensors", hop_samples=64)
    assert not (tmp_path / "a.safetensors").exists()
