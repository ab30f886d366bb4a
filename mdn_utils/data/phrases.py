"""What simulated writers write: prose, words, names, numbers and every mark, no download."""
import functools
import random
import re
import zlib
from pathlib import Path

from .alphabet import ALPHABET

LONGEST = 50  # characters
PROSE = Path(__file__).with_name("prose.txt")  # runs of eight words or more, without formulas
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_MARKS = "#$%&*+/<=>@[]^_`{|}~\\"


def texts(count, seed=0):
    """Return lines of text to write, 1 to 50 characters each.

    The words are those of prose.txt, sentences of this course.

    Args:
        count: how many.
        seed: an integer.

    Example:

    >>> len(texts(3))
    3
    """
    return [draw(random.Random(f"{seed} {k}")) for k in range(count)]


@functools.cache
def vocabulary():
    """Return the prose as runs of plain words, and its words by letter.

    Example:

    >>> runs, by_letter = vocabulary()
    >>> "quite" in by_letter["q"]
    True
    """
    runs = [run.split() for run in PROSE.read_text("utf-8").splitlines()]
    words = sorted({word for run in runs for word in run if re.fullmatch("[a-z]{2,12}", word)})
    return runs, {letter: [word for word in words if letter in word] for letter in _LETTERS}


def split_of(text):
    """Return the split that a text belongs to, by its checksum: nine in ten are for training.

    Example:

    >>> split_of("hello")
    'train'
    """
    return {0: "val", 1: "test"}.get(zlib.crc32(text.encode()) % 20, "train")


def draw(rng):
    """Draw one line of text.

    It may be prose, for the usual pairs of letters, and it is often enough something else for no
    character to be rare.

    Args:
        rng: a `random.Random`.

    Example:

    >>> len(draw(random.Random(1))) <= LONGEST
    True
    """
    kinds = {
        _prose: 26, _word: 6, _name: 3, _shout: 7, _person: 22, _figures: 11, _spoken: 23,
        _signs: 12, _character: 2,
    }
    while True:
        (kind,) = rng.choices(list(kinds), kinds.values())
        text = kind(rng)
        if len(text) <= LONGEST:
            return text


def _some(rng, alphabet, least=1, most=1):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def _character(rng):
    return _some(rng, ALPHABET[1:])


def _capital(rng, least=1, most=1):
    return _some(rng, _LETTERS.upper(), least, most)


def _number(rng):
    return _some(rng, _DIGITS, 1, 4)


def _mark(rng):
    return _some(rng, _MARKS)


def _word(rng):
    """A real word with a certain letter, so that rare letters come up, or an invented one."""
    if rng.random() < 0.6:
        _, by_letter = vocabulary()
        return rng.choice(by_letter[_some(rng, _LETTERS)])
    syllables = []
    for _ in range(rng.randint(1, 3)):
        first = _some(rng, "bcdfghjklmnpqqrstvwxyz")
        vowel = _some(rng, "aeiouy")
        syllables.append(first + vowel + _some(rng, "nrstlkzxj", 0))
    return "".join(syllables)


def _name(rng):
    first = _capital(rng) + _some(rng, "aeiou")
    second = _some(rng, "bdklmnrstvz") + _some(rng, "aeiou")
    return first + second + _some(rng, "nrstlk", 0, 1)


def _prose(rng, longest=8):
    runs, _ = vocabulary()
    run = rng.choice(runs)
    size = min(rng.randint(3, longest), len(run))
    start = rng.randrange(len(run) - size + 1)
    return " ".join(run[start:start + size])


def _person(rng):
    return rng.choice([
        f"{_name(rng)} {_name(rng)}", f"{_capital(rng)}. {_name(rng)}",
        f"{_capital(rng, 2, 4)} {_name(rng)}", f"{_name(rng)}'s {_word(rng)}",
        f"{_capital(rng)}. {_capital(rng)}. {_name(rng)}",
        f"{_capital(rng, 2, 6)} {_capital(rng, 2, 6)}", f"{_name(rng)} {_capital(rng, 2, 4)}",
        f"{_name(rng)} {_name(rng)} {_name(rng)}", f"{_name(rng)} and {_name(rng)}",
    ])


def _figures(rng):
    day = rng.randint(1, 31)
    month = rng.randint(1, 12)
    year = rng.randint(1500, 2099)
    return rng.choice([
        f"{_name(rng)} {_number(rng)}", f"{day}/{month}/{year}", f"{day} {_name(rng)} {year}",
        f"${_number(rng)}.{_number(rng)[:2]}",
        f"at {rng.randint(0, 23)}:{rng.randint(0, 59):02d}", f"{_number(rng)}-{_number(rng)}",
        f"{_number(rng)} {_word(rng)}", f"No. {_number(rng)}: {_number(rng)}",
        f"{_number(rng)}% {_word(rng)}", f"({_number(rng)}) {_word(rng)}",
        f"{_number(rng)}, {_number(rng)}", f"{_number(rng)} + {_number(rng)} = {_number(rng)}",
    ])


def _spoken(rng):
    phrase = _prose(rng, 4).strip(".,;:()")
    one = _word(rng)
    two = _word(rng)
    return rng.choice([
        f"{phrase}?", f"{phrase}!", f'"{phrase}"', f"'{one}' {two}", f"({phrase})",
        f"{phrase}; {two}", f"{one}: {phrase}", f'"{_name(rng)}!"', f"{one}-{two}",
        f"{phrase}, {two}", f"it's {one}; {two}", f'{_name(rng)}: "{one}?"', f"Why {one}?",
        f"{one} - {two}", f"{phrase}; {two}!", f"({_name(rng)})", f"{_name(rng)}; ({one})",
        f"{one}! {_name(rng)}?", f"{_name(rng)}: {one}-{two}",
    ])


def _signs(rng):
    return rng.choice([
        f"{_word(rng)}{_mark(rng)}{_word(rng)}", f"{_mark(rng)}{_word(rng)}{_mark(rng)}",
        f"{_word(rng)} {_mark(rng)} {_number(rng)}", f"{_mark(rng)} {_mark(rng)} {_mark(rng)}",
        f"{_number(rng)} {_mark(rng)} {_number(rng)}",
        f"{_capital(rng)}{_mark(rng)}{_number(rng)}",
    ])


def _shout(rng):
    return rng.choice([_word(rng), f"{_word(rng)} {_word(rng)}"]).upper()
