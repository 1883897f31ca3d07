# SPDX-License-Identifier: MIT
"""A corpus of sound files as token shards, on every core that Ray finds.

usage: ray_job.py 'GLOB' OUT_FOLDER
"""

from __future__ import annotations

import sys

import ray

from residuum.ray import read, tokenize


def main() -> None:
    ray.init()
    report = tokenize(sys.argv[1], sys.argv[2], codec="live-128", levels=4)
    for path, reason in report.skipped.items():
        print(f"skipped {path}: {reason}")
    print(f"{report.shards_made} shards made, {report.shards_there} were there")
    if report.core_seconds > 0:
        print(f"a core codes {report.seconds_of_sound / report.core_seconds:.0f} s of sound a second")
    path, tokens = next(read(sys.argv[2]))
    print(path, tokens.tokens.shape)


main()
