"""Read our own .npz files of many lines, without unpickling anything."""
import io
import math
import warnings
import zipfile

import numpy as np

from ...errors import InputError
from ..strokes import Line, check
from .arrays import header
from .recording import FORMS, mark_starts

# The arrays: the kinds of their dtypes, and the number of their axes.
PACKED = {
    "points": ("iuf", 2), "pen_up": ("biu", 1), "offsets": ("iu", 1), "text": ("U", 1),
    "writer": ("U", 1),
}
LARGEST = 2 ** 30  # bytes of one of these arrays


def read(content, where):
    """Return the lines of an .npz file in the form that data/README.md shows.

    Args:
        content: the bytes of the file.
        where: what to call it in an error message.

    Returns:
        A list of `Line`; for each whether y counts down; and whether the file says so, in `y`.

    Raises:
        InputError: if arrays are missing, or don't fit one another.

    Example:

    >>> file = io.BytesIO()
    >>> np.savez(file, points=np.zeros((2, 2)), pen_up=[False, True], offsets=[0, 2], text=["."],
    ...          writer=["me"])
    >>> lines, downs, is_sure = read(file.getvalue(), "a.npz")
    >>> lines[0].text, downs, is_sure
    ('.', [False], False)
    """
    try:
        _check_headers(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            points, pen_up, offsets, texts, writers = (file[f"{name}.npy"] for name in PACKED)
            texts, writers = texts.tolist(), writers.tolist()
            is_sure = "y.npy" in file.zip.namelist()
            is_down = is_sure and str(file["y.npy"]).lower() == "down"
    except Exception as error:  # zipfile and numpy raise a dozen kinds of error over broken bytes
        told = " ".join(str(error).split())[:200]
        raise InputError(f"{where}: not a file of packed lines ({told}); {FORMS}") from None
    offsets = offsets.astype(np.int64)
    if not (
        len(points) == len(pen_up)
        and points.shape[1] >= 2  # times and pressures may follow
        and len(offsets) == len(texts) + 1 == len(writers) + 1 >= 2
        and offsets[0] == offsets.min() == 0
        and offsets[-1] == offsets.max() == len(points)
        and (np.diff(offsets) >= 2).all()
    ):
        raise InputError(
            f"{where}: offsets must rise from 0 to the number of points, by 2 or more per line, "
            f"with one text and one writer per line; found {len(points)} points {points.shape}, "
            f"{len(pen_up)} pen_up, {len(offsets)} offsets, {len(texts)} texts, {len(writers)} "
            "writers"
        )
    pen_up = _ends(pen_up > 0, offsets, where)
    with np.errstate(over="ignore", invalid="ignore"):
        moves = np.diff(points[:, :2].astype(np.float64), axis=0, prepend=points[:1, :2])
        moves[offsets[:-1]] = 0
        rows = np.column_stack([moves, pen_up]).astype(np.float32)
    rows[offsets[1:] - 1, 2] = 1
    strokes = np.split(check(rows, where), offsets[1:-1])
    lines = [Line(*line) for line in zip(strokes, texts, writers)]
    return lines, [is_down] * len(lines), is_sure


def _ends(pen_up, offsets, where):
    """Flags of the last points of strokes, also where the file flags the first ones."""
    lines = np.split(pen_up, offsets[1:-1])
    if not all(map(mark_starts, lines)):
        return pen_up
    warnings.warn(f"{where}: pen_up is true where strokes start; expected it where they end, and "
                  "read it so", stacklevel=2)
    return np.append(pen_up[1:], True)


def _check_headers(content):
    """Check what the arrays claim to be, because np.load allocates whatever size they claim."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        missing = [name for name in PACKED if f"{name}.npy" not in names]
        if missing:
            raise ValueError(f"it lacks {', '.join(missing)} and has {', '.join(names)[:80]}")
        kinds = dict(PACKED)
        if "y.npy" in names:
            kinds["y"] = ("U", 0)
        for name, (allowed, axes) in kinds.items():
            member = archive.getinfo(f"{name}.npy")
            with archive.open(member) as file:
                shape, dtype = header(file)
            size = dtype.itemsize * math.prod(shape)
            is_expected = dtype.kind in allowed and len(shape) == axes
            if not is_expected or size > min(member.file_size, LARGEST):
                raise ValueError(f"{name} is {dtype} {shape}")
