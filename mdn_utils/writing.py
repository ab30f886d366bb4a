"""Sampling: the network writes point by point, keeping its state, until the window has passed the end of the text.

Free, biased, primed, or primed and biased; many lines at once, each with its own seed and bias (Graves 2013,
section 5).
"""
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from .data.alphabet import encode
from .data.prepare import normalise
from .errors import InputError
from .layers.mixture import sample
from .layers.soft_window import attention
from .networks import one_hot_text

POINTS_AT_MOST = 30  # a character: 2.5 times what a line takes; past that it would be scribbling
# The window runs ahead of the pen, towards the next letter, and would leave the last one half drawn: so a space follows
# every text, as in the middle of a line, and what is drawn after the last lift of the pen, on the way over it, is cut.
END = " "


class Written(NamedTuple):
    """What the network wrote."""
    strokes: np.ndarray  # (T, 3), the primer first, if there was one; the pen is up in the end
    text: str  # U characters, with the primer's text in front
    primed: int  # how many of the points are the primer's
    attention: np.ndarray | None  # (T, U), phi(t, u) while point t + 1 was drawn; None without text
    stopped: bool  # whether the stop rule ended it, rather than the limit

    @property
    def new(self):
        """The points after the primer, as a line of their own."""
        strokes = self.strokes[self.primed:].copy()
        strokes[0, :2] = 0
        return strokes


