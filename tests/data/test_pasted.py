"""Texts that people paste: cleaned, their accents found, the rest named or replaced."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdn_utils.data import pasted
from mdn_utils.data.alphabet import ALPHABET
from mdn_utils.errors import InputError


@pytest.mark.parametrize("text, expected", [
    ("Hawaii  lieben", "Hawaii lieben"),
    ("  leading", "leading"),
    ("trailing \n\r\n", "trailing"),
    ("a\tb\u00a0c\u2003d\u202fe", "a b c d e"),
    ("\u201cit\u2019s\u201d \u2018so\u2019 \u201eok\u201c \u00abno\u00bb", "\"it's\" 'so' \"ok\" \"no\""),
    ("1\u20132 \u2014 3\u22124 non\u2011stop", "1-2 - 3-4 non-stop"),
    ("wait\u2026", "wait..."),
    ("\ufb01ne, \uff21\uff22, x\u00b2", "fine, AB, x2"),
    ("so\u00adft zero\u200bwidth \ufeffbom", "soft zerowidth bom"),
    ("cafe\u0301", "caf\u00e9"),
    ("first \r\n second\rthird", "first\nsecond\nthird"),
    ("it's plain.", "it's plain."),
])
def test_clean(text, expected):
    assert pasted.clean(text) == expected


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    once = pasted.clean(text)
    assert pasted.clean(once) == once
    assert once == once.strip() and "  " not in once


@given(st.text(ALPHABET))
def test_what_the_network_knows_stays(text):
    assert pasted.clean(text) == " ".join(text.split(" ")).strip() or "  " in text.strip()
    assert pasted.split_accents(text) == (text, {})


def test_accents():
    letters, marks = pasted.split_accents(pasted.clean("\u00c5ngstr\u00f6m, Dvo\u0159\u00e1k, fa\u00e7ade, se\u00f1or"))
    assert letters == "Angstrom, Dvorak, facade, senor"
    assert [letters[place] for place in marks] == list("Aoracn")
    assert list(marks.values()) == [
        ["ring"], ["diaeresis"], ["caron"], ["acute"], ["cedilla"], ["tilde"]
    ]
    assert pasted.split_accents("\u1e0fo") == ("\u1e0fo", {})  # a line below: no mark we draw
    assert pasted.split_accents("\u1ebf") == ("e", {0: ["circumflex", "acute"]})


def test_all_that_is_unknown_is_named_at_once():
    with pytest.raises(InputError) as told:
        pasted.letters_and_marks("stra\u00dfe \u2192 \u0141\u00f3d\u017a")
    for letter in "\u00df\u2192\u0141":
        assert repr(letter) in str(told.value)
    assert "'\u00f3'" not in str(told.value) and "--replace" in str(told.value)
    for blank in ("", " \u00a0\n", "\u200b"):
        with pytest.raises(InputError, match="the label is empty"):
            pasted.letters_and_marks(blank, "label")


@given(st.text())
def test_letters_fit_their_marks(text):
    try:
        letters, marks = pasted.letters_and_marks(text)
    except InputError as error:
        assert "\n" not in str(error)
        return
    assert set(letters) <= set(ALPHABET) and len(letters) == len(pasted.clean(text))
    assert all(0 <= place < len(letters) and letters[place] != " " for place in marks)


def test_replace():
    assert pasted.replace_unknown("Stra\u00dfe, \u0141\u00f3d\u017a, caf\u00e9") == "Strasse, L\u00f3d\u017a, caf\u00e9"
    assert pasted.replace_unknown("\u65e5\u672c").isascii()


@given(st.text())
def test_nothing_unknown_is_left_after_replacing(text):
    replaced = pasted.split_accents(pasted.replace_unknown(text))[0]
    assert np.isin(list(replaced), [*ALPHABET, "\n"]).all()
