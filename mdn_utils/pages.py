"""Write a page: wrapped lines in one hand, laid out on paper.

Everything on paper is in millimetres, x to the right and y down from the upper left corner.
"""
import textwrap
from typing import NamedTuple

import numpy as np

from .data.glyphs import printed_middle
from .data.ink import slope
from .data.pasted import letters_and_marks, split_accents
from .data.prepare import normalise
from .data.strokes import Line, ink_middle, positions, to_pen
from .data.words import X_HEIGHT
from .errors import InputError

SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
X_HEIGHT_SHARE = 0.26  # of the line height
INDENT = 1.0  # of a leading space, in x-heights
SAMPLE = 24  # characters that are written first, to have a hand for the whole page
TILT, WANDER = 0.004, 0.02  # drift of lines: standard deviations of their slope, and of their
# distance from where they belong, in line heights
FEWEST, LONGEST = 8, 200  # characters of a row


class Paper(NamedTuple):
    """A sheet, in millimetres.

    Attributes:
        size: (width, height), or None for paper that ends with the text.
        margin: on all four sides.
        line_height: from one baseline to the next.

    Example:

    >>> Paper("a4").width
    170.0
    """

    name: str = "a4"
    margin: float = 20.0
    line_height: float = 10.0

    @property
    def width(self):
        """Of the text, in millimetres."""
        width, _ = SIZES.get(self.name, SIZES["a4"])
        return width - 2 * self.margin

    @property
    def x_height(self):
        """Of the letters, in millimetres."""
        return X_HEIGHT_SHARE * self.line_height

    @property
    def rows(self):
        """How many rows a sheet has room for; None if it ends with the text."""
        if self.name not in SIZES:
            return None
        return int((SIZES[self.name][1] - 2 * self.margin) / self.line_height)

    def check(self):
        """Raise InputError if the sheet has no room for a row of ten letters.

        Example:

        >>> Paper("a4", margin=100).check()
        Traceback (most recent call last):
        mdn_utils.errors.InputError: a margin of 100 mm and lines of 10 mm leave no room ...
        """
        if not (
            self.line_height > 0 and self.margin >= 0 and self.width > 10 * self.x_height
            and (self.rows is None or self.rows > 0)
        ):
            raise InputError(
                f"a margin of {self.margin:g} mm and lines of {self.line_height:g} mm leave no "
                f"room to write on {self.name}"
            )


class Row(NamedTuple):
    """A row of a page.

    Attributes:
        indent: how many spaces it begins with.
        text: without them; empty for a blank row.
        strokes: (T, 3), or None for a blank row.

    Example:

    >>> Row(2, "to be", None).indent
    2
    """

    indent: int
    text: str
    strokes: np.ndarray | None


def wrap(text, columns):
    """Break a text into rows.

    Args:
        text: paragraphs end with a newline; an empty one is a blank row.
        columns: characters that a row has room for.

    Returns:
        A list of (indent, text).

    Example:

    >>> wrap("  To be, or not to be\\n\\nthat", 12)
    [(2, 'To be, or'), (0, 'not to be'), (0, ''), (0, 'that')]
    """
    rows = []
    for paragraph in text.rstrip().split("\n"):
        words = paragraph.strip()
        indent = min(len(paragraph) - len(paragraph.lstrip(" ")), columns // 2) if words else 0
        broken = textwrap.wrap(indent * "_" + " ".join(words.split()), columns) or [""]
        rows.append((indent, broken[0][indent:]))
        rows += [(0, row) for row in broken[1:]]
    return rows


def check_paragraphs(text):
    """Raise InputError if a text is empty, or has a character that can't be written.

    Example:

    >>> check_paragraphs("Dear Jo,\\n\\nhello")
    """
    for paragraph in text.split("\n"):
        if paragraph.strip() or not text.strip():  # blank rows are fine, an empty text isn't
            letters_and_marks(paragraph)


def write_rows(
    writer, text, paper, seed=0, bias=0.0, primer=None, tries=1, reader=None, reference=None
):
    """Write a text in rows as wide as the paper, all in one hand.

    A few words are written first, and every row goes on from them, as it would from a primer. How
    wide they came out says how many characters a row has room for.

    Args:
        writer: a `writing.Writer`.
        text: see `wrap`.
        paper: a `Paper`.
        seed, bias, primer, tries, reader, reference: see `Writer.write`.

    Returns:
        A list of `Row`.

    Raises:
        InputError: see `Writer.write`, and if the text is empty.

    Example:

    >>> from mdn_utils import weights, writing
    >>> writer = writing.Writer(weights.load_shipped("synthesis_real"))
    >>> [row.text for row in write_rows(writer, "Dear Jo,\\n\\nhello", Paper())]
    ['Dear Jo,', '', 'hello']
    """
    paper.check()
    check_paragraphs(text)
    options = {"tries": tries, "reader": reader, "reference": reference}
    if primer is None:
        sample = textwrap.shorten(text, SAMPLE, placeholder="") or text.strip()[:SAMPLE]
        sample, _ = letters_and_marks(sample)
        written = writer.write(sample, seed, bias, **options)
        primer = Line(written.new, sample, "the page")
    at = positions(normalise(primer).strokes)
    advance = np.ptp(at[:, 0]) / X_HEIGHT / len(primer.text)  # per character, in x-heights
    columns = min(max(int(paper.width / (advance * paper.x_height)), FEWEST), LONGEST)
    rows = wrap(text, columns)
    texts = [row for _, row in rows if row]
    written = iter(writer.write(texts, seed, bias, primer, **options))
    return [Row(indent, row, next(written).new if row else None) for indent, row in rows]


def lay_out(rows, paper, seed=0):
    """Place rows on sheets.

    Args:
        rows: a list of `Row`.
        paper: a `Paper`.
        seed: an integer, for how the rows drift.

    Returns:
        A list of sheets, each a list of polylines (N, 2) in millimetres, in writing order.

    Example:

    >>> from mdn_utils.data import simulated
    >>> [[stroke, *_]] = lay_out([Row(0, "hi", simulated.write("hi"))], Paper())
    >>> (stroke.min(0) > 18).all().item()
    True
    """
    rng = np.random.default_rng((seed, 4))
    per_sheet = paper.rows or max(len(rows), 1)
    sheets = []
    for first in range(0, len(rows), per_sheet):
        sheet = []
        for number, row in enumerate(rows[first:first + per_sheet]):
            drift = rng.normal(0, (TILT, WANDER, WANDER))
            if row.strokes is not None:
                sheet += _placed(row, number, paper, drift)
        sheets.append(sheet)
    return sheets


def _placed(row, number, paper, drift):
    tilt, right, down = drift
    pen = to_pen(row.strokes)
    unit = paper.x_height / X_HEIGHT
    level = slope(row.strokes)
    pen = [stroke - (0, 1) * (level * stroke[:, :1]) for stroke in pen]
    points = np.concatenate(pen)
    left = points[:, 0].min()
    baseline = ink_middle(pen) - printed_middle(split_accents(row.text)[0]) * X_HEIGHT
    indent = row.indent * INDENT * paper.x_height
    fits = min(1.0, (paper.width - indent) / max(np.ptp(points[:, 0]) * unit, 1e-9))
    placed = []
    for stroke in pen:
        x = (stroke[:, 0] - left) * unit * fits
        y = (stroke[:, 1] - baseline) * unit * fits
        top = paper.margin + (number + 0.75 + down) * paper.line_height
        x_on_paper = paper.margin + indent + max(right, 0) * paper.line_height + x
        placed.append(np.column_stack([x_on_paper, top - y - tilt * x]))
    return placed
