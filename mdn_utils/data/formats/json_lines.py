"""Read lines from JSON: our own form, and what drawing pads and data sets of drawings write."""
import json
import warnings

import numpy as np

from ...errors import InputError
from .recording import FORMS, Recording, decode

INK = ("strokes", "drawing", "ink", "traces")  # a line's strokes are under one of these keys
SAID = ("text", "word", "label", "truth", "transcription")
KNOWN = {"lines", "y", "writer", *INK, *SAID}
WRONG = (ValueError, LookupError, TypeError, AttributeError, OverflowError)


def read(content, where):
    """Return the lines of a JSON document.

    It may be our own form (data/README.md), a list of such lines or one of them; signature_pad's
    `toData()`; Quick, Draw! with one drawing per row; a list of strokes. A point is [x, y, ...] or
    {"x": x, "y": y, ...}; what follows x and y is left out.

    Raises:
        InputError: if it is none of these.

    Example:

    >>> document = b'[{"points": [{"x": 0, "y": 0, "time": 1}, {"x": 0, "y": 9, "time": 2}]}]'
    >>> read(document, "pad.json")[0].pen[0].tolist()
    [[0.0, 0.0], [0.0, 9.0]]
    """
    document = _parse(content, where)
    down = is_sure = None
    if isinstance(document, dict) and "lines" in document:
        down, is_sure = _direction(document, where)
        _name_unknown(document, where)
        document = document["lines"]
        if not isinstance(document, list) or not document:
            raise InputError(f'{where}: "lines" holds no lines; {FORMS}')
        items = document
    elif isinstance(document, dict):
        items = [document]
    elif isinstance(document, list) and document and all(map(_is_line, document)):
        items = document
    elif isinstance(document, list) and document:
        items = [{"traces": document}]
    else:
        raise InputError(f"{where}: JSON without strokes; {FORMS}")
    if len(items) > 1:
        return [_line(item, f"{where}: line {number}", down, is_sure)
                for number, item in enumerate(items, 1)]
    return [_line(items[0], f"{where}: line 1", down, is_sure)]


def _parse(content, where):
    """The document; a list, where each row is a document of its own."""
    try:
        if b"\0" not in content[:4]:
            content = decode(content, where)
        return json.loads(content)
    except UnicodeDecodeError:
        raise InputError(f"{where}: neither UTF-8 nor UTF-16; save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        try:
            return [json.loads(row) for row in content.splitlines() if row.strip()]
        except (ValueError, RecursionError, AttributeError):
            raise InputError(f"{where}: broken JSON ({error}); {FORMS}") from None


def _is_line(item):
    return isinstance(item, dict) and any(key in item for key in INK)


def _direction(item, where):
    """Whether y counts down and whether the file says so; (None, None) if it says nothing."""
    if "y" not in item:
        return None, None
    said = item["y"]
    if not isinstance(said, str) or said.lower() not in ("up", "down"):
        raise InputError(f'{where}: "y" is {repr(said)[:40]}; expected "up" or "down"')
    return said.lower() == "down", True


def _name_unknown(item, where):
    """Name the keys that mean nothing here; one that may be a misspelt "y" is refused."""
    unknown = sorted(str(key)[:30] for key in item.keys() - KNOWN)
    for key in unknown:
        if key.lower().startswith(("y", "up", "down", "axis", "flip", "origin")):
            raise InputError(f'{where}: unknown key {key!r}; which way y counts is told by "y": '
                             '"up" or "y": "down"')
    if unknown:
        warnings.warn(f"{where}: nothing is known of {', '.join(map(repr, unknown[:9]))}",
                      stacklevel=2)


def _line(item, where, down, is_sure):
    """A `Recording` from one entry. Pads and data sets count y down, our own form counts it up."""
    if not isinstance(item, dict):
        raise InputError(f"{where}: expected strokes, and what they say as text; {FORMS}")
    key = next((key for key in INK if key in item), None)
    if key is None and not isinstance(item.get("points"), list):
        raise InputError(f"{where}: no strokes among {', '.join(map(repr, item))[:80]}; {FORMS}")
    if down is None:
        down, is_sure = _direction(item, where)
    if down is None:
        down, is_sure = key != "strokes", False
    if key == "strokes":
        _name_unknown(item, where)
    try:
        pen = _pen(item[key] if key else item["points"], key)
    except WRONG:
        raise InputError(f"{where}: expected strokes, a list of lists of [x, y]; {FORMS}") from None
    text = next((item[key] for key in SAID if item.get(key) is not None), "")
    writer = item.get("writer", "me")
    if not isinstance(text, str) or not isinstance(writer, str):
        raise InputError(f"{where}: text and writer must be strings")
    return Recording(pen, text, writer, down, is_sure)


def _pen(strokes, key):
    """Pen-down polylines (N, 2) of strokes as somebody wrote them; `key` is what they are called.

    What is no list of strokes may be the points of a single one.
    """
    if strokes and isinstance(strokes[0], dict) and not _has_lists(strokes[0]):
        strokes = [strokes]
    in_columns = _are_columns(strokes, if_unclear=key == "drawing")
    return [_stroke(stroke, in_columns) for stroke in strokes]


def _has_lists(stroke):
    return isinstance(stroke.get("points"), list) or isinstance(stroke.get("x"), list)


def _are_columns(strokes, if_unclear):
    """Whether each stroke is [all x, all y] or [all x, all y, all times], as in Quick, Draw!."""
    longest = 0
    for stroke in strokes:
        if not isinstance(stroke, list) or not 2 <= len(stroke) <= 4:
            return False
        lengths = {len(row) if isinstance(row, list) else 0 for row in stroke}
        if len(lengths) > 1:
            return False
        longest = max(longest, *lengths)
    return longest > 4 or if_unclear


def _stroke(stroke, in_columns):
    if isinstance(stroke, dict):
        if "points" not in stroke:
            return np.array([stroke["x"], stroke["y"]], np.float64).reshape(2, -1).T
        stroke = stroke["points"]
    if len(stroke) and isinstance(stroke[0], dict):
        stroke = [(point["x"], point["y"]) for point in stroke]
    elif in_columns:
        stroke = list(zip(stroke[0], stroke[1], strict=True))
    return np.array([point[:2] for point in stroke], np.float64).reshape(len(stroke), 2)
