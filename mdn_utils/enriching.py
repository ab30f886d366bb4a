"""More to learn from the same ink: lines cut into words, words joined, rare characters again."""
from collections import Counter

from .data import words
from .data.prepare import SHORTEST
from .reading import letters_of_strokes

RARE = 0.01  # share of all characters, below which a character counts as rare
COPIES = 2  # of a line with a rare character


def enrich(lines, reader, joined, seed=0):
    """Add to prepared lines what their writers can be made to have written.

    In UNIPEN nine items of ten are single words, and commas, capitals and digits are rare. Added
    are the words of lines, words of one writer joined into lines, and a second copy of the lines
    with rare characters.

    Args:
        lines: a list of prepared `Line`.
        reader: a `reading.Reader`, which finds where a line's words end.
        joined: how many lines to join from words.
        seed: an integer.

    Returns:
        A list of prepared `Line`.

    Example:

    >>> from mdn_utils import reading
    >>> from mdn_utils.data import prepare, simulated
    >>> lines = prepare.prepare(simulated.lines(4))
    >>> len(enrich(lines, reading.Reader((8,)), joined=0)) >= 4
    True
    """
    whole = [line for line in lines if " " in line.text]
    cut = cut_into_words(whole, reader)
    single = [line for line in lines if " " not in line.text] + cut
    cut = [word for word in cut if len(word.strokes) >= SHORTEST]
    counts = Counter("".join(line.text for line in lines))
    few = RARE * sum(counts.values())
    rare = [line for line in whole if any(counts[character] < few for character in line.text)]
    return lines + cut + words.join(single, joined, seed) + (COPIES - 1) * rare


def cut_into_words(lines, reader):
    """Cut lines into their words, as far as the reader can tell where one ends.

    Args:
        lines: a list of `Line`.
        reader: a `reading.Reader`.

    Returns:
        A list of `Line` of one word each; lines that can't be cut are left out.

    Example:

    >>> from mdn_utils.data import simulated
    >>> from mdn_utils.weights import load_shipped
    >>> [line] = simulated.lines(1)
    >>> cut = cut_into_words([line], load_shipped("reader"))
    >>> " ".join(word.text for word in cut) == line.text
    True
    """
    return [
        word for line, letters in zip(lines, letters_of_strokes(reader, lines)) if letters
        for word in words.cut(line, letters)
    ]
