"""Read handwriting: bidirectional LSTMs and connectionist temporal classification.

The network gives each frame, two steps of the pen, a probability for every character and for the
blank, "nothing new here" (Graves et al. 2009 read handwriting this way).
"""
import contextlib
from typing import NamedTuple

import keras
import numpy as np
from keras import ops
from rapidfuzz.distance import Levenshtein

from . import decoding
from .data.alphabet import ALPHABET, encode
from .data.ink import FEATURES, MOST_STEPS, features, pad_steps, pen_steps
from .errors import InputError
from .generation import compiled, on_all_cores
from .layers import FastLSTM
from .layers.ctc import BLANK

LABELS = len(ALPHABET) + 1  # the blank, and character c as ALPHABET.index(c) + 1
STEPS_PER_FRAME = 2
LENGTHS = (128, 640, 1024, MOST_STEPS)  # that lines are padded to: few, as each has to be compiled
ROWS = 8  # lines in a batch: in larger ones a line takes as long, and compiling takes longer
# Nats by which another text may explain a line better than its own, see `check_text`.
MOST_DOUBT = 4
MOST_DOUBT_OF_LETTERS = 15
MOST_DOUBT_OF_ALL = 60


@keras.saving.register_keras_serializable(package="mdn_utils")
class Reader(keras.Model):
    """Layers of LSTMs that read the ink forwards and backwards.

    Call it with `features` (B, N, 6). It returns the log probability of each label at each frame,
    (B, ceil(N / 2), 96). After the end of a line the blank is certain, so padding changes no
    probability, and neither the loss nor decoding needs to know lengths.

    Args:
        units: cells of each layer in each direction.
        dropout: share of a layer's outputs that training sets to 0.

    Example:

    >>> tuple(Reader((8,))(np.zeros((1, 5, 6), "float32")).shape)
    (1, 3, 96)
    """

    def __init__(self, units=(128, 128, 128), dropout=0.2, **kwargs):
        super().__init__(autocast=False, **kwargs)  # a line's length must stay exact
        if not units or min(units) < 1 or not 0 <= dropout < 1:
            raise InputError(
                f"reader: units={units}, dropout={dropout}; expected one layer or more, each of at "
                "least one cell, and a dropout from 0 to less than 1"
            )
        self.units = tuple(units)
        self.dropout = dropout
        self.forwards = []
        self.backwards = []
        below = STEPS_PER_FRAME * FEATURES
        for number, size in enumerate(self.units, 1):
            for layers, name in ((self.forwards, "forwards"), (self.backwards, "backwards")):
                layers.append(FastLSTM(
                    size, return_sequences=True, name=f"{name}{number}", dtype=self.dtype_policy
                ))
                layers[-1].build((None, None, below))
            below = 2 * size
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy)
        self.output_layer = keras.layers.Dense(LABELS, name="output", dtype="float32")
        self.output_layer.build((None, None, below))
        self.built = True
        self.run = compiled(self, self)

    def call(self, inputs, training=False):
        batch, steps, _ = ops.shape(inputs)
        frames = (steps + STEPS_PER_FRAME - 1) // STEPS_PER_FRAME
        fill = ops.zeros_like(inputs[:, :STEPS_PER_FRAME - 1])
        x = ops.concatenate([inputs, fill], 1)[:, :STEPS_PER_FRAME * frames]
        real = x[:, ::STEPS_PER_FRAME, -1:]
        x = ops.reshape(x, (batch, frames, STEPS_PER_FRAME * FEATURES))
        reversal = _reversal(real)
        for forwards, backwards in zip(self.forwards, self.backwards):
            ahead = forwards(x)
            back = backwards(ops.take_along_axis(x, reversal, axis=1))
            back = ops.take_along_axis(back, reversal, axis=1)
            x = self.drop(ops.concatenate([ahead, back], -1), training=training)
        silence = ops.where(ops.arange(LABELS) == BLANK, 0.0, -1e9)
        return ops.log_softmax(ops.where(real > 0, self.output_layer(x), silence))

    def get_config(self):
        return {**super().get_config(), "units": list(self.units), "dropout": self.dropout}

    @staticmethod
    def least_parameters(config):
        """Return a number of weights that a reader of this configuration exceeds."""
        return sum(8 * size ** 2 for size in config["units"])


