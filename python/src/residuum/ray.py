# SPDX-License-Identifier: MIT
"""A corpus of sound files as token shards, on one machine or many (Ray Data).

``pip install residuum[ray]`` brings what this module needs: Ray, PyArrow and soundfile.

The files are cut into shards once, and the plan is kept beside them. A shard is the unit of work: one actor makes it
whole, under another name, and then gives it its own. A shard that has its name is therefore done. Whatever died in
between (an actor, a node, the whole job), the next call makes the shards that are missing and no other.
"""

from __future__ import annotations

import functools
import glob as globbing
import importlib
import io
import json
import os
import sys
import tarfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Literal, Sequence

import numpy as np

from residuum._library import ArgumentError, Error, FileError, FormatError, whole
from residuum.codec import Codec
from residuum.tokens import Tokens

PLAN_NAME = "plan.json"
PLAN_FORMAT = "residuum-corpus"
SKIPPED_NAME = "__skipped__"  # readers of WebDataset pass over names of this form


@dataclass(frozen=True)
class Report:
    """What `tokenize` did.

    skipped
        Files that could not be read or coded, each with the reason, of the shards that this call made; `skipped` tells those
        of a whole corpus.
    seconds_of_sound, core_seconds
        Of the shards that this call made: their ratio is the throughput of a core.
    """

    shards_made: int
    shards_there: int
    files: int
    skipped: dict[str, str]
    seconds_of_sound: float
    core_seconds: float


@dataclass(frozen=True)
class _Job:
    """What every shard of a corpus has in common. Goes to the actors."""

    out: str
    codec: str
    fingerprint: int
    levels: int
    sample_rate_hz: int
    format: Literal["parquet", "webdataset"]


@dataclass
class _Shard:
    """Sounds of a shard as they are made."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


# ---- the plan ----


def _need(*modules: str) -> None:
    """Says what to install where one of the modules is not there."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as problem:
            raise ImportError(f"residuum.ray needs {module}: pip install 'residuum[ray]'", name=module) from problem


def _paths_of(source: Any) -> list[str]:
    """Paths of a glob, of a list, or of the column `path` of a Ray dataset; sorted, each once."""
    if isinstance(source, (str, os.PathLike)):
        paths: Iterable[str] = globbing.glob(os.fspath(source), recursive=True)
    elif hasattr(source, "iter_rows"):
        paths = (row["path"] for row in source.iter_rows())
    else:
        paths = (os.fspath(path) for path in source)
    found = sorted({os.path.abspath(path) for path in paths if not os.path.isdir(path)})
    if not found:
        raise ArgumentError(f"there are no files in {source!r}")
    return found


def _plan(job: _Job, paths: list[str], files_per_shard: int) -> list[list[str]]:
    """The shards of a corpus: those of the plan that is there, or of a new one that is written."""
    out, described = Path(job.out), {k: v for k, v in vars(job).items() if k != "out"}
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise FileError(f"'{out}' cannot be a folder of shards: {problem.strerror}") from None
    plan = {"format": PLAN_FORMAT, "version": 1, **described, "files_per_shard": files_per_shard, "files": paths}
    try:
        there = json.loads((out / PLAN_NAME).read_text())
    except FileNotFoundError:
        _write_whole(out / PLAN_NAME, json.dumps(plan, indent=1).encode())
        there = plan
    except (ValueError, UnicodeDecodeError) as problem:
        raise ArgumentError(f"'{out / PLAN_NAME}' is no plan: {problem}") from None
    for key, value in plan.items():
        if there.get(key) != value:
            told = "other files" if key == "files" else f"{key} {there.get(key)!r}, not {value!r}"
            raise ArgumentError(f"'{out / PLAN_NAME}' is of {told}: give another folder, or remove that one")
    return [paths[at : at + files_per_shard] for at in range(0, len(paths), files_per_shard)]


def _shard_path(job: _Job, number: int) -> Path:
    ending = "parquet" if job.format == "parquet" else "tar"
    return Path(job.out, f"shard-{number:06d}.{ending}")


def _write_whole(path: Path, data: bytes) -> None:
    """Under another name first: what has the name is whole, whoever dies."""
    beside = path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}.part")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


# ---- one shard ----


