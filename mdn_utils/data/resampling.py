"""Retime the points of a line as hands move: the two-thirds power law.

All strokes of a line are worked on at once. Arrays hold them one after the other, and on the axes
of arc length and of time a gap of `spacing` keeps them apart.
"""
import numpy as np

from .strokes import positions, rows_of

OVERSAMPLE = 8  # even samples per spacing, on which smoothing and curvature work
SHARPEST = 8  # curvature times spacing, beyond which a pen gets no slower


def resample(strokes, spacing, smooth=0.5):
    """Return the same line with its points timed by the two-thirds power law.

    A pen moves at a speed proportional to curvature^(-1/3) (Lacquaniti et al. 1983), so points
    crowd where the line bends. Devices sample at different rates and people rest; after this, all
    lines look alike in time.

    Args:
        strokes: (T, 3).
        spacing: mean distance of neighbouring points, in the unit of the strokes.
        smooth: standard deviation, in units of `spacing`, of the smoothing that takes out the
            device's noise.

    Returns:
        Strokes (N, 3). Strokes shorter than half the spacing become dots.

    Example:

    >>> line = [[0, 0, 0], [10, 0, 1]]
    >>> len(resample(line, spacing=1.0))
    11
    """
    points, arc, starts, length = _by_arc_length(strokes, spacing)
    steps = np.maximum(np.ceil(length / spacing * OVERSAMPLE).astype(int), 4)  # of each stroke
    samples = steps + 1
    at = np.repeat(arc[starts], samples) + _count(samples) * np.repeat(length / steps, samples)
    fine = np.stack([np.interp(at, arc, axis) for axis in points.T])
    fine = _blur(fine, samples, smooth * OVERSAMPLE)
    time, begins = _time(fine, steps, spacing)

    kept = np.maximum(np.rint(length / spacing), length > 0).astype(int)  # steps of each stroke
    pace = (time[begins + steps] - time[begins]) / np.maximum(kept, 1)
    at = np.repeat(time[begins], kept + 1) + _count(kept + 1) * np.repeat(pace, kept + 1)
    return rows_of(np.stack([np.interp(at, time, axis) for axis in fine], axis=1), kept + 1)


def _by_arc_length(strokes, spacing):
    """The points where the pen moves, with the arc length at each.

    Returns (points (N, 2), arc (N,), the index of each stroke's first point, each stroke's length).
    """
    points = positions(strokes)
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    first = np.concatenate([[True], np.asarray(strokes)[:-1, 2] > 0.5])
    moving = first | (steps > 0)
    points, steps = points[moving], steps[moving]
    starts = np.flatnonzero(first[moving])
    steps[starts] = 0
    length = np.add.reduceat(steps, starts)
    length[length < spacing / 2] = 0
    steps[starts] = spacing  # the gap
    return points, np.cumsum(steps), starts, length


def _time(fine, steps, spacing):
    """When the pen is at each fine point, and the index of each stroke's first one.

    Args:
        fine: (2, N), evenly spaced points.
        steps: how many steps there are between the points of each stroke.
        spacing: see `resample`; also the gap between strokes.
    """
    begins = np.cumsum(steps + 1) - steps - 1
    inner = np.ones(fine.shape[1], bool)
    inner[begins] = False  # a step leads to every fine point but the first of a stroke
    tangent = np.diff(fine, axis=1)[:, inner[1:]]
    speed = np.hypot(*tangent) + 1e-12
    turn = np.abs(_turn(np.arctan2(tangent[1], tangent[0]), steps))
    bend = _blur(turn[None], steps, OVERSAMPLE / 2)[0] / speed * spacing
    time = np.full(fine.shape[1], float(spacing))
    time[inner] = speed * (np.clip(bend, 0, SHARPEST) + 0.1) ** (1 / 3)
    return np.cumsum(time), begins


def _count(counts):
    """0 ... n - 1 for each n of `counts`, one after the other."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _turn(angle, counts):
    """Change of the angle per step: central differences within each run of `counts` angles."""
    change = np.diff(angle)
    change -= 2 * np.pi * np.rint(change / (2 * np.pi))
    place = np.arange(len(angle))
    first = np.repeat(np.cumsum(counts) - counts, counts)
    last = first + np.repeat(counts, counts) - 2
    return (change[np.maximum(place - 1, first)] + change[np.minimum(place, last)]) / 2


def _blur(values, counts, sigma):
    """Gaussian smoothing (axis 1) within each run of `counts` values; the runs' ends stay put."""
    half = int(3 * sigma)
    if half == 0:
        return values
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    # Mirrored through the end points, so that straight ends stay straight.
    padded = counts + 2 * half
    first = np.repeat(np.cumsum(counts) - counts, padded)
    last = first + np.repeat(counts, padded) - 1
    place = first + _count(padded) - half
    inside = np.clip(place, first, last)
    values = 2 * values[:, inside] - values[:, np.clip(2 * inside - place, first, last)]
    return np.stack([np.convolve(row, kernel, "same") for row in values])[:, place == inside]
