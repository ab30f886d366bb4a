"""Read an .npy file: rows [dx, dy, end_of_stroke], or [x, y, end_of_stroke]."""
import io
import math

import numpy as np

from ...errors import InputError
from .recording import FORMS, Recording, mark_starts, split


def read(content, where):
    """Return the line of an array (T, 3). Nothing is unpickled.

    Raises:
        InputError: if it isn't (T, 3) numbers, with 0 or 1 in the last column.

    Example:

    >>> file = io.BytesIO()
    >>> np.save(file, np.array([[0, 0, 0], [0, 9, 1], [1, 0, 1]]))
    >>> [stroke.tolist() for stroke in read(file.getvalue(), "a.npy")[0].pen]
    [[[0.0, 0.0], [0.0, 9.0]], [[1.0, 9.0]]]
    """
    try:
        shape, dtype = header(io.BytesIO(content))
        if dtype.kind not in "iufb" or dtype.itemsize * math.prod(shape) > len(content):
            raise ValueError(f"{dtype} {shape}")
        rows = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception as error:  # numpy raises a dozen kinds of error over broken bytes
        told = " ".join(str(error).split())[:200]
        raise InputError(f"{where}: not an array of numbers ({told}); {FORMS}") from None
    if rows.ndim != 2 or rows.shape[1] != 3 or len(rows) < 2:
        raise InputError(
            f"{where}: an array of shape {rows.shape}; expected (T, 3), rows "
            "[dx, dy, end_of_stroke]"
        )
    with np.errstate(all="ignore"):  # numbers beyond float64
        rows = rows.astype(np.float64)
    if not np.isin(rows[:, 2], (0, 1)).all():
        raise InputError(f"{where}: the last column must be end_of_stroke, 0 or 1")
    if not np.isfinite(rows).all():
        raise InputError(f"{where}: all numbers must be finite")
    with np.errstate(over="ignore", invalid="ignore"):
        points = rows[:, :2] if _are_places(rows[:, :2]) else np.cumsum(rows[:, :2], axis=0)
    ends = rows[:, 2]
    if mark_starts(ends):
        ends = np.append(ends[1:], 1)
    return [Recording(split(points, ends), y_down=False, is_sure=False)]


def _are_places(pairs):
    """Whether pairs are places of the pen rather than its moves: x then grows along the line."""
    x = pairs[:, 0] / (np.abs(pairs[:, 0]).max() or 1)
    if np.ptp(x) == 0 or not pairs[0].any():  # moves begin with [0, 0]
        return False
    return bool(np.corrcoef(np.arange(len(x)), x)[0, 1] > 0.8)


def header(file):
    """Return the shape and the dtype that a file in .npy's form claims.

    Example:

    >>> file = io.BytesIO()
    >>> np.save(file, np.zeros((2, 3)))
    >>> header(io.BytesIO(file.getvalue()))
    ((2, 3), dtype('float64'))
    """
    version = np.lib.format.read_magic(file)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0
    }[version]
    shape, _, dtype = read_header(file)
    return shape, dtype
