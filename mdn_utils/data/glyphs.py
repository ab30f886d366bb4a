"""The letters that simulated writers start from: single-stroke glyphs of two hands.

A. V. Hershey digitised them in 1967. They come from the package Hershey-Fonts: `futural` is the
printed hand, `cursive` the connected one. The unit is the x-height: a lower-case x is 1 tall and
stands on y = 0.
"""
import functools
from typing import NamedTuple

import numpy as np
from HersheyFonts import HersheyFonts

from . import strokes
from .alphabet import ALPHABET

STEP = 0.07  # distance of neighbouring points in a glyph, before the pen gets its speed

# Glyphs of our own on the font's grid (y down, base line 9), where the font draws blots, spikes or
# doubled lines, or an I or a 1 that could be an l.
_BRACE = [
    (3, -16), (0, -15), (-1, -12), (0, -7), (0, -3), (-3, 0), (0, 3), (0, 7), (-1, 12), (0, 15),
    (3, 16),
]
_COMMA = [(.5, 7.5), (-1.5, 12)]
_OWN = {
    ("futural", ","): [_COMMA],
    ("futural", ";"): [[(-.7, -1.1), (.7, -2.9)], _COMMA],
    ("futural", "'"): [[(.5, -12), (-.5, -7)]],
    ("futural", "-"): [[(-4, 1), (4, 1)]],
    ("futural", "1"): [[(-4, -7), (1, -12), (1, 9)]],
    ("futural", "I"): [[(0, -12), (0, 9)], [(-4, -12), (4, -12)], [(-4, 9), (4, 9)]],
    ("futural", "`"): [[(-1.5, -12), (1, -8)]],
    ("futural", "{"): [_BRACE],
    ("futural", "}"): [[(-x, y) for x, y in _BRACE]],
    ("cursive", "p"): [[
        (-7, 4), (-5, 1), (-4, -1), (-5, 3), (-9.5, 18), (-5, 4.5), (-3.5, 2), (-1, .2), (1, .2),
        (3, 2), (3.2, 4.5), (2, 7), (0, 8.8), (-2.5, 9), (-4.5, 7.8), (-2.5, 9), (0, 9.3),
        (3, 8.5), (5.5, 7), (8, 4),
    ]],
}
# Other forms that people give a letter, on the same grid.
_OTHER = {
    ("futural", "a"): [[(-4, -3), (-2, -5), (2, -5), (4, -2), (4, 9)],
                       [(4, 2), (0, 1), (-3, 2), (-4, 5), (-3, 8), (0, 9), (3, 7), (4, 5)]],
    ("futural", "f"): [[(5, -11), (3, -12), (1, -11), (0, -8), (0, 13), (-1, 15), (-4, 16)],
                       [(-4, -5), (4, -5)]],
    ("futural", "l"): [[(0, -12), (0, 6), (1, 9), (4, 8)]],
    ("futural", "q"): [[(5, -2), (2, -5), (-1, -5), (-4, -3), (-5, 1), (-5, 3), (-4, 7), (-1, 9),
                        (2, 9), (5, 6)], [(5, -5), (5, 16), (8, 12)]],
    ("futural", "t"): [[(0, -12), (0, 6), (1, 9), (4, 8)], [(-4, -5), (4, -5)]],
    ("futural", "u"): [[(-5, -5), (-5, 5), (-4, 8), (-2, 9), (1, 9), (4, 7), (5, 4), (5, -5)]],
    ("futural", "v"): [[(-5, -5), (-1, 8), (0, 9), (1, 8), (4, -3), (6, -5)]],
    ("futural", "w"): [[(-7, -5), (-7, 6), (-5, 9), (-2, 9), (0, 6), (0, -2), (0, 6), (2, 9),
                        (5, 9), (7, 6), (7, -5)]],
    ("futural", "y"): [[(-5, -5), (-5, 4), (-3, 8), (1, 8), (4, 6), (5, 3), (5, -5), (5, 11),
                        (3, 15), (0, 16), (-4, 14)]],
    ("futural", "z"): [[(-5, -5), (5, -5), (-5, 9), (5, 9)], [(-3, 2), (3, 2)]],
    ("futural", "Z"): [[(-6, -12), (6, -12), (-6, 9), (6, 9)], [(-4, -2), (4, -2)]],
    ("futural", "A"): [[(-6, 9), (-6, -4), (-4, -10), (0, -12), (4, -10), (6, -4), (6, 9)],
                       [(-6, 0), (6, 0)]],
    ("futural", "E"): [[(6, -9), (3, -12), (-2, -12), (-5, -9), (-4, -4), (0, -2), (-4, -1),
                        (-6, 3), (-5, 7), (-1, 9), (4, 8), (6, 5)]],
    ("cursive", "r"): [[(-6, 4.5), (-3.5, 1.5), (-1.5, 0), (-4, 9), (-2.5, 4.5), (-.5, 1.5),
                        (2, .2), (3.5, 1), (4.5, 3.5), (6.5, 4)]],
    ("cursive", "s"): [[(-6, 4.5), (-2, 2), (2.5, .5), (.5, -.3), (-1.5, 1), (-.5, 3.5), (.8, 6),
                        (-.5, 8.5), (-3, 9), (-4.5, 8.2), (-3, 9), (0, 9), (4, 6.5), (6, 4)]],
    ("cursive", "z"): [[(-6, 4.5), (-4, 1.5), (-1.5, 0), (4, .3), (-4, 8.8), (0, 8.6), (3, 9),
                        (5, 7), (6.5, 4)]],
}
# The order in which a hand writes the font's strokes, where it differs. Strokes left out are
# doubled lines.
_ORDER = {
    ("futural", "a"): (1, 0), ("futural", "d"): (1, 0), ("futural", "g"): (1, 0),
    ("futural", "q"): (1, 0), ("futural", "i"): (1, 0), ("futural", "j"): (1, 0),
    ("futural", "7"): (1, 0), ("futural", "z"): (1, 0, 2), ("futural", "Z"): (1, 0, 2),
    ("futural", "~"): (0,), ("futural", "@"): (0, 2), ("futural", "["): (2, 0, 3),
    ("futural", "]"): (2, 1, 3), ("cursive", "i"): (1, 0), ("cursive", "j"): (1, 0),
}
# Connected letters whose last stroke, a dot or bar, is written once the letter is done.
_AFTERWARDS = set("ijtx")
# Printed letters that a quick hand writes in one go, back along the stem.
_GO_BACK = set("adgqnmhbprukBDPRMN")


