"""Read Xournal and Xournal++ notebooks (.xopp, .xoj)."""
import numpy as np

from ...errors import InputError
from .recording import FORMS, Recording
from .xml_files import named


def read(root, where):
    """Return one line for each page that the pen wrote on; highlighters and erasers are left out.

    Raises:
        InputError: if the pen wrote on no page, or a stroke isn't pairs of numbers.

    Example:

    >>> from mdn_utils.data.formats.xml_files import parse
    >>> page = b'<x><page><stroke tool="pen">0 0 0 9</stroke></page></x>'
    >>> read(parse(page, "a.xopp"), "a.xopp")[0].pen[0].tolist()
    [[0.0, 0.0], [0.0, 9.0]]
    """
    pages = []
    for page in named(root, "page"):
        strokes = [
            stroke for stroke in named(page, "stroke") if stroke.get("tool", "pen") == "pen"
        ]
        try:
            pen = [np.array((stroke.text or "").split(), float).reshape(-1, 2)
                   for stroke in strokes]
        except ValueError:
            raise InputError(f"{where}: a stroke is not pairs of numbers x y") from None
        if pen:
            pages.append(Recording(pen))
    if not pages:
        raise InputError(f"{where}: no page with strokes of the pen; {FORMS}")
    return pages
