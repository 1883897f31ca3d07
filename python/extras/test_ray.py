# SPDX-License-Identifier: MIT
"""A corpus on a real Ray cluster of two nodes: whole, resumed, with bad files, a killed worker and a killed node.

Run by `./dev test-python-extras`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator

import numpy as np
import pytest

ray = pytest.importorskip("ray")
soundfile = pytest.importorskip("soundfile")
psutil = pytest.importorskip("psutil")

# Ray's workers are nicer than all else by default: beside any other work they would get next to no time.
os.environ.setdefault("RAY_worker_niceness", "0")

from ray.cluster_utils import Cluster  # noqa: E402

import residuum  # noqa: E402
from residuum import ray as corpus  # noqa: E402

FILES, PER_SHARD = 24, 2


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two raylets with a core each."""
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 100 << 20})
    made.add_node(num_cpus=1, object_store_memory=100 << 20)
    ray.init(address=made.address, log_to_driver=False, runtime_env={"env_vars": {"PYTHONWARNINGS": "ignore"}})
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    random = np.random.default_rng(1)
    for number in range(FILES):
        samples = random.standard_normal(48000 * 2) * np.exp(-np.arange(96000) / 30000) * 0.1
        soundfile.write(folder / f"{number:03d}.wav", samples.astype(np.float32), 48000, subtype="FLOAT")
    return folder


def assert_whole(out: Path, sounds: Path) -> None:
    codec = residuum.Codec.open("live-64")
    found = dict(corpus.read(out))
    assert sorted(found) == sorted(map(str, sounds.glob("*.wav")))
    for path in list(found)[::7]:
        samples = soundfile.read(path, dtype="float32")[0]
        expected = codec.encode(samples, levels=3)
        assert np.array_equal(found[path].tokens, expected.tokens) and np.array_equal(found[path].side, expected.side)
    assert not list(out.glob(".*.part"))


def run(sounds: Path, out: Path, **more: Any) -> corpus.Report:
    return corpus.tokenize(f"{sounds}/*", out, codec="live-64", levels=3, files_per_shard=PER_SHARD, workers=2,
                           progress=more.pop("progress", lambda done, count: None), **more)


def test_a_corpus_is_whole_and_is_not_made_twice(cluster: Any, sounds: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    report = run(sounds, tmp_path / "out", progress=lambda done, count: told.append((done, count)))
    shards = FILES // PER_SHARD
    assert (report.shards_made, report.files, report.skipped) == (shards, FILES, {})
    assert told[-1] == (shards, shards) and len(told) == shards
    assert report.seconds_of_sound == FILES * 2.0 and report.core_seconds > 0
    assert_whole(tmp_path / "out", sounds)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("shard-*")}
    (tmp_path / "out/shard-000003.parquet").unlink()
    again = run(sounds, tmp_path / "out")
    assert (again.shards_made, again.shards_there) == (1, shards - 1)
    changed = [path.name for path, then in times.items() if path.stat().st_mtime_ns != then]
    assert changed == ["shard-000003.parquet"]
    assert_whole(tmp_path / "out", sounds)


def test_another_plan_is_refused(cluster: Any, sounds: Path, tmp_path: Path) -> None:
    run(sounds, tmp_path / "out")
    with pytest.raises(residuum.ArgumentError, match="other files"):
        corpus.tokenize([next(sounds.glob("*.wav"))], tmp_path / "out", codec="live-64", levels=3, files_per_shard=PER_SHARD)
    with pytest.raises(residuum.ArgumentError, match="levels 3, not 4"):
        corpus.tokenize(f"{sounds}/*", tmp_path / "out", codec="live-64", levels=4, files_per_shard=PER_SHARD)
    with pytest.raises(residuum.ArgumentError, match="no files"):
        corpus.tokenize(f"{sounds}/none/*", tmp_path / "out2")


