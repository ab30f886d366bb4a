"""Tell from the ink whether a line stands on its head."""
import warnings

import numpy as np

from .strokes import to_pen

FEWEST = 40  # steep steps: with less to go by, nothing is said
CLEAR = 0.2  # more than this, the other way: 4 of 5,334 lines of UNIPEN, 1 % of its words


def falling(strokes):
    """Measure how much more of the steep ink was drawn downwards than upwards.

    Hands pull their straight strokes down and come back up on the slant, whatever they write.

    Args:
        strokes: (T, 3), rows [dx, dy, end_of_stroke].

    Returns:
        -1 to 1, above 0 for a line that is upright if y counts up; 0 if there is too little ink to
        tell.

    Example:

    >>> comb = 30 * [[0, -2, 0], [0, -2, 1], [1, 4, 0]]
    >>> falling(np.array(comb, "float32"))
    1.0
    """
    strokes = np.asarray(strokes, np.float64)
    steps = strokes[1:][strokes[:-1, 2] == 0]
    steep = steps[np.abs(steps[:, 1]) > 2 * np.abs(steps[:, 0]), 1]
    if len(steep) < FEWEST:
        return 0.0
    steep = steep / np.abs(steep).max()
    starts = [stroke[0, 1] - stroke[-1, 1] for stroke in to_pen(strokes)]
    heights = np.ptp(np.cumsum(strokes[:, 1])) or 1
    balance = -steep.sum() / np.abs(steep).sum()
    return float(np.clip(balance + np.mean(starts) / heights, -1, 1))


def is_upside_down(lines):
    """Return whether most of the lines are clearly upside down.

    Args:
        lines: a list of strokes (T, 3), of one file.

    Example:

    >>> comb = np.array(30 * [[0, -2, 0], [0, -2, 1], [1, 4, 0]], "float32")
    >>> is_upside_down([comb]), is_upside_down([comb * [1, -1, 1]])
    (False, True)
    """
    told = np.array([falling(strokes) for strokes in lines])
    told = told[told != 0]
    return bool(len(told) and np.median(told) < -CLEAR)


def stand_up(lines, downs, is_sure, path):
    """Return the lines of a file with y up, and warn if they look upside down.

    Args:
        lines: a list of `Line`, with y as in the file.
        downs: for each, whether y counts down, as far as is known.
        is_sure: whether the file says so, or its form. If not, and the ink says otherwise, the
            lines are turned.
        path: the file.

    Example:

    >>> from mdn_utils.data.strokes import Line
    >>> line = Line(np.float32([[0, 0, 0], [0, -9, 1]]), "l", "me")
    >>> stand_up([line], [True], True, "l.csv")[0].strokes[1].tolist()
    [0.0, 9.0, 1.0]
    """
    flip = np.float32([1, -1, 1])
    lines = [
        line._replace(strokes=line.strokes * flip) if down else line
        for line, down in zip(lines, downs)
    ]
    if not is_upside_down([line.strokes for line in lines[:1000]]):
        return lines
    if is_sure:
        warnings.warn(
            f'{path}: the lines look upside down; if y counts down in it, say "y": "down" there, '
            "or turn it with `python -m mdn_utils lines --y down`", stacklevel=3,
        )
        return lines
    way = "up" if downs[0] else "down"
    warnings.warn(f"{path}: y seems to count {way} in it, so it is read that way", stacklevel=3)
    return [line._replace(strokes=line.strokes * flip) for line in lines]
