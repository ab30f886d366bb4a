"""Handwriting from the files its makers publish; every corpus comes out as `list[strokes.Line]`.

Where each corpus comes from, on what terms and how to cite it: data/README.md.
"""
import hashlib
import itertools
import re
import warnings
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import DefusedXmlException, ElementTree

from . import writers
from .files import SPLITS, check_split, line_of, load_lines
from .strokes import InputError

SOURCES = {  # what a network trained on a corpus has to say of it
    "simulated": "mdn_utils.writers, over single-stroke glyphs of the package Hershey-Fonts (MIT)",
    "iam": "IAM-OnDB, University of Bern; registration, non-commercial research",
    "unipen": "UNIPEN train_r01_v07, The International Unipen Foundation, doi 10.5281/zenodo.1195803, CC BY 4.0",
}


SIMULATED = 10_000  # lines, where nobody says how many


def handwriting(corpus, split="train", root=None, count=None):
    """The lines of one split, at most `count` of them; no writer is in two splits.

    corpus: "simulated", "iam", "unipen", or the path of a .json or .npz file of one's own lines.
    split: "train", "val" or "test". Graves (2013, section 4) trains on IAM-OnDB's trainset, testset_f and
    testset_t, and stops early on testset_v: that is "train" and "test" here, added, and "val".
    root: the folder that holds the original files of "iam" or "unipen", or UNIPEN packed as npz files.
    Strokes are in each corpus' own unit, y up. Raises InputError where files are missing or broken; single lines
    that cannot be used (strokes without text, say) are left out and counted in one warning.
    """
    if corpus == "simulated":
        return writers.lines(SIMULATED if count is None else count, split)
    try:
        lines = list(stream(corpus, split, root, count))
    except OSError as error:
        raise InputError(f"{corpus}: {error}") from None
    if not lines:
        raise InputError(f"{corpus}: no usable line in the {split} split")
    return lines


def stream(corpus, split="train", root=None, count=None):
    """The same lines as an iterator, where the corpus is larger than memory; OSError may come from any of them."""
    check_split(split)
    if count is not None and count < 1:
        raise InputError(f"count={count} must be at least 1, or None for all lines")
    if corpus == "simulated":
        return writers.each(SIMULATED if count is None else count, split)
    if corpus in ("iam", "unipen"):
        lines = (_iam if corpus == "iam" else _unipen)(_folder(corpus, root), split)
    elif Path(corpus).suffix not in (".json", ".npz"):
        raise InputError(f"{str(corpus)!r} is no corpus: choose simulated, iam, unipen, "
                         "or a file that ends in .json or .npz")
    else:
        lines = _part(load_lines(corpus), split, corpus)
    return itertools.islice(lines, count)


def _folder(corpus, root):
    if root is None or not Path(root).is_dir():
        raise InputError(f"{corpus}: root={str(root)!r} is no folder; give the folder of its original files, "
                         f"which section {corpus} of data/README.md says how to get")
    return Path(root)


def _warn(corpus, skipped):
    if skipped:
        warnings.warn(f"{corpus}: left out {len(skipped)} lines or files, the first because {skipped[0]}", stacklevel=4)


# IAM-OnDB: one XML file a line, one text file a form, and lists of forms for the splits.
IAM_LISTS = {"train": ("trainset.txt", "testset_f.txt"), "val": ("testset_v.txt",), "test": ("testset_t.txt",)}


def _iam(root, split):
    missing = [name for name in ("lineStrokes", "ascii", *IAM_LISTS[split]) if not (root / name).exists()]
    if missing:
        raise InputError(f"iam: {root} lacks {', '.join(missing)}; register and download it as section iam of "
                         "data/README.md says, and unpack everything into this one folder")
    skipped = []
    for form in itertools.chain(*((root / name).read_text("latin-1").split() for name in IAM_LISTS[split])):
        if not re.fullmatch(r"\w\d\d-\w+", form):
            raise InputError(f"iam: {form!r} in {' or '.join(IAM_LISTS[split])} is no form name such as a01-000u")
        folder = Path(form[:3], form[:7])
        texts, ascii_file = {}, root / "ascii" / folder / f"{form}.txt"
        if ascii_file.exists():  # what was written stands below CSR:, what a recogniser made of it below OCR:
            written = ascii_file.read_text("latin-1").partition("CSR:")[2].split("\n")
            texts = dict(enumerate(filter(None, map(str.strip, written)), 1))
        files = {int(path.stem[-2:]): path for path in (root / "lineStrokes" / folder).glob(f"{form}-[0-9][0-9].xml")}
        writer = _iam_writer(root / "original" / folder / f"strokes{form[7:]}.xml") or form
        for number in sorted(texts.keys() | files.keys()):
            if number not in texts or number not in files:
                skipped.append(f"line {number} of form {form} has no {'text' if number in files else 'strokes'}")
            elif sum(map(len, pen := _iam_pen(files[number]))) < 2:
                skipped.append(f"{files[number]} holds fewer than 2 points")
            else:
                yield line_of(pen, texts[number], writer, files[number])
    _warn("iam", skipped)


