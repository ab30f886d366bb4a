"""Simulated writers: (text, style, seed) -> strokes, and as many labelled lines as you like.

A style bends the letters of `glyphs` into one person's, each instance a little different. Joined
letters leave the pen down, and `resampling.resample` gives the pen its speed. The unit is the
x-height.
"""
import functools
import hashlib
import random
import zlib
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..safe_files import atomic_write, cache_folder
from . import glyphs, phrases, resampling, strokes
from .alphabet import ALPHABET
from .splits import SPLITS, check_split
from .strokes import Line

LINES_PER_WRITER = 10
# Pen-down path per character in the printed and in the connected hand, in x-heights.
MEAN_INK = 3.2, 4.4
_CLEAR_CAPITALS = set("BCEHKMNOPRUVXY")  # the connected capitals that everybody can read


@dataclass(frozen=True)
class Style:
    """One writer's hand. Lengths are in x-heights, except `size`.

    Args:
        connectedness: share of letters in the connected hand: 0 printed, 1 connected.
        slant: how far the pen goes right per unit up; negative leans back.
        size: the x-height, in units of the strokes.
        width: width of the letters; 1 is the font's.
        letter_spacing: added between letters.
        word_spacing: width of a space.
        slope: rise of the base line per unit to the right.
        drift: amplitude of the base line's slow wave.
        tremor: standard deviation of the hand's shaking.
        speed: points per character, on average.
        neatness: 1 makes all instances of a letter alike.
        ascender: height of what is above the x-height; 1 is the font's.
        late: share of words whose dots and bars wait for the end of the word, where letters are
            joined.
        variety: share of letters in this writer's second form.
        letters: seed of this writer's letter shapes.

    Raises:
        InputError: if a trait is out of its range.

    Example:

    >>> Style(slant=0.3).width
    1.0
    """

    connectedness: float = 0.5
    slant: float = 0.1
    size: float = 1.0
    width: float = 1.0
    letter_spacing: float = 0.0
    word_spacing: float = 1.0
    slope: float = 0.0
    drift: float = 0.05
    tremor: float = 0.005
    speed: float = 18.0
    neatness: float = 0.7
    ascender: float = 1.0
    late: float = 0.0
    variety: float = 0.0
    letters: int = 0

    def __post_init__(self):
        for name in ("size", "width", "speed", "ascender"):
            if not getattr(self, name) > 0:
                raise InputError(f"style: {name} is {getattr(self, name)}; it must be more than 0")
        for name in ("connectedness", "neatness", "late", "variety"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(
                    f"style: {name} is {getattr(self, name)}; it must lie between 0 and 1"
                )

    @classmethod
    def sample(cls, rng):
        """Return a random writer: a third printed, a third connected, the rest mixed.

        Args:
            rng: a NumPy generator.
        """
        hand = cls(
            connectedness=float(np.clip(rng.uniform(-0.9, 1.9), 0, 1)),
            slant=float(np.clip(rng.normal(0.15, 0.25), -0.35, 0.75)),
            size=float(np.exp(rng.normal(0, 0.25))),
            width=float(np.exp(rng.normal(0, 0.16))),
            letter_spacing=float(rng.uniform(-0.2, 0.25)),
            word_spacing=float(rng.uniform(0.9, 1.7)),
            slope=float(rng.normal(0, 0.02)),
            drift=float(rng.uniform(0, 0.12)),
            tremor=float(rng.uniform(0, 0.012)),
            speed=float(rng.uniform(13, 23)),
            neatness=float(rng.uniform(0.4, 1)),
            ascender=float(rng.uniform(0.85, 1.25)),
            letters=int(rng.integers(2 ** 31)),
        )
        # These two don't take numbers from `rng`: whatever it draws next is as before.
        own = np.random.default_rng(hand.letters)
        late, variety = np.clip(own.uniform(-1, 2), 0, 1), own.uniform(0, 0.35)
        return replace(hand, late=float(late), variety=float(variety))

    def distance(self, other):
        """Return how far two hands are apart.

        It is the root mean square of the differences of their traits, each over its spread.
        """
        gap = [(a - b) / spread for a, b, spread in zip(astuple(self), astuple(other), _SPREAD)]
        return float(np.sqrt(np.mean(np.square(gap))))


# Standard deviations of `Style.sample`, one for each trait but the last, `letters`.
_SPREAD = 0.45, 0.25, 0.25, 0.16, 0.13, 0.23, 0.02, 0.035, 0.0035, 2.9, 0.17, 0.115, 0.43, 0.1


def write(text, style=Style(), seed=0):
    """Write a text in the hand of a style.

    Args:
        text: characters of `ALPHABET`.
        style: a `Style`.
        seed: one seed, one result; no two seeds are alike.

    Returns:
        Strokes (T, 3).

    Raises:
        InputError: if the text is empty or has a character outside `ALPHABET`.

    Example:

    >>> write("hello", Style(connectedness=1)).shape[1]
    3
    """
    _check_text(text)
    rng = np.random.default_rng([seed, style.letters, zlib.crc32(text.encode())])
    spread = 1 - style.neatness
    pen, x = [], 0.0
    # The rightmost ink of the letter before, and how near to it the next one may stand.
    edge, gap = -np.inf, 0.2
    # Where and in which direction a connected letter may go on, and whether the pen is still down.
    last = None
    # Dots and bars that wait for the end of the word, and whether this word's do.
    waiting, waits = [], None
    for character in text:
        if character == " ":
            space = style.word_spacing * np.exp(rng.normal(0, 0.15))
            x, gap, last = x + space * style.width, 0.3 + 0.8 * space, None
            pen += waiting
            waiting, waits = [], None
            continue
        glyph = _letter(character, style, bool(rng.random() < style.variety))
        scale = np.exp(rng.normal(0, 0.02 + 0.06 * spread, 2))
        turn = rng.normal(0, 0.01 + 0.05 * spread, 2)
        bend = rng.normal(0, 0.01 + 0.04 * spread, 2)
        lift = rng.normal(0, 0.01 + 0.06 * spread)
        joined = last is not None and glyph.joins[0]
        x += style.letter_spacing * (0.4 if joined else 1) + rng.normal(0, 0.02 + 0.08 * spread)
        body = [_bend(stroke, scale, turn, bend) for stroke in glyph.body]
        after = [_bend(stroke, scale, turn, bend) for stroke in glyph.after]
        if not joined:  # letters that stand alone keep apart
            x = max(x, edge + gap - min(stroke[:, 0].min() for stroke in body))
        place = np.array([x, lift])
        body = [stroke + place for stroke in body]
        after = [stroke + place for stroke in after]
        edge, gap = max(stroke[:, 0].max() for stroke in body), 0.2
        if joined:
            end, direction, is_down = last
            body[0] = np.concatenate([_join(end, direction, body[0]), body[0]])
            if is_down:  # go on in the same stroke
                body[0] = np.concatenate([pen.pop(), body[0]])
        pen += body
        if after and waits is None:
            waits = rng.random() < style.late
        (waiting if waits else pen).extend(after)
        leaves = glyph.joins[1]
        last = (body[-1][-1], body[-1][-1] - body[-1][-4], waits or not after) if leaves else None
        x += glyph.right * scale[0]
    return _finish(pen + waiting, style, rng)


def _finish(pen, style, rng):
    """Base line, tremor, slant and size; then the pen's timing."""
    points = np.concatenate(pen)
    cuts = np.cumsum([len(stroke) for stroke in pen])[:-1]
    x = points[:, 0]
    wave = style.drift * np.sin(2 * np.pi * (x / rng.uniform(8, 20) + rng.random()))
    window = np.hanning(9)[1:-1] / 1.7
    shake = np.convolve(rng.normal(size=len(points) + 6), window, "valid")
    y = points[:, 1] + wave + style.slope * x + style.tremor * shake
    x = x + style.slant * points[:, 1] + style.tremor * np.roll(shake, 31)
    pen = np.split(np.column_stack([x, y]) * style.size, cuts)
    spacing = np.interp(style.connectedness, (0, 1), MEAN_INK) * style.size / style.speed
    smooth = 0.07 * style.size / spacing
    return resampling.resample(strokes.from_pen(pen), spacing, smooth)


def _join(end, direction, stroke):
    """Points that join a letter to the next one's first stroke: a cubic Hermite curve."""
    start = stroke[0]
    reach = np.linalg.norm(start - end)
    if reach < glyphs.STEP:
        return np.empty((0, 2))
    arrive = stroke[3] - start
    if arrive[0] < 0:  # a round letter starts at its right: come over the top, then turn back
        arrive = np.array([1.0, -0.2])
    t = np.linspace(0, 1, int(reach / glyphs.STEP) + 2)[1:-1, None]
    leave, arrive = (reach * d / (np.linalg.norm(d) + 1e-9) for d in (direction, arrive))
    return (
        (1 + 2 * t) * (1 - t) ** 2 * end
        + t * (1 - t) ** 2 * leave
        + t * t * (3 - 2 * t) * start
        + t * t * (t - 1) * arrive
    )


def _bend(stroke, scale, turn, bend):
    """A stroke in a slightly other shape: a small affine map and a smooth wave."""
    x, y = stroke[:, 0] * scale[0], stroke[:, 1] * scale[1]
    bent_x = x + turn[0] * y + bend[0] * np.sin(2.5 * y)
    bent_y = y + turn[1] * x + bend[1] * np.sin(2.5 * x)
    return np.column_stack([bent_x, bent_y])


@functools.lru_cache(maxsize=4096)
def _letter(character, style, second=False):
    """This writer's own form of a character, or the second one."""
    rng = np.random.default_rng([style.letters, ord(character), int(second)])
    capital = character.isupper()
    likely = style.connectedness * (0.6 if capital else 1)
    connected = rng.random() < likely and character.isalpha()
    if capital and character not in _CLEAR_CAPITALS:
        connected = False
    font = "cursive" if connected else "futural"
    one_go = rng.random() < 0.7
    scale = np.exp(rng.normal(0, 0.07, 2)) * [style.width, 1]
    turn, bend = rng.normal(0, 0.05, 2) * [1, 0.5], rng.normal(0, 0.025, 2)
    glyph = glyphs.glyph(font, character, bool(one_go), bool(rng.random() < 0.35))
    body, after = (
        [_bend(_ascend(stroke, style.ascender), scale, turn, bend) for stroke in group]
        for group in (glyph.body, glyph.after)
    )
    return glyphs.Glyph(body, after, glyph.right * scale[0], glyph.joins)


def _ascend(stroke, factor):
    stroke = stroke.copy()
    above = stroke[:, 1] > 1
    stroke[above, 1] = 1 + (stroke[above, 1] - 1) * factor
    return stroke


def _check_text(text):
    if not text.strip():
        raise InputError(
            "the text to write is empty; give at least one character that is not a space"
        )
    unknown = sorted(set(text) - set(ALPHABET))
    if unknown:
        names = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in unknown)
        raise InputError(
            f"cannot write {names} in {text!r}; known are the space and {ALPHABET.strip()}"
        )


