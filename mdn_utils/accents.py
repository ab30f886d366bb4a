"""Draw accents over the letters of a written line, where the attention says that they stand.

The network knows 95 characters, none of them with an accent. But the window tells which letter was
drawn when (Graves 2013, equation 46), and so where an accent belongs; its size and slant are the
hand's.
"""
import numpy as np

from .accent_shapes import BELOW, SHAPES
from .data.ink import letter_height
from .data.strokes import from_pen, positions

GAP = 0.22  # between a letter and its accent, in letter heights
AHEAD = 2  # points by which the window runs ahead of the pen
DOT = 0.5  # a stroke smaller than this, in letter heights, is a dot
SMALL = "aceimnorsuvwxyzgpqj"  # what rises higher was drawn for a neighbour


def draw(strokes, attention, text, marks):
    """Return a line with accents.

    Args:
        strokes: (T, 3), rows [dx, dy, end_of_stroke].
        attention: (T, U), phi(t, u) while point t + 1 was drawn.
        text: the U characters that were written, without accents.
        marks: dictionary from places in the text to lists of names of accents, see
            `data.pasted.split_accents`.

    Returns:
        The strokes (N, 3), each accent after the stroke that ends its letter (on an i or j it takes
        the place of the dot), and the attention (N, U), on the points of an accent 1 at its letter.

    Example:

    >>> strokes = np.float32([[0, 0, 0], [1, 3, 0], [1, -3, 1]])
    >>> drawn, attention = draw(strokes, np.ones((3, 1)), "a", {0: ["acute"]})
    >>> drawn[:, 2].tolist(), attention.shape
    ([0.0, 0.0, 1.0, 0.0, 0.0, 1.0], (6, 1))
    """
    height = letter_height(strokes)
    if not marks or not height > 0:
        return strokes, attention
    line = _Line(strokes, attention, text, height)
    added, dropped = [], set()
    for place, names in sorted(marks.items()):
        body = line.points_of(place)
        rng = np.random.default_rng((place, len(strokes)))
        upright = line.upright[body]
        rises = [name for name in names if name not in BELOW]
        if text[place] in "ij" and rises:
            dropped |= line.dot_above(upright)
        top = _top(upright, text[place])
        for name in names:
            shape = [np.array(part) for part in SHAPES[name]]
            if name == "caron" and text[place] in "dtlL":
                shape = [np.array(part) for part in SHAPES["apostrophe"]]
                at = np.array([upright[:, 0].max() + 0.25 * height, top - 0.2 * height])
            elif name in BELOW:
                low = upright[:, 1] < upright[:, 1].min() + 0.3 * height
                at = np.array([np.median(upright[low, 0]), upright[:, 1].min()])
            else:
                at = np.array([_middle(upright, top, height), top + GAP * height])
                top = at[1] + height * max(part[:, 1].max() for part in shape) - GAP * height / 2
            pen = [line.slanted(at + part) for part in _vary(shape, height, rng)]
            added.append((line.stroke_of[body[-1]], place, pen))
    return line.joined(added, dropped, attention.shape[1])


class _Line:
    """A line's points, which letter and which stroke each belongs to, and their slant."""

    def __init__(self, strokes, attention, text, height):
        self.points = positions(strokes)
        self.attention = attention
        self.height = height
        lifts = np.cumsum(strokes[:, 2] > 0.5)
        self.stroke_of = np.concatenate([[0], lifts[:-1]])
        self.letter_of = self._letters(attention, text)
        self.slant = _slant(strokes)
        self.upright = self.points - np.outer(self.points[:, 1], (self.slant, 0))
        self.dots = {
            number for number in np.unique(self.stroke_of)
            if np.ptp(self.points[self.stroke_of == number], axis=0).max() < DOT * height
        }

    def _letters(self, attention, text):
        """Which letter each point belongs to, (T,)."""
        seen = np.concatenate([attention[:1], attention[:-1]]).argmax(axis=1)
        points = np.arange(len(seen))
        starts = np.searchsorted(self.stroke_of, self.stroke_of)  # where a point's stroke starts
        # Within a stroke the window runs ahead of the pen; between strokes it waits.
        letters = seen[np.maximum(points - AHEAD, starts)]
        # A space draws nothing: a stroke that starts under it is the next letter's.
        is_space = np.array([letter == " " for letter in text])
        for point in points[::-1][1:]:
            following = self.stroke_of[point] == self.stroke_of[point + 1]
            if following and is_space[letters[point]]:
                letters[point] = letters[point + 1]
        return letters

    def slanted(self, upright):
        """Points (N, 2) back in the slant of the hand."""
        return upright + np.outer(upright[:, 1], (self.slant, 0))

    def points_of(self, place):
        """The points that were drawn for a letter, in its main strokes and without dots."""
        is_dot = np.isin(self.stroke_of, list(self.dots))
        body = np.flatnonzero((self.letter_of == place) & ~is_dot)
        if len(body) < 3:  # the window hardly stopped there
            share = self.attention[:, place] / (self.attention.sum(axis=1) + 1e-9)
            return np.sort(np.argsort(-share)[:5] + 1).clip(max=len(self.points) - 1)
        counts = np.bincount(self.stroke_of[body])
        return body[counts[self.stroke_of[body]] > counts.max() / 2]

    def dot_above(self, upright):
        """The number of the dot above a letter, in a set of one or none."""
        low, middle = upright.min(axis=0), np.median(upright[:, 0])
        for number in sorted(self.dots):
            centre = self.upright[self.stroke_of == number].mean(axis=0)
            rise = (centre[1] - low[1]) / self.height
            if abs(centre[0] - middle) < 0.9 * self.height and rise > 0.9:
                self.dots.remove(number)
                return {number}
        return set()

    def joined(self, added, dropped, letters):
        """The strokes with what was added after its stroke, and without those dropped."""
        pen, rows = [], []
        for number in range(self.stroke_of[-1] + 1):
            here = self.stroke_of == number
            if number not in dropped:
                pen.append(self.points[here])
                rows.append(self.attention[here])
            for _, place, marks in (mark for mark in added if mark[0] == number):
                for mark in marks:
                    pen.append(mark)
                    rows.append(np.tile(np.eye(letters)[place], (len(mark), 1)))
        attention = np.concatenate(rows).astype(self.attention.dtype)
        return from_pen(pen), attention


def _slant(strokes):
    """How far the hand leans to the right per unit of height, from its steep downward steps."""
    steps = strokes[1:][strokes[:-1, 2] < 0.5].astype(np.float64)
    down = steps[steps[:, 1] < -1.2 * np.abs(steps[:, 0])]
    return float((down[:, 0] * down[:, 1]).sum() / ((down[:, 1] ** 2).sum() + 1e-9))


def _top(upright, letter):
    """How high a letter rises."""
    return np.percentile(upright[:, 1], 92 if letter in SMALL else 100)


def _middle(upright, top, height):
    """The middle of a letter's upper part, without a tail that joins it to the next."""
    upper = upright[upright[:, 1] > top - 0.7 * height, 0]
    return np.percentile(upper, (15, 85)).mean() if len(upper) else upright[:, 0].mean()


def _vary(shape, height, rng):
    """The parts of an accent in the size of the hand, each time a little different."""
    turn, size = rng.normal(0, 0.08), height * np.exp(rng.normal(0, 0.08))
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    shift = rng.normal(0, 0.04, 2) * height
    return [part @ rotation * size + shift for part in shape]
