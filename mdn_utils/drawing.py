"""Draw lines of handwriting as SVG and PNG."""
import io
import re
from html import escape
from pathlib import Path

import numpy as np

from .data import line_files
from .data.strokes import check, curves
from .errors import InputError
from .safe_files import write_atomically

SUFFIXES = (".svg", ".png", *line_files.SUFFIXES)
HEIGHT, MARGIN, PEN = 80, 10, 2.5  # of a picture, in CSS pixels


def save(path, line):
    """Write one line as a picture, or as a file that `line_files.load_lines` reads.

    Args:
        path: a name that ends in .svg, .png, .json or .npz.
        line: a `Line`.

    Raises:
        InputError: for another ending, and if the file can't be written.

    Example:

    >>> import tempfile
    >>> from mdn_utils.data import simulated
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(f"{folder}/line.svg", simulated.lines(1)[0])
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{path}: expected a name that ends in {', '.join(SUFFIXES)}")
    try:
        if suffix == ".svg":
            write_atomically(path, svg(line.strokes, line.text).encode())
        elif suffix == ".png":
            write_atomically(path, _png(line.strokes))
        else:
            line_files.save_lines(path, [line])
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error})") from None


def svg(strokes, text=""):
    """Return a line as an SVG document: black on white, one path per stroke.

    Args:
        strokes: (T, 3).
        text: its title, for readers who can't see it.

    Returns:
        A string.

    Example:

    >>> svg([[0, 0, 0], [3, 4, 1]], "a slash").splitlines()[1]
    '<title>a slash</title>'
    """
    pen, (width, height) = _picture(strokes)
    allowed = "\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"  # in XML
    title = escape(re.sub(f"[^{allowed}]", "\ufffd", text), quote=False)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img">',
        f"<title>{title}</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<g fill="none" stroke="black" stroke-width="{PEN}" stroke-linecap="round" '
        'stroke-linejoin="round">',
    ]
    for points in pen:
        first, *rest = (f"{x:.2f} {y:.2f}" for x, y in points)
        curve = "C" + " ".join(rest) if rest else "h0"  # a line of no length is a dot
        lines.append(f'<path d="M{first}{curve}"/>')
    return "\n".join([*lines, "</g>", "</svg>", ""])


def outline(pen):
    """Return curves as one Matplotlib path, dots included.

    Args:
        pen: list of control points (3N + 1, 2), see `strokes.curves`.

    Example:

    >>> len(outline([np.zeros((4, 2))]).vertices)
    4
    """
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
    style = {"linewidth": PEN * 72 / 96, "capstyle": "round", "joinstyle": "round"}
    axes.add_patch(PathPatch(outline(pen), fill=False, **style))
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    return buffer.getvalue()


def _picture(strokes):
    """The curves of a line in CSS pixels, y down, and the (width, height) of their picture."""
    pen = curves(check(strokes))
    points = np.concatenate(pen)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = high - low
    scale = HEIGHT / (max(height, width / 30) or 1)  # a dash has no height
    pen = [((points - low) * (1, -1) + (0, height)) * scale + MARGIN for points in pen]
    return pen, np.round((high - low) * scale + 2 * MARGIN, 2)
