"""Accents: over their letter, in the size and the slant of the hand."""
import numpy as np
import pytest

from mdn_utils import accents
from mdn_utils.accent_shapes import BELOW, SHAPES
from mdn_utils.data.pasted import MARKS
from mdn_utils.data.strokes import check, from_pen, to_pen

ZIGZAG = np.array([(0, 4.0), (1, 0), (2, 4), (3, 0), (4, 4)])  # a letter, 4 high and 4 wide


def line(count=3, slant=0.0, size=1.0, dots=()):
    """Letters of one stroke each, 6 apart, with a dot over some: strokes and attention."""
    pen, letters = [], []
    for number in range(count):
        pen.append(ZIGZAG + (6 * number, 0))
        letters += [number] * len(ZIGZAG)
        if number in dots:
            pen.append(np.array([(6 * number + 2, 6.0), (6 * number + 2.1, 5.8)]))
            letters += [number] * 2
    pen = [(stroke + np.outer(stroke[:, 1], (slant, 0))) * size for stroke in pen]
    attention = np.eye(count)[letters[1:] + [count - 1]]  # row t: while point t + 1 was drawn
    return from_pen(pen), attention


def marks_of(strokes, drawn):
    """The strokes of `drawn` that are not in `strokes`, in their place on the line."""
    before = [stroke.round(3).tolist() for stroke in to_pen(strokes)]
    return [stroke for stroke in to_pen(drawn) if stroke.round(3).tolist() not in before]


def test_every_mark_has_a_shape():
    assert set(MARKS.values()) <= set(SHAPES) and BELOW < set(SHAPES)


@pytest.mark.parametrize("name", sorted(set(MARKS.values())))
@pytest.mark.parametrize("place", [0, 1, 2])
def test_over_its_letter_or_under(name, place):
    strokes, attention = line()
    drawn, phi = accents.draw(strokes, attention, "aaa", {place: [name]})
    assert check(drawn).shape[0] == len(phi) and phi.shape[1] == 3
    x, y = np.concatenate(marks_of(strokes, drawn)).T + np.array([[0], [4]])
    assert 6 * place - 1 < x.min() and x.max() < 6 * place + 5
    assert (y < 0.5).all() if name in BELOW else (y > 3.9).all()
    assert (phi.argmax(1) == place).sum() >= len(x)


def test_size_and_slant_are_the_hands():
    strokes, attention = line(slant=0.5)
    upright = marks_of(*[line()[0], accents.draw(*line(), "aaa", {1: ["acute"]})[0]])[0]
    slanted = marks_of(strokes, accents.draw(strokes, attention, "aaa", {1: ["acute"]})[0])[0]
    lean = [np.subtract(*mark[[0, -1]]) for mark in (upright, slanted)]
    assert lean[1][0] / lean[1][1] == pytest.approx(lean[0][0] / lean[0][1] + 0.5, abs=0.25)
    large = line(size=10)
    mark = marks_of(large[0], accents.draw(*large, "aaa", {1: ["acute"]})[0])[0]
    assert np.ptp(mark[:, 1]) == pytest.approx(10 * np.ptp(upright[:, 1]), rel=0.01)


def test_an_accent_takes_the_place_of_a_dot():
    strokes, attention = line(dots=(0, 1))
    assert len(to_pen(strokes)) == 5
    for letter, strokes_left in (("i", 5), ("a", 6)):
        drawn, _ = accents.draw(strokes, attention, f"i{letter}i", {1: ["circumflex"]})
        assert len(to_pen(drawn)) == strokes_left
    drawn, _ = accents.draw(strokes, attention, "iii", {1: ["ogonek"]})
    assert len(to_pen(drawn)) == 6  # below: the dot stays


def test_it_follows_the_stroke_of_its_letter():
    strokes, attention = line()
    drawn, _ = accents.draw(strokes, attention, "aaa", {1: ["diaeresis"]})
    lengths = [len(stroke) for stroke in to_pen(drawn)]
    assert lengths == [5, 5, 3, 3, 5]
    np.testing.assert_allclose(to_pen(drawn)[4], to_pen(strokes)[2], atol=1e-5)


def test_two_accents_are_stacked():
    strokes, attention = line()
    low, high = marks_of(strokes, accents.draw(strokes, attention, "eee", {1: ["circumflex", "acute"]})[0])
    assert low[:, 1].max() < high[:, 1].min() + 0.3


def test_nothing_to_draw():
    strokes, attention = line()
    assert accents.draw(strokes, attention, "aaa", {})[0] is strokes
    dots = from_pen([np.zeros((2, 2))])
    assert accents.draw(dots, np.ones((2, 1)), "a", {0: ["acute"]})[0] is dots


def test_a_letter_that_the_window_passed_over_gets_its_accent():
    strokes, attention = line()
    attention[:, 1] *= 0.1
    attention[:, 0] += attention[:, 1] * 2
    drawn, _ = accents.draw(strokes, attention, "aaa", {1: ["acute"]})
    assert 5 < marks_of(strokes, drawn)[0][:, 0].mean() < 11


def test_a_stroke_that_starts_under_a_space_is_the_next_letters():
    """The window may still stand on the space while the pen is drawing a stem from its top."""
    stem = np.array([(0, 4.0), (0, 3), (0, 2), (0, 1.5), (0, 1), (0, 0.5), (0, 0)])
    strokes = from_pen([ZIGZAG, stem + (9, 0), ZIGZAG + (12, 0)])
    letters = [0] * 5 + [1, 1] + [2] * 5 + [3] * 5
    attention = np.eye(4)[letters[1:] + [3]]
    drawn, _ = accents.draw(strokes, attention, "a ia", {2: ["circumflex"]})
    (mark,) = marks_of(strokes, drawn)
    assert mark[:, 1].min() + 4 > 4.3  # over the top of the stem, not in it
