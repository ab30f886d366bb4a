"""Read InkML: the W3C's form, which Word, OneNote, MyScript and the CROHME competition write."""
import re

import numpy as np

from ...errors import InputError
from .recording import FORMS, Recording
from .xml_files import name, named

TRUTH = ("truth", "label", "transcription", "transcript", "text", "textual content")
NUMBER = re.compile(r"[!'\"]?\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[*?TF]")


def read(root, where):
    """Return the traces of an InkML document as one line.

    Raises:
        InputError: if there are no traces, or one isn't rows of its channels.

    Example:

    >>> from mdn_utils.data.formats.xml_files import parse
    >>> ink = b'<ink><trace>1 1, 2 5, "1 "0, "1 "0</trace></ink>'
    >>> read(parse(ink, "a.inkml"), "a.inkml")[0].pen[0].tolist()
    [[1.0, 1.0], [2.0, 5.0], [3.0, 5.0], [5.0, 5.0]]
    """
    channels = [str(channel.get("name")).upper() for channel in named(root, "channel")]
    x, y = (channels.index(axis) for axis in "XY") if {"X", "Y"} <= set(channels) else (0, 1)
    pen = []
    for trace in named(root, "trace"):
        if trace.get("type", "penDown") == "penDown":
            points = _points("".join(trace.itertext()), max(x, y) + 1, where)
            pen.append(points[:, [x, y]])
    if not pen:
        raise InputError(f"{where}: InkML without a trace; {FORMS}")
    labels = [
        child.text or "" for child in root
        if name(child) == "annotation" and child.get("type", "").lower() in TRUTH
    ]
    return [Recording(pen, labels[0] if labels else "", is_sure=False)]


def _points(trace, width, where):
    """The first `width` numbers of each point, (N, width).

    A `'` before a number says that from here on numbers of its channel are differences, a `"` that
    they are differences of differences, and a `!` that they are themselves again.
    """
    order = [0] * width
    last, speed = [0.0] * width, [0.0] * width
    rows = []
    for point in filter(str.strip, trace.split(",")):
        numbers = NUMBER.findall(point)
        if len(numbers) < width:
            raise InputError(f"{where}: a trace has the point {point.strip()[:30]!r}; expected at "
                             f"least {width} numbers")
        for channel, number in enumerate(numbers[:width]):
            if number[0] in "!'\"":
                order[channel] = "!'\"".index(number[0])
            if number[0] in "?TF":  # unknown, or true or false
                value = 0.0
            elif number[0] == "*":  # as before
                value = (last[channel], speed[channel], 0.0)[order[channel]]
            else:
                value = float(number.lstrip("!'\" \t\r\n"))
            _move(channel, value, order[channel], last, speed)
        rows.append(tuple(last))
    return np.array(rows, np.float64).reshape(-1, width)


def _move(channel, value, order, last, speed):
    if order == 2:
        value += speed[channel]
    if order >= 1:
        speed[channel] = value
        value += last[channel]
    last[channel] = value
