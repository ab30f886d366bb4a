"""Read the strokes of one line from IAM-OnDB's own XML."""
import re
from pathlib import Path

import numpy as np

from ...errors import InputError
from .recording import Recording
from .xml_files import named


def read(root, where):
    """Return the line of a file below IAM-OnDB's lineStrokes.

    Its text is in the folder `ascii` beside lineStrokes, if that is there.

    Raises:
        InputError: if a point has no x or y.

    Example:

    >>> from mdn_utils.data.formats.xml_files import parse
    >>> line = b'<W><Stroke><Point x="1" y="2"/><Point x="1" y="9"/></Stroke></W>'
    >>> read(parse(line, "a.xml"), "a.xml")[0].pen[0].tolist()
    [[1.0, 2.0], [1.0, 9.0]]
    """
    return [Recording(polylines(root, where), _text(Path(where)))]


def polylines(root, where):
    """Return the pen-down polylines (N, 2) of a line, y down.

    Raises:
        InputError: if a point has no x or y.

    Example:

    >>> from mdn_utils.data.formats.xml_files import parse
    >>> polylines(parse(b"<W/>", "a.xml"), "a.xml")
    []
    """
    try:
        return [
            np.array([
                (float(point.get("x")), float(point.get("y"))) for point in named(stroke, "Point")
            ]).reshape(-1, 2)
            for stroke in named(root, "Stroke")
        ]
    except (ValueError, TypeError) as error:
        raise InputError(f"{where}: a Point without numbers for x and y ({error})") from None


def texts(path):
    """Return the lines of a form by number, from 1.

    What was written is below CSR:, what a recogniser made of it is below OCR:.

    Args:
        path: a file below IAM-OnDB's ascii.

    Example:

    >>> texts(Path("nowhere.txt"))
    {}
    """
    if not path.is_file():
        return {}
    written = path.read_text("latin-1").partition("CSR:")[2].split("\n")
    return dict(enumerate(filter(None, map(str.strip, written)), 1))


def _text(path):
    found = re.fullmatch(r"((\w\d\d)-\d{3}\w*)-(\d\d)", path.stem)
    if not found or len(path.parents) < 4:
        return ""
    form, first, number = found.groups()
    written = texts(path.parents[3] / "ascii" / first / form[:7] / f"{form}.txt")
    return written.get(int(number), "")
