"""Read tables of points: CSV, and the .svc files of tablets."""
import math
import re

import numpy as np

from ...errors import InputError
from .recording import FORMS, Recording, decode, mark_starts, split

ROLES = {  # what the names of columns may contain, the first that fits
    "x": {"x", "dx"},
    "y": {"y", "dy"},
    "lift": {"up", "penup", "eos", "end", "lift", "lifted", "endofstroke"},
    "pen": {"pen", "down", "pendown", "tip", "button", "touch", "contact", "state", "status"},
    "stroke": {"stroke", "strokes", "strokeid", "id", "trace", "segment", "path", "group"},
    "time": {"t", "time", "timestamp", "ms", "millis", "milliseconds"},
    "pressure": {"p", "pressure", "force"},
}
GAP = 8  # times the usual time between two points: the pen was up


def read(content, where):
    """Return the line of a table, one row per point.

    A first row may name the columns: x, y, and any of pen (1 while it is down, or at the end of a
    stroke), stroke (a number for each), t, pressure. Without names, x and y are the first two, and
    what is in the others tells what they are. An empty row ends a stroke, too.

    Raises:
        InputError: if there are no two columns of numbers.

    Example:

    >>> table = b"x;y;stroke\\n0,5;1;1\\n0,5;3;1\\n2;2;2"
    >>> [stroke.tolist() for stroke in read(table, "a.csv")[0].pen]
    [[[0.5, 1.0], [0.5, 3.0]], [[2.0, 2.0]]]
    """
    names, table, breaks = _table(decode(content, where), where)
    if len(table) < 2 or table.shape[1] < 2:
        raise InputError(f"{where}: expected two rows or more of x, y; found {len(table)}; {FORMS}")
    roles = _named(names) if names else _guessed(table)
    if not {"x", "y"} <= roles.keys():
        raise InputError(f"{where}: the columns are {', '.join(names)[:80]}; expected x and y")
    points = table[:, [roles["x"], roles["y"]]]
    if names and "dx" in _words(names[roles["x"]]):
        points = np.cumsum(points, axis=0)
    down, ends = _lifts(table, roles)
    ends[np.array(breaks, int)] = True
    ends[:-1] |= down[:-1] & ~down[1:]
    return [Recording(split(points[down], ends[down]), is_sure=False)]


def _table(text, where):
    """The names of the columns, or None; the numbers (N, C); the rows after which a stroke ends."""
    rows, breaks, names = [], [], None
    lines = text.splitlines()
    separator = next((mark for mark in ";\t," if mark in "".join(lines[:3])), None)
    for number, line in enumerate(lines, 1):
        cells = [cell.strip(" \t\"'") for cell in line.strip().split(separator)]
        while cells and not cells[-1]:
            cells.pop()
        if not cells or cells[0].startswith("#"):
            breaks += [len(rows) - 1] if rows and not cells else []
            continue
        if separator in (";", "\t"):
            cells = [cell.replace(",", ".") for cell in cells]
        try:
            rows.append([float(cell) for cell in cells])
        except ValueError:
            if rows or names:
                raise InputError(
                    f"{where}: line {number} is {line.strip()[:40]!r}, not numbers"
                ) from None
            names = cells
    if rows and len(rows[0]) == 1 and not names:  # an .svc begins with how many points follow
        breaks = [place - 1 for place in breaks if place]
        rows = rows[1:]
    if len({len(row) for row in rows}) > 1 or rows and names and len(rows[0]) != len(names):
        raise InputError(f"{where}: the rows have different numbers of columns")
    table = np.array(rows, np.float64).reshape(len(rows), len(rows[0]) if rows else 0)
    if not np.isfinite(table).all():
        raise InputError(f"{where}: all numbers must be finite")
    return names, table, breaks


def _words(name):
    return set(re.findall("[a-z]+", re.sub("([a-z])([A-Z])", r"\1 \2", name).lower()))


def _named(names):
    roles = {}
    for column, name in enumerate(names):
        words = _words(name)
        role = next((role for role, known in ROLES.items() if words & known), None)
        roles.setdefault(role, column)
    return roles


def _guessed(table):
    """The roles of columns without names, from what is in them."""
    roles = {"x": 0, "y": 1}
    for column in range(2, table.shape[1]):
        values = table[:, column]
        kinds = np.unique(values)
        if len(kinds) <= 2 and np.isin(kinds, (0, 1)).all():
            roles.setdefault("pen", column)
        elif (np.diff(values) >= 0).all() and len(kinds) > 1:
            roles.setdefault("time" if len(kinds) > len(table) / 3 else "stroke", column)
    return roles


def _lifts(table, roles):
    """For each row, whether the pen was down and whether a stroke ends: two arrays (N,)."""
    count = len(table)
    down, ends = np.ones(count, bool), np.zeros(count, bool)
    ends[-1] = True
    if "stroke" in roles:
        ends[:-1] |= np.diff(table[:, roles["stroke"]]) != 0
        return down, ends
    for role in ("lift", "pen"):
        flags = table[:, roles[role]] > 0.5 if role in roles else down
        runs = 1 + np.count_nonzero(np.diff(np.flatnonzero(flags)) > 1)
        if not flags.any() or flags.all():
            continue
        if flags.mean() > 0.5 or flags.sum() > 1.5 * runs:  # rows come with the pen up, too
            return (flags if role == "pen" else ~flags), ends
        return down, np.append(flags[1:], True) if mark_starts(flags) else flags | ends
    if "pressure" in roles:
        pressed = table[:, roles["pressure"]] > 0
        if pressed.any() and not pressed.all():
            return pressed, ends
    if "time" in roles:
        pauses = np.diff(table[:, roles["time"]])
        usual = float(np.median(pauses))
        if math.isfinite(usual) and usual > 0:
            ends[:-1] |= pauses > GAP * usual
    return down, ends
