"""Whose hand is it? A hand as a histogram of how its strokes turn, measured without its text."""
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from .ink import pen_steps

DIRECTIONS = 12
REACH = 2  # steps of the reader's pace that one direction is measured over
JUMPS = 0.3  # weight of the jumps between strokes, beside the ink


class Style(NamedTuple):
    """A hand.

    Attributes:
        turns: (12, 12), how often a piece of ink in one direction is followed by one in another.
        jumps: (12,), how often the pen is lifted and set down again in each direction.

    Example:

    >>> Style(np.ones((12, 12)) / 144, np.ones(12) / 12).turns.shape
    (12, 12)
    """

    turns: np.ndarray
    jumps: np.ndarray


def style(lines):
    """Measure the hand that lines are in.

    The joint histogram of two neighbouring directions along the ink is the hinge of Bulacu and
    Schomaker (2007), "Text-independent writer identification and verification using textural and
    allographic features", here along the pen's path. It holds slant, roundness, loops and joins at
    once. Of UNIPEN's validation writers, five lines find their own writer among 20 in nearly every
    case (benchmarks/own_hand.py).

    Args:
        lines: a list of strokes (T, 3), y up, in any unit.

    Returns:
        A `Style`.

    Raises:
        InputError: if none of the lines has any ink to measure.

    Example:

    >>> from mdn_utils.data import simulated
    >>> style([simulated.write("hand")]).turns.sum().round(6).item()
    1.0
    """
    turns = np.zeros((DIRECTIONS, DIRECTIONS))
    jumps = np.full(DIRECTIONS, 0.5)  # a few lines have few lifts
    for line in lines:
        steps = pen_steps(line)
        up = steps[:, 2] > 0
        np.add.at(jumps, _direction(steps[up, :2]), 1)
        for stroke in np.split(steps, np.flatnonzero(up)):
            moves = stroke[(stroke[:, 2] == 0) & stroke[:, :2].any(1), :2]
            path = np.concatenate([[[0, 0]], np.cumsum(moves, 0)])
            directions = _direction(path[REACH:] - path[:-REACH])
            np.add.at(turns, (directions[:-REACH], directions[REACH:]), 1)
    if not turns.any():
        raise InputError("style: no ink to measure; expected lines of a few letters")
    return Style(turns / turns.sum(), jumps / jumps.sum())


def _direction(moves):
    angle = np.arctan2(moves[:, 1], moves[:, 0])
    return np.floor((angle / (2 * np.pi) + 0.5) * DIRECTIONS).astype(int) % DIRECTIONS


def distance(one, other):
    """Return how far two hands are apart: half the chi-squared distance of their histograms.

    Args:
        one, other: `Style`.

    Returns:
        0 for the same histograms, about 0.1 for lines of one hand and 0.3 for those of two people.

    Example:

    >>> from mdn_utils.data import simulated
    >>> hand = style([simulated.write("hand")])
    >>> distance(hand, hand)
    0.0
    """
    return float(_chi2(one.turns, other.turns) + JUMPS * _chi2(one.jumps, other.jumps))


def _chi2(a, b):
    return 0.5 * np.sum((a - b) ** 2 / (a + b + 1e-6))