class Glyph(NamedTuple):
    """A character in x-heights.

    Attributes:
        body: pen-down polylines; a join leaves from the last one.
        after: dots and bars, written once the body is done.
        right: where the next letter may begin; this one begins at 0.
        joins: whether the pen can come from the letter before, and go on to the next.

    Example:

    >>> glyph("cursive", "i").joins[0]
    True
    """

    body: list
    after: list
    right: float
    joins: tuple


@functools.cache
def _font(name):
    font = HersheyFonts()
    font.load_default_font(name)
    return font.all_glyphs


@functools.cache
def glyph(font, character, one_go=True, other=False):
    """Return a font's glyph in x-heights, y up, its left side at 0, its strokes in a hand's order.

    Args:
        font: "futural" or "cursive".
        character: of `ALPHABET`, but not the space.
        one_go: write some printed letters in one go, back along the stem.
        other: take the letter's other form, if it has one.

    Example:

    >>> len(glyph("futural", "x").body)
    2
    """
    raw = _font(font)[character]
    order = _ORDER.get((font, character), range(len(raw.strokes)))
    pieces = _OWN.get((font, character)) or [raw.strokes[k] for k in order]
    pieces = other and _OTHER.get((font, character)) or pieces
    left, right = raw.left_offset, raw.left_offset + raw.char_width
    if font == "futural":
        beyond = 1.25 if character.islower() else 1
        pieces = [_scale(piece, 1 / 14, 1 / 14, beyond, 0) for piece in pieces]
        ends = np.concatenate(pieces)[:, 0]
        left, right = ends.min() - 0.19, ends.max() + 0.19
    elif character.isupper():
        pieces = [_scale(piece, 1 / 13, 1 / 13, 1, 0.25) for piece in pieces]
        left, right = left / 13, right / 13
    else:
        pieces = [_scale(piece, 1 / 11, 1 / 9, 0.72, 0.25) for piece in pieces]
        left, right = left / 11, right / 11
    after = []
    if font == "cursive" and character in _AFTERWARDS:
        pieces, after = pieces[:-1], pieces[-1:]
    connected = font == "cursive" and character.islower()
    back = connected or one_go and character in (_GO_BACK if font == "futural" else "HKMN")
    body = _merge(pieces, back, always=connected)
    end = body[-1][-1]
    leaves = font == "cursive" and abs(end[0] - right) < 0.25 and 0.2 < end[1] < 0.75
    move = np.array([-left, 0])
    body, after = ([stroke + move for stroke in group] for group in (body, after))
    return Glyph(body, after, right - left, (connected, leaves))


