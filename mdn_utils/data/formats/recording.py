"""What a reader of files returns, and what all readers share."""
import zlib
from typing import NamedTuple

import numpy as np

from ...errors import InputError

LARGEST = 2 ** 26  # bytes of a file that another program wrote, also once it is unpacked
FORMS = "data/README.md (Your own lines) lists the forms that can be read"


class Recording(NamedTuple):
    """One line of handwriting as a file has it.

    Attributes:
        pen: list of pen-down polylines (N, 2), with y as in the file.
        text: what it says, if the file tells.
        writer: who wrote it.
        y_down: whether y counts down, or is likely to.
        is_sure: whether the form settles that.

    Example:

    >>> Recording([np.array([(0, 0), (0, 9)])], "l").writer
    'me'
    """

    pen: list
    text: str = ""
    writer: str = "me"
    y_down: bool = True
    is_sure: bool = True


def unpack(content, where):
    """Return what a gzip file holds; other content comes back as it is.

    Raises:
        InputError: if the file is broken, or holds more than `LARGEST`.

    Example:

    >>> unpack(b"as it is", "a.json")
    b'as it is'
    """
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(content, LARGEST + 1)
    except zlib.error as error:
        raise InputError(f"{where}: a broken gzip file ({error}); copy it again") from None
    if len(unpacked) > LARGEST:
        raise InputError(f"{where}: unpacks to more than {LARGEST:,} bytes; no page of ink does")
    return unpacked


def decode(content, where):
    """Return text in UTF-8 or UTF-16 as a string.

    Raises:
        InputError: if it is in neither.

    Example:

    >>> decode("x;y".encode("utf-16"), "a.csv")
    'x;y'
    """
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where}: byte {error.start} is not {error.encoding.upper()}; save the file as UTF-8"
        ) from None


def split(points, ends):
    """Return the polylines of points (N, 2) that are cut after each point where `ends` is true.

    Example:

    >>> [len(stroke) for stroke in split(np.zeros((5, 2)), np.array([0, 1, 0, 0, 1]))]
    [2, 3]
    """
    cuts = np.flatnonzero(ends) + 1
    return [stroke for stroke in np.split(points, cuts) if len(stroke)]


def mark_starts(flags):
    """Return whether flags can only mean "a stroke starts here": the first is set, not the last.

    Example:

    >>> mark_starts([1, 0, 0, 1, 0]), mark_starts([0, 0, 1, 0, 1])
    (True, False)
    """
    return bool(len(flags) > 1 and flags[0] and not flags[-1])