class Writer:
    """A network, compiled for sampling. Compiles on first use, for each batch size and each doubling of the length."""

    def __init__(self, network):
        self.network = network
        self._run = _compiled(self._steps)

    def write(self, text, seed=0, bias=0.0, primer=None, limit=None):
        """Write a text, or a list of texts line by line with seeds `seed`, `seed` + 1, ...; returns Written, or a list.

        bias: 0 for the hand as it is, larger for neater (equations 61-62); one number, or one a line.
        primer: a `Line` whose hand to go on in (section 5.5): the pen is led along it first, and the text follows
            after a space. limit: points at most, the primer's not counted.
        Raises InputError for an empty text, unknown characters, a bias below 0, or a primer without ink.
        """
        if self.network.kind != "synthesis":
            raise InputError(f"a {self.network.kind} network cannot write a given text; load synthesis weights")
        texts = [text] if isinstance(text, str) else list(text)
        for line in texts:
            encode(line)  # an empty one must not pass as a space
        lead = normalise(primer).strokes if primer else np.zeros((1, 3), np.float32)
        if primer:
            texts = [f"{primer.text} {text}" for text in texts]
        longest = max(map(len, texts))
        limit = limit or POINTS_AT_MOST * (longest - (len(primer.text) if primer else 0) + 2)
        columns = _room(longest + 2, 32)  # for END and for u = U + 1
        numbers = np.stack([encode(text + END, columns) for text in texts])
        letters = [len(text + END) for text in texts]
        strokes, gaussians, lengths = self._sample(numbers, letters, lead, limit, seed, bias)
        phi = ops.convert_to_numpy(attention(gaussians, longest))
        written = []
        for k, (line, length) in enumerate(zip(texts, lengths)):
            points = _finished(strokes[k, :length], len(lead))
            if primer and len(points) < len(lead) + 2:
                raise InputError(f"nothing was written after the primer; does it say {primer.text!r}?")
            written.append(Written(points, line, len(lead) if primer else 0, phi[k, :len(points), :len(line)],
                                   bool(length < len(lead) + limit)))
        return written[0] if isinstance(text, str) else written

    def scribble(self, points, count=1, seed=0, bias=0.0):
        """What a prediction network writes by itself: `count` lines of `points` points, each Written."""
        if self.network.kind != "prediction":
            raise InputError(f"a {self.network.kind} network does not write by itself; load prediction weights")
        numbers, start = np.zeros((count, 1), np.int32), np.zeros((1, 3), np.float32)
        strokes, _, _ = self._sample(numbers, [0] * count, start, points - 1, seed, bias)
        return [Written(_lifted(line[:points]), "", 0, None, False) for line in strokes]

    def _sample(self, numbers, letters, lead, limit, seed, bias):
        bias = np.broadcast_to(np.asarray(bias, np.float32), (len(numbers),))
        if not (np.isfinite(bias).all() and (bias >= 0).all()):
            raise InputError(f"bias {bias.tolist()}: expected 0 or more, for example 0.75")
        total = len(lead) + limit
        padded = _room(total, 512)
        # each line has its own noise, so that a line does not depend on what is written beside it
        noise = np.stack([np.concatenate([np.random.default_rng((seed + k, 0)).random((padded, 2)),
                                          np.random.default_rng((seed + k, 1)).standard_normal((padded, 2))], 1)
                          for k in range(len(numbers))], 1).astype(np.float32)
        forced = np.zeros((padded, 3), np.float32)
        forced[:len(lead)] = lead
        strokes, gaussians, lengths = map(ops.convert_to_numpy, self._run(
            [v.value for v in self.network.variables], ops.convert_to_tensor(numbers), np.int32(letters), noise,
            bias, forced, np.int32(len(lead)), np.int32(total)))
        return strokes.transpose(1, 0, 2), gaussians.transpose(1, 0, 2), lengths

    def _steps(self, values, numbers, letters, noise, bias, forced, led, total):
        """The compiled loop: numbers (B, U), letters (B,), noise (N, B, 4), bias (B,), forced (N, 3), two scalars."""
        network, batch, columns = self.network, numbers.shape[0], numbers.shape[1]
        with keras.StatelessScope(list(zip(network.variables, values))):
            text = one_hot_text(numbers) if network.kind == "synthesis" else None
            u = ops.expand_dims(ops.arange(columns), 0)  # column u holds phi of letter u + 1
            last = ops.expand_dims(letters, -1)

            def passed_the_end(gaussians):
                phi = attention(gaussians, columns)
                beyond = ops.sum(ops.where(u == last, phi, 0.0), -1, keepdims=True)
                return ops.all(ops.logical_or(u >= last, phi < beyond), -1)

            def going(t, lengths, *_):
                return ops.logical_and(t + 1 < total, ops.any(lengths > t))

            def step(t, lengths, states, strokes, gaussians):
                point = strokes[t]
                raw, states, seen = network.step(point, states, text)
                following = sample(raw, noise[t], bias)
                following = ops.where(t + 1 < led, ops.broadcast_to(forced[t + 1], following.shape), following)
                strokes = ops.slice_update(strokes, (t + 1, 0, 0), ops.expand_dims(following, 0))
                if text is not None:
                    gaussians = ops.slice_update(gaussians, (t, 0, 0), ops.expand_dims(seen, 0))
                    done = ops.logical_and(passed_the_end(seen), ops.logical_and(t + 1 >= led, lengths > t))
                    lengths = ops.where(done, t + 1, lengths)
                return t + 1, lengths, states, strokes, gaussians

            strokes = ops.zeros((noise.shape[0], batch, 3))
            strokes = ops.slice_update(strokes, (0, 0, 0), ops.broadcast_to(forced[:1], (1, batch, 3)))
            gaussians = ops.zeros((noise.shape[0], batch, 3 * network.windows if text is not None else 3))
            start = (ops.convert_to_tensor(0), ops.broadcast_to(total, (batch,)), network.initial_state(batch),
                     strokes, gaussians)
            _, lengths, _, strokes, gaussians = ops.while_loop(going, step, start)
            return strokes, gaussians, lengths


def _room(needed, least):
    """`least`, doubled until it holds what is needed: few shapes, for each of them is compiled."""
    return least << ((needed - 1) // least).bit_length()


def _finished(strokes, start):
    """The line up to the last lift of the pen after `start`, if there is one."""
    lifts = np.flatnonzero(strokes[start:, 2])
    return _lifted(strokes[:start + lifts[-1] + 1] if len(lifts) else strokes)


def _lifted(strokes):
    """The pen is up after the last point."""
    strokes = strokes.copy()
    strokes[-1, 2] = 1
    return strokes


def _compiled(function):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        return tf.function(function, autograph=False, jit_compile=True)
    if keras.backend.backend() == "jax":
        import jax
        return jax.jit(function)
    return function
