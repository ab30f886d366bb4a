"""Everything that happens to a line before it is batched: scale, pace, and which lines are left out."""
import numpy as np

from ..errors import InputError
from .alphabet import encode
from .glyphs import printed_ink_length
from .strokes import Line, ink_length, resample, to_pen

POINTS_PER_CHARACTER = 12
LONGEST, LONGEST_JUMP = 640, 25  # points of a line, and length of an offset


def normalise(line):
    """The same line at the scale and pace that the networks know: about 12 points a character, one unit apart.

    The ink that a text takes in print tells how large the letters are, whatever the device's resolution.
    """
    ours, printed = ink_length(to_pen(line.strokes)), printed_ink_length(line.text)
    if not (ours > 0 and printed > 0):
        raise InputError(f"line {line.text!r} of {line.writer}: no ink in its {'strokes' if printed else 'text'}; "
                         "expected at least one stroke and one character that is not a space")
    spacing = ours / printed * LETTER_INK / POINTS_PER_CHARACTER
    strokes = resample(line.strokes, spacing)
    strokes[:, :2] /= spacing
    return Line(strokes, line.text, line.writer)


LETTER_INK = printed_ink_length("the quick brown fox jumps over the lazy dog") / 35  # x-heights, a letter


def prepare(lines):
    """Normalised lines, without those that `iter_prepared` leaves out, which one sentence counts; InputError without any."""
    kept = list(iter_prepared(lines))
    if not kept:
        raise InputError(f"none of the {len(lines)} lines can be used: needed are known letters, ink, 9 to {LONGEST} "
                         f"points at 12 a character, and no jump over {LONGEST_JUMP} points' length")
    if len(kept) < len(lines):
        print(f"left out {len(lines) - len(kept)} of {len(lines)} lines: too long or short, with a jump, without ink, "
              "or with unknown characters")
    return kept


def iter_prepared(lines):
    """One by one, each line normalised; left out is what is too long to batch, without ink or of unknown characters.

    So are lines whose points jump farther than 25 points' length; in UNIPEN these are mostly wrong labels.
    """
    for line in lines:
        try:
            encode(line.text)
            line = normalise(line)
        except InputError:
            continue
        if 8 < len(line.strokes) <= LONGEST and np.abs(line.strokes[:, :2]).max() < LONGEST_JUMP:
            yield line
