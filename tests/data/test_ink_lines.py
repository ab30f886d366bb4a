"""What a reader is trained on."""
import numpy as np
import pytest

from mdn_utils.data import simulated
from mdn_utils.data.batches import BucketBatches
from mdn_utils.data.ink_lines import (
    LONGEST,
    InkLine,
    arrange_ink,
    frames_needed,
    join_words,
    part_of,
    prepare_ink,
)
from mdn_utils.data.strokes import Line


@pytest.fixture(scope="module")
def lines():
    return prepare_ink(simulated.lines(40))


def words_of(count):
    words = ["to", "be", "or", "not"]
    strokes = [Line(simulated.write(words[k % 4], seed=k), words[k % 4], f"w{k % 3}")
               for k in range(count)]
    return prepare_ink(strokes)


def test_what_no_reader_could_read_is_left_out():
    good = simulated.write("good")
    broken = good.copy()
    broken[3, 0] = np.inf
    lines = [
        Line(good, "good", "a"), Line(good, "göod", "a"), Line(good, " ", "a"),
        Line(broken, "good", "a"), Line(good, "many more letters than there is ink for", "a"),
        Line(simulated.write("much more ink than in the text"), "m", "a"),
    ]
    assert [line.text for line in prepare_ink(lines)] == ["good"]


@pytest.mark.parametrize("text, frames", [("a", 1), ("aa", 3), ("aab", 4), ("...", 5), ("", 0)])
def test_frames_that_a_text_needs(text, frames):
    assert frames_needed(text) == frames


def test_a_third_of_the_writers_belongs_to_the_judge():
    parts = [part_of(f"writer {number}") for number in range(3000)]
    assert 0.3 < parts.count("judge") / 3000 < 0.37
    assert set(parts) == {"reader", "judge"}
    assert part_of("hpp/hpp/hpb2-js") == part_of("hpp/hpp/hpb2-js")


def test_joined_words_are_level_apart_and_of_one_writer():
    words = words_of(60)
    joined = join_words(words, 50)
    assert len(joined) == 50
    texts = {word.text for word in words}
    for line in joined:
        assert 2 <= len(line.text.split()) <= 5
        assert set(line.text.split()) <= texts
        assert len(line.steps) <= LONGEST // 2
        path = np.cumsum(line.steps[:, :2], 0)
        assert abs(np.polyfit(*path.T, 1)[0]) < 0.15


def test_joining_leaves_a_space_between_words():
    step = np.array([[0, 1, 0], [1, 0, 0], [0, -1, 0]], "float32")
    words = [InkLine(step, "n", "w")] * 10
    for line in join_words(words, 20):
        x, _ = np.cumsum(line.steps[:, :2], 0).T
        jumps = np.flatnonzero(line.steps[:, 2])
        assert len(jumps) == line.text.count(" ")
        gaps = x[jumps] - x[jumps - 1]
        assert (gaps >= 2).all() and (gaps <= 7).all()


def test_joined_lines_repeat_and_differ_by_seed():
    words = words_of(60)
    first, again, other = (join_words(words, 5, seed) for seed in (0, 0, 1))
    assert [line.text for line in first] == [line.text for line in again]
    assert [line.text for line in first] != [line.text for line in other]
    assert join_words([], 5) == []


def test_batches(lines):
    sizes = [(len(line.steps), len(line.text)) for line in lines]
    batches = BucketBatches(lines, sizes, arrange_ink, augment=True)
    seen = 0
    for k in range(len(batches)):
        x, labels = batches[k]
        assert x.shape[::2] == (len(labels), 6) and np.isfinite(x).all()
        seen += ((labels > 0).sum(1) > 0).sum()
        assert ((x[..., 5].sum(1) > 0) == (labels[:, 0] > 0)).all()
    assert seen == len(lines)
