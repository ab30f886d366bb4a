"""Words of real lines, cut apart and joined anew.

Corpora of words have few spaces and hardly a comma. A writer's words, joined, show a network
spaces, capitals, digits and full stops in new company every time.
"""
import numpy as np

from .glyphs import printed_middle
from .prepare import LETTER_INK, LONGEST, POINTS_PER_CHARACTER
from .strokes import Line, from_pen, ink_middle, positions, to_pen

X_HEIGHT = POINTS_PER_CHARACTER / LETTER_INK  # in the unit of prepared lines
FEWEST_WORDS = 10  # of a writer whose words are joined: two for each of five places


def cut(line, letters):
    """Cut a line into its words.

    Args:
        line: a `Line`.
        letters: for each of its strokes, the places in the text of the letters that it draws.

    Returns:
        A list of `Line`, one per word, or an empty list where a stroke belongs to two words, where
        a word has no stroke, or where the pen came back to an earlier word.

    Example:

    >>> strokes = from_pen([[(0, 0), (1, 1)], [(5, 0), (6, 1)]])
    >>> [word.text for word in cut(Line(strokes, "a b", "me"), [[0], [2]])]
    ['a', 'b']
    """
    words = line.text.split(" ")
    word_of = np.cumsum([character == " " for character in line.text])
    owners = [
        {int(word_of[place]) for place in places if line.text[place] != " "} for places in letters
    ]
    pen = to_pen(line.strokes)
    known = [(number, word) for number, here in enumerate(owners) for word in here]
    order = [word for _, word in known]
    in_order = len({number for number, _ in known}) == len(known) and order == sorted(order)
    if not in_order or set(order) != {number for number, word in enumerate(words) if word}:
        return []
    cuts = []
    for (last, before), (first, after) in zip(known, known[1:]):
        if before != after:  # strokes between them without a letter go where the ink is nearer
            cuts.append(last + 1 + int(np.argmax(_gaps(pen[last:first + 1]))))
    pieces = np.split(np.arange(len(pen)), cuts)
    return [
        Line(from_pen([pen[k] for k in piece]), word, line.writer)
        for piece, word in zip(pieces, filter(None, words))
    ]


def _gaps(pen):
    """How far right of all ink before it each polyline but the first begins."""
    right = np.maximum.accumulate([stroke[:, 0].max() for stroke in pen])
    left = np.array([stroke[:, 0].min() for stroke in pen])
    return left[1:] - right[:-1]


def join(words, count, seed=0):
    """Join prepared words of one writer at a time into lines, on one baseline.

    Args:
        words: a list of prepared `Line` of one word each.
        count: how many lines to make.
        seed: an integer.

    Returns:
        A list of `Line` of two to five words. Rare characters come more often: of two words drawn
        for a place, the one with the rarer character is taken.

    Example:

    >>> from mdn_utils.data import prepare, simulated
    >>> words = [Line(simulated.write(word), word, "me") for word in 5 * ["to", "be"]]
    >>> [len(line.text.split()) >= 2 for line in join(prepare.prepare(words), 3)]
    [True, True, True]
    """
    rng = np.random.default_rng((seed, 3))
    rarity = _rarity(words)
    by_writer = {}
    for word, rare in zip(words, rarity):
        by_writer.setdefault(word.writer, []).append((rare, word))
    people = [theirs for theirs in by_writer.values() if len(theirs) >= FEWEST_WORDS]
    lines = []
    while people and len(lines) < count:
        theirs = people[rng.integers(len(people))]
        pairs = rng.choice(len(theirs), (rng.integers(2, 6), 2), replace=False)
        chosen = [max((theirs[k] for k in pair), key=lambda item: item[0])[1] for pair in pairs]
        line = joined(chosen, rng)
        if len(line.strokes) <= LONGEST:
            lines.append(line)
    return lines


def _rarity(words):
    """For each word, minus the logarithm of how often its rarest character comes."""
    counts = {}
    for word in words:
        for character in word.text:
            counts[character] = counts.get(character, 0) + 1
    return [-np.log(min(counts[character] for character in word.text)) for word in words]


def joined(words, rng):
    """Return words of one writer as one line.

    Args:
        words: a list of prepared `Line`.
        rng: a NumPy generator, for the spaces.

    Example:

    >>> from mdn_utils.data import prepare, simulated
    >>> some = prepare.prepare([Line(simulated.write(word), word, "me") for word in ("to", "be")])
    >>> joined(some, np.random.default_rng(0)).text
    'to be'
    """
    space = rng.uniform(0.8, 2.2) * X_HEIGHT  # half of all real spaces are between 0.9 and 2.0
    pen, right = [], 0.0
    for word in words:
        at = positions(word.strokes)
        gap = space * rng.uniform(0.8, 1.2) if pen else 0.0
        # The text says where in the word its middle is, seen from the baseline.
        strokes = to_pen(word.strokes)
        level = printed_middle(word.text) * X_HEIGHT - ink_middle(strokes) + rng.normal(0, 0.6)
        move = np.array([right + gap - at[:, 0].min(), level])
        pen += [stroke + move for stroke in strokes]
        right = at[:, 0].max() + move[0]
    return Line(from_pen(pen), " ".join(word.text for word in words), words[0].writer)
