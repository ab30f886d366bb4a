"""Lines of UNIPEN whose label can't be right, as hashes: tools/clean_labels.py found them."""
import functools
import hashlib
from pathlib import Path

from .strokes import to_pen

LIST = Path(__file__).with_suffix(".txt")


def key(line):
    """Return a hash of who wrote a line, what it should say, and in how many strokes.

    It is the same for the original files and for packed ones, whatever their scale.

    Example:

    >>> from mdn_utils.data import simulated
    >>> len(key(simulated.lines(1)[0]))
    12
    """
    identity = f"{line.writer}\n{line.text}\n{len(to_pen(line.strokes))}"
    return hashlib.sha256(identity.encode()).hexdigest()[:12]


@functools.cache
def _wrong():
    return frozenset(LIST.read_text().split())


def is_wrong(line):
    """Return whether a line is in the list.

    Example:

    >>> from mdn_utils.data import simulated
    >>> is_wrong(simulated.lines(1)[0])
    False
    """
    return key(line) in _wrong()
