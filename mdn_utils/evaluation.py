"""Measure networks in Graves's units: nats, bits and squared errors."""
from collections import defaultdict
from typing import NamedTuple

import keras
import numpy as np
from keras import ops
from rapidfuzz.distance import Levenshtein

from .data.batches import LineBatches, arrange_prediction, arrange_synthesis
from .layers.mixture import nats, parameters
from .networks import SynthesisNetwork
from .reading import read

# The t that 2.5 % exceed, for 2 to 10 runs.
STUDENT = (12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.30600, 2.26216)


def evaluate_lines(network, lines):
    """Measure a prediction or synthesis network on lines of handwriting.

    Args:
        network: a `PredictionNetwork` or a `SynthesisNetwork`.
        lines: prepared lines, see `data.prepare.prepare`.

    Returns:
        A dictionary: sequences and points (counts), nats_per_point, nats_per_sequence, and
        sse_per_point, the squared distance between an offset and the mean of its predicted density.

    Example:

    >>> from mdn_utils import weights
    >>> from mdn_utils.data import prepare, simulated
    >>> network = weights.load_shipped("synthesis_simulated")
    >>> lines = prepare.prepare(simulated.lines(5, "val"))
    >>> evaluate_lines(network, lines)["sequences"]
    5
    """
    arrange = arrange_synthesis if isinstance(network, SynthesisNetwork) else arrange_prediction
    batches = LineBatches(lines, arrange)
    total, squares, points = 0.0, 0.0, 0
    for k in range(len(batches)):
        inputs, strokes, mask = batches[k]
        raw = network.predict_on_batch(inputs)
        mixture = parameters(ops.convert_to_tensor(raw))
        mean = ops.sum(ops.expand_dims(mixture.weight, -1) * mixture.mean, -2)
        distance = ops.sum(ops.square(strokes[..., :2] - mean), -1)
        total += float(ops.sum(nats(strokes, raw) * mask))
        squares += float(ops.sum(distance * mask))
        points += int(mask.sum())
    return {
        "sequences": len(lines),
        "points": points,
        "nats_per_point": total / points,
        "nats_per_sequence": total / len(lines),
        "sse_per_point": squares / points,
    }


def evaluate_text(network, text, length=2000):
    """Measure a text network.

    Args:
        network: a `TextNetwork`.
        text: bytes.
        length: how many bytes to read at a time; the state starts from zero each time.

    Returns:
        A dictionary: bytes (how many were predicted) and bits_per_character.

    Example:

    >>> from mdn_utils import weights
    >>> figures = evaluate_text(weights.load_shipped("text_python"), b"import os, sys\\n")
    >>> figures["bytes"]
    14
    """
    codes = np.frombuffer(text, np.uint8).astype(np.int32)
    length = min(length, len(codes) - 1)
    starts = range(0, len(codes) - length, length)
    bits, count = 0.0, 0
    for first in range(0, len(starts), 16):
        windows = np.stack([codes[k:k + length + 1] for k in starts[first:first + 16]])
        logits = ops.convert_to_tensor(network.predict_on_batch(windows[:, :-1]))
        losses = keras.losses.sparse_categorical_crossentropy(
            windows[:, 1:], logits, from_logits=True
        )
        bits += float(ops.sum(losses)) / np.log(2)
        count += windows[:, 1:].size
    return {"bytes": count, "bits_per_character": bits / count}


def evaluate_reader(reader, lines, beam=0):
    """Measure how many characters and words a reader gets wrong.

    Wrong are insertions, deletions and substitutions, the fewest that turn the reading into the
    text (the Levenshtein distance). Words are what blanks separate.

    Args:
        reader: a `reading.Reader`.
        lines: a list of `Line`.
        beam: see `reading.read`.

    Returns:
        A dictionary: lines and characters (counts); character_error_rate and word_error_rate, the
        wrong ones over those of the texts; lines_read_in_full, a share; and
        median_writer_error_rate, the median of the writers' character error rates, which one hand
        that nobody can read doesn't change.

    Example: an untrained reader.

    >>> from mdn_utils.data import simulated
    >>> from mdn_utils.reading import Reader
    >>> evaluate_reader(Reader((8,)), simulated.lines(2))["lines"]
    2
    """
    found = [reading.text for reading in read(reader, [line.strokes for line in lines], beam)]
    texts = [line.text for line in lines]
    theirs = defaultdict(list)
    for pair, line in zip(zip(found, texts), lines):
        theirs[line.writer].append(pair)
    median = np.median([error_rates(*zip(*own))["character_error_rate"] for own in theirs.values()])
    return error_rates(found, texts) | {"median_writer_error_rate": float(median)}


def error_rates(found, texts):
    """Compare readings with texts; see `evaluate_reader`.

    Example:

    >>> rates = error_rates(["to bee", "or not"], ["to be", "or not"])
    >>> round(rates["character_error_rate"], 3), rates["word_error_rate"]
    (0.091, 0.25)
    """
    characters = sum(map(len, texts))
    words = sum(len(text.split()) for text in texts)
    wrong = sum(Levenshtein.distance(*pair) for pair in zip(found, texts, strict=True))
    wrong_words = sum(
        Levenshtein.distance(reading.split(), text.split()) for reading, text in zip(found, texts)
    )
    return {
        "lines": len(texts),
        "characters": characters,
        "character_error_rate": wrong / characters,
        "word_error_rate": wrong_words / words,
        "lines_read_in_full": float(np.mean([pair[0] == pair[1] for pair in zip(found, texts)])),
    }


class Interval(NamedTuple):
    """A mean and its confidence interval.

    Args:
        mean: a number or an array.
        half: how far the interval reaches to either side of it, in the same shape.

    Example:

    >>> gain = Interval(mean=2.0, half=0.5)
    >>> gain.low, gain.high
    (1.5, 2.5)
    """

    mean: np.ndarray
    half: np.ndarray

    @property
    def low(self):
        """Where the interval begins."""
        return self.mean - self.half

    @property
    def high(self):
        """Where it ends."""
        return self.mean + self.half


def confidence_interval(values):
    """Average a few independent runs, and say how far the 95 % confidence interval reaches.

    Three starts scatter, and their mean is only a guess at the mean of all starts. If these are
    normally distributed, 95 % of such intervals contain it (Student 1908). To compare two
    networks, pass their differences, start by start.

    Args:
        values: (n, ...) for n runs, 2 to 10.

    Returns:
        An `Interval`: mean, half, low and high, each (...).

    Example:

    >>> mean, half = confidence_interval([1.0, 2.0, 3.0])
    >>> print(f"{mean:.1f} +- {half:.1f}")
    2.0 +- 2.5
    >>> bool(confidence_interval([1.0, 2.0, 3.0]).low > 0)
    False
    """
    values = np.asarray(values)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return Interval(values.mean(axis=0), STUDENT[len(values) - 2] * error)
