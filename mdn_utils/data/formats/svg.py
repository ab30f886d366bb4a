"""Read the strokes of SVG files: drawing programs', signature pads' and our own."""
import math
import re

import numpy as np
from svgelements import Matrix, Path
from svgelements.svgelements import CubicBezier, Line, Move, QuadraticBezier

from ...errors import InputError
from ..strokes import bezier
from .recording import FORMS, Recording
from .xml_files import name

LARGEST = 10_000_000  # characters of all paths together
FINEST = 64  # pieces that one curve is cut into
HIDDEN = {"defs", "clipPath", "mask", "marker", "symbol", "pattern", "metadata", "style", "script"}
SHAPES = {"path", "polyline", "polygon", "line", "circle", "ellipse"}
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


def read(root, where):
    """Return the paths of an SVG document as one line, with its title as the text.

    Groups and their transforms are followed. Curves are cut into short pieces; where a path goes
    smoothly through the points of a pen, as ours do, those points come back.

    Raises:
        InputError: if there are no strokes, or only filled outlines.

    Example:

    >>> from mdn_utils.data.formats.xml_files import parse
    >>> svg = b'<svg><g transform="translate(5 0)"><path d="m0 0v4l1 1"/></g></svg>'
    >>> read(parse(svg, "a.svg"), "a.svg")[0].pen[0].tolist()
    [[5.0, 0.0], [5.0, 4.0], [6.0, 5.0]]
    """
    pen, filled, size = [], 0, 0
    title = ""
    waiting = [(root, Matrix(), True)]
    while waiting:  # not by recursion: files may be nested deeper than Python's stack
        element, transform, is_drawn = waiting.pop()
        kind = name(element)
        style = _style(element)
        if kind in HIDDEN or style.get("display") == "none":
            continue
        if kind == "title" and not title:
            title = element.text or ""
        if "stroke" in style:
            is_drawn = style["stroke"] != "none"
        size += sum(map(len, element.attrib.values()))
        if size > LARGEST:
            raise InputError(f"{where}: more than {LARGEST:,} characters of paths; no line has")
        try:
            if style.get("transform"):
                transform = Matrix(style["transform"]) * transform
            if kind in SHAPES:
                filled += not is_drawn
                pen += _polylines(element, kind, transform) if is_drawn else []
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
            shown = element.get("d") or element.get("points") or element.get("transform") or kind
            raise InputError(f"{where}: the {kind} {shown[:30]!r} can't be read") from None
        waiting += [(child, transform, is_drawn) for child in reversed(element)]
    if not pen:
        what = f"{filled} filled outlines but no strokes" if filled else "no strokes"
        raise InputError(f"{where}: {what}; expected paths along which a pen moved; {FORMS}")
    return [Recording(pen, title)]


def _style(element):
    """The attributes of an element, and what its `style` says."""
    pairs = re.findall(r"([\w-]+)\s*:\s*([^;]+)", element.get("style", ""))
    return {**element.attrib, **{key: value.strip() for key, value in pairs}}


@np.errstate(all="ignore")  # `strokes.check` says it better
def _polylines(element, kind, transform):
    """The pen-down polylines (N, 2) of one shape."""
    if kind in ("circle", "ellipse"):  # how signature pads draw a dot
        pen = [np.array([[float(element.get("cx", 0)), float(element.get("cy", 0))]] * 2)]
    elif kind == "line":
        pen = [np.array([[float(element.get(f"{axis}{end}", 0)) for axis in "xy"] for end in "12"])]
    elif kind == "path":
        pen = [_points(part) for part in Path(element.get("d", "")).as_subpaths() if len(part)]
    else:
        pen = [np.array(re.findall(NUMBER, element.get("points", "")), float).reshape(-1, 2)]
    matrix = np.array([[transform.a, transform.b], [transform.c, transform.d]])
    return [points @ matrix + (transform.e, transform.f) for points in pen if len(points)]


def _points(part):
    """Points (N, 2) along one run of a path."""
    drawn = [segment for segment in part if segment.end is not None and segment.start is not None]
    drawn = [segment for segment in drawn if not isinstance(segment, Move)]
    moves = [segment.end for segment in part if isinstance(segment, Move)]
    if not drawn:
        return np.array([_pair(point) for point in moves if point is not None][:1] * 2)
    if all(isinstance(segment, CubicBezier) for segment in drawn):
        ends = [drawn[0].start, *(segment.end for segment in drawn)]
        ends = np.array([_pair(point) for point in ends])
        controls = [_pair(drawn[0].start)]
        for segment in drawn:
            controls += map(_pair, (segment.control1, segment.control2, segment.end))
        # Ours are written with two decimals.
        if np.abs(bezier(ends) - controls).max() < 0.02:
            return ends
    points = [_pair(drawn[0].start)]
    for segment in drawn:
        pieces = 1 if isinstance(segment, Line) else _pieces(segment)
        points += [_pair(segment.point(k / pieces)) for k in range(1, pieces + 1)]
    return np.array(points)


def _pieces(segment):
    """How many pieces a curve is cut into: more, the more it bends."""
    if isinstance(segment, CubicBezier):
        path = [segment.start, segment.control1, segment.control2, segment.end]
    elif isinstance(segment, QuadraticBezier):
        path = [segment.start, segment.control, segment.end]
    else:
        return FINEST // 2
    path = np.array([_pair(point) for point in path])
    turns = np.diff(np.arctan2(*np.diff(path, axis=0).T))
    bend = np.abs((turns + math.pi) % (2 * math.pi) - math.pi).sum()
    return min(2 + int(8 * bend), FINEST) if math.isfinite(bend) else 1


def _pair(point):
    return float(point.x), float(point.y)
