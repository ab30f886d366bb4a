"""Batches of lines and of text: what training sees."""

from collections import Counter
from itertools import combinations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdn_utils.data import simulated
from mdn_utils.data.alphabet import encode
from mdn_utils.data.batches import (
    Batches,
    BucketBatches,
    LineBatches,
    TextBatches,
    arrange_prediction,
    least_padding_lengths,
)
from mdn_utils.data.prepare import normalise
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError


def lines(count=150, seed=0):
    """Lines of 9 to 640 points, each with its number in its first offset and in its text."""
    rng = np.random.default_rng(seed)
    made = []
    for k in range(count):
        strokes = np.zeros((int(np.exp(rng.uniform(np.log(9), np.log(640)))), 3), "float32")
        strokes[:, :2], strokes[1, 0], strokes[-1, 2] = 0.5, k, 1
        made.append(Line(strokes, f"{k}" + "." * int(rng.integers(0, 40)), "me"))
    return made


def seen(batch):
    """The numbers of the lines in a batch, empty rows left out."""
    _, targets, mask = batch
    return targets[mask[:, 0] == 1, 0, 0].astype(int).tolist()


@pytest.mark.parametrize("count, points", [(150, 4000), (64, 2000), (1, 4000), (40, 100)])
def test_each_line_once_a_pass(count, points):
    data = LineBatches(lines(count), points=points)
    for epoch in range(2):
        assert Counter(n for k in range(len(data)) for n in seen(data[k])) == Counter(range(count))
        data.on_epoch_end()


def test_what_a_batch_holds():
    made = lines()
    data = LineBatches(made)
    for n in range(len(data)):
        (strokes, text), targets, mask = data.batch(n)
        assert strokes.shape == targets.shape == (*mask.shape, 3) and len(text) == len(mask)
        assert strokes.dtype == targets.dtype == mask.dtype == np.float32 and text.dtype == np.int32
        assert mask.size <= 4000 or len(mask) == 1
        np.testing.assert_array_equal(strokes[:, 1:], targets[:, :-1])
        assert (text[:, -1] == 0).all(), "room for the stop rule's u = U + 1"
        for row, k in enumerate(seen((None, targets, mask))):
            line = made[k]
            points = len(line.strokes) - 1
            np.testing.assert_array_equal(mask[row], np.arange(mask.shape[1]) < points)
            np.testing.assert_array_equal(targets[row, :points], line.strokes[1:])
            np.testing.assert_array_equal(strokes[row, :points], line.strokes[:-1])
            assert (targets[row, points:] == 0).all()
            np.testing.assert_array_equal(text[row], encode(line.text, text.shape[1]))
        empty = mask[:, 0] == 0
        assert (mask[empty] == 0).all() and (strokes[empty] == 0).all() and (text[empty] == 0).all()
        alone = LineBatches(made, arrange_prediction).batch(n)
        np.testing.assert_array_equal(alone[0], strokes)


