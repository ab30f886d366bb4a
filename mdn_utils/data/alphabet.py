"""The characters that networks write and read, and their numbers."""
from string import punctuation

import numpy as np

from ..errors import InputError

ALPHABET = "".join(map(chr, range(32, 127)))  # ALPHABET[k] has the number k + 1; 0 is padding
BYTES = 256  # what a text network reads and predicts


def encode(text, length=None):
    """Turn a text into character numbers.

    Args:
        text: at least one character of `ALPHABET` that isn't a space.
        length: the length to pad to with 0; the text's own by default.

    Returns:
        Integers (length,).

    Raises:
        InputError: if the text is empty or contains a character outside `ALPHABET`.

    Example:

    >>> encode("Hi", length=4).tolist()
    [41, 74, 0, 0]
    """
    if not text.strip():
        raise InputError("the text is empty; give at least one character that is not a space")
    unknown = sorted(set(text) - set(ALPHABET))
    if unknown:
        raise InputError(
            f"text {text!r}: cannot write {', '.join(map(repr, unknown))}; known are A-Z, a-z, "
            f"0-9, space and {punctuation}"
        )
    numbers = np.zeros(length or len(text), np.int32)
    numbers[:len(text)] = [ALPHABET.index(character) + 1 for character in text]
    return numbers
