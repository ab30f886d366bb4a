"""The cells of a lesson, for programs that measure or train what the lesson defines."""

from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def run(lesson, tag):
    """The globals of a lesson's imports and of its cells with this tag, on the present backend.

    The functions among them look their globals up here, so that what is changed here is changed for them.
    """
    cells = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4).cells
    first, *others = [cell for cell in cells if cell.cell_type == "code"]
    names = {}
    exec(first.source.partition("silence_tensorflow()\n")[2], names)
    for cell in others:
        if tag in cell.metadata.get("tags", []):
            exec(cell.source, names)
    return names
