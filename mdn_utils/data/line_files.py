"""Read and write lines of handwriting, in the forms that data/README.md shows."""
import io
import json
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..safe_files import write_atomically
from .formats import npz_lines
from .formats.opening import recordings, suffix_of
from .pasted import clean
from .pen_lifts import lift
from .strokes import Line, check, from_pen, positions, to_pen
from .upright import stand_up

SUFFIXES = (".json", ".npz")  # that lines are written to
Y = ("up", "down")


def line_of(pen, text, writer, where, need_text=True):
    """Return a checked `Line` from pen-down polylines.

    Args:
        pen: list of polylines (N, 2), y up.
        text, writer: strings.
        where: what to call the line in an error message.
        need_text: whether an empty text is an error.

    Raises:
        InputError: if there is no text, or if there are fewer than 2 points or some not finite.

    Example:

    >>> line_of([[(0, 0), (0, 9)], [(1, 5), (3, 5)]], "t", "me", "line 1").strokes.shape
    (4, 3)
    """
    if need_text and not text.strip():
        raise InputError(
            f"{where}: a line needs a text, what it says; `python -m mdn_utils lines` adds one "
            "(data/README.md)"
        )
    if sum(map(len, pen)) < 2:
        raise InputError(f"{where}: a line needs at least 2 points")
    with np.errstate(over="ignore", invalid="ignore"):  # `check` says it better
        return Line(check(from_pen([stroke for stroke in pen if len(stroke)]), where), text, writer)


def load_lines(path, need_text=True, y=None):
    """Return all lines in a file of any form that data/README.md lists.

    Args:
        path: the file.
        need_text: whether a line without a text is an error; to be read, it needs none.
        y: "up" or "down", which way y counts, where the file doesn't say or is wrong. By default
            the form of the file settles it, or the ink: hands pull steep strokes down.

    Returns:
        A list of `Line`, y up. Texts come clean, see `pasted.clean`.

    Raises:
        InputError: if the file is missing, broken, or in none of the forms.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_lines(f"{folder}/mine.json", [line_of([[(0, 0), (0, 9)]], "l", "me", "line 1")])
    ...     load_lines(f"{folder}/mine.json")[0].text
    'l'
    """
    path = Path(path)
    if y not in (None, *Y):
        raise InputError(f'y={y!r}: expected "up" or "down"')
    if not path.is_file():
        raise InputError(
            f"{path}: no such file; data/README.md shows how to write one of your own lines"
        )
    content = path.read_bytes()
    if suffix_of(path) == ".npz" or content.startswith(b"PK\x03\x04"):
        lines, downs, is_sure = npz_lines.read(content, path)
    else:
        lines, downs, is_sure = _drawn(recordings(path, content), path)
    if y:
        downs, is_sure = [y == "down"] * len(lines), True
    lines = stand_up(lines, downs, is_sure, path)
    cleaned = [line._replace(text=clean(line.text)) for line in lines]
    for number, line in enumerate(cleaned, 1):
        if need_text and not line.text:
            line_of([], "", "", f"{path}: line {number}")  # raises
    return cleaned


def _drawn(found, path):
    """Lines of the `Recording`s of a file, in which of them y counts down, and if that is sure."""
    lines = []
    for number, recording in enumerate(found, 1):
        where = f"{path}: line {number}"
        pen = lift(recording.pen, recording.text, where)
        lines.append(line_of(pen, recording.text, recording.writer, where, need_text=False))
    downs = [recording.y_down for recording in found]
    return lines, downs, any(recording.is_sure for recording in found)


def save_lines(path, lines):
    """Write lines for `load_lines`, completely or not at all.

    Args:
        path: a name that ends in .json or .npz.
        lines: an iterable of `Line`, at least one.

    Raises:
        InputError: for another ending, no lines, or strokes that aren't a line of handwriting.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_lines(f"{folder}/mine.npz", [line_of([[(0, 0), (0, 9)]], "l", "me", "line 1")])
    """
    path = Path(path)
    checked = []
    for number, line in enumerate(lines, 1):
        where = f"line {number}"
        pen = to_pen(check(line.strokes, where))
        checked.append(line_of(pen, line.text, line.writer, where))
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES or not checked:
        raise InputError(f"{path}: give at least one line and a name that ends in .json or .npz")
    write_atomically(path, _json(checked) if suffix == ".json" else _npz(checked))


def _json(lines):
    items = []
    for line in lines:
        strokes = [stroke.tolist() for stroke in to_pen(line.strokes)]
        items.append({"text": line.text, "writer": line.writer, "strokes": strokes})
    return json.dumps({"y": "up", "lines": items}).encode()


def _npz(lines):
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        points=np.concatenate([positions(line.strokes) for line in lines]),
        pen_up=np.concatenate([line.strokes[:, 2] > 0.5 for line in lines]),
        offsets=np.cumsum([0] + [len(line.strokes) for line in lines]),
        text=np.array([line.text for line in lines]),
        writer=np.array([line.writer for line in lines]),
        y=np.array("up"),
    )
    return buffer.getvalue()
