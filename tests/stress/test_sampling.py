"""Texts at random, written by the shipped network: every line ends, and every number in it is finite."""

import numpy as np
import pytest

from mdn_utils import weights, writing
from mdn_utils.data import strokes
from mdn_utils.data.alphabet import ALPHABET


@pytest.fixture(scope="module")
def writer():
    return writing.Writer(weights.load_shipped("synthesis_simulated"))


def ended(written, limit):
    strokes.check(written.strokes)
    assert np.isfinite(written.attention).all()
    assert len(written.strokes) <= limit + 1 and written.strokes[-1, 2] == 1
    return written.stopped


def test_random_texts_end(writer, count):
    rng, letters, stopped, biases = np.random.default_rng(0), list(ALPHABET), [], []
    while len(stopped) < count("texts"):
        length = int(rng.integers(1, 41))
        texts = ["".join(rng.choice(letters, rng.integers(1, length + 1))) for _ in range(64)]
        texts = [text if text.strip() else "a" for text in texts][: count("texts") - len(stopped)]
        bias = rng.uniform(0, 10, len(texts)) * (rng.random(len(texts)) < 0.9)  # a tenth of them 0
        limit = writing.POINTS_AT_MOST * (max(map(len, texts)) + 2)
        stopped += [
            ended(line, limit) for line in writer.write(texts, seed=len(stopped), bias=bias)
        ]
        biases += [*bias]
    stopped, biases = np.array(stopped), np.array(biases)
    for low, high in ((0, 0), (0, 1), (1, 3), (3, 10)):
        some = (biases == 0) if high == 0 else (low < biases) & (biases <= high)
        print(f"bias {low} to {high}: {some.sum()} texts, to the limit {(~stopped[some]).sum()}")
    assert stopped.mean() > 0.5


@pytest.mark.parametrize(
    "text",
    ["a", ".", ("the quick brown fox jumps over the lazy dog " * 12)[:500]],
    ids=["a", "dot", "500 characters"],
)
def test_short_and_long(writer, text):
    limit = writing.POINTS_AT_MOST * (len(text) + 2)
    lines = writer.write([text] * 4, seed=1, bias=[0, 0.75, 3, 10])
    stopped = [ended(line, limit) for line in lines]
    print(
        f"{len(text)} characters: {[len(line.strokes) for line in lines]} points, of their own accord {stopped}"
    )
