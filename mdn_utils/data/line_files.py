"""Read and write lines of handwriting: JSON and npz."""
import io
import json
import math
import zipfile
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..safe_files import write_atomically
from .strokes import Line, check, from_pen, positions, to_pen

PACKED = {"points": ("iuf", 2), "pen_up": ("b", 1), "offsets": ("iu", 1), "text": ("U", 1), "writer": ("U", 1)}


def line_of(pen, text, writer, where):
    """A checked `Line` from pen-down polylines, each (N, 2), y up; InputError names `where` it is not one."""
    if not text.strip() or sum(map(len, pen)) < 2:
        raise InputError(f"{where}: a line needs a text and at least 2 points")
    with np.errstate(over="ignore", invalid="ignore"):  # check says it better
        return Line(check(from_pen([stroke for stroke in pen if len(stroke)]), where), text, writer)


def load_lines(path):
    """All lines of one .json or .npz file in the forms of data/README.md; InputError where it is not one."""
    path = Path(path)
    if path.suffix not in (".json", ".npz"):
        raise InputError(f"{path}: lines are read from a file that ends in .json or .npz")
    if not path.is_file():
        raise InputError(f"{path}: no such file; data/README.md shows how to write one of your own lines")
    return (_load_json if path.suffix == ".json" else _load_packed)(path)


def _load_json(path):
    try:
        document = json.loads(path.read_bytes())
        items, up = document["lines"], {"up": 1, "down": -1}[document.get("y", "up")]
        if not isinstance(items, list) or not items:
            raise ValueError("no lines")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f'{path}: not {{"lines": [...], "y": "up" or "down"}} in JSON ({error!r})') from None
    lines = []
    for number, item in enumerate(items, 1):
        where = f"{path}: line {number}"
        try:
            pen = [np.array(stroke, np.float64).reshape(len(stroke), 2) * (1, up) for stroke in item["strokes"]]
            text, writer = item["text"], item.get("writer", "me")
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
            raise InputError(f"{where}: expected text, writer and strokes, a list of lists of [x, y]") from None
        if not isinstance(text, str) or not isinstance(writer, str):
            raise InputError(f"{where}: text and writer must be strings")
        lines.append(line_of(pen, text, writer, where))
    return lines


def _load_packed(path, limit=2**30):
    try:
        with zipfile.ZipFile(path) as archive:  # headers first: np.load makes room for whatever size they claim
            for name, (kinds, axes) in PACKED.items():
                member = archive.getinfo(f"{name}.npy")
                with archive.open(member) as file:
                    np.lib.format.read_magic(file)
                    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
                size = dtype.itemsize * math.prod(shape)
                if dtype.kind not in kinds or len(shape) != axes or size > min(member.file_size, limit):
                    raise ValueError(f"{name} is {dtype} {shape}")
        with np.load(path, allow_pickle=False) as file:
            points, pen_up, offsets, texts, names = (file[f"{name}.npy"] for name in PACKED)
            texts, names = texts.tolist(), names.tolist()
    except Exception as error:  # zipfile and numpy raise a dozen kinds of error over broken bytes
        raise InputError(f"{path}: not a file of packed lines ({error}); data/README.md gives the form") from None
    offsets = offsets.astype(np.int64)
    if not (points.shape == (len(pen_up), 2) and len(offsets) == len(texts) + 1 == len(names) + 1 >= 2
            and offsets[0] == offsets.min() == 0 and offsets[-1] == offsets.max() == len(points)
            and (np.diff(offsets) >= 2).all()):
        raise InputError(f"{path}: offsets must rise from 0 to the number of points, by 2 or more a line, "
                         "with one text and one writer a line")
    if not all(map(str.strip, texts)):
        raise InputError(f"{path}: a line has no text; every line needs one")
    with np.errstate(over="ignore", invalid="ignore"):
        moves = np.diff(points.astype(np.float64), axis=0, prepend=points[:1])
        moves[offsets[:-1]] = 0
        rows = np.column_stack([moves, pen_up]).astype(np.float32)
    rows[offsets[1:] - 1, 2] = 1
    return [Line(*line) for line in zip(np.split(check(rows, path), offsets[1:-1]), texts, names)]


def save_lines(path, lines):
    """Write lines for `load_lines` to `path`, .json or .npz by its ending, whole or not at all."""
    path, lines = Path(path), list(lines)
    if path.suffix not in (".json", ".npz") or not lines:
        raise InputError(f"{path}: give at least one line and a name that ends in .json or .npz")
    lines = [line_of(to_pen(check(line.strokes, where := f"line {number}")), line.text, line.writer, where)
             for number, line in enumerate(lines, 1)]
    if path.suffix == ".json":
        items = [{"text": line.text, "writer": line.writer, "strokes": [s.tolist() for s in to_pen(line.strokes)]}
                 for line in lines]
        return write_atomically(path, json.dumps({"lines": items}).encode())
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, points=np.concatenate([positions(line.strokes) for line in lines]),
        pen_up=np.concatenate([line.strokes[:, 2] > 0.5 for line in lines]),
        offsets=np.cumsum([0] + [len(line.strokes) for line in lines]),
        text=np.array([line.text for line in lines]), writer=np.array([line.writer for line in lines]))
    return write_atomically(path, buffer.getvalue())
