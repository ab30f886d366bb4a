"""Lesson 08's loss and decoders, on the present backend and, in a process of its own, on JAX."""

import importlib.util
import itertools
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers import QUICK_JAX
from keras import ops

sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))
from transducer import lesson  # noqa: E402


def brute_force(log_p, labels):
    """-log P(labels), path by path; log_p (T, U + 1, K)."""
    scores = []
    for frames in itertools.combinations_with_replacement(range(len(log_p)), len(labels)):
        said, score = 0, 0.0
        for t, row in enumerate(log_p):
            while said < len(labels) and frames[said] == t:
                score += row[said, labels[said]]
                said += 1
            score += row[said, 0]
        scores.append(score)
    return -np.logaddexp.reduce(scores)


def gradient(function, x):
    """By the backend's own automatic differentiation."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.grad(function)(x)
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return tape.gradient(value, x)


def test_the_loss_and_its_gradient():
    notebook, rng = lesson(), np.random.default_rng(0)
    z = rng.normal(size=(4, 4, 3, notebook.LABELS))
    log_p = z - np.logaddexp.reduce(z, axis=-1, keepdims=True)
    labels = np.array([[3, 3], [10, 0], [0, 0], [1, 2]])

    def total(x):
        return ops.sum(notebook.transducer_nats(labels, x))

    def exact(x):
        return sum(brute_force(x[n], row[row > 0]) for n, row in enumerate(labels))

    single = log_p.astype("float32")
    np.testing.assert_allclose(total(ops.convert_to_tensor(single)), exact(log_p), rtol=1e-5)
    slopes = ops.convert_to_numpy(gradient(total, single))
    for place in [(0, 0, 0, 3), (0, 3, 2, 0), (0, 1, 1, 0), (1, 2, 0, 10), (1, 2, 2, 0), (3, 3, 1, 2)]:
        step = np.zeros_like(log_p)
        step[place] = 1e-5
        slope = (exact(log_p + step) - exact(log_p - step)) / 2e-5
        np.testing.assert_allclose(slopes[place], slope, atol=1e-5)


def test_greedy_reading_is_the_likeliest_label_at_each_place():
    notebook = lesson()
    keras.utils.set_random_seed(1)
    network = notebook.transducer((4,))
    sound = np.random.default_rng(1).normal(size=(3, 5, 72)).astype("float32")
    for row, (said, frames) in zip(sound, notebook.read_greedily(network, sound)):
        labels = np.array([said], int).reshape(1, -1)
        log_p = ops.convert_to_numpy(network([row[None], notebook.said_before(labels)]))[0]
        for u, (k, t) in enumerate(zip(said, frames)):
            assert log_p[t, u].argmax() == k
        quiet = [t for t in range(5) if frames.count(t) < 3]
        for t in quiet:
            assert log_p[t, np.searchsorted(frames, t, side="right")].argmax() == 0


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow" or not importlib.util.find_spec("jax"),
    reason="the run on TensorFlow starts the other, if JAX is installed",
)
def test_on_jax():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "KERAS_BACKEND": "jax", **QUICK_JAX},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]
