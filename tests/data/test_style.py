"""Whose hand it is."""
import numpy as np
import pytest

from mdn_utils.data import simulated
from mdn_utils.data.style import distance, style
from mdn_utils.errors import InputError


def test_lines_find_their_own_writer():
    """Simulated writers share two hands, so they are harder to tell apart than people."""
    hands = {}
    for line in simulated.iter_lines(200):
        hands.setdefault(line.writer, []).append(line.strokes)
    known = [style(theirs[:5]) for theirs in hands.values()]
    found = [
        np.argmin([distance(style(theirs[5:]), hand) for hand in known])
        for theirs in hands.values()
    ]
    assert len(hands) == 20
    assert np.mean(found == np.arange(20)) > 0.5  # by chance one in twenty


def test_neither_size_nor_place_nor_unit_matters():
    strokes = simulated.write("some words of one hand")
    other = strokes * np.float32([37, 37, 1])
    assert distance(style([strokes]), style([other])) < 0.01


def test_slant_matters():
    strokes = simulated.write("some words of one hand")
    slanted = strokes.copy()
    slanted[:, 0] += 0.6 * slanted[:, 1]
    assert distance(style([strokes]), style([slanted])) > 0.1


def test_symmetric_and_zero_for_itself():
    one, other = (style([simulated.write("hand", seed=seed)]) for seed in (1, 2))
    assert distance(one, one) == 0
    assert distance(one, other) == distance(other, one) > 0


def test_no_ink_no_hand():
    dots = np.array([[0, 0, 1], [5, 0, 1]], np.float32)
    with pytest.raises(InputError, match="dots"):
        style([dots])
