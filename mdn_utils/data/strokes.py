"""A line of handwriting as an array, and its geometry.

Strokes are the one data type that everything here speaks: float32 rows [dx, dy, end_of_stroke],
y up, one row per pen point. Row 0 is the first point, [0, 0, e]; row t is the offset from point
t - 1 to point t, and end_of_stroke is 1 if the pen lifts after the point (Graves 2013, section 4).
"""
from typing import NamedTuple

import numpy as np

from ..errors import InputError


class Line(NamedTuple):
    """One line of handwriting; a corpus is a list of these.

    Attributes:
        strokes: (T, 3), float32.
        text: what it says.
        writer: who wrote it.

    Example:

    >>> Line(np.zeros((5, 3), np.float32), "l", "me").text
    'l'
    """

    strokes: np.ndarray
    text: str
    writer: str


def check(strokes, name="strokes"):
    """Return `strokes` as float32 (T, 3).

    Args:
        strokes: rows [dx, dy, end_of_stroke].
        name: what to call them in an error message.

    Raises:
        InputError: if they can't be a line of handwriting: another shape, fewer than 2 points,
            numbers that aren't finite, or an end_of_stroke that is neither 0 nor 1.

    Example:

    >>> check([[0, 0, 0], [3, 4, 1]]).shape
    (2, 3)
    """
    try:
        strokes = np.asarray(strokes, dtype=np.float32)
    except (ValueError, TypeError):
        raise InputError(
            f"{name}: expected rows of three numbers [dx, dy, end_of_stroke]"
        ) from None
    if strokes.ndim != 2 or strokes.shape[1] != 3 or len(strokes) < 2:
        raise InputError(
            f"{name}: expected at least 2 rows [dx, dy, end_of_stroke], found shape {strokes.shape}"
        )
    bad = np.flatnonzero(~np.isfinite(strokes).all(axis=1))
    if len(bad):
        point = strokes[bad[0]].tolist()
        raise InputError(f"{name}: point {bad[0]} is {point}; all numbers must be finite")
    if not np.isin(strokes[:, 2], (0, 1)).all():
        raise InputError(f"{name}: end_of_stroke must be 0 or 1")
    return strokes


def from_pen(pen):
    """Return strokes (T, 3) of a list of pen-down polylines (N, 2), y up.

    Example:

    >>> from_pen([[(0, 0), (0, 9)], [(1, 5)]]).tolist()
    [[0.0, 0.0, 0.0], [0.0, 9.0, 1.0], [1.0, -4.0, 1.0]]
    """
    return rows_of(np.concatenate(pen).astype(np.float64), [len(stroke) for stroke in pen])


def rows_of(points, counts):
    """Return strokes of points that belong to several polylines, one after the other.

    Args:
        points: (T, 2).
        counts: how many of the points belong to the first polyline, to the second, and so on.

    Returns:
        Strokes (T, 3).

    Example:

    >>> rows_of(np.array([(0, 0), (0, 9), (1, 5)]), [2, 1])[:, 2].tolist()
    [0.0, 1.0, 1.0]
    """
    rows = np.zeros((len(points), 3), np.float32)
    rows[1:, :2] = np.diff(points, axis=0)
    rows[np.cumsum(counts) - 1, 2] = 1
    return rows


def positions(strokes):
    """Return pen positions (T, 2): the running sum of the offsets.

    Example:

    >>> positions([[0, 0, 0], [3, 4, 0], [1, 0, 1]]).tolist()
    [[0.0, 0.0], [3.0, 4.0], [4.0, 4.0]]
    """
    return np.cumsum(np.asarray(strokes)[:, :2], axis=0, dtype=np.float64)


def to_pen(strokes):
    """Return the pen-down polylines (N, 2): the inverse of `from_pen`, up to where a line starts.

    Example:

    >>> [len(stroke) for stroke in to_pen([[0, 0, 0], [3, 4, 1], [1, 0, 1]])]
    [2, 1]
    """
    ends = np.flatnonzero(np.asarray(strokes)[:, 2] > 0.5) + 1
    return [stroke for stroke in np.split(positions(strokes), ends) if len(stroke)]


def ink_length(pen):
    """Return the length of all pen-down polylines together, in their own unit.

    Example:

    >>> ink_length([np.array([(0, 0), (3, 4)]), np.array([(9, 9)])])
    5.0
    """
    steps = np.diff(np.concatenate(pen), axis=0)
    steps[np.cumsum([len(stroke) for stroke in pen])[:-1] - 1] = 0  # the pen is up between them
    return float(np.hypot(*steps.T).sum())


def ink_middle(pen):
    """Return the mean height of all ink of pen-down polylines, in their own unit.

    Example:

    >>> float(ink_middle([np.array([(0, 0), (0, 4)]), np.array([(3, 9)])]))
    2.0
    """
    weights = np.concatenate([np.hypot(*np.diff(stroke, axis=0).T) for stroke in pen])
    heights = np.concatenate([(stroke[1:, 1] + stroke[:-1, 1]) / 2 for stroke in pen])
    if not weights.any():
        return np.concatenate(pen)[:, 1].mean()
    return np.average(heights, weights=weights)


def curves(strokes):
    """Return a line as smooth curves to draw: what `bezier` gives for each pen-down polyline.

    Example:

    >>> [len(curve) for curve in curves([[0, 0, 0], [3, 4, 1], [1, 0, 1]])]
    [4, 1]
    """
    return [bezier(stroke) for stroke in to_pen(strokes)]


def bezier(stroke):
    """Return cubic Bezier curves that join points smoothly.

    The curve leaves a point in the direction from the point before to the one after (Catmull and
    Rom 1974): the inner control points between p1 and p2 are p1 + (p2 - p0)/6 and p2 - (p3 - p1)/6.
    An end is its own neighbour.

    Args:
        stroke: N + 1 points (N + 1, 2).

    Returns:
        Control points (3N + 1, 2) of N curves.

    Example:

    >>> bezier([(0, 0), (6, 0)]).tolist()
    [[0.0, 0.0], [1.0, 0.0], [5.0, 0.0], [6.0, 0.0]]
    """
    stroke = np.asarray(stroke, np.float64)
    around = np.concatenate([stroke[:1], stroke, stroke[-1:]])
    tangent = (around[2:] - around[:-2]) / 6
    points = np.repeat(stroke, 3, axis=0)
    points[::3] -= tangent
    points[2::3] += tangent
    return points[1:-1]
