"""The CTC loss against the sum over all alignments, and its gradient against finite differences."""
import itertools

import keras
import numpy as np
import pytest
from helpers import gradients, run, slopes
from keras import ops

from mdn_utils.layers.ctc import BLANK, CTCLoss, ctc_nats

LABELS = 3  # the blank and two more
TEXTS = [(), (1,), (2, 1), (1, 1), (1, 2, 1), (2, 2, 1)]


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def collapse(path):
    """What an alignment reads as: repeats dropped, then blanks."""
    return tuple(label for label, _ in itertools.groupby(path) if label != BLANK)


def brute_force(labels, logits):
    """Nats per line: every alignment of the frames is tried. logits (T, K), in float64."""
    log_probabilities = log_softmax(logits)
    total = 0.0
    for path in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        if collapse(path) == labels:
            total += np.exp(sum(log_probabilities[t, label] for t, label in enumerate(path)))
    return -np.log(total)


def padded(texts):
    labels = np.zeros((len(texts), 4), np.int32)
    for row, text in zip(labels, texts):
        row[:len(text)] = text
    return labels


def draw(frames, scale=2.0):
    rng = np.random.default_rng(0)
    return rng.normal(0, scale, (len(TEXTS), frames, LABELS)).astype("float32")


@pytest.mark.parametrize("frames", [5, 6])
def test_the_loss_is_the_sum_over_all_alignments(frames):
    logits = draw(frames)
    found = run(ctc_nats, padded(TEXTS), log_softmax(logits))
    expected = [brute_force(text, row.astype("float64")) for text, row in zip(TEXTS, logits)]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_its_gradient_is_that_of_the_sum():
    logits = draw(5)
    variable = keras.Variable(logits)

    def loss():
        return ops.sum(ctc_nats(padded(TEXTS), ops.log_softmax(variable)))

    def by_brute_force(logits):
        return sum(brute_force(text, row) for text, row in zip(TEXTS, logits))

    found, = gradients(loss, [variable])
    expected, = slopes(by_brute_force, [logits])
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_frames_in_which_the_blank_is_certain_change_nothing():
    logits = log_softmax(draw(5))
    silence = np.where(np.arange(LABELS) == BLANK, 0, -1e9) * np.ones((len(TEXTS), 7, 1))
    longer = np.concatenate([logits, silence.astype("float32")], 1)
    labels = padded(TEXTS)
    expected = run(ctc_nats, labels, logits)
    np.testing.assert_allclose(run(ctc_nats, labels, longer), expected, rtol=1e-5)
    variable = keras.Variable(longer)
    found, = gradients(lambda: ops.sum(ctc_nats(labels, ops.log_softmax(variable))), [variable])
    assert np.isfinite(found).all()


def test_too_few_frames_cost_much_but_stay_finite():
    logits = log_softmax(draw(2))
    variable = keras.Variable(logits)
    labels = padded(3 * [(1, 1)] + 3 * [(1, 2, 1)])
    assert (run(ctc_nats, labels, logits) > 50).all()
    found, = gradients(lambda: ops.sum(ctc_nats(labels, ops.log_softmax(variable))), [variable])
    assert np.isfinite(found).all()


def test_the_loss_is_the_mean_over_lines():
    logits, labels = log_softmax(draw(5)), padded(TEXTS)
    mean = run(lambda labels, logits: CTCLoss()(labels, logits), labels, logits)
    np.testing.assert_allclose(mean, run(ctc_nats, labels, logits).mean(), rtol=1e-5)