def _read_sound(path: str, codec: Codec) -> Any:
    """(channels, samples) of float32 at the codec's rate of sounds."""
    import soundfile

    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    if rate_hz != codec.sample_rate_hz:
        raise ArgumentError(f"{rate_hz} Hz, but the corpus is of {codec.sample_rate_hz} Hz")
    if not np.isfinite(samples).all():
        raise ArgumentError("it has samples that are no numbers")
    return np.ascontiguousarray(samples.T)


def _row_of(path: str, tokens: Tokens, samples: Any, job: _Job) -> dict[str, Any]:
    """A sound as a row: tokens in C order with their shape, and what they belong to."""
    shape = tokens.tokens.shape if tokens.tokens.ndim == 3 else (1, *tokens.tokens.shape)
    side = tokens.side if tokens.side is not None else np.zeros((0,), np.int32)
    return {"path": path, "codec": job.codec, "fingerprint": f"{job.fingerprint:016x}",
            "sample_rate_hz": job.sample_rate_hz, "sample_count": tokens.sample_count,
            "latency_samples": tokens.latency_samples, "level_count": tokens.level_count,
            "channel_count": int(shape[0]), "row_count": int(shape[1]), "frame_count": int(shape[2]),
            "side_count": 0 if tokens.side is None else int(tokens.side.shape[-2]),
            "tokens": tokens.tokens.astype(np.int16).ravel(), "side": side.astype(np.int16).ravel(),
            "peak": float(np.max(np.abs(samples), initial=0.0)),
            "rms": float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0}


def _set_offsets(shard: _Shard) -> None:
    """Where each sound's frames begin when the shard's sounds are read as one sequence."""
    offset = 0
    for row in shard.rows:
        row["frame_offset"] = offset
        offset += row["frame_count"]


def _parquet_of(shard: _Shard, job: _Job) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [*_row_of("", _NOTHING, np.zeros((1, 1), np.float32), job), "frame_offset"]
    types = {"tokens": pa.list_(pa.int16()), "side": pa.list_(pa.int16()), "peak": pa.float64(), "rms": pa.float64()}
    texts = ("path", "codec", "fingerprint")
    schema = pa.schema([(name, types.get(name, pa.string() if name in texts else pa.int64())) for name in names],
                       {"skipped": json.dumps(shard.skipped), "codec": job.codec})
    memory = io.BytesIO()
    pq.write_table(pa.table({name: [row[name] for row in shard.rows] for name in names}, schema=schema), memory)
    return memory.getvalue()


def _tar_of(shard: _Shard, number: int) -> bytes:
    """WebDataset: KEY.tokens.npy, KEY.side.npy and KEY.json of each sound, and what was skipped where readers find no sound."""
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w") as tar:
        for at, row in enumerate(shard.rows):
            key = f"{number:06d}{at:06d}"
            arrays = {"tokens": (row["channel_count"], row["row_count"], row["frame_count"]),
                      "side": (row["channel_count"], row["side_count"], row["frame_count"])}
            for name, shape in arrays.items():
                npy = io.BytesIO()
                np.save(npy, row[name].reshape(shape))
                _add(tar, f"{key}.{name}.npy", npy.getvalue())
            _add(tar, f"{key}.json", json.dumps({k: v for k, v in row.items() if k not in arrays}).encode())
        _add(tar, SKIPPED_NAME, json.dumps(shard.skipped).encode())
    return memory.getvalue()


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


_NOTHING = Tokens(tokens=np.zeros((0, 0), np.int32), side=None, codec="", sample_rate_hz=0, sample_count=0,
                  level_count=0, level_sequence_end=[], sequence_codewords=[])


