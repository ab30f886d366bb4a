"""Lines of handwriting in and out of files: JSON and npz to read again, SVG and PNG to look at; all written whole."""
import contextlib
import io
import json
import math
import os
import re
import zipfile
from html import escape
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from .strokes import InputError, Line, check, curves, from_pen, positions, to_pen

SUFFIXES = (".svg", ".png", ".json", ".npz")
SPLITS = ("train", "val", "test")
PACKED = {"points": ("iuf", 2), "pen_up": ("b", 1), "offsets": ("iu", 1), "text": ("U", 1), "writer": ("U", 1)}
HEIGHT, MARGIN, PEN = 80, 10, 2.5  # of a picture, in CSS pixels


def check_split(split):
    """Raise InputError where `split` is not "train", "val" or "test"."""
    if split not in SPLITS:
        raise InputError(f"split {split!r} does not exist; choose one of {', '.join(SPLITS)}")


def cache():
    """The folder for what can be made or downloaded again: MDN_UTILS_CACHE, or ~/.cache/mdn_utils."""
    return Path(os.environ.get("MDN_UTILS_CACHE") or Path.home() / ".cache" / "mdn_utils")


@contextlib.contextmanager
def whole(path):
    """`with whole(path) as part:` write to `part`; it becomes `path` at the end, or nothing does if writing fails.

    `part` lies in the same folder, which is made if need be, and has the same ending.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def alone(folder):
    """`with alone(folder):` one process at a time, others get InputError; the lock ends with its process, even killed.

    `folder` is made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(folder / ".lock").acquire(timeout=0)
    except Timeout:
        raise InputError(f"{folder}: another run is at work there; wait for its end or choose another folder") from None
    with lock:
        yield


def write_whole(path, data):
    """Write the bytes `data` to `path`, whole or not at all."""
    with whole(path) as part:
        part.write_bytes(data)


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
        return write_whole(path, json.dumps({"lines": items}).encode())
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, points=np.concatenate([positions(line.strokes) for line in lines]),
        pen_up=np.concatenate([line.strokes[:, 2] > 0.5 for line in lines]),
        offsets=np.cumsum([0] + [len(line.strokes) for line in lines]),
        text=np.array([line.text for line in lines]), writer=np.array([line.writer for line in lines]))
    return write_whole(path, buffer.getvalue())


def save(path, line):
    """Write one line to `path`: a picture if that ends in .svg or .png, or what `load_lines` reads, .json or .npz.

    Raises InputError for another ending, and where the file cannot be written.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise InputError(f"{path}: expected a name that ends in {', '.join(SUFFIXES)}")
    try:
        if path.suffix == ".svg":
            write_whole(path, svg(line.strokes, line.text).encode())
        elif path.suffix == ".png":
            write_whole(path, _png(line.strokes))
        else:
            save_lines(path, [line])
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error})") from None


def svg(strokes, text=""):
    """A line as an SVG document: black on white, one path a stroke, and its text as the title."""
    pen, (width, height) = _picture(strokes)
    title = escape(re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text), quote=False)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
             f'height="{height:g}" role="img">', f"<title>{title}</title>",
             '<rect width="100%" height="100%" fill="white"/>',
             f'<g fill="none" stroke="black" stroke-width="{PEN}" stroke-linecap="round" stroke-linejoin="round">']
    for points in pen:
        first, *rest = (f"{x:.2f} {y:.2f}" for x, y in points)
        lines.append(f'<path d="M{first}{"C" + " ".join(rest) if rest else "h0"}"/>')  # a line of no length is a dot
    return "\n".join([*lines, "</g>", "</svg>", ""])


def outline(pen):
    """Curves (see `strokes.curves`) as one Matplotlib path, dots included."""
    from matplotlib.path import Path as Outline
    dot = np.array([(0, 0), (0, 0), (0, 0), (1e-6, 0)])  # Agg leaves out what has no length at all
    pen = [points if np.ptp(points, axis=0).any() else points[:1] + dot for points in pen]
    codes = [np.repeat([Outline.MOVETO, Outline.CURVE4], [1, len(points) - 1]) for points in pen]
    return Outline(np.concatenate(pen), np.concatenate(codes))


def _png(strokes):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    pen, (width, height) = _picture(strokes)
    figure = Figure(figsize=(width / 96, height / 96), dpi=200, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    axes.add_patch(PathPatch(outline(pen), fill=False, linewidth=PEN * 72 / 96, capstyle="round", joinstyle="round"))
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    return buffer.getvalue()


def _picture(strokes):
    """The curves of a line in CSS pixels, y down, and the (width, height) of a picture that just holds them."""
    pen = curves(check(strokes))
    points = np.concatenate(pen)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = high - low
    scale = HEIGHT / (max(height, width / 30) or 1)  # a dash has no height
    pen = [((points - low) * (1, -1) + (0, height)) * scale + MARGIN for points in pen]
    return pen, np.round((high - low) * scale + 2 * MARGIN, 2)