def test_bad_files_are_told_and_skipped(cluster: Any, sounds: Path, tmp_path: Path) -> None:
    paths = [str(path) for path in sorted(sounds.glob("*.wav"))[:3]]
    (tmp_path / "cut.wav").write_bytes(Path(paths[0]).read_bytes()[:30])
    soundfile.write(tmp_path / "slow.wav", np.zeros(100, np.float32), 22050)
    report = corpus.tokenize([*paths, tmp_path / "cut.wav", tmp_path / "slow.wav"], tmp_path / "out", codec="live-64",
                             format="webdataset", files_per_shard=3, progress=lambda done, count: None)
    assert set(report.skipped) == {str(tmp_path / "cut.wav"), str(tmp_path / "slow.wav")}
    assert "22050 Hz, but the corpus is of 48000 Hz" in report.skipped[str(tmp_path / "slow.wav")]
    import tarfile

    names = [name for shard in sorted((tmp_path / "out").glob("*.tar")) for name in tarfile.open(shard).getnames()]
    assert sum(name.endswith(".tokens.npy") for name in names) == 3 and names.count("__skipped__") == 2
    found = dict(corpus.read(tmp_path / "out"))
    assert list(found) == paths and corpus.skipped(tmp_path / "out") == report.skipped
    again = corpus.tokenize([paths[0], tmp_path / "cut.wav"], tmp_path / "table", codec="live-64", progress=lambda done, count: None)
    assert again.skipped == corpus.skipped(tmp_path / "table") and list(again.skipped) == [str(tmp_path / "cut.wav")]
    tokens = residuum.Codec.open("live-64").encode(soundfile.read(paths[2], dtype="float32")[0])
    assert np.array_equal(found[paths[2]].tokens, tokens.tokens) and np.array_equal(found[paths[2]].side, tokens.side)
    webdataset = pytest.importorskip("webdataset")
    urls = [str(path) for path in sorted((tmp_path / "out").glob("*.tar"))]
    rows = list(webdataset.WebDataset(urls, shardshuffle=False).decode().to_tuple("tokens.npy", "side.npy", "json"))
    assert [row[2]["path"] for row in rows] == paths and np.array_equal(rows[2][0][0], tokens.tokens)


