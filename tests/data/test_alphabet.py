"""The alphabet and its numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdn_utils.data.alphabet import ALPHABET, encode
from mdn_utils.errors import InputError


@given(st.text(ALPHABET).filter(str.strip), st.integers(0, 5))
def test_encoding_can_be_read_back(text, padding):
    numbers = encode(text, len(text) + padding)
    assert "".join(ALPHABET[n - 1] for n in numbers[: len(text)]) == text
    assert (numbers[len(text) :] == 0).all() and len(numbers) == len(text) + padding
    assert (numbers[: len(text)] > 0).all() and numbers.dtype == np.int32
    np.testing.assert_array_equal(encode(text), numbers[: len(text)])


def test_what_cannot_be_written_is_told():
    with pytest.raises(InputError) as told:
        encode("na\u00efve caf\u00e9\n")
    assert str(told.value) == (
        "text 'na\u00efve caf\u00e9\\n': cannot write '\\n', '\u00e9', '\u00ef'; known are A-Z, a-z, 0-9, space and "
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    )
    for blank in ("", "  "):
        with pytest.raises(InputError, match="the text is empty; give at least one"):
            encode(blank)
