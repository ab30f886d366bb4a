"""Read UNIPEN from its original files, or from npz files packed from them.

A file of segments includes files of pen strokes ("components") and names ranges of their numbers.
"""
import hashlib
import itertools
import re

import numpy as np

from ..errors import InputError, warn_skipped
from .line_files import line_of, load_lines
from .rows import has_rows
from .splits import SPLITS
from .wrong_labels import is_wrong

LEFT_OUT = ("abm", "lex")  # contributors whose segment numbers don't fit their strokes
# Words (6 and 7) and text (8). The other categories are single characters, and most words of 6 are
# in 7 again.
CATEGORIES = ("6", "7", "8")
MOST_INCLUDED = 100  # files that one file of segments may include; one is usual


def lines(root, split, clean=True):
    """Return the lines of one split; those that can't be used are counted in one warning.

    Args:
        root: the folder train_r01_v07, or one that holds unipen_*.npz.
        split: "train", "val" or "test": 85, 7.5 and 7.5 % of all writers, always the same ones.
        clean: leave lines whose label can't be right out of "train". The other splits keep theirs,
            so that figures can be compared with older ones.

    Returns:
        An iterator of `Line`.

    Raises:
        InputError: if the folder holds neither.

    Example:

    >>> import pathlib
    >>> lines(pathlib.Path("nowhere"), "val")
    Traceback (most recent call last):
    mdn_utils.errors.InputError: unipen: nowhere lacks data/ or include/; ...
    """
    found = _found(root, split)
    return (line for line in found if not is_wrong(line)) if clean and split == "train" else found


def _found(root, split):
    packed = {part: _packed(root, part) for part in SPLITS}
    if any(packed.values()):
        if not packed[split]:
            there = " and ".join(part for part in SPLITS if packed[part])
            raise InputError(
                f"unipen: {root} holds no unipen_*_{split}.npz; the splits there are {there}"
            )
        return itertools.chain.from_iterable(map(load_lines, packed[split]))
    if not (root / "data").is_dir() or not (root / "include").is_dir() and _includes(root):
        raise InputError(
            f"unipen: {root} lacks data/ or include/; give the folder train_r01_v07 of the "
            "download that section unipen of data/README.md names, or one that holds unipen_*.npz"
        )
    return (line for line in _lines(root) if _split(line.writer) == split)


def _includes(root):
    """Whether the first file of segments includes another."""
    first = next((path for path in sorted((root / "data").rglob("*")) if path.is_file()), None)
    return first is None or b".INCLUDE" in first.read_bytes()


def _packed(root, split):
    paths = [root / f"unipen_{what}_{split}.npz" for what in ("words", "lines")]
    return [path for path in paths if path.exists()]


def _split(writer):
    """The split of a writer, the same one whatever else is there."""
    share = int(hashlib.sha256(writer.encode()).hexdigest(), 16) % 200
    if share < 170:
        return "train"
    return "val" if share < 185 else "test"


def _lines(root):
    """Yield the lines of all files; a segment that several categories list is read once."""
    seen, skipped = set(), []
    folders = [root / "data" / category for category in CATEGORIES]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        below = path.relative_to(root / "data").parts[1:]
        contributor = below[0]
        if contributor in LEFT_OUT:
            continue
        try:
            components, segments, writer, absent = _read_file(path, root / "include")
        except InputError as error:
            skipped.append(str(error))
            continue
        name = f"{contributor}/{contributor}/{writer}" if writer else contributor
        for level, span, text in segments:
            key = (below, level, span, text)
            if key in seen:
                continue
            seen.add(key)
            try:
                yield _segment(components, span, text, name, f"{path}: segment {span}")
            except InputError as error:
                missing = f"; include/ lacks {', '.join(absent)}" if absent else ""
                skipped.append(f"{error}{missing}")
    warn_skipped("unipen", skipped)


def _segment(components, span, text, writer, where):
    pen = _pen(components, span, where)
    line = line_of(pen, text, writer, where)
    if " " in text and has_rows(pen):
        raise InputError(f"{where} has several rows")
    return line


