"""Read lines of handwriting from the SVG files that `drawing.svg` writes."""
import re
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import DefusedXmlException, ElementTree

from ..errors import InputError
from .strokes import Line, check, from_pen

SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 10_000_000  # bytes


def load_svg(path):
    """Load the line of one of our SVG files.

    Each path is a stroke of smooth curves through the points of the pen: every third point of the
    path is one. SVG's y points down, ours up.

    Args:
        path: a file that `drawing.save` wrote.

    Returns:
        A `Line` with the title as its text, in CSS pixels. The writer is "svg".

    Raises:
        InputError: if there is no such file, or if it isn't one of ours.

    Example:

    >>> import tempfile
    >>> from mdn_utils import drawing
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     drawing.save(f"{folder}/l.svg", Line(from_pen([[(0, 9), (0, 0)]]), "l", "me"))
    ...     load_svg(f"{folder}/l.svg").text
    'l'
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path}: larger than any line of handwriting")
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise InputError(f"{path}: not an SVG file ({error})") from None
    pen = [_points(element.get("d", ""), path) for element in root.iter(f"{SVG}path")]
    if not pen:
        raise InputError(f"{path}: no strokes; expected a file written by mdn_utils")
    title = root.findtext(f"{SVG}title") or ""
    return Line(check(from_pen(pen), str(path)), title, "svg")


def _points(commands, path):
    number = r"-?\d+(?:\.\d+)?"
    if not re.fullmatch(rf"M{number} {number}(?:h0|C{number}(?: {number})*)", commands):
        raise InputError(
            f"{path}: the path {commands[:30]!r} is not one of ours, a move and smooth curves"
        )
    numbers = np.array(re.findall(number, commands.removesuffix("h0")), float)
    if len(numbers) % 6 != 2:
        raise InputError(f"{path}: the path {commands[:30]!r} ends within a curve")
    points = numbers.reshape(-1, 2)[::3]
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)  # a dot
    return points * (1, -1)
