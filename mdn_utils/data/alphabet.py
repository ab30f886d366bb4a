"""The characters that networks write and read, and their numbers."""
from string import punctuation

import numpy as np

from ..errors import InputError

ALPHABET = "".join(map(chr, range(32, 127)))  # character c has number ALPHABET.index(c) + 1; 0 is padding
BYTES = 256  # what a text network reads and predicts


def encode(text, length=None):
    """Character numbers (U,) of a text, padded with 0 to `length`. Raises InputError for what nobody has learnt."""
    if not text.strip():
        raise InputError("the text is empty; give at least one character that is not a space")
    if unknown := sorted(set(text) - set(ALPHABET)):
        raise InputError(f"text {text!r}: cannot write {', '.join(map(repr, unknown))}; known are A-Z, a-z, 0-9, "
                         f"space and {punctuation}")
    numbers = np.zeros(length or len(text), np.int32)
    numbers[:len(text)] = [ord(c) - 31 for c in text]
    return numbers