def lines(count, split="train", seed=0):
    """Return lines of simulated handwriting, ten per writer.

    Writers and texts of the three splits are disjoint. The first n of many lines are the same as n
    lines alone. Lines are kept in the cache folder under a name that changes with the code that
    makes them, so that a stale file is never read.

    Args:
        count: how many.
        split: "train", "val" or "test".
        seed: an integer.

    Returns:
        A list of `Line`.

    Raises:
        InputError: for another split, or a count below 1.

    Example:

    >>> [line.writer for line in lines(2)]
    ['simulated-train-0000', 'simulated-train-0000']
    """
    made = iter_lines(count, split, seed)
    path = cache_folder() / f"simulated-{split}-{count}-{seed}-{_code_key()}.npz"
    if path.exists():
        return _load(path)
    made = list(made)
    try:
        _save(path, made)
    except OSError:
        pass  # a folder that can't be written costs the next call some time, but no lines
    return made


def _code_key():
    """A short digest of the code and the words that lines are made from."""
    modules = (__file__, glyphs.__file__, phrases.__file__, strokes.__file__, resampling.__file__)
    parts = [Path(file).read_bytes() for file in (*modules, phrases.PROSE)]
    return hashlib.sha256(b"".join(parts) + np.__version__.encode()).hexdigest()[:12]


