"""Words cut out of lines, and joined into new ones."""
import numpy as np
import pytest

from mdn_utils.data import prepare, simulated, words
from mdn_utils.data.glyphs import printed_middle
from mdn_utils.data.strokes import Line, from_pen, positions, to_pen


def bars(*places):
    """Upright bars at these places: one stroke each."""
    return from_pen([np.array([(x, 0.0), (x, 1.0)]) for x in places])


def cut(text, places, letters):
    return [
        (word.text, len(to_pen(word.strokes)))
        for word in words.cut(Line(bars(*places), text, "me"), letters)
    ]


def test_each_word_gets_the_strokes_of_its_letters():
    assert cut("ab c", (0, 1, 5), [{0}, {1}, {3}]) == [("ab", 2), ("c", 1)]


@pytest.mark.parametrize("between, first", [(2, 3), (4, 2)])
def test_a_stroke_without_a_letter_goes_where_the_ink_is_nearer(between, first):
    found = cut("ab c", (0, 1, between, 5), [{0}, {1}, set(), {3}])
    assert found == [("ab", first), ("c", 4 - first)]


@pytest.mark.parametrize("letters", [
    [{0}, {1, 3}, {3}],  # one stroke in two words
    [{0}, {3}, {1}],  # back to the first word
    [{0}, {1}, set()],  # no stroke for the second
])
def test_what_cannot_be_told_apart_is_not_cut(letters):
    assert cut("ab c", (0, 1, 5), letters) == []


@pytest.fixture(scope="module")
def single():
    texts = ["good", "dog", "by", "ace", "Hull", "page"] * 4
    lines = [Line(simulated.write(text, seed=k), text, f"w{k % 2}") for k, text in enumerate(texts)]
    return prepare.prepare(lines)


def test_joined_lines_are_of_one_writer_and_keep_their_ink(single):
    for line in words.join(single, 20):
        theirs = {word.text: word for word in single if word.writer == line.writer}
        chosen = [theirs[text] for text in line.text.split()]
        assert 2 <= len(chosen) <= 5
        assert len(to_pen(line.strokes)) >= len(chosen)
        assert np.ptp(positions(line.strokes)[:, 0]) > sum(
            np.ptp(positions(word.strokes)[:, 0]) for word in chosen
        ) * 0.8


def test_joined_words_stand_on_one_baseline(single):
    """Whatever letters they have: a word of descenders isn't lifted to the middle of the others."""
    for line in words.join(single, 20):
        x, y = positions(line.strokes).T
        gaps = np.sort(np.diff(np.sort(x)))
        assert gaps[-1] > 0.3 * words.X_HEIGHT  # a space
    joined = [line for line in words.join(single, 40) if {"Hull", "page"} & set(line.text.split())]
    assert joined
    for line in joined:
        middle = printed_middle(line.text.replace(" ", "")) * words.X_HEIGHT
        assert abs(positions(line.strokes)[:, 1].mean() - positions(line.strokes)[0, 1]) < 3 * (
            middle + words.X_HEIGHT
        )


def test_rare_characters_come_more_often(single):
    plain = sum(word.text == "Hull" for word in single) / len(single)
    joined = " ".join(line.text for line in words.join(single, 200)).split()
    assert joined.count("Hull") / len(joined) > 1.3 * plain


def test_one_seed_one_result(single):
    first, again, other = (words.join(single, 3, seed) for seed in (1, 1, 2))
    assert [line.text for line in first] == [line.text for line in again]
    assert [line.text for line in first] != [line.text for line in other]


def test_of_few_words_none_are_joined(single):
    assert words.join(single[:9], 3) == []