class ShardMaker:
    """An actor: holds the codec, and makes one shard a call. Holds one sound and one shard in memory at a time."""

    def __init__(self, job: _Job) -> None:
        self.job = job
        self.codec = Codec.open(job.codec, sample_rate_hz=job.sample_rate_hz)
        if self.codec.fingerprint != job.fingerprint:
            raise ArgumentError(f"codec '{job.codec}' is another here: {self.codec.fingerprint:016x}, "
                                f"not {job.fingerprint:016x}")

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """`row`: number and paths of a shard. Returns what was done; nothing where the shard is there already."""
        path = _shard_path(self.job, row["number"])
        done = {"number": row["number"], "made": 0, "skipped": "{}", "seconds": 0.0, "core_seconds": 0.0}
        if path.exists():
            return done
        began, shard = time.process_time(), _Shard()
        for sound in row["paths"]:
            self._take(sound, shard)
        _set_offsets(shard)
        data = _parquet_of(shard, self.job) if self.job.format == "parquet" else _tar_of(shard, row["number"])
        _write_whole(path, data)
        seconds = sum(r["sample_count"] for r in shard.rows) / self.job.sample_rate_hz
        return {**done, "made": 1, "skipped": json.dumps(shard.skipped), "seconds": seconds,
                "core_seconds": time.process_time() - began}

    def _take(self, path: str, shard: _Shard) -> None:
        try:
            samples = _read_sound(path, self.codec)
            tokens = self.codec.encode(samples, levels=self.job.levels)
        except MemoryError:
            raise
        except Exception as problem:  # one bad file must not cost the shard; what it was is told
            shard.skipped[path] = f"{type(problem).__name__}: {problem}"
            return
        shard.rows.append(_row_of(path, tokens, samples, self.job))


# ---- the whole corpus ----


def tokenize(source: Any, out: str | os.PathLike[str], *, codec: str | os.PathLike[str] = "live", sample_rate_hz: int = 48000,
             levels: int | None = None, files_per_shard: int = 64, workers: int | tuple[int, int] = (1, 4),
             format: Literal["parquet", "webdataset"] = "parquet",
             progress: Callable[[int, int], None] | None = None) -> Report:
    """Codes every file of a corpus, and writes shards of tokens to the folder `out`.

    source
        A glob such as ``"music/**/*.flac"``, a list of paths, or a Ray dataset with a column `path`. Every node sees
        the files and `out` under these paths.
    levels
        Levels to code; None: all of the codec.
    files_per_shard
        Files of a shard: what a crash costs at most, for each worker.
    workers
        Actors, each on one core: a number, or the least and the most.
    progress
        Called with the shards that are done and all shards; None: a line on standard error.

    May be called again with the same arguments after whatever went wrong: it goes on where it was.
    """
    opened = Codec.open(codec, sample_rate_hz=sample_rate_hz)
    codec = _from_any_folder(os.fspath(codec), opened)
    levels = opened.level_count if levels is None else whole(levels, 0, opened.level_count, "levels")
    least, most = (workers, workers) if isinstance(workers, int) else workers
    if not 1 <= least <= most:
        raise ArgumentError(f"workers is a number from 1 on, or the least and the most, not {workers}")
    if max(opened.codewords + opened.side_codewords) > 2**15:
        raise ArgumentError(f"codec '{codec}' has codebooks of over {2**15} codewords: its tokens do not fit in int16")
    if format not in ("parquet", "webdataset"):
        raise ArgumentError(f"format is 'parquet' or 'webdataset', not '{format}'")
    whole(files_per_shard, 1, 2**31, "files_per_shard")
    _need("ray.data", "pyarrow", "soundfile")
    import ray

    job = _Job(os.path.abspath(os.fspath(out)), codec, opened.fingerprint, levels, sample_rate_hz, format)
    paths = _paths_of(source)
    shards = _plan(job, paths, files_per_shard)
    missing = [{"number": n, "paths": files} for n, files in enumerate(shards) if not _shard_path(job, n).exists()]
    tell = progress or _print_progress
    results: list[dict[str, Any]] = []
    if missing:
        # A block a shard: a worker takes the next when it is through with one, and a lost one is done again alone. Ray
        # starts actors that died anew, as often as it takes.
        pool = ray.data.ActorPoolStrategy(min_size=min(least, len(missing)), max_size=min(most, len(missing)))
        rows = ray.data.from_items(missing, override_num_blocks=len(missing)).map(
            ShardMaker, fn_constructor_args=(job,), compute=pool, num_cpus=1)  # type: ignore[arg-type, unused-ignore]
        for result in rows.iter_rows():
            results.append(result)
            tell(len(shards) - len(missing) + len(results), len(shards))
    return _report(job, shards, results)


def _from_any_folder(name: str, opened: Codec) -> str:
    """A name as it is, and a path from the root: workers may be in another folder."""
    path = os.path.abspath(name)
    try:
        return path if Codec.open(path, sample_rate_hz=opened.sample_rate_hz).fingerprint == opened.fingerprint else name
    except Error:
        return name


