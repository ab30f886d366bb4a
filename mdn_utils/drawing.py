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
PIXELS = 96  # CSS's, per inch
DOTS_PER_INCH = 200  # of PNGs


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
            write_atomically(path, png(figure(*_picture(line.strokes), PIXELS, PEN)))
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
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img">',
        svg_title(text),
        '<rect width="100%" height="100%" fill="white"/>',
        f'<g fill="none" stroke="black" stroke-width="{PEN}" stroke-linecap="round" '
        'stroke-linejoin="round">',
    ]
    for points in pen:
        data = svg_curves(points) if len(points) > 1 else svg_dot(points, 0)
        lines.append(f'<path d="{data}"/>')
    return "\n".join([*lines, "</g>", "</svg>", ""])


def svg_title(text):
    """Return an SVG's title, without characters that XML can't have.

    Example:

    >>> svg_title("a < b")
    '<title>a &lt; b</title>'
    """
    allowed = "\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
    return f"<title>{escape(re.sub(f'[^{allowed}]', chr(0xfffd), text), quote=False)}</title>"


def svg_curves(points):
    """Return curves as the data of an SVG path.

    Args:
        points: control points (3N + 1, 2), N at least 1, see `strokes.bezier`.

    Example:

    >>> svg_curves(np.array([(0, 0), (1, 0), (2, 0), (3, 0)]))
    'M0.00 0.00C1.00 0.00 2.00 0.00 3.00 0.00'
    """
    first, *rest = (f"{x:.2f} {y:.2f}" for x, y in points)
    return f"M{first}C{' '.join(rest)}"


def svg_dot(points, length):
    """Return a dot as the data of an SVG path: a line of hardly any length.

    Args:
        points: (N, 2), of which the first counts.
        length: 0, or as much as a program wants not to leave it out.

    Example:

    >>> svg_dot(np.zeros((1, 2)), 0)
    'M0.00 0.00h0'
    """
    x, y = points[0]
    return f"M{x:.2f} {y:.2f}h{length:g}"


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


def figure(pen, size, per_inch, width, colour="black"):
    """Return a Matplotlib figure of curves on white.

    Args:
        pen: list of control points (3N + 1, 2), y down.
        size: (width, height) of the picture, in the unit of the curves.
        per_inch: how many of these units an inch has.
        width: of the pen, in the same unit.
        colour: of the ink.

    Example:

    >>> figure([np.zeros((4, 2))], (96, 48), per_inch=96, width=2).get_size_inches().tolist()
    [1.0, 0.5]
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch

    inches = np.divide(size, per_inch)
    picture = Figure(figsize=inches, dpi=DOTS_PER_INCH, facecolor="white")
    axes = picture.add_axes((0, 0, 1, 1), xlim=(0, size[0]), ylim=(size[1], 0))
    axes.axis("off")
    if pen:
        style = {"linewidth": width / per_inch * 72, "capstyle": "round", "joinstyle": "round"}
        axes.add_patch(PathPatch(outline(pen), fill=False, edgecolor=colour, **style))
    return picture


def png(picture):
    """Return a Matplotlib figure as the bytes of a PNG.

    Example:

    >>> png(figure([np.zeros((4, 2))], (96, 48), per_inch=96, width=2))[1:4]
    b'PNG'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    FigureCanvasAgg(picture).print_png(buffer)
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