def _reversal(real):
    """For each frame, the place of the one to read there from the end: (B, T, 1) from (B, T, 1).

    Each line is reversed by its own length, so the backward LSTM starts at its last frame and not
    in the padding, which stays where it is.
    """
    length = ops.cast(ops.sum(real, 1, keepdims=True), "int32")
    place = ops.reshape(ops.arange(ops.shape(real)[1], dtype="int32"), (1, -1, 1))
    return ops.where(place < length, length - 1 - place, place)


class Reading(NamedTuple):
    """What a reader makes of a line.

    Attributes:
        text: U characters.
        confidence: (U,), the probability of each character in the frame where it peaks.
        log_probability: log P(text | ink), in nats per character.

    Example:

    >>> reading = Reading("hi", confidence=np.array([0.9, 0.4]), log_probability=-0.6)
    >>> "".join(c if sure > 0.5 else "?" for c, sure in zip(reading.text, reading.confidence))
    'h?'
    """

    text: str
    confidence: np.ndarray
    log_probability: float


def read(reader, lines, beam=0):
    """Read lines of handwriting.

    Args:
        reader: a `Reader`.
        lines: a list of strokes (T, 3), y up, in any unit.
        beam: how many prefixes to keep in a beam search; 0 for the best path.

    Returns:
        A list of `Reading`.

    Raises:
        InputError: if strokes aren't a line of handwriting; see `data.ink.pen_steps`.

    Example: an untrained network reads nonsense.

    >>> zigzag = np.array([[0, 0, 0], [1, 3, 0], [1, -3, 1]], "float32")
    >>> len(read(Reader((8,)), [zigzag, zigzag]))
    2
    """
    steps = {n: pen_steps(line, f"line {n + 1}") for n, line in enumerate(lines)}
    readings = [None] * len(lines)
    for numbers, frames in _log_probabilities(reader, steps):
        found = (
            decoding.beam_search(frames, beam)[0] if beam else decoding.best_path(frames)
        )
        longest = max(map(len, found), default=0)
        padded = np.zeros((len(found), longest), int)
        for row, labels in zip(padded, found):
            row[:len(labels)] = labels
        likelihood = decoding.log_likelihood(frames, padded)
        for number, labels, value, line_frames in zip(numbers, found, likelihood, frames):
            readings[number] = Reading(
                text="".join(ALPHABET[label - 1] for label in labels),
                confidence=_confidence(line_frames, labels),
                log_probability=float(value) / max(len(labels), 1),
            )
    return readings


def _confidence(frames, labels):
    """The probability of each label, in that of its frames where it is largest."""
    places = decoding.align(frames, labels)
    return np.array([
        np.exp(frames[places == place, label].max()) for place, label in enumerate(labels)
    ])


def letters_of_strokes(reader, lines):
    """Find which letters of its text each stroke of a line draws.

    Args:
        reader: a `Reader`.
        lines: a list of `Line`.

    Returns:
        For each line a list with an entry per stroke, the set of the places in the text of the
        letters that the reader finds in it; None for a line that it can't align with its text.

    Example: an untrained network finds letters, too, but nothing says where.

    >>> from mdn_utils.data import simulated
    >>> [letters] = letters_of_strokes(Reader((8,)), simulated.lines(1))
    >>> sorted(set().union(*letters))[0]
    0
    """
    steps = _readable([line.strokes for line in lines])
    found = [None] * len(lines)
    for numbers, frames in _log_probabilities(reader, steps):
        for number, line_frames in zip(numbers, frames):
            places = decoding.align(line_frames, encode(lines[number].text).tolist())
            if places is None:
                continue
            stroke = np.cumsum(steps[number][:, 2]).astype(int)[::STEPS_PER_FRAME]
            letters = [set() for _ in range(int(steps[number][:, 2].sum()) + 1)]
            for owner, place in zip(stroke, places[:len(stroke)]):
                if place >= 0:
                    letters[owner].add(int(place))
            found[number] = letters
    return found