def _report(job: _Job, shards: list[list[str]], results: Sequence[dict[str, Any]]) -> Report:
    lost = [n for n in range(len(shards)) if not _shard_path(job, n).exists()]
    if lost:
        raise Error(f"{len(lost)} of {len(shards)} shards were not made, the first of them number {lost[0]}; call again")
    for part in Path(job.out).glob(".shard-*.part"):  # of workers that died
        part.unlink(missing_ok=True)
    bad: dict[str, str] = {}
    for result in results:
        bad.update(json.loads(result["skipped"]))
    made = sum(result["made"] for result in results)
    return Report(shards_made=made, shards_there=len(shards) - made, files=sum(map(len, shards)), skipped=bad,
                  seconds_of_sound=sum(result["seconds"] for result in results),
                  core_seconds=sum(result["core_seconds"] for result in results))


def _print_progress(done: int, count: int) -> None:
    print(f"\rtokenize: {done} of {count} shards", end="\n" if done == count else "", file=sys.stderr, flush=True)


# ---- reading ----


def read(out: str | os.PathLike[str]) -> Iterator[tuple[str, Tokens]]:
    """Path and tokens of every sound of a corpus, in the order of its shards."""
    return _read_shards(_shards_of(out))


def skipped(out: str | os.PathLike[str]) -> dict[str, str]:
    """Files of a corpus that were skipped, each with the reason, whichever call made their shards."""
    found: dict[str, str] = {}
    for shard in _shards_of(out):
        found.update(json.loads(_skipped_of(shard)))
    return found


def _shards_of(out: str | os.PathLike[str]) -> list[Path]:
    if not (Path(out) / PLAN_NAME).is_file():
        raise FileError(f"'{os.fspath(out)}' is no corpus: it has no {PLAN_NAME}")
    return sorted(Path(out).glob("shard-*"))


def _skipped_of(shard: Path) -> bytes:
    if shard.suffix == ".parquet":
        _need("pyarrow")
        import pyarrow.parquet as pq

        return bytes((pq.read_schema(shard).metadata or {}).get(b"skipped", b"{}"))
    with tarfile.open(shard) as tar:
        file = tar.extractfile(SKIPPED_NAME)
        return file.read() if file is not None else b"{}"


def _read_shards(shards: list[Path]) -> Iterator[tuple[str, Tokens]]:
    for shard in shards:
        for row in _rows_of_parquet(shard) if shard.suffix == ".parquet" else _rows_of_tar(shard):
            yield row["path"], _tokens_of(row)


def _rows_of_parquet(shard: Path) -> Iterator[dict[str, Any]]:
    _need("pyarrow")
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(shard).iter_batches(batch_size=16):
        yield from batch.to_pylist()


def _rows_of_tar(shard: Path) -> Iterator[dict[str, Any]]:
    """As of Parquet: the JSON of a sound stands behind its arrays."""
    with tarfile.open(shard) as tar:
        row: dict[str, Any] = {}
        for member in tar:
            name, file = member.name.partition(".")[2], tar.extractfile(member)
            if file is None:
                raise FormatError(f"'{shard}': {member.name} is no file")
            if name in ("tokens.npy", "side.npy"):
                row[name.partition(".")[0]] = np.load(io.BytesIO(file.read()))
            elif name == "json":
                yield {**row, **json.loads(file.read())}
                row = {}


_open = functools.lru_cache(maxsize=4)(lambda name, rate_hz: Codec.open(name, sample_rate_hz=rate_hz))


def _tokens_of(row: dict[str, Any]) -> Tokens:
    codec: Codec = _open(row["codec"], row["sample_rate_hz"])

    def array(name: str, rows: int) -> Any:
        shape = (row["channel_count"], rows, row["frame_count"])
        values = np.asarray(row[name], np.int16).astype(np.int32).reshape(shape)
        return values[0] if shape[0] == 1 else values

    return Tokens(tokens=array("tokens", row["row_count"]),
                  side=array("side", row["side_count"]) if row["side_count"] > 0 else None, codec=row["codec"],
                  sample_rate_hz=row["sample_rate_hz"], sample_count=row["sample_count"], level_count=row["level_count"],
                  level_sequence_end=[level.rows.stop for level in codec.levels], sequence_codewords=codec.codewords,
                  latency_samples=row["latency_samples"])
