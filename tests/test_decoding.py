"""Decoding against brute force over all alignments."""
import collections
import itertools

import numpy as np
import pytest

from mdn_utils.decoding import align, beam_search, best_path, doubts, log_likelihood
from mdn_utils.layers.ctc import BLANK


def draw(lines, frames, labels, seed=0):
    logits = np.random.default_rng(seed).normal(0, 1.5, (lines, frames, labels))
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def collapse(path):
    return tuple(label for label, _ in itertools.groupby(path) if label != BLANK)


def all_texts(frames):
    """The probability of every text, over all alignments of one line (T, K)."""
    found = collections.defaultdict(float)
    for path in itertools.product(range(frames.shape[1]), repeat=len(frames)):
        found[collapse(path)] += np.exp(sum(frames[t, label] for t, label in enumerate(path)))
    return found


@pytest.mark.parametrize("labels", [2, 3, 4])
def test_a_wide_beam_finds_the_likeliest_text_and_its_probability(labels):
    frames = draw(20, 6, labels)
    found, scores = beam_search(frames, width=400)  # no prefix is ever dropped
    for line, text, score in zip(frames, found, scores):
        probabilities = all_texts(line)
        np.testing.assert_allclose(sum(probabilities.values()), 1)
        assert tuple(text) == max(probabilities, key=probabilities.get)
        np.testing.assert_allclose(np.exp(score), probabilities[tuple(text)], rtol=1e-9)


def test_a_narrow_beam_is_a_lower_bound():
    frames = draw(30, 6, 4, seed=1)
    found, scores = beam_search(frames, width=3)
    for line, text, score in zip(frames, found, scores):
        assert np.exp(score) <= all_texts(line)[tuple(text)] * (1 + 1e-9)


def test_lines_do_not_depend_on_each_other():
    frames = draw(5, 30, 10, seed=2)
    together, scores = beam_search(frames, 8)
    alone = [beam_search(line[None], 8) for line in frames]
    assert together == [texts[0] for texts, _ in alone]
    np.testing.assert_array_equal(scores, [score[0] for _, score in alone])


def test_the_best_path_is_not_always_the_likeliest_text():
    frames = np.log([[[0.6, 0.4], [0.6, 0.4]]])  # "blank, blank" has 0.36, the three others 0.64
    assert best_path(frames) == [[]]
    assert beam_search(frames)[0] == [[1]]


def test_repeats_need_a_blank_between():
    path = np.array([[1, 1, 0, 1, 2, 2, 0]])
    frames = np.log(np.eye(3)[path] * 0.97 + 0.01)
    assert best_path(frames) == [[1, 1, 2]]
    assert beam_search(frames, 5)[0] == [[1, 1, 2]]


@pytest.mark.parametrize("text", [(), (1,), (1, 2), (2, 2), (1, 2, 1)])
def test_alignment_is_the_likeliest_that_reads_as_the_text(text):
    for frames in draw(10, 6, 3, seed=3):
        fitting = [path for path in itertools.product(range(3), repeat=6) if collapse(path) == text]
        best = max(fitting, key=lambda path: sum(frames[range(6), path]))
        places = align(frames, list(text))
        path = [text[place] if place >= 0 else BLANK for place in places]
        assert path == list(best)


def test_no_alignment_with_too_few_frames():
    assert align(draw(1, 2, 3)[0], [1, 1]) is None


def test_the_likelihood_is_the_sum_over_all_alignments():
    texts = [(), (1,), (2, 1), (1, 1), (1, 2, 1)]
    frames = draw(5, 6, 3, seed=4)
    labels = np.zeros((5, 3), int)
    for row, text in zip(labels, texts):
        row[:len(text)] = text
    found = log_likelihood(frames, labels)
    expected = [all_texts(line)[text] for line, text in zip(frames, texts)]
    np.testing.assert_allclose(np.exp(found), expected, rtol=1e-9)
    assert log_likelihood(frames[:, :2], labels)[4] == -np.inf  # too few frames


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("labels", [[1], [1, 2], [2, 2, 1]])
def test_doubts_against_brute_force(labels, seed):
    """Every alignment of the text with the first t frames, and the best path through the others."""
    [frames] = draw(1, 6, 3, seed)

    def more_after(frames, labels):
        best = max(
            all_texts(frames[:t])[tuple(labels)] * np.exp(frames[t:].max(-1).sum())
            for t in range(1, len(frames) + 1)
        )
        return np.log(best / all_texts(frames)[tuple(labels)])

    def shorter(frames, labels):
        texts = all_texts(frames)
        parts = [texts[tuple(labels[:count])] for count in range(1, len(labels) + 1)]
        return np.log(max(parts) / texts[tuple(labels)])

    found = doubts(frames, labels)
    np.testing.assert_allclose(found.after, more_after(frames, labels), atol=1e-9)
    np.testing.assert_allclose(found.before, more_after(frames[::-1], labels[::-1]), atol=1e-9)
    np.testing.assert_allclose(found.shorter, shorter(frames, labels), atol=1e-9)
    np.testing.assert_allclose(found.later, shorter(frames[::-1], labels[::-1]), atol=1e-9)
    own = all_texts(frames)[tuple(labels)]
    np.testing.assert_allclose(found.other, frames.max(-1).sum() - np.log(own), atol=1e-9)


def test_a_text_longer_than_its_ink_is_doubted_without_end():
    [frames] = draw(1, 2, 3)
    assert doubts(frames, [1, 1, 1]).other == np.inf
