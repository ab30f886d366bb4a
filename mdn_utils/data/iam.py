"""Read IAM-OnDB from its original files: one XML file per line, one text file per form."""
import itertools
import re
import warnings
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree

from ..errors import InputError, warn_skipped
from .formats import iam_xml, xml_files
from .line_files import line_of
from .splits import chosen_keys

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
    mdn_utils.errors.InputError: iam: nowhere lacks lineStrokes, ascii; ...
    """
    missing = [name for name in ("lineStrokes", "ascii") if not (root / name).is_dir()]
    if missing:
        raise InputError(
            f"iam: {root} lacks {', '.join(missing)}; register and download it as section iam of "
            "data/README.md says, and unpack everything into this one folder"
        )
    skipped, absent = [], []
    forms = _forms(root, split)
    for form in forms:
        files = _files(root, form)
        if files:
            yield from _form(root, form, files, skipped)
        else:
            absent.append(form)
    if absent:
        warnings.warn(
            f"iam: {len(absent)} of the {len(forms)} forms of this split have no strokes below "
            f"{root / 'lineStrokes'}, the first of them {absent[0]}; unpack all of "
            "lineStrokes-all.tar.gz for them",
            stacklevel=3,
        )
    warn_skipped("iam", skipped)


def _forms(root, split):
    """The names of a split's forms: from its lists, if there are any."""
    names = [name for lists in LISTS.values() for name in lists]
    there = [name for name in names if (root / name).exists()]
    if not there:
        return _forms_without_lists(root, split)
    missing = [name for name in LISTS[split] if name not in there]
    if missing:
        raise InputError(
            f"iam: {root} lacks {', '.join(missing)} but has {', '.join(there)}; a list is a text "
            "file of form names such as a01-000u (data/README.md); add it, or remove all of them "
            "to split by text"
        )
    forms = []
    for name in LISTS[split]:
        forms += (root / name).read_text("latin-1").split()
    for form in forms:
        if not re.fullmatch(r"\w\d\d-\w+", form):
            names = " or ".join(LISTS[split])
            raise InputError(f"iam: {form!r} in {names} is no form name such as a01-000u")
    return forms


def _forms_without_lists(root, split):
    """All forms that are there, split by what they say: two people wrote a01-000u and a01-000x."""
    forms = sorted({path.stem[:-3] for path in (root / "lineStrokes").glob("*/*/*-[0-9][0-9].xml")})
    texts = {form[:7] for form in forms}
    if len(texts) < 3:
        raise InputError(
            f"iam: {root} has none of the lists {', '.join(itertools.chain(*LISTS.values()))}, and "
            f"{len(texts)} texts are too few to split without; 3 are the least"
        )
    warnings.warn(
        f"iam: {root} has no lists of forms (trainset.txt and so on), so its {len(forms)} forms "
        "are split by text; a writer may be in two splits, and figures can't be compared",
        stacklevel=4,
    )
    chosen = chosen_keys(texts, split)
    return [form for form in forms if form[:7] in chosen]


def _files(root, form):
    """The files of a form's lines by their number."""
    names = (root / "lineStrokes" / form[:3] / form[:7]).glob(f"{form}-[0-9][0-9].xml")
    return {int(path.stem[-2:]): path for path in names}


def _form(root, form, files, skipped):
    """Yield the lines of one form, and add the reasons for those that are left out to `skipped`."""
    folder = Path(form[:3], form[:7])
    texts = iam_xml.texts(root / "ascii" / folder / f"{form}.txt")
    writer = _writer(root / "original" / folder / f"strokes{form[7:]}.xml") or form
    for number in sorted(texts.keys() | files.keys()):
        if number not in files:
            skipped.append(f"line {number} of form {form} has no strokes")
        elif number not in texts:
            skipped.append(f"line {number} of form {form} has no text")
        else:
            pen = _pen(files[number])
            if pen is None:
                skipped.append(f"{files[number]} is empty")
            elif sum(map(len, pen)) < 2:
                skipped.append(f"{files[number]} holds fewer than 2 points")
            else:
                yield line_of(pen, texts[number], writer, files[number])


def _pen(path):
    """The pen-down polylines of one line, y up; None for an empty file."""
    content = path.read_bytes()
    if not content.strip():
        return None
    pen = iam_xml.polylines(xml_files.parse(content, path), path)
    return [stroke * (1, -1) for stroke in pen]


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
