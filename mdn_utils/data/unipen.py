"""Read UNIPEN from its original files, or from npz files packed from them."""
import hashlib
import itertools
import re

import numpy as np

from ..errors import InputError, warn_skipped
from .line_files import line_of, load_lines
from .splits import SPLITS

# UNIPEN: a file of segments includes files of pen strokes ("components") and names ranges of their numbers.
LEFT_OUT = ("abm", "lex")  # contributors whose segment numbers do not fit their strokes
INCLUDED = 100  # files at most that one file of segments may include; usual is one


def lines(root, split):
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
    return (line for line in _files(root) if _split(line.writer) == split)


def _split(writer):
    """85, 7.5 and 7.5 % of all writers, the same ones whatever else is there."""
    share = int(hashlib.sha256(writer.encode()).hexdigest(), 16) % 200
    return "train" if share < 170 else "val" if share < 185 else "test"


def _files(root):
    seen, skipped = set(), []
    # words (6, 7) and text (8); the other categories are single characters, and most words of 6 are in 7 again
    for path in sorted(path for kind in "678" for path in (root / "data" / kind).rglob("*") if path.is_file()):
        below = path.relative_to(root / "data").parts[1:]
        contributor = below[0]
        if contributor in LEFT_OUT:
            continue
        try:
            components, segments, writer = _file(path, root / "include")
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
                pen = _pen(components, span, where)
                line = line_of(pen, text, writer, where)
                if " " in text and _rows(pen):
                    raise InputError(f"{where} has several rows")
            except InputError as error:
                skipped.append(str(error))
            else:
                yield line
    warn_skipped("unipen", skipped)


def _rows(pen):
    """Whether the pen once goes back by more than half the width of all: that is a new row, not the dot of an i."""
    back = [before[-1, 0] - after[0, 0] for before, after in itertools.pairwise(pen)]
    return max(back, default=0) > np.ptp(np.concatenate(pen)[:, 0]) / 2


def _file(path, include):
    """(components, segments, writer id or None): what a file of segments says, and all files it includes."""
    components, segments, writer, axes = [], [], None, ("X", "Y")
    for keyword, rest in _statements(path, include.resolve()):
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


def _statements(path, include, seen=None):
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
            if len(seen) == INCLUDED:  # each of them may include the next, and Python's stack is only so deep
                raise InputError(f"{path}: includes more than {INCLUDED} files")
            seen.add(file)
            yield from _statements(file, include, seen)


def _pen(components, span, where):
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
