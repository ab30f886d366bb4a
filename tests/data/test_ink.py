"""Ink prepared for a reader: nothing depends on its unit, its place, its device or its text."""
import numpy as np
import pytest

from mdn_utils.data.ink import (
    FEATURES,
    features,
    letter_height,
    pad_steps,
    pen_steps,
    slope,
    vary,
)
from mdn_utils.data.simulated import Style, write
from mdn_utils.data.strokes import from_pen, positions, to_pen
from mdn_utils.errors import InputError


@pytest.mark.parametrize("text", ["one", "lily", "The quick brown fox", "MARRIAGE", "g"])
@pytest.mark.parametrize("size", [0.01, 300.0])
def test_the_height_is_near_the_x_height(text, size):
    assert 0.7 < letter_height(write(text, Style(size=size))) / size < 2.2


def test_the_same_ink_in_another_unit_gives_the_same_steps():
    strokes = write("Hello there")
    larger = strokes * np.float32([256, 256, 1])
    np.testing.assert_allclose(pen_steps(larger), pen_steps(strokes), atol=1e-3)


def test_another_sampling_rate_gives_nearly_the_same_steps():
    strokes = write("minimum")
    twice = []
    for stroke in to_pen(strokes):
        between = np.linspace(0, len(stroke) - 1, 2 * len(stroke) - 1)
        grid = np.arange(len(stroke))
        twice.append(np.stack([np.interp(between, grid, axis) for axis in stroke.T], 1))
    here, there = pen_steps(strokes), pen_steps(from_pen(twice))
    assert abs(len(there) - len(here)) <= 3
    assert np.abs(here[:, :2].sum(0) - there[:, :2].sum(0)).max() < 1


def test_a_tilted_line_is_levelled():
    strokes = write("a line that is long enough", Style(slope=0.0, drift=0.0))
    strokes[:, 1] += 0.1 * strokes[:, 0]
    assert slope(strokes) == pytest.approx(0.1, abs=0.01)
    x, y = np.cumsum(pen_steps(strokes)[:, :2], 0).T
    assert abs(np.polyfit(x, y, 1)[0]) < 0.01


def test_three_dots_leave_enough_frames():
    dots = [np.array([[x, 0.0], [x, 0.0]]) for x in (0, 1, 2)]
    steps = pen_steps(from_pen([np.array([[-2.0, 0], [-1, 2]]), *dots]))
    assert steps[:, 2].sum() == 3  # jumps
    assert (len(steps) - steps[:, 2].argmax() - 1) // 2 >= 5  # frames for . blank . blank .


@pytest.mark.parametrize("strokes, what", [
    ([[0, 0, 0], [np.nan, 1, 1]], "finite"),
    ([[0, 0, 1], [0, 0, 1]], "dots"),
    ([[0, 0, 1]], "at least 2 rows"),
    (np.zeros((0, 3)), "at least 2 rows"),
    ("ink", "rows of three numbers"),
])
def test_what_cannot_be_read_is_one_sentence(strokes, what):
    with pytest.raises(InputError, match=what) as found:
        pen_steps(strokes, "line 7")
    assert str(found.value).startswith("line 7: ")
    assert "\n" not in str(found.value)


def test_more_ink_than_a_line_has_is_refused():
    sentence = write("the quick brown fox jumps over the lazy dog")
    with pytest.raises(InputError, match="more ink than on a line"):
        pen_steps(np.concatenate(20 * [sentence]))


def test_ten_thousand_points_of_a_line_are_read():
    points = np.concatenate(to_pen(write("hello")))
    grid = np.linspace(0, len(points) - 1, 10_000)
    dense = np.stack([np.interp(grid, np.arange(len(points)), axis) for axis in points.T], 1)
    assert 30 < len(pen_steps(from_pen([dense]))) < 150


def test_features_do_not_depend_on_padding():
    lines = [pen_steps(write(text)) for text in ("short", "a longer line")]
    longest = max(map(len, lines))
    together = features(pad_steps(lines, 3, longest + 5))
    assert together.shape == (3, longest + 5, FEATURES)
    for row, line in zip(together, lines):
        alone = features(pad_steps([line], 1, len(line)))[0]
        np.testing.assert_allclose(row[:len(line)], alone, atol=1e-6)
        assert not row[len(line):].any()
    assert not together[2].any()


def test_height_and_distance_back_are_those_of_the_pen():
    line = pen_steps(write("it"))
    seen = np.sinh(features(pad_steps([line], 1, len(line)))[0].astype("float64"))
    x, y = np.cumsum(line[:, :2].astype("float64"), 0).T
    np.testing.assert_allclose(4 * seen[:, 3], y - np.median(y), atol=1e-4)
    np.testing.assert_allclose(4 * seen[:, 4], x - np.maximum.accumulate(x), atol=1e-4)


def test_variation_is_small_and_repeatable_and_leaves_the_padding_alone():
    steps = pad_steps([pen_steps(write("vary"))], 2, 120)
    varied = vary(steps, np.random.default_rng(0))
    np.testing.assert_array_equal(varied, vary(steps, np.random.default_rng(0)))
    np.testing.assert_array_equal(varied[..., 2:], steps[..., 2:])
    assert not varied[steps[..., 3] == 0].any()
    assert 0 < np.abs(varied - steps)[..., :2].mean() < 0.5


def test_a_varied_line_does_not_drift_away():
    level = pad_steps([np.tile([1.0, 0.0, 0.0], (2000, 1))], 1, 2000)
    path = np.cumsum(vary(level, np.random.default_rng(0))[0, :, :2], axis=0)
    away = path[:, 1] - np.polyval(np.polyfit(*path.T, 1), path[:, 0])
    assert 0.3 < np.abs(away).max() < 5


def test_strokes_are_not_changed():
    strokes = write("left alone")
    before = strokes.copy()
    pen_steps(strokes)
    np.testing.assert_array_equal(strokes, before)
    assert len(positions(strokes)) == len(strokes)