def kill_when_begun(out: Path, kill: Any) -> threading.Thread:
    """Kills once two shards are there and others are being made."""

    def work() -> None:
        while len(list(out.glob("shard-*.parquet"))) < 2:
            time.sleep(0.01)
        kill()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_killed_worker_costs_its_shard_alone(cluster: Any, sounds: Path, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill() -> None:
        for process in psutil.process_iter(["pid", "cmdline"]):
            if any("ShardMaker" in word for word in process.info["cmdline"] or ()):
                killed.append(process.info["pid"])
                os.kill(process.info["pid"], signal.SIGKILL)
                return

    thread = kill_when_begun(tmp_path / "out", kill)
    report = run(sounds, tmp_path / "out")
    thread.join()
    assert killed and report.shards_made >= FILES // PER_SHARD - 1
    assert_whole(tmp_path / "out", sounds)


def test_a_killed_node_costs_its_shards_alone(cluster: Any, sounds: Path, tmp_path: Path) -> None:
    """Each node has one core and each of the two workers takes one: the node that is killed has a worker."""
    node = next(node for node in cluster.list_all_nodes() if node != cluster.head_node)
    thread = kill_when_begun(tmp_path / "out", lambda: cluster.remove_node(node, allow_graceful=False))
    try:
        run(sounds, tmp_path / "out")
    except Exception as problem:  # Ray may give the job up with the node: the next call goes on
        print(f"the job ended with its node: {problem}")
        thread.join()
        left = run(sounds, tmp_path / "out")
        assert left.shards_there >= 2
    thread.join()
    assert_whole(tmp_path / "out", sounds)
    assert json.loads((tmp_path / "out" / corpus.PLAN_NAME).read_text())["codec"] == "live-64"


def test_a_killed_job_goes_on(cluster: Any, sounds: Path, tmp_path: Path) -> None:
    """The program that called is killed, and its workers with it: whole shards stay as they are, and none is lost."""
    out, call = tmp_path / "out", "residuum.ray.tokenize(sys.argv[2], sys.argv[3], codec='live-64', levels=3, files_per_shard=2, workers=2)"
    program = f"import sys, ray, residuum.ray\nray.init(address=sys.argv[1], log_to_driver=False)\n{call}"
    job = subprocess.Popen([sys.executable, "-c", program, cluster.address, f"{sounds}/*", str(out)], stderr=subprocess.DEVNULL)
    while len(list(out.glob("shard-*"))) < 3:
        assert job.poll() is None
        time.sleep(0.02)
    job.kill()
    job.wait()
    times = {path: path.stat().st_mtime_ns for path in out.glob("shard-*")}
    report = run(sounds, out)
    assert_whole(out, sounds)
    # A worker that outlived its job for a moment may have ended a shard or two meanwhile.
    assert report.shards_there >= len(times) and report.shards_made + report.shards_there == FILES // PER_SHARD
    assert all(path.stat().st_mtime_ns == then for path, then in times.items())


def test_a_codec_of_ones_own_is_found_from_any_folder(cluster: Any, sounds: Path, tmp_path: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(Path(__file__, "../../../src/codec/models/live-64.safetensors").resolve(), tmp_path / "mine.safetensors")
    monkeypatch.chdir(tmp_path)
    paths = sorted(sounds.glob("*.wav"))[:2]
    report = corpus.tokenize(paths, "out", codec="mine.safetensors", levels=1, workers=1, progress=lambda done, count: None)
    assert report.skipped == {} and len(dict(corpus.read("out"))) == 2
    assert json.loads(Path("out", corpus.PLAN_NAME).read_text())["codec"] == str(tmp_path / "mine.safetensors")


def test_what_is_wrong_is_told_before_ray_starts(sounds: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    wrong = [("workers is a number", {"workers": 0}), ("workers is a number", {"workers": (3, 1)}), ("whole number", {"levels": 1.5}),
             ("files_per_shard", {"files_per_shard": 0}), ("format is", {"format": "zip"})]
    for words, more in wrong:
        with pytest.raises(residuum.ArgumentError, match=words):
            corpus.tokenize(f"{sounds}/*", tmp_path / "out", codec="live-64", **more)
    with pytest.raises(residuum.FileError, match="folder of shards"):
        corpus.tokenize(f"{sounds}/*", tmp_path / "file", codec="live-64")
    with pytest.raises(residuum.FileError, match="no corpus"):
        corpus.read(tmp_path / "nothing")
    assert not (tmp_path / "out").exists()


def test_memory_of_a_worker_is_flat(tmp_path: Path) -> None:
    """60 shards of 20 s: one sound of them that stayed would be 4 MB."""
    random = np.random.default_rng(1)
    soundfile.write(tmp_path / "a.wav", (random.standard_normal(48000 * 20) * 0.1).astype(np.float32), 48000, subtype="FLOAT")
    codec = residuum.Codec.open("live-64")
    job = corpus._Job(str(tmp_path), "live-64", codec.fingerprint, 2, 48000, "parquet")
    maker, process, used = corpus.ShardMaker(job), psutil.Process(), []
    for number in range(60):
        assert maker({"number": number, "paths": [str(tmp_path / "a.wav")]})["made"] == 1
        used.append(process.memory_info().rss)
    assert max(used[20:]) - max(used[:20]) < 60 << 20


def test_progress_is_shown_and_shards_say_what_they_hold(cluster: Any, sounds: Path, tmp_path: Path,
                                                        capfd: pytest.CaptureFixture[str]) -> None:
    paths = sorted(sounds.glob("*.wav"))[:4]
    corpus.tokenize(paths, tmp_path / "out", codec="live-64", levels=1, files_per_shard=2, workers=1, format="webdataset")
    assert "tokenize: 2 of 2 shards" in capfd.readouterr().err
    import tarfile

    with tarfile.open(tmp_path / "out/shard-000001.tar") as tar:
        told = [json.load(tar.extractfile(name)) for name in sorted(tar.getnames()) if name[0] == "0" and name.endswith(".json")]
    assert [one["frame_offset"] for one in told] == [0, told[0]["frame_count"]]
    assert all(one["fingerprint"] == f"{residuum.Codec.open('live-64').fingerprint:016x}" and one["rms"] > 0 for one in told)