def _read_file(path, include):
    """What a file of segments and its included files say.

    Returns:
        components: (whether the pen is down, points (N, 2)) each.
        segments: (level, span, text) each: words and texts; lines and sentences where there are
            neither.
        writer: or None.
        absent: names of included files that aren't there.
    """
    components, segments, writer, axes = [], [], None, ("X", "Y")
    others, levels, absent = [], set(), []
    for keyword, rest in _statements(path, include.resolve(), set(), absent):
        if keyword in ("PEN_DOWN", "PEN_UP"):
            points = _points(rest, axes, f"{path}: component {len(components)}")
            if keyword == "PEN_DOWN" or len(points):  # an empty .PEN_UP has no number
                components.append((keyword == "PEN_DOWN", points))
        elif keyword == "COORD":
            axes = tuple(rest.split())
        elif keyword == "WRITER_ID" and writer is None:
            writer = next((name for name in rest.split() if name != "?"), None)
        elif keyword == "SEGMENT":
            segments += _labelled(rest, "TEXT|WORD")
            others += _labelled(rest, "LINE|SENTENCE|PHRASE")
            levels.add(rest.split(maxsplit=1)[0][:20] if rest.strip() else "nothing")
    if levels and not segments and not others:
        raise InputError(
            f"{path} labels {', '.join(sorted(levels)[:9])}; expected .SEGMENT TEXT, WORD, LINE or "
            "SENTENCE with a span and a text in quotes"
        )
    return components, segments or others, writer, absent


def _points(rest, axes, where):
    try:
        points = np.array(rest.split(), np.float64).reshape(-1, len(axes))
        return points[:, [axes.index("X"), axes.index("Y")]]
    except ValueError:
        raise InputError(f"{where} should be rows of {' '.join(axes)}") from None


def _labelled(rest, levels):
    """The segment in a statement, as a list of none or one (level, span, text)."""
    label = rf'({levels})\s+(\d[\d:,\s-]*+)(?:[^\s"]++\s+)?"((?:[^"\\]|\\.)*+)"'
    found = re.match(label, rest, re.DOTALL)
    if not found:
        return []
    level, span, quoted = found.groups()
    text = re.sub(r"\\(.)", lambda escaped: " " if escaped[1] in "nt" else escaped[1], quoted)
    return [(level, "".join(span.split()), " ".join(text.split()))]


def _statements(path, include, seen, absent):
    """Yield (keyword, its text) in order.

    The first `.INCLUDE` of a file is replaced by the statements of that file. `seen` collects the
    files that were included, `absent` the names of those that aren't there.
    """
    for statement in re.split(r"(?m)^\.", path.read_text("latin-1"))[1:]:
        keyword, rest = re.match(r"(\S*)\s*(.*)", statement, re.DOTALL).groups()
        if keyword != "INCLUDE":
            yield keyword, rest
            continue
        file = _included(include, rest.strip())
        if file is None and len(absent) < 3:
            absent.append(ascii(rest.strip()[:60]).strip("'"))
        if file and file not in seen:
            # Each of them may include the next, and Python's stack is only so deep.
            if len(seen) == MOST_INCLUDED:
                raise InputError(f"{path}: includes more than {MOST_INCLUDED} files")
            seen.add(file)
            yield from _statements(file, include, seen, absent)


def _included(include, name):
    """The file of that name below `include`, or None.

    Lexicons and documents may be absent. A segment whose strokes are missing is reported later.
    """
    try:
        file = (include / name).resolve()
        return file if file.is_relative_to(include) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):  # no file can have such a name
        return None


def _pen(components, span, where):
    """The pen-down strokes of a span such as `0-6,8` or `12:5-14:7`.

    A span is a list of ranges of components, each from a point to a point, inclusive.
    """
    pen = []
    for part in span.split(","):
        first, start, last, stop = _range(part)
        if not first <= last < len(components):
            raise InputError(
                f"{where}: {part!r} is no range of the {len(components)} components that are "
                "included"
            )
        for number in range(first, last + 1):
            down, points = components[number]
            begin = start if number == first else None
            end = stop + 1 if number == last and stop is not None else None
            points = points[begin:end]
            if down and len(points):
                pen.append(points)
        if len(pen) > 2 * len(components):  # a component may be cut in two; more would fill memory
            raise InputError(f"{where}: names its {len(components)} components over and over")
    return pen


def _range(part):
    """(first component, its first point or None, last component, its last point or None)."""
    found = re.fullmatch(r"(\d{1,9})(?::(\d{1,9}))?(?:-(\d{1,9})(?::(\d{1,9}))?)?", part)
    if not found:
        return 0, None, -1, None  # no range at all
    first, start, last, stop = (number and int(number) for number in found.groups())
    return (first, start, first, start) if last is None else (first, start, last, stop)