def log_likelihood(reader, lines, texts):
    """Return how likely a reader finds given texts.

    Args:
        reader: a `Reader`.
        lines: a list of strokes (T, 3), y up, in any unit.
        texts: a text for each line.

    Returns:
        (B,), log P(text | ink) in nats per line; minus infinity for strokes that can't be read at
        all, where `read` raises InputError. Divide by the number of characters to compare texts of
        different lengths.

    Raises:
        InputError: if a text is empty or has a character outside `ALPHABET`.

    Example:

    >>> zigzag = np.array([[0, 0, 0], [1, 3, 0], [1, -3, 1]], "float32")
    >>> (log_likelihood(Reader((8,)), [zigzag], ["v"]) < 0).tolist()
    [True]
    """
    longest = max(map(len, texts))
    labels = np.stack([encode(text, longest) for text in texts])
    steps = _readable(lines)
    likelihood = np.full(len(texts), -np.inf)
    for numbers, frames in _log_probabilities(reader, steps):
        likelihood[numbers] = decoding.log_likelihood(frames, labels[numbers])
    return likelihood


def check_text(reader, line, name="line"):
    """Check that a line says what its text says, no more and no less, and stands upright.

    The limits were chosen on UNIPEN's validation lines (benchmarks/priming.py).

    Args:
        reader: a `Reader`.
        line: a `Line`.
        name: what to call it in an error message.

    Raises:
        InputError: if the ink goes on after the text, begins before it, or lacks some of it, if it
            says something else, or if it would say it upside down.

    Example:

    >>> from mdn_utils.data import simulated
    >>> from mdn_utils.data.strokes import Line
    >>> from mdn_utils.weights import load_shipped
    >>> check_text(load_shipped("reader"), Line(simulated.write("to be or not"), "to be", "me"))
    Traceback (most recent call last):
    mdn_utils.errors.InputError: line: its text says 'to be', but there is more ink after that; ...
    """
    what, reading = _doubt(reader, line, name)
    if not what:
        return
    for x, y, way in ((1, -1, "with y growing downwards"), (-1, -1, "upside down")):
        turned = line._replace(strokes=line.strokes * np.float32([x, y, 1]))
        doubt, read_turned = _doubt(reader, turned, name)
        # a short text may just pass on any ink that reads like nothing
        if not doubt and Levenshtein.distance(read_turned, line.text) <= len(line.text) // 2:
            raise InputError(f"{name}: it says {line.text!r} only {way}; turn it round")
    raise InputError(f"{name}: its text says {line.text!r}, but {what}; it reads like {reading!r}")


def _doubt(reader, line, name):
    """What is wrong with the text of a line, or None; and how the line reads."""
    steps = pen_steps(line.strokes, name)
    [(_, [frames])] = _log_probabilities(reader, {0: steps})
    found = decoding.doubts(frames.astype(np.float64), encode(line.text).tolist())
    reading = "".join(ALPHABET[label - 1] for label in decoding.best_path(frames[None])[0])
    for doubt, most, what in (
        (found.after, MOST_DOUBT, "there is more ink after that"),
        (found.before, MOST_DOUBT, "there is more ink before that"),
        (found.shorter, MOST_DOUBT_OF_LETTERS, "the ink ends before that"),
        (found.later, MOST_DOUBT_OF_LETTERS, "the ink begins after that"),
        (found.other, MOST_DOUBT_OF_ALL, "the ink says something else"),
    ):
        if doubt > most:
            return what, reading
    return None, reading


def _readable(lines):
    """The `pen_steps` of those strokes that can be read at all, by their numbers."""
    steps = {}
    for number, strokes in enumerate(lines):
        with contextlib.suppress(InputError):
            steps[number] = pen_steps(strokes)
    return steps


def _log_probabilities(reader, steps):
    """Lines in batches of similar length: their numbers (b,) and log probabilities (b, T, K).

    `steps` is a dictionary of `pen_steps`. T ends with the longest line.
    """
    # Longest first, so that lines of another length fill up a batch before theirs is compiled.
    order = sorted(steps, key=lambda number: -len(steps[number]))
    batches = [order[first:first + ROWS] for first in range(0, len(order), ROWS)]

    def run(batch):
        longest = len(steps[batch[0]])
        length = next(size for size in LENGTHS if size >= longest)
        inputs = features(pad_steps([steps[number] for number in batch], ROWS, length))
        frames = -(-longest // STEPS_PER_FRAME)
        return np.array(batch), ops.convert_to_numpy(reader.run(inputs))[:len(batch), :frames]

    return on_all_cores(run, batches)
