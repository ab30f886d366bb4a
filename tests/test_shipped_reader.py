"""The reader that ships: what it can read, what it doubts, and how long it takes."""
import time

import numpy as np
import pytest

from mdn_utils import evaluation, weights
from mdn_utils.data import simulated
from mdn_utils.data.strokes import from_pen
from mdn_utils.reading import log_likelihood, read


@pytest.fixture(scope="module")
def reader():
    return weights.load_shipped("reader")


@pytest.fixture(scope="module")
def lines():
    return simulated.lines(40, "val")


def certainty(reader, lines):
    """The probability of the reading, per character: the geometric mean."""
    return np.exp([reading.log_probability for reading in read(reader, lines)])


def test_simulated_lines_of_unseen_writers_are_read(reader, lines):
    rates = evaluation.evaluate_reader(reader, lines)
    assert rates["character_error_rate"] < 0.06


def scribbles(rng):
    """Ink without letters: a walk, a noisy wave, a spiral."""
    walk = np.cumsum(np.cumsum(rng.normal(0, 0.2, (150, 2)), 0) + [0.3, 0], 0)
    noise = np.column_stack([np.arange(150) / 6, rng.normal(size=150)])
    angle = np.linspace(0, rng.uniform(15, 60), 200)
    spiral = np.column_stack([angle * np.cos(angle), angle * np.sin(angle)])
    return [from_pen([points]) for points in (walk, noise, spiral)]


def test_scribbles_get_low_confidence(reader, lines):
    rng = np.random.default_rng(0)
    doubted = certainty(reader, [strokes for _ in range(10) for strokes in scribbles(rng)])
    sure = certainty(reader, [line.strokes for line in lines])
    assert np.median(doubted) < 0.6 < np.quantile(sure, 0.1)


def test_lines_upside_down_get_low_confidence(reader, lines):
    turned = [line.strokes * np.float32([-1, -1, 1]) for line in lines]
    assert np.quantile(certainty(reader, turned), 0.9) < 0.3


def test_another_text_is_less_likely(reader, lines):
    strokes = [line.strokes for line in lines]
    texts = [line.text for line in lines]
    letters = np.array([len(text) for text in texts])
    right = log_likelihood(reader, strokes, texts) / letters
    wrong = log_likelihood(reader, strokes, texts[1:] + texts[:1]) / np.roll(letters, -1)
    assert np.quantile(right, 0.1) > np.quantile(wrong, 0.9)


def test_a_thousand_words_take_seconds(reader):
    words = [simulated.write("words", seed=seed) for seed in range(1000)]
    read(reader, words[:200])  # compiles
    start = time.process_time()
    read(reader, words)
    assert time.process_time() - start < 20  # of two cores: 10 s on an idle machine
