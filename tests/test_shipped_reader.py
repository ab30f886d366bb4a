"""The reader that ships: what it can read, what it doubts, and how long it takes."""
import time

import numpy as np
import pytest

from mdn_utils import evaluation, weights
from mdn_utils.data import prepare, simulated
from mdn_utils.data.strokes import Line, from_pen
from mdn_utils.enriching import cut_into_words, enrich
from mdn_utils.errors import InputError
from mdn_utils.reading import check_text, log_likelihood, read


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
    turned = certainty(reader, [line.strokes * np.float32([-1, -1, 1]) for line in lines])
    sure = certainty(reader, [line.strokes for line in lines])
    least = np.quantile(sure, 0.1)
    assert np.quantile(turned, 0.9) < least and np.median(turned) < least / 3


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


def share_refused(reader, lines, change):
    refused = 0
    for number, line in enumerate(lines):
        try:
            check_text(reader, change(line, lines[number - 1]))
        except InputError:
            refused += 1
    return refused / len(lines)


def test_texts_that_do_not_fit_their_ink_are_noticed(reader, lines):
    """Simulated lines; benchmarks/priming.py does the same with real ones."""
    lines = [line for line in lines if " " in line.text]
    for change, least, most in (
        (lambda line, other: line, 0, 0.06),
        (lambda line, other: line._replace(text=line.text.rsplit(" ", 1)[0]), 0.9, 1),
        (lambda line, other: line._replace(text=line.text.split(" ", 1)[1]), 0.9, 1),
        (lambda line, other: line._replace(text=line.text + " the"), 0.9, 1),
        (lambda line, other: line._replace(text=other.text), 0.95, 1),
    ):
        assert least <= share_refused(reader, lines, change) <= most


@pytest.mark.parametrize("turn, way", [((1, -1, 1), "y growing downwards"), ((-1, -1, 1), "upside down")])
def test_a_line_upside_down_is_told_from_one_with_another_text(reader, turn, way):
    line = Line(simulated.write("the quick brown fox"), "the quick brown fox", "me")
    check_text(reader, line)
    with pytest.raises(InputError, match=way):
        check_text(reader, line._replace(strokes=line.strokes * np.float32(turn)))
    with pytest.raises(InputError, match="says something else|after that|before that"):
        check_text(reader, line._replace(text="a lazy dog of mine"))


def test_lines_are_cut_where_the_reader_finds_the_spaces(reader, lines):
    whole = [line for line in prepare.prepare(lines) if " " in line.text]
    cut = cut_into_words(whole, reader)
    assert len(cut) > 0.7 * sum(len(line.text.split()) for line in whole)
    rates = evaluation.evaluate_reader(reader, [word for word in cut if len(word.text) > 2])
    assert rates["character_error_rate"] < 0.12  # a word alone lacks its neighbours
    assert len(enrich(whole, reader, joined=5)) >= len(whole) + 5
