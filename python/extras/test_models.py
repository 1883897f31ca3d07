# SPDX-License-Identifier: MIT
"""Token models on the small codec of tests/codec: what they compute, that training teaches, and that the engine agrees."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import residuum  # noqa: E402
from residuum.models import (FineTransformer, LivePredictor, Schedule, TokenCorpus, TokenTransformer, codebooks_of,  # noqa: E402
                             cross_entropy, fit, load, save)
from residuum.models.layers import parameter_count  # noqa: E402

TINY = os.environ.get("RSD_TINY_LYRA", str(Path(__file__, "../../../tests/codec/golden/tiny/lyra_v2").resolve()))
ROWS = 4


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def codec() -> residuum.Codec:
    return residuum.Codec.open(TINY, sample_rate_hz=16000)


def lawful(seed: int) -> TokenCorpus:
    """Tokens with a law: the first row is by chance, and each other one follows the row above it, but for a tenth."""
    random = np.random.default_rng(seed)
    sounds = []
    for _ in range(4):
        rows = np.zeros((ROWS, 200), np.int64)
        rows[0] = random.integers(0, 16, 200)
        for row in range(1, ROWS):
            chance = random.random(200) < 0.1
            rows[row] = np.where(chance, random.integers(0, 16, 200), (rows[row - 1] * 5 + row) % 16)
        sounds.append(rows)
    return TokenCorpus(sounds)


@pytest.fixture(scope="module")
def corpus() -> TokenCorpus:
    return lawful(3)


def test_codebooks_add_up_to_what_the_decoder_gets(codec: residuum.Codec) -> None:
    books = codebooks_of(codec, 46)
    assert books.shape == (46, 16, 64) and codec.codebook(46) is None
    with pytest.raises(residuum.ArgumentError, match="does not tell"):
        codebooks_of(residuum.Codec.open("live-128"), 1)


@pytest.mark.parametrize("pattern", ["parallel", "delay", "flatten", "partial-flatten", "coarse-first"])
def test_a_step_hears_no_later_step(codec: residuum.Codec, pattern: str) -> None:
    model = TokenTransformer(codebooks_of(codec, ROWS), pattern).eval()
    steps = torch.from_numpy(model.pattern.build(np.random.default_rng(1).integers(0, 16, (1, ROWS, 12)), 16).astype(np.int64))
    changed = steps.clone()
    changed[:, :, 8:] = (changed[:, :, 8:] + 3) % 17
    before, after = model(steps), model(changed)
    assert torch.allclose(before[:, :, :8], after[:, :, :8], atol=1e-5)
    assert not torch.allclose(before[:, :, 8:], after[:, :, 8:], atol=1e-3)


def test_training_teaches_and_is_the_same_again(codec: residuum.Codec, corpus: TokenCorpus) -> None:
    books = codebooks_of(codec, ROWS)
    schedule = Schedule(steps=150, batch=4, frames=40, rate=5e-3, warmup=10)

    def bits(make: type, **options: object) -> float:
        return cross_entropy(fit(lambda: make(books, width=32, **options), corpus, schedule), lawful(4), 40)

    flat, parallel = bits(TokenTransformer, pattern="flatten"), bits(TokenTransformer, pattern="parallel")
    assert flat < 3.0 < parallel  # only what knows the row above can know the next; 4 bits is chance
    assert bits(TokenTransformer, pattern="flatten") == flat
    assert bits(FineTransformer, coarse=1) < 2.5
    assert bits(LivePredictor) < 3.0


def test_generation_goes_on_from_what_there_is(codec: residuum.Codec) -> None:
    model = TokenTransformer(codebooks_of(codec, ROWS), "delay")
    given = np.random.default_rng(2).integers(0, 16, (ROWS, 10))
    one, two, other = (model.generate(given, 20, seed=seed) for seed in (1, 1, 2))
    assert one.shape == (ROWS, 30) and (one[:, :10] == given).all() and (one >= 0).all() and (one < 16).all()
    assert (one == two).all() and (one != other).any()
    assert model.generate(given[:, :0], 5).shape == (ROWS, 5)


@pytest.mark.parametrize("steps", [1, 4, 16])
def test_filling_leaves_what_is_given(codec: residuum.Codec, steps: int) -> None:
    model = FineTransformer(codebooks_of(codec, 6), coarse=2)
    given = np.random.default_rng(2).integers(0, 16, (6, 130))
    filled = model.fill(given, steps=steps, frames=50)
    assert filled.shape == given.shape and (filled[:2] == given[:2]).all() and (filled >= 0).all() and (filled < 16).all()
    changed = given.copy()
    changed[2:] = 0
    assert (model.fill(changed, steps=steps, frames=50) == filled).all()  # what was above is not looked at


def test_the_nearest_tokens_code_the_mean_of_what_may_be(codec: residuum.Codec) -> None:
    """Where every token is as likely as any other, the mean is that of the codewords; coded as an encoder would."""
    books = codebooks_of(codec, 6)
    model = FineTransformer(books, coarse=2)
    with torch.no_grad():
        model.scores.project.zero_()
    given = np.random.default_rng(2).integers(0, 16, (6, 30))
    rest, expected = books[2:].mean(1).sum(0), []
    for book in books[2:]:
        expected.append(int(((rest - book) ** 2).sum(1).argmin()))
        rest = rest - book[expected[-1]]
    filled = model.fill(given, nearest=True, frames=20)
    assert (filled[:2] == given[:2]).all() and (filled[2:] == np.array(expected)[:, None]).all()


def test_what_lies_near_is_heard_at_once(codec: residuum.Codec) -> None:
    """`reach` steps go into each step before any attention, and no later one."""
    model = TokenTransformer(codebooks_of(codec, ROWS), "delay", reach=3, layers=0).eval()
    steps = torch.zeros(1, ROWS, 10, dtype=torch.int64)
    changed = steps.clone()
    changed[:, :, 4] = 7
    differs = (model(steps) - model(changed)).abs().amax((0, 1, 3)) > 1e-4
    assert differs.tolist() == [4 <= at < 7 for at in range(10)]


def test_a_checkpoint_is_the_model_and_of_one_codec(codec: residuum.Codec, tmp_path: Path) -> None:
    given = np.random.default_rng(2).integers(0, 16, (ROWS, 30))
    model = FineTransformer(codebooks_of(codec, ROWS), coarse=1)
    save(model, codec, tmp_path / "m.safetensors")
    assert (load(tmp_path / "m.safetensors", codec).fill(given) == model.fill(given)).all()
    with pytest.raises(residuum.FormatError, match="of the tokens of"):
        load(tmp_path / "m.safetensors", residuum.Codec.open("live-128"))


def test_what_is_wrong_is_named(codec: residuum.Codec, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no model")
    model = FineTransformer(codebooks_of(codec, ROWS), coarse=1)
    save(model, codec, tmp_path / "m.safetensors")
    whole = (tmp_path / "m.safetensors").read_bytes()
    (tmp_path / "other").write_bytes(whole.replace(b'\\"width\\": 96', b'\\"width\\": 48'))
    for name, words in (("text", "no safetensors file"), ("other", "a damaged model")):
        with pytest.raises(residuum.FormatError, match=f"{name}: {words}"):
            load(tmp_path / name, codec)
    for sounds in ([np.zeros((4, 9), int), np.zeros((3, 9), int)], [np.zeros(9, int)], [np.full((4, 9), -1)], [np.zeros((4, 9))]):
        with pytest.raises(residuum.ArgumentError, match="sound [01]: "):
            TokenCorpus(sounds)
    for words, said in (([tmp_path / "text"], "text: "), ([tmp_path], "no sounds"), ([tmp_path, "--codec", "nope"], "nope"),
                        ([tmp_path, "--steps", "0"], "--steps is 1"), ([tmp_path, "--codec", "live-64"], "does not tell")):
        done = subprocess.run([sys.executable, "-m", "residuum.models.train", "live", "--codec", TINY, *map(str, words), "-o",
                               tmp_path / "o"],
                              capture_output=True, text=True)
        assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


def test_no_model_has_over_a_million_parameters() -> None:
    books = np.random.default_rng(1).standard_normal((16, 16, 64)).astype(np.float32)
    for model in (TokenTransformer(books), FineTransformer(books), LivePredictor(books)):
        assert 10_000 < parameter_count(model) <= 1_000_000


def test_the_engine_imagines_what_pytorch_does(codec: residuum.Codec) -> None:
    """Sample for sample: the tokens are the same, and the decoder is."""
    random = np.random.default_rng(9)
    sound = (random.standard_normal(320 * 80) * np.repeat(random.random(80), 320) * 0.3).astype(np.float32)
    tokens = codec.encode(sound)
    model = load(Path(TINY, "predictor.safetensors"), codec)
    imagined = np.full_like(tokens.tokens, residuum.NOT_CODED)
    imagined[: model.rows] = model.imagine(tokens.tokens[: model.rows].astype(np.int64), known=3)
    engine = residuum.Engine(codec, channels=1)
    engine.set("levels", 3)
    engine.set("predict_from", 4)
    heard = engine.render(sound)
    assert np.array_equal(np.ravel(heard), codec.decode(dataclasses.replace(tokens, tokens=imagined)))


def test_the_command_trains(tmp_path: Path) -> None:
    import soundfile

    random = np.random.default_rng(4)
    soundfile.write(tmp_path / "a.wav", (random.standard_normal(16000 * 3) * 0.1).astype(np.float32), 16000)
    words = ["live", str(tmp_path / "a.wav"), "-o", str(tmp_path / "m.safetensors"), "--codec", TINY, "--rows", "4",
             "--steps", "3", "--batch", "2", "--frames", "20", "--starts", "2", "--held-out", str(tmp_path / "a.wav"), "--half"]
    said = subprocess.run([sys.executable, "-m", "residuum.models.train", *words], check=True, capture_output=True, text=True).stdout
    assert "bits a token over" in said
    assert load(tmp_path / "m.safetensors", residuum.Codec.open(TINY)).rows == 4


def test_a_sound_is_coded_from_places_between_frames(tmp_path: Path, codec: residuum.Codec) -> None:
    import soundfile

    samples = (np.random.default_rng(4).standard_normal(16000) * 0.1).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", samples, 16000, subtype="FLOAT")
    found = TokenCorpus.of_sounds([tmp_path], TINY, rows=3, starts=4).sounds
    for start, tokens in enumerate(found):
        assert (tokens == codec.encode(samples[80 * start :], levels=3).tokens[:3]).all()
    assert len(found) == 4 and (found[0][:, :40] != found[2][:, :40]).any()


def test_the_example_runs() -> None:
    example = Path(__file__, "../../examples/tiny_model.py").resolve()
    said = subprocess.run([sys.executable, str(example), TINY], check=True, capture_output=True, text=True).stdout
    bits = [float(line.split()[1]) for line in said.splitlines() if line.startswith(("parallel", "flatten"))]
    assert len(bits) == 2 and all(0 < one < 4 for one in bits)
