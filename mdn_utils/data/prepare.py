"""What happens to a line before it is batched: scale, pace, and which lines are left out."""
from collections import Counter
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from .alphabet import ALPHABET, encode
from .glyphs import printed_ink_length
from .resampling import resample
from .strokes import Line, ink_length, to_pen

POINTS_PER_CHARACTER = 12
SHORTEST, LONGEST = 9, 640  # points of a line
LONGEST_RECORDED = 2000  # points of a line at the device's own pace
LONGEST_JUMP = 25  # of one offset, in points' length; in UNIPEN, longer ones mean a wrong label
# Ink of a usual letter, in x-heights.
LETTER_INK = printed_ink_length("the quick brown fox jumps over the lazy dog") / 35


def normalise(line):
    """Bring a line to the scale and pace that the networks know.

    The ink that its text takes in print tells how large the letters are, whatever the device's
    resolution. The result has about 12 points per character, one unit apart on average, timed by
    the two-thirds power law (see `resampling.resample`).

    Args:
        line: a `Line`.

    Returns:
        A `Line`.

    Raises:
        InputError: if the strokes have no ink, or the text only spaces.

    Example:

    >>> from mdn_utils.data import simulated
    >>> line = normalise(Line(simulated.write("hello"), "hello", "me"))
    >>> 40 < len(line.strokes) < 80
    True
    """
    ink, printed = ink_length(to_pen(line.strokes)), printed_ink_length(line.text)
    if not (ink > 0 and printed > 0):
        raise InputError(
            f"line {line.text!r} of {line.writer}: no ink in its "
            f"{'strokes' if printed else 'text'}; expected at least one stroke and one character "
            "that is not a space"
        )
    spacing = ink / printed * LETTER_INK / POINTS_PER_CHARACTER
    strokes = resample(line.strokes, spacing)
    strokes[:, :2] /= spacing
    return Line(strokes, line.text, line.writer)


def prepare(lines):
    """Normalise `lines`, drop unusable ones and print how many, by reason.

    Args:
        lines: a list of `Line`.

    Returns:
        A list of `Line`.

    Raises:
        InputError: if none of the lines can be used.

    Example:

    >>> from mdn_utils.data import simulated
    >>> lines = simulated.lines(3)
    >>> good = prepare(lines[:2] + [lines[2]._replace(text="né")])
    left out 1 of 3 lines: 1 with unknown characters ('é')
    """
    kept, reasons, unknown = [], Counter(), set()
    for line in lines:
        normalised, reason = _usable(line)
        if normalised:
            kept.append(normalised)
        else:
            reasons[reason] += 1
            unknown |= set(line.text) - set(ALPHABET)
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
    if unknown:
        counts += f" ({', '.join(map(repr, sorted(unknown)))})"
    if not kept:
        raise InputError(f"none of the {len(lines)} lines can be used: {counts}")
    if counts:
        print(f"left out {len(lines) - len(kept)} of {len(lines)} lines: {counts}")
    return kept


class Offsets(NamedTuple):
    """Mean and standard deviation of the offsets of a corpus, each (2,), in the corpus's unit.

    Example:

    >>> Offsets([8.2, 0.0], [43.5, 36.4]).mean
    [8.2, 0.0]
    """

    mean: list
    deviation: list


def measure_offsets(lines):
    """Return the `Offsets` of points as recorded, the first of each line left out.

    Args:
        lines: a list of `Line`.

    Raises:
        InputError: if the points don't spread in both directions.

    Example:

    >>> from mdn_utils.data import simulated
    >>> measure_offsets(simulated.lines(2)).mean[0] > 0
    True
    """
    offsets = np.concatenate([line.strokes[1:, :2] for line in lines]).astype("float64")
    if len(offsets) == 0 or not offsets.std(axis=0).min() > 0:
        raise InputError(f"{len(lines)} lines: their points don't spread in both directions")
    return Offsets(offsets.mean(axis=0).tolist(), offsets.std(axis=0).tolist())


def prepare_recorded(lines, offsets):
    """Normalise points as recorded, as Graves (2013, section 4.2) does.

    Offsets get mean 0 and standard deviation 1 over the corpus, and nothing else changes: neither
    the pace nor the size of a line. So figures in nats per sequence compare with the paper's.

    Args:
        lines: a list of `Line`.
        offsets: the training lines' `Offsets`.

    Returns:
        A list of `Line`, without those that have unknown characters, no text, or too many points.

    Raises:
        InputError: if none of the lines can be used.

    Example:

    >>> from mdn_utils.data import simulated
    >>> lines = simulated.lines(3)
    >>> normal = prepare_recorded(lines, measure_offsets(lines))
    >>> [round(abs(value), 2) for value in measure_offsets(normal).mean]
    [0.0, 0.0]
    """
    kept = []
    for line in lines:
        known = line.text.strip() and not set(line.text) - set(ALPHABET)
        if known and SHORTEST <= len(line.strokes) <= LONGEST_RECORDED:
            strokes = line.strokes.astype("float32")
            strokes[1:, :2] = (strokes[1:, :2] - offsets.mean) / offsets.deviation
            kept.append(line._replace(strokes=strokes))
    if not kept:
        raise InputError(f"none of the {len(lines)} lines can be used as recorded")
    if len(kept) < len(lines):
        print(
            f"left out {len(lines) - len(kept)} of {len(lines)} lines: unknown characters, no "
            f"text, or not {SHORTEST} to {LONGEST_RECORDED} points"
        )
    return kept


def iter_prepared(lines):
    """Normalise lines one by one, and skip those that can't be used.

    Args:
        lines: any iterable of `Line`, also one that is larger than memory.

    Example:

    >>> from mdn_utils.data import simulated
    >>> len(list(iter_prepared(simulated.iter_lines(3))))
    3
    """
    for line in lines:
        normalised, _ = _usable(line)
        if normalised:
            yield normalised


def _usable(line):
    """The normalised line and None, or None and the reason why it can't be used."""
    if set(line.text) - set(ALPHABET):
        return None, "with unknown characters"
    try:
        encode(line.text)
        line = normalise(line)
    except InputError:
        return None, "without ink or text"
    if len(line.strokes) < SHORTEST:
        return None, f"shorter than {SHORTEST} points"
    if len(line.strokes) > LONGEST:
        return None, f"longer than {LONGEST} points"
    if np.abs(line.strokes[:, :2]).max() >= LONGEST_JUMP:
        return None, f"with a jump over {LONGEST_JUMP} points' length"
    return line, None