def test_few_shapes_and_little_padding():
    made = lines(600)
    data = LineBatches(made)
    assert (
        len({(x.shape, text.shape) for (x, text), _, _ in map(data.batch, range(len(data)))}) <= 8
    )
    filled, cells = np.sum(
        [(mask.sum(), mask.size) for _, _, mask in map(data.batch, range(len(data)))], axis=0
    )
    assert filled > 0.75 * cells
    (strokes, _), _, _ = LineBatches(made, shapes=1)[0]
    assert strokes.shape[1] == -(-max(len(line.strokes) for line in made) // 8) * 8 - 1


@given(st.lists(st.integers(2, 90), min_size=1, max_size=20), st.integers(1, 4))
def test_no_other_lengths_would_pad_less(points, shapes):
    def padded(lengths):
        return sum(min(length for length in lengths if length >= count) for count in points)

    possible = sorted({-(-count // 8) * 8 for count in points})
    every = [
        chosen
        for k in range(1, shapes + 1)
        for chosen in combinations(possible, k)
        if chosen[-1] == possible[-1]
    ]
    lengths = least_padding_lengths(np.array(points), shapes)
    assert len(lengths) <= shapes and padded(lengths) == min(map(padded, every))


@pytest.mark.parametrize("augment", [False, True])
def test_a_batch_is_its_seed_and_number(augment):
    made, same, other = (
        LineBatches(lines(), steps=7, augment=augment, seed=seed) for seed in (3, 3, 4)
    )
    numbers = [0, 5, made.per_pass, 2 * made.per_pass + 1]
    for n, again in zip(numbers, [same.batch(n) for n in reversed(numbers)][::-1]):
        for one, two in zip(keras.tree.flatten(made.batch(n)), keras.tree.flatten(again)):
            np.testing.assert_array_equal(one, two)

    def order(data, first):
        return [
            seen(data.batch(first + k)) if not augment else data.batch(first + k)[0][0].sum()
            for k in range(10)
        ]

    assert order(made, 0) != order(made, made.per_pass) and order(made, 0) != order(other, 0)


def test_augmenting_slants_stretches_and_scales_a_line_as_a_whole():
    made = lines(1)
    plain, augmented = LineBatches(made), LineBatches(made, augment=True)
    _, before, mask = plain.batch(0)
    found = []
    for n in range(200):
        _, after, same = augmented.batch(n)
        np.testing.assert_array_equal(same, mask)
        np.testing.assert_array_equal(after[..., 2], before[..., 2])
        A, rest, *_ = np.linalg.lstsq(before[0, :, :2], after[0, :, :2], rcond=None)
        np.testing.assert_allclose(before[0, :, :2] @ A, after[0, :, :2], atol=1e-4)
        found.append(A.T)  # [[width, slant], [0, height]]
    found = np.array(found)
    np.testing.assert_allclose(found[:, 1, 0], 0, atol=1e-5)
    np.testing.assert_allclose(found.mean(0), np.eye(2), atol=0.06)
    np.testing.assert_allclose(found.std(0), [[0.113, 0.15], [0, 0.08]], atol=0.03)


def test_fit_sees_the_batches_in_order_and_goes_on_where_it_stopped():
    class Numbers(Batches):
        def batch(self, n):
            return np.full((1, 1), n, "float32"), np.zeros((1, 1), "float32")

    def used(epochs, done=0):
        """The mean number of the batches in each epoch; the model hands on its input, and its loss is that."""
        data, means = Numbers(4, seed=0), []
        data.epoch = done
        watch = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: means.append(logs["loss"])
        )
        model.fit(data, initial_epoch=done, epochs=epochs, verbose=0, callbacks=[watch])
        return means

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), loss=lambda y, z: z[:, 0])
    whole = used(epochs=3)
    np.testing.assert_allclose(np.diff(whole), 4)
    np.testing.assert_allclose(used(epochs=2) + used(epochs=3, done=2), whole)


# --- batches of text ---


def test_text_batches():
    text = bytes(range(200)) * 2
    data = TextBatches(text, length=20, size=5, steps=3, seed=1)
    assert len(data) == 3
    for n in range(20):
        inputs, targets = data.batch(n)
        assert inputs.shape == targets.shape == (5, 20)
        np.testing.assert_array_equal(targets, (inputs + 1) % 200)  # the text counts up
        np.testing.assert_array_equal(
            inputs, TextBatches(text, length=20, size=5, seed=1).batch(n)[0]
        )
    assert (data.batch(0)[0] != data.batch(1)[0]).any()
    assert (data.batch(0)[0] != TextBatches(text, 20, 5, seed=2).batch(0)[0]).any()


def test_text_batches_reach_both_ends_and_no_further():
    starts = {
        int(k)
        for n in range(40)
        for k in TextBatches(bytes(range(23)), length=20, size=5).batch(n)[0][:, 0]
    }
    assert starts == {0, 1, 2}


def test_a_text_that_is_too_short_is_told():
    with pytest.raises(InputError, match="the text has 20 bytes; needed are more than 20"):
        TextBatches(b"x" * 20, length=20)


def test_the_first_two_batches_of_an_epoch_share_no_size():
    """Keras on TensorFlow would hold every later batch to it."""
    made = LineBatches(
        [normalise(line) for line in simulated.lines(60, "val")], points=500, steps=20
    )
    for made.epoch in range(20):
        (strokes, text), *_ = made[0]
        (others, other_text), *_ = made[1]
        assert strokes.shape[1] != others.shape[1] and text.shape[1] != other_text.shape[1]
    seen = sorted(made._planned(made.epoch * 20 + k)[1][0] for k in range(20))
    assert seen == sorted(made[k][1].shape[1] + 1 for k in range(20)), (
        "the same batches, in another order"
    )


def test_the_caller_arranges_what_is_input_and_what_is_target():
    """Reading turns a line around: strokes in, text out."""
    made = lines(40)

    def reading(lines, rows, shape, rng):
        assert rng is None
        strokes = np.zeros((rows, shape[0], 3), "float32")
        for k, line in enumerate(lines):
            strokes[k, : len(line.strokes)] = line.strokes
        lengths = [len(line.text) for line in lines] + [0] * (rows - len(lines))
        return strokes, np.array(lengths)

    sizes = [(len(line.strokes), len(line.text)) for line in made]
    data = BucketBatches(made, sizes, reading, points=2000)
    lengths = [length for k in range(len(data)) for length in data.batch(k)[1] if length]
    assert sorted(lengths) == sorted(len(line.text) for line in made)
    assert data[0][0].shape[1] * len(data[0][0]) <= 2000 or len(data[0][0]) == 1


@pytest.mark.parametrize("seed", range(12))
def test_the_first_two_batches_differ_in_length_however_few_there_are(seed):
    lines = [Line(np.zeros((len(text) * 20, 3), "float32"), text, "me") for text in 30 * ["to", "be or not"]]
    data = LineBatches(lines, points=400, steps=2, seed=seed, shapes=2)
    (first, *_), (second, *_) = data[0], data[1]
    assert len(data) == 2 and first[0].shape[1] != second[0].shape[1]
