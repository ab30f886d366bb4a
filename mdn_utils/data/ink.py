"""Prepare ink for a reader: one size and pace, without knowing what it says."""
import numpy as np

from ..errors import InputError
from .resampling import resample
from .strokes import check, ink_length, positions, to_pen

FEATURES = 6
SPACING = 0.3  # of the steps, in units of `letter_height`
FEWEST_STEPS = 3  # of a stroke: three dots in a row need a frame each, and blanks between
MOST_STEPS = 4000  # of a line, about 300 characters


def letter_height(strokes):
    """Measure a typical height of the small letters, from the ink alone.

    Cut the path of the pen wherever it turns from up to down or back, into runs of height r. The
    height is sum(r^2) / sum(r), the run that an average bit of vertical travel belongs to. It stays
    close to the x-height for words and for lines, level or tilted; the standard deviation of y
    depends more on which letters there are.

    Args:
        strokes: (T, 3), rows [dx, dy, end_of_stroke].

    Returns:
        The height in the unit of the strokes; 0 if there is no ink.

    Example:

    >>> zigzag = [[0, 0, 0], [1, 2, 0], [1, -2, 0], [1, 2, 0], [1, -2, 1]]
    >>> round(letter_height(np.array(zigzag, "float32")), 1)
    2.0
    """
    pen = to_pen(strokes)
    sides = np.array([np.ptp(stroke, axis=0) for stroke in pen])
    if not sides.any():
        return 0.0
    height = np.ptp(np.concatenate(pen)[:, 1])
    smooth = resample(strokes, max(height / 30, ink_length(pen) / 1000, sides.max() / 1000))
    runs = []
    for stroke in to_pen(smooth):
        rise = np.diff(stroke[:, 1])
        rise = rise[rise != 0]
        turns = np.flatnonzero(np.diff(np.sign(rise))) + 1
        runs += [abs(run.sum()) for run in np.split(rise, turns)]
    runs = np.array(runs)
    typical = np.sum(runs ** 2) / np.sum(runs) if runs.any() else 0.0
    # A dash has hardly any height. But strokes seldom join more than 12 letters.
    return float(max(typical, sides.max(axis=1).mean() / 12))


def slope(strokes):
    """Measure how far a line rises per unit to the right.

    Args:
        strokes: (T, 3), rows [dx, dy, end_of_stroke].

    Returns:
        The slope of the regression of y on x. It is 0 for ink that isn't at least four times as
        wide as it is high, where the letters themselves would decide it.

    Example:

    >>> slope(np.array([[0, 0, 0], [5, 0.5, 0], [5, 0.5, 1]])).__round__(2)
    0.1
    """
    x, y = positions(strokes).T
    if np.ptp(x) < 4 * np.ptp(y) or np.ptp(x) == 0:
        return 0.0
    return float(np.polyfit(x, y, 1)[0])


def pen_steps(strokes, name="strokes"):
    """Bring a line to the size, slope and pace that a reader knows, about 11 steps per character.

    Args:
        strokes: (T, 3), rows [dx, dy, end_of_stroke], y up, in any unit.
        name: what to call the strokes in an error message.

    Returns:
        (N, 3), rows [dx, dy, up]: steps about one unit long, and jumps, where `up` is 1. A stroke
        has at least three steps. One that is shorter ends with steps of length 0.

    Raises:
        InputError: if the strokes aren't rows of finite numbers, if there is no ink but a dot, or
            if there is more of it than on a line.

    Example:

    >>> pen_steps(np.array([[0, 0, 0], [1, 3, 0], [1, -3, 1], [1, 0, 0], [0, 0, 1]])).shape
    (11, 3)
    """
    strokes = check(strokes, name).astype(np.float64)
    spacing = SPACING * letter_height(strokes)
    if not spacing > 0:
        raise InputError(f"{name}: nothing but dots; expected at least one line drawn with the pen")
    strokes[:, 1] -= slope(strokes) * strokes[:, 0]
    ink = np.hypot(strokes[:, 0], strokes[:, 1]).sum()
    if not ink / spacing < 100 * MOST_STEPS:  # before resampling, which would need the memory
        raise InputError(_too_long(name))
    pen = [stroke / spacing for stroke in to_pen(resample(strokes, spacing))]
    rows = []
    last = None
    for stroke in pen:
        steps = np.zeros((max(len(stroke) - 1, FEWEST_STEPS), 3))
        steps[:len(stroke) - 1, :2] = np.diff(stroke, axis=0)
        if last is not None:
            rows.append([[*(stroke[0] - last), 1]])
        rows.append(steps)
        last = stroke[-1]
    steps = np.concatenate(rows).astype(np.float32)
    if len(steps) > MOST_STEPS:
        raise InputError(_too_long(name))
    return steps


