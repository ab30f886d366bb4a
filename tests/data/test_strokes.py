"""Strokes and their geometry: round trips, checks, and the two-thirds power law of resampling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mdn_utils.data.resampling import resample
from mdn_utils.data.strokes import check, from_pen, ink_length, positions, to_pen
from mdn_utils.errors import InputError

COORDINATE = st.floats(-1e3, 1e3, width=32)
POLYLINE = st.integers(1, 12).flatmap(lambda n: arrays("float32", (n, 2), elements=COORDINATE))
PEN = st.lists(POLYLINE, min_size=1, max_size=6)


# --- round trips ---


@given(PEN)
def test_pen_to_strokes_and_back(pen):
    strokes = from_pen(pen)
    assert strokes.dtype == np.float32 and strokes.shape == (sum(map(len, pen)), 3)
    assert (strokes[0, :2] == 0).all() and strokes[-1, 2] == 1 and strokes[:, 2].sum() == len(pen)
    again = to_pen(strokes)
    assert [len(stroke) for stroke in again] == [len(stroke) for stroke in pen]
    for one, other in zip(again, pen):  # offsets are rounded to float32
        np.testing.assert_allclose(
            one, other - pen[0][0].astype("float64"), atol=2e-4 * len(strokes)
        )
    assert ink_length(again) == pytest.approx(ink_length(pen), rel=1e-4, abs=0.1)


@given(arrays("float32", st.tuples(st.integers(2, 30), st.just(2)), elements=COORDINATE), st.data())
def test_strokes_to_pen_and_back(offsets, data):
    ends = data.draw(arrays("float32", len(offsets), elements=st.sampled_from([0, 1])))
    offsets[0], ends[-1] = 0, 1
    strokes = np.column_stack([offsets, ends])
    again = from_pen(to_pen(strokes))
    np.testing.assert_allclose(again, strokes, atol=1e-3)
    np.testing.assert_array_equal(again[:, 2], ends)


def test_positions_are_running_sums_and_a_last_stroke_needs_no_end():
    strokes = [[0, 0, 0], [1, 2, 1], [3, -1, 0]]
    np.testing.assert_array_equal(positions(strokes), [[0, 0], [1, 2], [4, 1]])
    assert [stroke.tolist() for stroke in to_pen(strokes)] == [[[0, 0], [1, 2]], [[4, 1]]]
    assert ink_length([np.array([[0, 0], [3, 4.0]]), np.array([[7, 7.0]])]) == 5


# --- checks ---


@pytest.mark.parametrize(
    "strokes, told",
    [
        (
            [[0, 0, 0]],
            r"mine: expected at least 2 rows \[dx, dy, end_of_stroke\], found shape \(1, 3\)",
        ),
        (np.zeros((3, 2)), r"found shape \(3, 2\)"),
        (np.zeros(3), r"found shape \(3,\)"),
        ([], r"found shape \(0,\)"),
        (
            [[0, 0, 0], [0, np.nan, 0]],
            r"mine: point 1 is \[0.0, nan, 0.0\]; all numbers must be finite",
        ),
        ([[0, 0, 0], [np.inf, 0, 0]], "point 1 is"),
        ([[0, 0, 0], [1, 1, 2]], "end_of_stroke must be 0 or 1"),
        ([[0, 0, 0], [1, 1, 0.5]], "must be 0 or 1"),
        ([[0, 0, 0], [1, 1]], "expected rows of three numbers"),
        ([["a", 0, 0]], "expected rows of three numbers"),
        ([[None] * 3] * 2, "point 0 is|three numbers"),
    ],
)
def test_what_is_no_line_is_told(strokes, told):
    with pytest.raises(InputError, match=told):
        check(strokes, "mine")


def test_a_line_passes_the_check():
    found = check([[0, 0, 0], [1, 2, 1]])
    assert found.dtype == np.float32 and found.tolist() == [[0, 0, 0], [1, 2, 1]]


# --- resampling ---


def distance(points, path):
    """The farthest that any of `points` is from the polyline `path`."""
    a, b = path[:-1], path[1:]
    along = b - a
    share = np.einsum("nsk,sk->ns", points[:, None] - a, along) / np.maximum(
        (along**2).sum(1), 1e-12
    )
    nearest = a + np.clip(share, 0, 1)[..., None] * along
    return np.linalg.norm(points[:, None] - nearest, axis=-1).min(1).max()


def wave(height=1.0, count=400):
    t = np.linspace(0, 12, count)
    return np.column_stack([t, height * np.sin(t)])


def test_shape_stays():
    pen = [wave(), wave(0.5) + [0, 3], np.array([[0, 5], [4, 6.0]])]
    found = to_pen(resample(from_pen(pen), 0.25))
    assert len(found) == len(pen)
    for one, other in zip(found, pen):
        assert max(distance(one, other), distance(other, one)) < 0.06


@settings(max_examples=50)
@given(st.lists(POLYLINE, min_size=1, max_size=4), st.sampled_from([0.5, 2.0, 20.0, 300.0]))
def test_strokes_keep_their_number_and_ends(pen, spacing):
    found = to_pen(resample(from_pen(pen), spacing))
    assert len(found) == len(pen)
    start = pen[0][0].astype("float64")
    for one, other in zip(found, pen):
        assert np.isfinite(one).all()
        np.testing.assert_allclose(one[0] + start, other[0], atol=0.1 * spacing + 0.1)
        if len(one) > 1:
            np.testing.assert_allclose(one[-1] + start, other[-1], atol=0.1 * spacing + 0.1)
        else:
            assert ink_length([other]) <= spacing / 2 + 0.1, "only a dot becomes a point"


@pytest.mark.parametrize("spacing", [0.1, 0.3, 0.6])
def test_mean_spacing_is_what_was_asked(spacing):
    strokes = resample(from_pen([wave(), wave() + [20, 0]]), spacing)
    steps = np.linalg.norm(strokes[1:, :2], axis=1)[strokes[:-1, 2] == 0]
    assert steps.mean() == pytest.approx(spacing, rel=0.05)


def test_rests_and_the_rate_of_the_device_leave_no_trace():
    path = wave()
    resting = np.insert(
        path, [100] * 30 + [250] * 50 + [0] * 5, path[[100] * 30 + [250] * 50 + [0] * 5], axis=0
    )
    plain = resample(from_pen([path]), 0.25)
    np.testing.assert_allclose(resample(from_pen([resting]), 0.25), plain, atol=1e-4)
    dense = resample(from_pen([wave(count=3000)]), 0.25)
    assert len(dense) == len(plain)
    np.testing.assert_allclose(positions(dense), positions(plain), atol=0.05)


def test_two_thirds_power_law_on_an_ellipse():
    a, b, spacing = 4.0, 2.0, 0.2
    angle = np.arange(0, 6 * np.pi, 0.003)
    points = positions(
        resample(from_pen([np.column_stack([a * np.cos(angle), b * np.sin(angle)])]), spacing)
    ) + [a, 0]
    angle = np.unwrap(np.arctan2(points[:, 1] / b, points[:, 0] / a))[3:-3]
    fine = np.linspace(angle[:-1], angle[1:], 50)
    speed = np.hypot(a * np.sin(fine), b * np.cos(fine)).mean(0) * np.diff(
        angle
    )  # arc length a point
    middle = (angle[:-1] + angle[1:]) / 2
    curvature = a * b / np.hypot(a * np.sin(middle), b * np.cos(middle)) ** 3
    # on straight parts the law has no bound; a curvature of 0.1 a spacing is added there
    exponent = np.polyfit(np.log(curvature * spacing + 0.1), np.log(speed), 1)[0]
    assert exponent == pytest.approx(-1 / 3, abs=0.05)
    assert np.polyfit(np.log(curvature), np.log(speed), 1)[0] < -0.1


def test_points_crowd_where_the_line_bends():
    corner = np.array([[0, 0], [5, 0], [5, 5.0]])
    points = positions(resample(from_pen([corner]), 0.25))
    steps, at = (
        np.linalg.norm(np.diff(points, axis=0), axis=1),
        np.linalg.norm(points[1:] - [5, 0], axis=1),
    )
    assert steps[at < 0.4].mean() < 0.7 * steps[at > 2].mean()
