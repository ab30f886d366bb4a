"""A line of handwriting as an array, its geometry, and SVG, PNG and JSON in and out.

Strokes are the one data type that everything here speaks: float32 rows `[dx, dy, end_of_stroke]`, y up,
one row a pen point. Row 0 is the first point, `[0, 0, e]`; row t is the offset from point t-1 to point t,
and `end_of_stroke` is 1 where the pen lifts after the point (Graves 2013, section 4).
"""
import json
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np


class InputError(ValueError):
    """Bad input, told in one sentence: what was wrong, where, and what would be right."""


class Line(NamedTuple):
    """One line of handwriting: what every corpus is a list of."""
    strokes: np.ndarray  # (T, 3) float32
    text: str
    writer: str


def check(strokes, name="strokes"):
    """Return `strokes` as float32 (T, 3), or raise InputError where they cannot be a line of handwriting."""
    strokes = np.asarray(strokes, dtype=np.float32)
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
    points = np.concatenate(pen).astype(np.float64)
    ends = np.zeros(len(points))
    ends[np.cumsum([len(stroke) for stroke in pen]) - 1] = 1
    offsets = np.diff(points, axis=0, prepend=points[:1])
    return np.column_stack([offsets, ends]).astype(np.float32)


def positions(strokes):
    """Pen positions (T, 2): the running sum of the offsets."""
    return np.cumsum(np.asarray(strokes)[:, :2], axis=0, dtype=np.float64)


def to_pen(strokes):
    """The pen-down polylines, a list of (N, 2): the inverse of `from_pen`, up to where the line starts."""
    ends = np.flatnonzero(np.asarray(strokes)[:, 2] > 0.5) + 1
    return [stroke for stroke in np.split(positions(strokes), ends) if len(stroke)]


def ink(pen):
    """Length of all pen-down polylines together, in their own unit."""
    return float(sum(np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum() for stroke in pen))


def resample(strokes, spacing, smooth=0.5):
    """The same line with its points re-timed by the two-thirds power law, about `spacing` apart on average.

    A pen moves at a speed proportional to curvature^(-1/3) (Lacquaniti et al. 1983), so points crowd where
    the line bends. Devices sample at different rates and people rest; after this, all lines look alike in time.
    spacing: mean distance of neighbouring points, in the unit of the strokes.
    smooth: standard deviation, in units of `spacing`, of the smoothing that takes out the device's noise.
    """
    return from_pen([_retime(stroke, spacing, smooth) for stroke in to_pen(strokes)])


def _retime(stroke, spacing, smooth, oversample=8):
    steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    stroke, steps = stroke[np.concatenate([[True], steps > 0])], steps[steps > 0]
    length = steps.sum()
    if length < spacing / 2:
        return stroke[:1]
    fine = max(int(np.ceil(length / spacing * oversample)), 2)
    at = np.linspace(0, length, fine + 1)
    arc = np.concatenate([[0], np.cumsum(steps)])
    path = np.column_stack([np.interp(at, arc, stroke[:, k]) for k in (0, 1)])
    path = _blur(path, smooth * oversample)
    tangent = np.diff(path, axis=0)
    speed = np.linalg.norm(tangent, axis=1) + 1e-12
    angle = np.unwrap(np.arctan2(tangent[:, 1], tangent[:, 0]))
    bend = _blur(np.abs(np.gradient(angle))[:, None], oversample / 2)[:, 0] / speed * spacing
    time = np.concatenate([[0], np.cumsum(speed * (np.clip(bend, 0, 8) + 0.1) ** (1 / 3))])
    count = max(int(round(length / spacing)), 1)
    place = np.interp(np.linspace(0, time[-1], count + 1), time, np.arange(len(time)))
    return np.column_stack([np.interp(place, np.arange(len(time)), path[:, k]) for k in (0, 1)])


def _blur(values, sigma):
    """Gaussian smoothing along axis 0 that leaves the two ends where they are."""
    half = int(3 * sigma)
    if half == 0 or len(values) < 3:
        return values
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    # mirrored through the end points, so that straight ends stay straight
    head = 2 * values[:1] - values[1:half + 1][::-1]
    tail = 2 * values[-1:] - values[-half - 1:-1][::-1]
    pad = [half - len(head), half - len(tail)]
    head = np.concatenate([np.repeat(head[:1], pad[0], axis=0), head])
    tail = np.concatenate([tail, np.repeat(tail[-1:], pad[1], axis=0)])
    padded = np.concatenate([head, values, tail])
    return np.column_stack([np.convolve(padded[:, k], kernel, "valid") for k in range(values.shape[1])])