def _too_long(name):
    return f"{name}: more ink than on a line of 300 characters; read line by line"


def pad_steps(lines, rows, length):
    """Pad the steps of lines to one length.

    Args:
        lines: at most `rows` arrays (N, 3), see `pen_steps`, with N at most `length`.
        rows: B, the number of rows of the result.
        length: N of the result.

    Returns:
        (B, N, 4), rows [dx, dy, up, real]; `real` is 1, and 0 in the padding.

    Example:

    >>> pad_steps([np.ones((2, 3))], 1, 3)[0, :, 3].tolist()
    [1.0, 1.0, 0.0]
    """
    padded = np.zeros((rows, length, 4), np.float32)
    for row, steps in zip(padded, lines):
        row[:len(steps), :3] = steps
        row[:len(steps), 3] = 1
    return padded


def features(steps):
    """Turn padded steps into what a reader sees of them.

    Args:
        steps: (B, N, 4), see `pad_steps`.

    Returns:
        (B, N, 6): dx and dy; `up`; the height over the middle of the line; how far the pen is to
        the left of the rightmost ink so far, which tells a late dot or bar; `real`. Distances go
        through asinh, which keeps small ones as they are and long jumps in bounds.

    Example:

    >>> features(pad_steps([np.ones((2, 3))], 1, 3)).shape
    (1, 3, 6)
    """
    real = steps[..., 3] > 0
    x, y = np.moveaxis(np.cumsum(steps[..., :2], axis=1), -1, 0)
    middle = [np.median(row[there]) if there.any() else 0.0 for row, there in zip(y, real)]
    above = y - np.array(middle)[:, None]
    behind = x - np.maximum.accumulate(x, axis=1)
    distances = np.arcsinh([steps[..., 0], steps[..., 1], above / 4, behind / 4])
    dx, dy, above, behind = distances * real
    return np.stack([dx, dy, steps[..., 2], above, behind, real], -1).astype(np.float32)


def vary(steps, rng):
    """Change each line as another hand, or the same one on another day, might have written it.

    All of a line is slanted, stretched, scaled and turned. On top of that slant and size wander as
    the line goes on, the letters are bent out of shape a little, and the pen shakes.

    Args:
        steps: (B, N, 4), see `pad_steps`.
        rng: a NumPy generator.

    Returns:
        A changed copy.

    Example:

    >>> vary(pad_steps([np.ones((2, 3))], 1, 3), np.random.default_rng(0)).shape
    (1, 3, 4)
    """
    rows, length, _ = steps.shape
    slant, width, size, turn = rng.normal(0, [[0.2], [0.12], [0.1], [0.03]], (4, rows))
    wander = _wander(rng, (3, rows), length, every=20)  # two letters
    slant = slant[:, None] + 0.15 * wander[0]
    wide = np.exp((size + width)[:, None] + 0.1 * wander[1])
    high = np.exp((size - width)[:, None] + 0.1 * wander[2])
    x, y = np.moveaxis(steps[..., :2], -1, 0)
    varied = steps.copy()
    varied[..., 0] = wide * x + slant * y
    varied[..., 1] = high * y + turn[:, None] * x
    # displaced points, not steps, so that the line doesn't drift away
    bent = 0.25 * _wander(rng, (2, rows), length + 1, every=6)
    varied[..., :2] += np.moveaxis(np.diff(bent), 0, -1) * steps[..., 3:]
    on_paper = steps[..., 3:] * (1 - steps[..., 2:3])
    varied[..., :2] += rng.normal(0, 0.04, varied[..., :2].shape) * on_paper
    return varied


def _wander(rng, rows, length, every):
    """Smooth noise (*rows, length), normal at every so many steps and straight between them."""
    knots = rng.normal(size=(*rows, length // every + 2))
    at = np.arange(length) / every
    before = at.astype(int)
    after = at - before
    return (1 - after) * knots[..., before] + after * knots[..., before + 1]
