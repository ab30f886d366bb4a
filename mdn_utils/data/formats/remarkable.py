"""Read a page of a reMarkable tablet (.rm, version 6) with the package rmscene, if it is there."""
import io

import numpy as np

from ...errors import InputError
from .recording import FORMS, Recording


def read(content, where):
    """Return the strokes of a page as one line.

    Raises:
        InputError: if rmscene isn't installed, or the page has no strokes.

    Example:

    >>> read(b"reMarkable .lines file, version=3", "a.rm")
    Traceback (most recent call last):
    mdn_utils.errors.InputError: a.rm: ...
    """
    try:
        from rmscene import SceneLineItemBlock, read_blocks
    except ImportError:
        raise InputError(
            f"{where}: a page of a reMarkable tablet needs the package rmscene (pip install "
            f"rmscene), or export it as SVG; {FORMS}"
        ) from None
    pen = []
    try:
        for block in read_blocks(io.BytesIO(content)):
            line = block.item.value if isinstance(block, SceneLineItemBlock) else None
            if line is not None and not line.tool.name.startswith(("ERASER", "HIGHLIGHTER")):
                points = [(point.x, point.y) for point in line.points]
                pen.append(np.array(points, np.float64).reshape(-1, 2))
    except Exception as error:  # rmscene raises whatever a broken page makes it meet
        told = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"{where}: rmscene can't read this page ({told}); {FORMS}") from None
    if not pen:
        raise InputError(f"{where}: a page without strokes")
    return [Recording(pen)]
