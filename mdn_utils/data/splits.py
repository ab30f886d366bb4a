"""Train, validation and test: which lines belong where, so that no writer is in two of them."""
import hashlib
import itertools
import random

from ..errors import InputError

SPLITS = ("train", "val", "test")
HELD = 0.075  # share of the writers, or lines, that are held back for each of val and test


def check_split(split):
    """Raise InputError if `split` is not "train", "val" or "test".

    Example:

    >>> check_split("val")
    """
    if split not in SPLITS:
        raise InputError(f"split {split!r} does not exist; choose one of {', '.join(SPLITS)}")


def split_lines(lines, split, name):
    """Return the lines of one split.

    Of the writers, in a fixed random order, 7.5 % and at least one are held back for each of val
    and test. With fewer than three writers, the same is done with lines.

    Args:
        lines: a list of `Line`.
        split: "train", "val" or "test".
        name: what to call the lines in an error message.

    Raises:
        InputError: if there are fewer than three lines.

    Example:

    >>> from mdn_utils.data import simulated
    >>> lines = simulated.lines(40)  # of four writers
    >>> [len(split_lines(lines, split, "these")) for split in SPLITS]
    [20, 10, 10]
    """
    check_split(split)
    writers = {line.writer for line in lines}
    by_line = len(writers) < 3
    if by_line and len(lines) < 3:
        raise InputError(f"{name}: {len(lines)} lines are too few to split; 3 are the least")
    chosen = chosen_keys(range(len(lines)) if by_line else writers, split)
    return [
        line for number, line in enumerate(lines)
        if (number if by_line else line.writer) in chosen
    ]


def chosen_keys(keys, split):
    """Return the keys of one split: in a fixed random order, the first 7.5 % are "val", and so on.

    Args:
        keys: at least three that differ, of writers, forms or lines.
        split: "train", "val" or "test".

    Returns:
        A set.

    Example:

    >>> [sorted(chosen_keys("abcd", split)) for split in SPLITS]
    [['a', 'b'], ['c'], ['d']]
    """
    order = sorted(keys, key=_shuffled)
    held = max(1, round(HELD * len(order)))
    parts = {"val": order[:held], "test": order[held:2 * held], "train": order[2 * held:]}
    return set(parts[split])


def spread(lines, count):
    """Return `count` lines that are spread evenly over the writers: everybody's first, and so on.

    Whose lines come first, and which, is drawn at random, always in the same way.

    Args:
        lines: any iterable of `Line`.
        count: how many at most.

    Example:

    >>> from mdn_utils.data import simulated
    >>> len({line.writer for line in spread(simulated.lines(40), 4)})
    4
    """
    own = {}
    for line in lines:
        own.setdefault(line.writer, []).append(line)
    rng = random.Random(0)
    writers = sorted(own)
    rng.shuffle(writers)
    for writer in writers:
        rng.shuffle(own[writer])
    rounds = itertools.zip_longest(*(own[writer] for writer in writers))
    return list(itertools.islice(filter(None, itertools.chain(*rounds)), count))


def _shuffled(key):
    return hashlib.sha256(ascii(key).encode()).digest()
