"""A line of handwriting as an array, and its geometry.

Strokes are the one data type that everything here speaks: float32 rows `[dx, dy, end_of_stroke]`, y up,
one row a pen point. Row 0 is the first point, `[0, 0, e]`; row t is the offset from point t-1 to point t,
and `end_of_stroke` is 1 where the pen lifts after the point (Graves 2013, section 4).
"""
from typing import NamedTuple

import numpy as np

from ..errors import InputError


class Line(NamedTuple):
    """One line of handwriting: what every corpus is a list of."""
    strokes: np.ndarray  # (T, 3) float32
    text: str
    writer: str


def check(strokes, name="strokes"):
    """Return `strokes` as float32 (T, 3), or raise InputError where they cannot be a line of handwriting."""
    try:
        strokes = np.asarray(strokes, dtype=np.float32)
    except (ValueError, TypeError):
        raise InputError(f"{name}: expected rows of three numbers [dx, dy, end_of_stroke]") from None
    if strokes.ndim != 2 or strokes.shape[1] != 3 or len(strokes) < 2:
        raise InputError(f"{name}: expected at least 2 rows [dx, dy, end_of_stroke], found shape {strokes.shape}")
    bad = np.flatnonzero(~np.isfinite(strokes).all(axis=1))
    if len(bad):
        raise InputError(f"{name}: point {bad[0]} is {strokes[bad[0]].tolist()}; all numbers must be finite")
    if not np.isin(strokes[:, 2], (0, 1)).all():
        raise InputError(f"{name}: end_of_stroke must be 0 or 1")
    return strokes


def from_pen(pen):
    """Strokes (T, 3) from a list of pen-down polylines, each (N, 2), y up."""
    return _rows(np.concatenate(pen).astype(np.float64), [len(stroke) for stroke in pen])


def _rows(points, counts):
    """Strokes (T, 3) from points (T, 2), of which the first counts[0] are the first pen-down polyline, and so on."""
    rows = np.zeros((len(points), 3), np.float32)
    rows[1:, :2] = np.diff(points, axis=0)
    rows[np.cumsum(counts) - 1, 2] = 1
    return rows


def positions(strokes):
    """Pen positions (T, 2): the running sum of the offsets."""
    return np.cumsum(np.asarray(strokes)[:, :2], axis=0, dtype=np.float64)


def to_pen(strokes):
    """The pen-down polylines, a list of (N, 2): the inverse of `from_pen`, up to where the line starts."""
    ends = np.flatnonzero(np.asarray(strokes)[:, 2] > 0.5) + 1
    return [stroke for stroke in np.split(positions(strokes), ends) if len(stroke)]


def ink_length(pen):
    """Length of all pen-down polylines together, in their own unit."""
    steps = np.diff(np.concatenate(pen), axis=0)
    steps[np.cumsum([len(stroke) for stroke in pen])[:-1] - 1] = 0  # the pen is up between them
    return float(np.hypot(*steps.T).sum())


def curves(strokes):
    """A line as smooth curves to draw: for each pen-down polyline the points that `bezier` gives."""
    return [bezier(stroke) for stroke in to_pen(strokes)]


def bezier(stroke):
    """Control points (3N + 1, 2) of N cubic Bezier curves that join the N + 1 points of `stroke` smoothly.

    The curve leaves a point in the direction from the point before to the one after (Catmull and Rom 1974): the inner
    control points between p1 and p2 are p1 + (p2 - p0)/6 and p2 - (p3 - p1)/6. An end is its own neighbour.
    """
    stroke = np.asarray(stroke, np.float64)
    around = np.concatenate([stroke[:1], stroke, stroke[-1:]])
    tangent = (around[2:] - around[:-2]) / 6
    points = np.repeat(stroke, 3, axis=0)
    points[::3] -= tangent
    points[2::3] += tangent
    return points[1:-1]