def iter_lines(count, split="train", seed=0):
    """Return the lines of `lines` one by one, for more of them than memory holds; nothing is kept.

    Args:
        count, split, seed: see `lines`.

    Raises:
        InputError: for another split, or a count below 1.

    Example:

    >>> next(iter_lines(1_000_000)).strokes.shape[1]
    3
    """
    check_split(split)
    if count < 1:
        raise InputError(f"count is {count}; it must be at least 1")
    return (_line(k, split, seed) for k in range(count))


def _line(k, split, seed):
    writer = k // LINES_PER_WRITER
    rng = random.Random(f"{seed} {split} {k}")
    text = phrases.draw(rng)
    while phrases.split_of(text) != split:
        text = phrases.draw(rng)
    return Line(
        write(text, _style(writer, split, seed), k), text, f"simulated-{split}-{writer:04d}"
    )


def _style(writer, split, seed):
    return Style.sample(np.random.default_rng([seed, SPLITS.index(split), writer]))


def _save(path, made):
    with atomic_write(path) as part:
        np.savez(
            part,
            strokes=np.concatenate([line.strokes for line in made]),
            text=[line.text for line in made],
            writer=[line.writer for line in made],
            length=[len(line.strokes) for line in made],
        )


def _load(path):
    with np.load(path, allow_pickle=False) as file:
        each = np.split(file["strokes"], np.cumsum(file["length"])[:-1])
        return list(map(Line, each, file["text"].tolist(), file["writer"].tolist()))
