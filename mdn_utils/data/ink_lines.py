"""What a reader is trained on: ink with its text, words joined into lines, and who is left out."""
import hashlib
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from .alphabet import encode
from .ink import features, pad_steps, pen_steps, vary

LONGEST = 900  # steps of a line, about 80 characters
MOST_STEPS_PER_CHARACTER = 60  # more is ink that the text doesn't mention
PARTS = ("reader", "judge", "all")


class InkLine(NamedTuple):
    """A line as `ink.pen_steps`, with its text.

    Attributes:
        steps: (N, 3), rows [dx, dy, up].
        text, writer: strings.

    Example:

    >>> InkLine(np.zeros((3, 3)), ".", "me").steps.shape
    (3, 3)
    """

    steps: np.ndarray
    text: str
    writer: str


def prepare_ink(lines):
    """Prepare lines for training, without those that no reader could read.

    Left out are unknown characters, ink without lines, more than 900 steps or 60 per character, and
    too few frames for the text, one per character and one between equal ones.

    Args:
        lines: an iterable of `Line`.

    Returns:
        A list of `InkLine`.

    Example:

    >>> from mdn_utils.data import simulated
    >>> lines = simulated.lines(2)
    >>> [line.text for line in prepare_ink(lines)] == [line.text for line in lines]
    True
    """
    prepared = []
    for line in lines:
        try:
            encode(line.text)
            steps = pen_steps(line.strokes)
        except InputError:
            continue
        most = min(LONGEST, MOST_STEPS_PER_CHARACTER * len(line.text))
        if len(steps) <= most and len(steps) // 2 >= frames_needed(line.text):
            prepared.append(InkLine(steps, line.text, line.writer))
    return prepared


def frames_needed(text):
    """Return how many frames a text needs: one per character, and a blank between equal ones.

    Example:

    >>> frames_needed("hello")
    6
    """
    return len(text) + sum(here == after for here, after in zip(text, text[1:]))


def part_of(writer):
    """Return whether a writer's lines train the "reader" or the "judge".

    Who chooses among samples must not judge them, so two networks learn from different people: one
    in three, by the SHA-256 hash of the name, belongs to the judge.

    Example:

    >>> part_of("aga/aga/AnnZchrl")
    'reader'
    """
    digest = hashlib.sha256(f"reader {writer}".encode()).hexdigest()
    return "judge" if int(digest, 16) % 3 == 0 else "reader"


def join_words(words, count, seed=0):
    """Join words of one writer into lines: level, with a space between them.

    Args:
        words: a list of `InkLine`.
        count: how many lines to make.
        seed: an integer.

    Returns:
        A list of `InkLine` of at most 450 steps.

    Example:

    >>> words = [InkLine(np.ones((9, 3)), word, "me") for word in 4 * ["to", "be", "or"]]
    >>> [len(line.text.split()) >= 2 for line in join_words(words, 3)]
    [True, True, True]
    """
    rng = np.random.default_rng((seed, 2))
    by_writer = {}
    for word in words:
        by_writer.setdefault(word.writer, []).append(word)
    people = [theirs for theirs in by_writer.values() if len(theirs) >= 10]
    joined = []
    while people and len(joined) < count:
        theirs = people[rng.integers(len(people))]
        some = [theirs[number] for number in rng.integers(len(theirs), size=rng.integers(2, 6))]
        line = _joined(some, rng)
        if len(line.steps) <= LONGEST // 2:
            joined.append(line)
    return joined


def _joined(words, rng):
    rows = [words[0].steps]
    path = np.cumsum(words[0].steps[:, :2], 0)
    level = np.median(path[:, 1])
    right = path[:, 0].max()
    end = path[-1]
    for word in words[1:]:
        path = np.concatenate([[[0, 0]], np.cumsum(word.steps[:, :2], 0)])
        space = rng.uniform(2, 7)  # 0.6 to 2 letter heights
        start = np.array([right + space - path[:, 0].min(), level - np.median(path[:, 1])])
        start[1] += rng.normal(0, 0.5)
        rows += [[[*(start - end), 1]], word.steps]
        right = start[0] + path[:, 0].max()
        end = start + path[-1]
    steps = np.concatenate(rows).astype(np.float32)
    return InkLine(steps, " ".join(word.text for word in words), words[0].writer)


def arrange_ink(lines, rows, shape, rng=None):
    """Return (features, character numbers) for a `Reader`; see `batches.BucketBatches`.

    Args:
        lines: at most `rows` of `InkLine`.
        rows: B.
        shape: (N, U), the numbers of steps and of characters to pad to.
        rng: a NumPy generator to vary the ink, or None.

    Returns:
        (B, N, 6) and (B, U).
    """
    length, letters = shape
    steps = pad_steps([line.steps for line in lines], rows, length)
    if rng is not None:
        steps = vary(steps, rng)
    labels = np.zeros((rows, letters), np.int32)
    for row, line in zip(labels, lines):
        row[:len(line.text)] = encode(line.text)
    return features(steps), labels
