"""Read IAM-OnDB from its original files: one XML file per line, one text file per form."""
import itertools
import re
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import DefusedXmlException, ElementTree

from ..errors import InputError, warn_skipped
from .line_files import line_of

# The lists of forms that make up each split.
LISTS = {
    "train": ("trainset.txt", "testset_f.txt"),
    "val": ("testset_v.txt",),
    "test": ("testset_t.txt",),
}


def lines(root, split):
    """Yield the lines of one split; those without strokes or text are counted in one warning.

    Args:
        root: the folder that holds lineStrokes, ascii and the lists.
        split: "train", "val" or "test".

    Yields:
        `Line`, with y up.

    Raises:
        InputError: if files are missing or broken.

    Example:

    >>> list(lines(Path("nowhere"), "val"))
    Traceback (most recent call last):
    mdn_utils.errors.InputError: iam: nowhere lacks lineStrokes, ascii, testset_v.txt; ...
    """
    needed = ("lineStrokes", "ascii", *LISTS[split])
    missing = [name for name in needed if not (root / name).exists()]
    if missing:
        raise InputError(
            f"iam: {root} lacks {', '.join(missing)}; register and download it as section iam of "
            "data/README.md says, and unpack everything into this one folder"
        )
    skipped = []
    lists = ((root / name).read_text("latin-1").split() for name in LISTS[split])
    for form in itertools.chain(*lists):
        if not re.fullmatch(r"\w\d\d-\w+", form):
            names = " or ".join(LISTS[split])
            raise InputError(f"iam: {form!r} in {names} is no form name such as a01-000u")
        yield from _form(root, form, skipped)
    warn_skipped("iam", skipped)


def _form(root, form, skipped):
    """Yield the lines of one form, and add the reasons for those that are left out to `skipped`."""
    folder = Path(form[:3], form[:7])
    texts = _texts(root / "ascii" / folder / f"{form}.txt")
    names = (root / "lineStrokes" / folder).glob(f"{form}-[0-9][0-9].xml")
    files = {int(path.stem[-2:]): path for path in names}
    writer = _writer(root / "original" / folder / f"strokes{form[7:]}.xml") or form
    for number in sorted(texts.keys() | files.keys()):
        if number not in files:
            skipped.append(f"line {number} of form {form} has no strokes")
        elif number not in texts:
            skipped.append(f"line {number} of form {form} has no text")
        else:
            pen = _pen(files[number])
            if sum(map(len, pen)) < 2:
                skipped.append(f"{files[number]} holds fewer than 2 points")
            else:
                yield line_of(pen, texts[number], writer, files[number])


def _texts(path):
    """The lines of a form by number, from 1.

    What was written is below CSR:, what a recogniser made of it is below OCR:.
    """
    if not path.exists():
        return {}
    written = path.read_text("latin-1").partition("CSR:")[2].split("\n")
    return dict(enumerate(filter(None, map(str.strip, written)), 1))


def _pen(path):
    """The pen-down polylines of one line, y up."""
    try:
        return [_polyline(stroke) for stroke in ElementTree.parse(path).iter("Stroke")]
    except (ParseError, DefusedXmlException, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{path}: broken XML ({error}); unpack lineStrokes again") from None


def _polyline(stroke):
    points = [(float(point.get("x")), -float(point.get("y"))) for point in stroke.iter("Point")]
    return np.array(points)


def _writer(path):
    """The writer of a form, named near the top of the file of the whole form, or None."""
    if not path.exists():
        return None
    try:
        for _, element in ElementTree.iterparse(path, events=("start",)):
            if element.tag in ("Form", "StrokeSet"):
                return element.get("writerID")
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InputError(f"{path}: broken XML ({error}); unpack original again") from None
    return None
