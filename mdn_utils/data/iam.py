"""Read IAM-OnDB from its original files."""
import itertools
import re
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import DefusedXmlException, ElementTree

from ..errors import InputError, warn_skipped
from .line_files import line_of

# IAM-OnDB: one XML file a line, one text file a form, and lists of forms for the splits.
LISTS = {"train": ("trainset.txt", "testset_f.txt"), "val": ("testset_v.txt",), "test": ("testset_t.txt",)}


def lines(root, split):
    missing = [name for name in ("lineStrokes", "ascii", *LISTS[split]) if not (root / name).exists()]
    if missing:
        raise InputError(f"iam: {root} lacks {', '.join(missing)}; register and download it as section iam of "
                         "data/README.md says, and unpack everything into this one folder")
    skipped = []
    for form in itertools.chain(*((root / name).read_text("latin-1").split() for name in LISTS[split])):
        if not re.fullmatch(r"\w\d\d-\w+", form):
            raise InputError(f"iam: {form!r} in {' or '.join(LISTS[split])} is no form name such as a01-000u")
        folder = Path(form[:3], form[:7])
        texts, ascii_file = {}, root / "ascii" / folder / f"{form}.txt"
        if ascii_file.exists():  # what was written stands below CSR:, what a recogniser made of it below OCR:
            written = ascii_file.read_text("latin-1").partition("CSR:")[2].split("\n")
            texts = dict(enumerate(filter(None, map(str.strip, written)), 1))
        files = {int(path.stem[-2:]): path for path in (root / "lineStrokes" / folder).glob(f"{form}-[0-9][0-9].xml")}
        writer = _writer(root / "original" / folder / f"strokes{form[7:]}.xml") or form
        for number in sorted(texts.keys() | files.keys()):
            if number not in texts or number not in files:
                skipped.append(f"line {number} of form {form} has no {'text' if number in files else 'strokes'}")
            elif sum(map(len, pen := _pen(files[number]))) < 2:
                skipped.append(f"{files[number]} holds fewer than 2 points")
            else:
                yield line_of(pen, texts[number], writer, files[number])
    warn_skipped("iam", skipped)


def _pen(path):
    try:
        return [np.array([(float(point.get("x")), -float(point.get("y"))) for point in stroke.iter("Point")])
                for stroke in ElementTree.parse(path).iter("Stroke")]
    except (ParseError, DefusedXmlException, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{path}: broken XML ({error}); unpack lineStrokes again") from None


def _writer(path):
    """The writer of a form, named near the top of the file of the whole form, where that file is there."""
    try:
        for _, element in ElementTree.iterparse(path, events=("start",)) if path.exists() else ():
            if element.tag in ("Form", "StrokeSet"):
                return element.get("writerID")
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InputError(f"{path}: broken XML ({error}); unpack original again") from None
