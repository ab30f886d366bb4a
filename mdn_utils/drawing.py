"""Draw lines of handwriting as SVG and PNG."""
import io
import re
from html import escape
from pathlib import Path

import numpy as np

from .data.line_files import save_lines
from .data.strokes import check, curves
from .errors import InputError
from .safe_files import write_atomically

SUFFIXES = (".svg", ".png", ".json", ".npz")
HEIGHT, MARGIN, PEN = 80, 10, 2.5  # of a picture, in CSS pixels


def save(path, line):
    """Write one line to `path`: a picture if that ends in .svg or .png, or what `load_lines` reads, .json or .npz.

    Raises InputError for another ending, and where the file cannot be written.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise InputError(f"{path}: expected a name that ends in {', '.join(SUFFIXES)}")
    try:
        if path.suffix == ".svg":
            write_atomically(path, svg(line.strokes, line.text).encode())
        elif path.suffix == ".png":
            write_atomically(path, _png(line.strokes))
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
