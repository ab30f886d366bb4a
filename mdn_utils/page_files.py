"""Draw sheets of handwriting: SVG for screens and plotters, PDF, PNG."""
import io
from pathlib import Path

import numpy as np

from .data.strokes import bezier
from .drawing import figure, png, svg_curves, svg_dot, svg_title
from .errors import InputError
from .safe_files import write_atomically

SUFFIXES = (".svg", ".pdf", ".png")
DOT = 0.01  # millimetres, as plotter software leaves out lines of no length
MILLIMETRES = 25.4  # per inch
SPEED = 120.0  # millimetres per second, of an animated pen


def save(path, sheets, size=None, margin=10.0, ink="black", pen=0.5, title="", animate=False):
    """Write sheets to a file.

    Args:
        path: a name that ends in .svg, .pdf or .png. Of several sheets, a PDF has each on a page;
            otherwise the second goes to NAME-2.svg, and so on.
        sheets: a list of sheets, each a list of polylines (N, 2) in millimetres, y down.
        size: (width, height) of a sheet in millimetres; None for one that ends with its ink.
        margin: around the ink, where the sheet ends with it, in millimetres.
        ink: a colour, as CSS and Matplotlib know it.
        pen: its width, in millimetres.
        title: what the page says, for those who can't see it.
        animate: for SVG, let the page write itself.

    Returns:
        The paths that were written.

    Raises:
        InputError: for another ending, an unknown colour, or a file that can't be written.

    Example:

    >>> import tempfile
    >>> sheet = [np.array([(10.0, 10.0), (20.0, 15.0)])]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save(f"{folder}/page.svg", [sheet, sheet])]
    ['page.svg', 'page-2.svg']
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{path}: a page is written to a name that ends in {', '.join(SUFFIXES)}")
    if animate and suffix != ".svg":
        raise InputError(f"{path}: only an SVG can write itself")
    ink = _colour(ink)
    sizes = [size or _extent(sheet, margin) for sheet in sheets]
    curves = [[bezier(stroke) for stroke in sheet] for sheet in sheets]
    if suffix == ".pdf":
        files = {path: _pdf(curves, sizes, ink, pen)}
    else:
        files = {}
        for number, (sheet, extent) in enumerate(zip(curves, sizes), 1):
            name = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
            if suffix == ".svg":
                files[name] = svg(sheet, extent, ink, pen, title, animate).encode()
            else:
                files[name] = png(figure(sheet, extent, MILLIMETRES, pen, ink))
    try:
        for name, content in files.items():
            write_atomically(name, content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error})") from None
    return list(files)


def svg(sheet, size, ink="black", pen=0.5, title="", animate=False):
    """Return a sheet as an SVG document in millimetres: one path per stroke, nothing filled.

    Args:
        sheet: a list of control points (3N + 1, 2), see `strokes.bezier`, in writing order.
        size, ink, pen, title, animate: see `save`.

    Returns:
        A string.

    Example:

    >>> svg([np.zeros((4, 2))], (20, 10)).splitlines()[0]
    '<svg xmlns="http://www.w3.org/2000/svg" width="20mm" height="10mm" viewBox="0 0 20 10" ...>'
    """
    width, height = (f"{side:g}" for side in np.round(size, 2))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" role="img">',
        svg_title(title),
        f'<g fill="none" stroke="{ink}" stroke-width="{pen:g}" stroke-linecap="round" '
        'stroke-linejoin="round">',
    ]
    now, at = 0.0, None
    for points in sheet:
        moves = np.ptp(points, axis=0).any()
        path = f'd="{svg_curves(points) if moves else svg_dot(points, DOT)}"'
        if not animate:
            lines.append(f"<path {path}/>")
            continue
        if at is not None:
            now += np.hypot(*(points[0] - at)) / SPEED / 2  # in the air a pen is faster
        takes = max(np.hypot(*np.diff(points, axis=0).T).sum() / SPEED, 0.02)
        lines.append(
            f'<path {path} pathLength="1" stroke-dasharray="1 2" opacity="0">'
            f'<set attributeName="opacity" to="1" begin="{now:.2f}s" fill="freeze"/>'
            f'<animate attributeName="stroke-dashoffset" from="1" to="0" begin="{now:.2f}s" '
            f'dur="{takes:.2f}s" fill="freeze"/></path>'
        )
        now, at = now + takes, points[-1]
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _extent(sheet, margin):
    """The size of a sheet that ends with its ink; the ink's upper left is where it was laid."""
    points = np.concatenate(sheet)
    return points.max(0) + margin


def _colour(name):
    from matplotlib.colors import to_hex

    try:
        return to_hex(name)
    except ValueError:
        raise InputError(
            f"ink {name!r} is no colour; give a name such as navy, or #rrggbb"
        ) from None


def _pdf(sheets, sizes, ink, pen):
    from matplotlib.backends.backend_pdf import PdfPages

    buffer = io.BytesIO()
    with PdfPages(buffer, metadata={"CreationDate": None}) as pdf:
        for sheet, size in zip(sheets, sizes):
            pdf.savefig(figure(sheet, size, MILLIMETRES, pen, ink))
    return buffer.getvalue()
