"""The texts that simulated writers write."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mdn_utils.data import phrases
from mdn_utils.data.alphabet import ALPHABET


def test_one_seed_one_result():
    assert phrases.texts(20, 1) == phrases.texts(20, 1) != phrases.texts(20, 2)


def test_about_one_text_in_ten_is_held_back():
    share = Counter(map(phrases.split_of, phrases.texts(2000)))
    assert set(share) == {"train", "val", "test"}
    assert 0.87 < share["train"] / 2000 < 0.93


def test_texts_bring_every_character_often_enough():
    texts = phrases.texts(5000, 7)
    share = Counter("".join(texts))
    total = share.total()
    assert all(share[c] > 0.0003 * total for c in ALPHABET)
    assert all(share[c] > 0.0018 * total for c in ALPHABET if c.isalnum())
    assert all(share[c] > 0.0018 * total for c in ".,'\"!?:;-()")
    lengths = [len(text) for text in texts]
    assert min(lengths) >= 1 and max(lengths) <= 50 and 10 <= np.median(lengths) <= 16
    assert all(text == text.strip() for text in texts)


@pytest.mark.parametrize("name", ["texts.txt", "legibility_texts.txt"])
def test_no_network_learns_the_texts_that_the_benchmarks_write(name):
    prose = " ".join(phrases.PROSE.read_text("utf-8").lower().split())
    texts = Path(__file__).parents[2].joinpath("benchmarks", name).read_text("utf-8").lower()
    sentences = [text for text in texts.splitlines() if len(text.split()) > 3]
    assert len(sentences) > 5 and not [text for text in sentences if text.strip(".?!") in prose]
