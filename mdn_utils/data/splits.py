"""Train, validation and test: which lines belong where, so that no writer is in two of them."""
import hashlib

from ..errors import InputError

SPLITS = ("train", "val", "test")


def check_split(split):
    """Raise InputError where `split` is not "train", "val" or "test"."""
    if split not in SPLITS:
        raise InputError(f"split {split!r} does not exist; choose one of {', '.join(SPLITS)}")


def split_lines(lines, split, name):
    """Writers in a fixed random order, 7.5 % (at least one) each for val and test; with under three writers, lines."""
    writers_first = sorted({line.writer for line in lines}, key=_shuffle)
    by_line = len(writers_first) < 3
    order = sorted(range(len(lines)), key=_shuffle) if by_line else writers_first
    if len(order) < 3:
        raise InputError(f"{name}: {len(lines)} lines are too few to split; 3 are the least")
    held = max(1, round(0.075 * len(order)))
    chosen = set({"val": order[:held], "test": order[held:2 * held], "train": order[2 * held:]}[split])
    return [line for number, line in enumerate(lines) if (number if by_line else line.writer) in chosen]


def _shuffle(key):
    return hashlib.sha256(ascii(key).encode()).digest()
