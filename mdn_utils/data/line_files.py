"""Read and write lines of handwriting: JSON and npz, in the forms that data/README.md shows."""
import io
import json
import math
import zipfile
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..safe_files import write_atomically
from .strokes import Line, check, from_pen, positions, to_pen

SUFFIXES = (".json", ".npz")
# The arrays of an npz file: the kinds of their dtypes, and the number of their axes.
PACKED = {
    "points": ("iuf", 2), "pen_up": ("b", 1), "offsets": ("iu", 1), "text": ("U", 1),
    "writer": ("U", 1),
}
LARGEST = 2 ** 30  # bytes of one of these arrays


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
    if need_text and not text.strip() or sum(map(len, pen)) < 2:
        raise InputError(f"{where}: a line needs a text and at least 2 points")
    with np.errstate(over="ignore", invalid="ignore"):  # `check` says it better
        return Line(check(from_pen([stroke for stroke in pen if len(stroke)]), where), text, writer)


def load_lines(path, need_text=True):
    """Return all lines in a .json or .npz file.

    Args:
        path: the file.
        need_text: whether a line without a text is an error; to be read, it needs none.

    Raises:
        InputError: if the file is missing, or not in one of the two forms.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_lines(f"{folder}/mine.json", [line_of([[(0, 0), (0, 9)]], "l", "me", "line 1")])
    ...     load_lines(f"{folder}/mine.json")[0].text
    'l'
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise InputError(f"{path}: lines are read from a file that ends in .json or .npz")
    if not path.is_file():
        raise InputError(
            f"{path}: no such file; data/README.md shows how to write one of your own lines"
        )
    return (_load_json if path.suffix == ".json" else _load_packed)(path, need_text)


def _load_json(path, need_text):
    try:
        document = json.loads(path.read_bytes())
        items = document["lines"]
        up = {"up": 1, "down": -1}[document.get("y", "up")]
        if not isinstance(items, list) or not items:
            raise ValueError("no lines")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f'{path}: not {{"lines": [...], "y": "up" or "down"}} in JSON ({error!r})'
        ) from None
    return [
        _line(item, up, f"{path}: line {number}", need_text)
        for number, item in enumerate(items, 1)
    ]


def _line(item, up, where, need_text):
    """A `Line` from one entry of the JSON; `up` is -1 if y counts downwards."""
    try:
        pen = [
            np.array(stroke, np.float64).reshape(len(stroke), 2) * (1, up)
            for stroke in item["strokes"]
        ]
        text = item["text"] if need_text else item.get("text", "")
        writer = item.get("writer", "me")
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
        raise InputError(
            f"{where}: expected text, writer and strokes, a list of lists of [x, y]"
        ) from None
    if not isinstance(text, str) or not isinstance(writer, str):
        raise InputError(f"{where}: text and writer must be strings")
    return line_of(pen, text, writer, where, need_text)


def _load_packed(path, need_text):
    try:
        _check_headers(path)
        with np.load(path, allow_pickle=False) as file:
            points, pen_up, offsets, texts, writers = (file[f"{name}.npy"] for name in PACKED)
            texts, writers = texts.tolist(), writers.tolist()
    except Exception as error:  # zipfile and numpy raise a dozen kinds of error over broken bytes
        raise InputError(
            f"{path}: not a file of packed lines ({error}); data/README.md gives the form"
        ) from None
    offsets = offsets.astype(np.int64)
    if not (
        points.shape == (len(pen_up), 2)
        and len(offsets) == len(texts) + 1 == len(writers) + 1 >= 2
        and offsets[0] == offsets.min() == 0
        and offsets[-1] == offsets.max() == len(points)
        and (np.diff(offsets) >= 2).all()
    ):
        raise InputError(
            f"{path}: offsets must rise from 0 to the number of points, by 2 or more per line, "
            "with one text and one writer per line"
        )
    if need_text and not all(map(str.strip, texts)):
        raise InputError(f"{path}: a line has no text; every line needs one")
    with np.errstate(over="ignore", invalid="ignore"):
        moves = np.diff(points.astype(np.float64), axis=0, prepend=points[:1])
        moves[offsets[:-1]] = 0
        rows = np.column_stack([moves, pen_up]).astype(np.float32)
    rows[offsets[1:] - 1, 2] = 1
    strokes = np.split(check(rows, path), offsets[1:-1])
    return [Line(*line) for line in zip(strokes, texts, writers)]


def _check_headers(path):
    """Check what the arrays claim to be, because np.load allocates whatever size they claim."""
    with zipfile.ZipFile(path) as archive:
        for name, (kinds, axes) in PACKED.items():
            member = archive.getinfo(f"{name}.npy")
            with archive.open(member) as file:
                np.lib.format.read_magic(file)
                shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            size = dtype.itemsize * math.prod(shape)
            is_expected = dtype.kind in kinds and len(shape) == axes
            if not is_expected or size > min(member.file_size, LARGEST):
                raise ValueError(f"{name} is {dtype} {shape}")


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
    if path.suffix not in SUFFIXES or not checked:
        raise InputError(f"{path}: give at least one line and a name that ends in .json or .npz")
    write_atomically(path, _json(checked) if path.suffix == ".json" else _npz(checked))


def _json(lines):
    items = []
    for line in lines:
        strokes = [stroke.tolist() for stroke in to_pen(line.strokes)]
        items.append({"text": line.text, "writer": line.writer, "strokes": strokes})
    return json.dumps({"lines": items}).encode()


def _npz(lines):
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        points=np.concatenate([positions(line.strokes) for line in lines]),
        pen_up=np.concatenate([line.strokes[:, 2] > 0.5 for line in lines]),
        offsets=np.cumsum([0] + [len(line.strokes) for line in lines]),
        text=np.array([line.text for line in lines]),
        writer=np.array([line.writer for line in lines]),
    )
    return buffer.getvalue()