def _scale(piece, sx, sy, beyond, slant):
    """From the font's grid to x-heights, y up, upright; `beyond` scales what an x doesn't reach."""
    x, y = np.array(piece, dtype=float).T * [[1], [-1]] + [[0], [9]]
    if max(np.ptp(x), np.ptp(y)) <= 2 and len(x) > 2:  # a blot for a dot: a tick instead
        x, y = x.mean() + np.array([-.7, .7]), y.mean() + np.array([-.9, .9])
    x, y = x * sx, y * sy
    x = x - slant * y
    y = np.where(y > 1, 1 + (y - 1) * beyond, np.where(y < 0, y * beyond, y))
    return dense(np.column_stack([x, y]))


def dense(points):
    """Return a polyline with points about `STEP` apart.

    Args:
        points: (N, 2).

    Example:

    >>> len(dense(np.array([(0, 0), (0.7, 0)])))
    10
    """
    arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0, arc[-1], max(int(arc[-1] / STEP), 3) + 1)
    return np.column_stack([np.interp(at, arc, points[:, k]) for k in (0, 1)])


def _merge(pieces, back, always):
    """Join strokes that touch, or, with `back`, where the pen goes back along the first."""
    merged = [pieces[0]]
    for piece in pieces[1:]:
        stroke = merged[-1]
        near = np.linalg.norm(stroke - piece[0], axis=1)
        if near[-1] < 0.15:
            merged[-1] = np.concatenate([stroke, piece])
        elif np.linalg.norm(stroke[-1] - piece[-1]) < 0.15:
            merged[-1] = np.concatenate([stroke, piece[::-1]])
        elif back and near.min() < 0.15:
            merged[-1] = np.concatenate([stroke, stroke[near.argmin():][::-1], piece])
        elif always or back and near[-1] < 1.3:
            between = dense(np.array([stroke[-1], piece[0]]))
            merged[-1] = np.concatenate([stroke, between, piece])
        else:
            merged.append(piece)
    return merged


@functools.cache
def _ink_table():
    inked = {c: strokes.ink_length(glyph("futural", c).body) for c in ALPHABET.strip()}
    return {" ": 0.0, **inked}


@functools.cache
def _middle_table():
    inked = {c: np.concatenate(glyph("futural", c).body)[:, 1].mean() for c in ALPHABET.strip()}
    return {" ": 0.0, **inked}


def printed_middle(text):
    """Return the mean height of a text's ink over the baseline, in print, in x-heights.

    Example:

    >>> printed_middle("dhl") > printed_middle("ace") > printed_middle("gpy")
    True
    """
    ink = _ink_table()
    middle = _middle_table()
    return float(sum(ink[c] * middle[c] for c in text) / printed_ink_length(text))


def printed_ink_length(text):
    """Return the ink that a text takes in print, in x-heights; an unknown character counts as n.

    Example:

    >>> printed_ink_length("mm") > printed_ink_length("ii")
    True
    """
    table = _ink_table()
    return float(sum(table.get(character, table["n"]) for character in text))