def _iam_pen(path):
    try:
        return [np.array([(float(point.get("x")), -float(point.get("y"))) for point in stroke.iter("Point")])
                for stroke in ElementTree.parse(path).iter("Stroke")]
    except (ParseError, DefusedXmlException, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{path}: broken XML ({error}); unpack lineStrokes again") from None


def _iam_writer(path):
    """The writer of a form, named near the top of the file of the whole form, where that file is there."""
    try:
        for _, element in ElementTree.iterparse(path, events=("start",)) if path.exists() else ():
            if element.tag in ("Form", "StrokeSet"):
                return element.get("writerID")
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InputError(f"{path}: broken XML ({error}); unpack original again") from None


# UNIPEN: a file of segments includes files of pen strokes ("components") and names ranges of their numbers.
UNIPEN_LEFT_OUT = ("abm", "lex")  # contributors whose segment numbers do not fit their strokes
UNIPEN_INCLUDED = 100  # files at most that one file of segments may include; usual is one


def _unipen(root, split):
    packed = {part: [path for path in (root / f"unipen_{what}_{part}.npz" for what in ("words", "lines"))
                     if path.exists()] for part in SPLITS}
    if any(packed.values()):
        if not packed[split]:
            there = " and ".join(part for part in SPLITS if packed[part])
            raise InputError(f"unipen: {root} holds no unipen_*_{split}.npz; the splits there are {there}")
        return itertools.chain.from_iterable(map(load_lines, packed[split]))
    if not (root / "data").is_dir() or not (root / "include").is_dir():
        raise InputError(f"unipen: {root} lacks data/ or include/; give the folder train_r01_v07 of the download "
                         "that section unipen of data/README.md names, or one that holds unipen_*.npz")
    return (line for line in _unipen_files(root) if _unipen_split(line.writer) == split)


def _unipen_split(writer):
    """85, 7.5 and 7.5 % of all writers, the same ones whatever else is there."""
    share = int(hashlib.sha256(writer.encode()).hexdigest(), 16) % 200
    return "train" if share < 170 else "val" if share < 185 else "test"


def _unipen_files(root):
    seen, skipped = set(), []
    # words (6, 7) and text (8); the other categories are single characters, and most words of 6 are in 7 again
    for path in sorted(path for kind in "678" for path in (root / "data" / kind).rglob("*") if path.is_file()):
        below = path.relative_to(root / "data").parts[1:]
        contributor = below[0]
        if contributor in UNIPEN_LEFT_OUT:
            continue
        try:
            components, segments, writer = _unipen_file(path, root / "include")
        except InputError as error:
            skipped.append(str(error))
            continue
        writer = f"{contributor}/{contributor}/{writer}" if writer else contributor
        for level, span, text in segments:
            if (key := (below, level, span, text)) in seen:
                continue
            seen.add(key)
            where = f"{path}: segment {span}"
            try:
                pen = _unipen_pen(components, span, where)
                line = line_of(pen, text, writer, where)
                if " " in text and _rows(pen):
                    raise InputError(f"{where} has several rows")
            except InputError as error:
                skipped.append(str(error))
            else:
                yield line
    _warn("unipen", skipped)


def _rows(pen):
    """Whether the pen once goes back by more than half the width of all: that is a new row, not the dot of an i."""
    back = [before[-1, 0] - after[0, 0] for before, after in itertools.pairwise(pen)]
    return max(back, default=0) > np.ptp(np.concatenate(pen)[:, 0]) / 2


def _unipen_file(path, include):
    """(components, segments, writer id or None): what a file of segments says, and all files it includes."""
    components, segments, writer, axes = [], [], None, ("X", "Y")
    for keyword, rest in _unipen_statements(path, include.resolve()):
        if keyword in ("PEN_DOWN", "PEN_UP"):
            try:
                points = np.array(rest.split(), np.float64).reshape(-1, len(axes))
                points = points[:, [axes.index("X"), axes.index("Y")]]
            except ValueError:
                raise InputError(f"{path}: component {len(components)} should be rows of {' '.join(axes)}") from None
            if keyword == "PEN_DOWN" or len(points):  # an empty .PEN_UP has no number
                components.append((keyword == "PEN_DOWN", points))
        elif keyword == "COORD":
            axes = tuple(rest.split())
        elif keyword == "WRITER_ID" and writer is None:
            writer = next((name for name in rest.split() if name != "?"), None)
        elif keyword == "SEGMENT":
            found = re.match(r'(TEXT|WORD)\s+(\d[\d:,\s-]*+)(?:[^\s"]++\s+)?"((?:[^"\\]|\\.)*+)"', rest, re.DOTALL)
            if found:
                text = re.sub(r"\\(.)", lambda escaped: {"n": " ", "t": " "}.get(escaped[1], escaped[1]), found[3])
                segments.append((found[1], "".join(found[2].split()), " ".join(text.split())))
    return components, segments, writer


def _unipen_statements(path, include, seen=None):
    """(keyword, its text) in order, with the statements of a file in the place of the first `.INCLUDE` of it."""
    seen = set() if seen is None else seen
    for statement in re.split(r"(?m)^\.", path.read_text("latin-1"))[1:]:
        keyword, rest = re.match(r"(\S*)\s*(.*)", statement, re.DOTALL).groups()
        if keyword != "INCLUDE":
            yield keyword, rest
            continue
        try:
            file = (include / rest.strip()).resolve()
            there = file.is_relative_to(include) and file.is_file() and file not in seen
        except (OSError, ValueError, RuntimeError):  # no file can have such a name
            there = False
        if there:  # lexicons and documents may be absent; a segment without its strokes is told of later
            if len(seen) == UNIPEN_INCLUDED:  # each of them may include the next, and Python's stack is only so deep
                raise InputError(f"{path}: includes more than {UNIPEN_INCLUDED} files")
            seen.add(file)
            yield from _unipen_statements(file, include, seen)


def _unipen_pen(components, span, where):
    """Pen-down strokes of a span such as `0-6,8` or `12:5-14:7`: components, from a point to a point inclusive."""
    pen = []
    for part in span.split(","):
        found = re.fullmatch(r"(\d{1,9})(?::(\d{1,9}))?(?:-(\d{1,9})(?::(\d{1,9}))?)?", part)
        first, start, last, stop = (number and int(number) for number in found.groups()) if found else (0, 0, -1, 0)
        if last is None:
            last, stop = first, start
        if not first <= last < len(components):
            raise InputError(f"{where}: {part!r} is no range of the {len(components)} components that are included")
        for number in range(first, last + 1):
            down, points = components[number]
            points = points[start if number == first else None:
                            stop + 1 if number == last and stop is not None else None]
            if down and len(points):
                pen.append(points)
        if len(pen) > 2 * len(components):  # a component may be cut in two; more would fill the memory
            raise InputError(f"{where}: names its {len(components)} components over and over")
    return pen


def _part(lines, split, name):
    """Writers in a fixed random order, 7.5 % (at least one) each for val and test; with under three writers, lines."""
    writers_first = sorted({line.writer for line in lines}, key=_shuffle)
    by_line = len(writers_first) < 3
    order = sorted(range(len(lines)), key=_shuffle) if by_line else writers_first
    if len(order) < 3:
        raise InputError(f"{name}: {len(lines)} lines are too few to split; 3 are the least")
    held = max(1, round(0.075 * len(order)))
    chosen = set({"val": order[:held], "test": order[held:2 * held], "train": order[2 * held:]}[split])
    return [line for number, line in enumerate(lines) if (number if by_line else line.writer) in chosen]


def _shuffle(key):
    return hashlib.sha256(ascii(key).encode()).digest()
