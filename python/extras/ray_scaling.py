# SPDX-License-Identifier: MIT
"""What coding a corpus costs, and how much faster two workers are than one: on a local Ray cluster of two nodes of one
core each.

usage: ray_scaling.py SOUND... [--codec NAME] [--levels N] [--copies N] [--shard N] [--rounds N]

The sounds, each COPIES times, are coded by one worker, by two, by one again and so on. Counted is the time from the
first whole shard to the last one, so that Ray's start does not count; a shard is SHARD sounds. `core` is the processor time
that a second of sound took: where it stays the same, workers do not slow each other down. `busy` is how many cores the
workers had: less than there are workers where the machine had other work. The last line is what 10 000 hours would cost,
by the medians of one worker.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("RAY_worker_niceness", "0")

import numpy as np  # noqa: E402
import ray  # noqa: E402
from ray.cluster_utils import Cluster  # noqa: E402

from residuum.ray import tokenize  # noqa: E402


def links(sounds: list[str], copies: int, folder: Path) -> list[Path]:
    """Every sound `copies` times, under names of its own."""
    made = []
    for copy in range(copies):
        for sound in map(Path, sounds):
            made.append(folder / f"{copy:03d}-{sound.name}")
            made[-1].symlink_to(sound.resolve())
    return made


def measure(paths: list[Path], workers: int, chosen: argparse.Namespace) -> tuple[float, float, float]:
    """Seconds of sound a second, and core seconds and bytes of shards a second of sound."""
    times: list[float] = []
    with tempfile.TemporaryDirectory() as out:
        report = tokenize(paths, out, codec=chosen.codec, levels=chosen.levels, files_per_shard=chosen.shard, workers=workers,
                          progress=lambda done, count: times.append(time.monotonic()))
        size_bytes = sum(path.stat().st_size for path in Path(out).glob("shard-*"))
    counted = report.seconds_of_sound * (len(times) - 1) / len(times)
    seconds = report.seconds_of_sound
    return counted / (times[-1] - times[0]), report.core_seconds / seconds, size_bytes / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sounds", nargs="+")
    parser.add_argument("--codec", default="live-128")
    parser.add_argument("--levels", type=int, default=4)
    parser.add_argument("--copies", type=int, default=32)
    parser.add_argument("--shard", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 100 << 20})
    cluster.add_node(num_cpus=1, object_store_memory=100 << 20)
    ray.init(address=cluster.address, log_to_driver=False)
    found: dict[int, list[tuple[float, float, float]]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        paths = links(chosen.sounds, chosen.copies, Path(folder))
        for _ in range(chosen.rounds):
            for workers in (1, 2):
                rate, core, size_bytes = measure(paths, workers, chosen)
                found[workers].append((rate, core, size_bytes))
                print(f"{workers} worker{'s' if workers > 1 else ''}: {rate:7.1f} s of sound a second, "
                      f"core {1000 * core:.2f} ms a second of sound, busy {rate * core:.2f}", flush=True)
    (rate, core, size_bytes), (rate_of_two, core_of_two, _) = (np.median(found[workers], axis=0) for workers in (1, 2))
    print(f"medians: {rate:.1f} and {rate_of_two:.1f} s of sound a second: two workers are {rate_of_two / rate:.2f} times as fast;"
          f" by processor time alone {2 * core / core_of_two:.2f} times")
    print(f"{chosen.codec}, {chosen.levels} levels: {1 / core:.0f} s of sound a core second, {size_bytes:.0f} bytes a second of sound; "
          f"10 000 hours: {core * 1e4:.0f} core hours, {size_bytes * 36e6 / 1e9:.0f} GB")
    ray.shutdown()
    cluster.shutdown()


if __name__ == "__main__":
    main()