def resample(strokes, spacing, smooth=0.5):
    """The same line with its points re-timed by the two-thirds power law, about `spacing` apart on average.

    A pen moves at a speed proportional to curvature^(-1/3) (Lacquaniti et al. 1983), so points crowd where
    the line bends. Devices sample at different rates and people rest; after this, all lines look alike in time.
    spacing: mean distance of neighbouring points, in the unit of the strokes.
    smooth: standard deviation, in units of `spacing`, of the smoothing that takes out the device's noise.
    Strokes shorter than half the spacing become dots.
    """
    # All strokes at once: arrays hold them one after the other, and a jump by `spacing` keeps them apart on the axes
    # of arc length and time. "fine" is an even sampling at 8 points a spacing, on which smoothing and curvature work.
    oversample = 8
    points = positions(strokes)
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    first = np.concatenate([[True], np.asarray(strokes)[:-1, 2] > 0.5])
    points, steps, first = (array[first | (steps > 0)] for array in (points, steps, first))  # not at rest
    starts = np.flatnonzero(first)
    steps[starts] = 0
    length = np.add.reduceat(steps, starts)
    length[length < spacing / 2] = 0
    steps[starts] = spacing
    arc = np.cumsum(steps)

    cuts = np.maximum(np.ceil(length / spacing * oversample).astype(int), 4)  # fine steps of each stroke
    at = np.repeat(arc[starts], cuts + 1) + _count(cuts + 1) * np.repeat(length / cuts, cuts + 1)
    fine = _blur(np.stack([np.interp(at, arc, axis) for axis in points.T]), cuts + 1, smooth * oversample)
    begins = np.cumsum(cuts + 1) - cuts - 1
    inner = np.ones(len(at), bool)
    inner[begins] = False  # a step leads to every fine point but the first of a stroke
    tangent = np.diff(fine, axis=1)[:, inner[1:]]
    speed = np.hypot(*tangent) + 1e-12
    turn = np.abs(_turn(np.arctan2(tangent[1], tangent[0]), cuts))
    bend = _blur(turn[None], cuts, oversample / 2)[0] / speed * spacing
    time = np.full(len(at), float(spacing))
    time[inner] = speed * (np.clip(bend, 0, 8) + 0.1) ** (1 / 3)
    time = np.cumsum(time)

    counts = np.maximum(np.rint(length / spacing), length > 0).astype(int)  # steps to keep
    pace = (time[begins + cuts] - time[begins]) / np.maximum(counts, 1)
    at = np.repeat(time[begins], counts + 1) + _count(counts + 1) * np.repeat(pace, counts + 1)
    return _rows(np.stack([np.interp(at, time, axis) for axis in fine], axis=1), counts + 1)


def _count(counts):
    """0 ... n - 1 for each n of `counts`, one after the other."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _turn(angle, counts):
    """Change of the angle a step, central differences within each run of `counts` angles."""
    change = np.diff(angle)
    change -= 2 * np.pi * np.rint(change / (2 * np.pi))
    place = np.arange(len(angle))
    first = np.repeat(np.cumsum(counts) - counts, counts)
    last = first + np.repeat(counts, counts) - 2
    return (change[np.maximum(place - 1, first)] + change[np.minimum(place, last)]) / 2


def _blur(values, counts, sigma):
    """Gaussian smoothing (axis 1) of each run of `counts` values that leaves the run's ends where they are."""
    half = int(3 * sigma)
    if half == 0:
        return values
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    # mirrored through the end points, so that straight ends stay straight
    padded = counts + 2 * half
    first = np.repeat(np.cumsum(counts) - counts, padded)
    last = first + np.repeat(counts, padded) - 1
    place = first + _count(padded) - half
    inside = np.clip(place, first, last)
    values = 2 * values[:, inside] - values[:, np.clip(2 * inside - place, first, last)]
    return np.stack([np.convolve(row, kernel, "same") for row in values])[:, place == inside]
