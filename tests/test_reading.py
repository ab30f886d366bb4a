"""The network that reads: padding, weights, confidence, speed, and errors."""
import keras
import numpy as np
import pytest

from mdn_utils import weights
from mdn_utils.data.ink import FEATURES, features, pad_steps, pen_steps
from mdn_utils.data.simulated import write
from mdn_utils.errors import InputError
from mdn_utils.layers.ctc import ctc_nats
from mdn_utils.reading import LABELS, Reader, log_likelihood, read


@pytest.fixture(scope="module")
def reader():
    keras.utils.set_random_seed(0)
    return Reader((12, 8))


def test_padding_changes_nothing(reader):
    lines = [pen_steps(write(text)) for text in ("one", "a longer line", "x")]
    alone = [keras.ops.convert_to_numpy(reader(features(pad_steps([line], 1, len(line)))))[0]
             for line in lines]
    together = keras.ops.convert_to_numpy(reader(features(pad_steps(lines, 4, 401))))
    assert together.shape == (4, 201, LABELS)
    np.testing.assert_allclose(np.exp(together).sum(-1), 1, rtol=1e-5)
    for row, line, expected in zip(together, lines, alone):
        frames = (len(line) + 1) // 2
        np.testing.assert_allclose(row[:frames], expected, atol=1e-5)
        assert (row[frames:, 0] == 0).all()  # log 1: the blank is certain


def test_each_frame_sees_the_whole_line(reader):
    x = np.random.default_rng(0).normal(size=(1, 20, FEATURES)).astype("float32")
    x[..., -1] = 1
    changed = x.copy()
    changed[0, 11] += 1
    moved = np.abs(keras.ops.convert_to_numpy(reader(changed) - reader(x)))[0].max(-1)
    assert (moved > 0).all()


def test_weights_come_back(reader, tmp_path):
    path = tmp_path / "reader.weights.h5"
    weights.save(reader, path, source="a test")
    again = weights.load(path)
    assert again.get_config() == {**reader.get_config(), "name": again.name}
    x = features(pad_steps([pen_steps(write("again"))], 1, 80))
    np.testing.assert_allclose(again(x), reader(x), atol=0.02)  # kept in half precision


def test_the_likelihood_is_that_of_ctc(reader):
    lines = [write("to be"), write("or not to be, that is the question")]
    found = log_likelihood(reader, lines, ["to be", "or not"])
    for line, text, value in zip(lines, ["to be", "or not"], found):
        steps = pen_steps(line)
        labels = np.array([[ord(c) - 31 for c in text]])
        frames = reader(features(pad_steps([steps], 1, len(steps))))
        nats = keras.ops.convert_to_numpy(ctc_nats(labels, frames))[0]
        assert value == pytest.approx(-nats, rel=1e-4)


def test_readings_stand_in_the_order_of_the_lines(reader):
    lines = [write(text) for text in ("the longest of all three", "no", "middling")]
    together = read(reader, lines)
    for line, reading_ in zip(lines, together):
        alone, = read(reader, [line])
        assert alone.text == reading_.text
        assert alone.log_probability == pytest.approx(reading_.log_probability, abs=1e-3)
        assert len(reading_.confidence) == len(reading_.text)


def test_the_broken_line_is_named(reader):
    broken = np.array([[0, 0, 0], [np.nan, 0, 1]])
    with pytest.raises(InputError, match="line 2: point 1"):
        read(reader, [write("fine"), broken])


def test_sizes_that_make_no_network_are_refused():
    for options in ({"units": ()}, {"units": (0,)}, {"dropout": 1.0}):
        with pytest.raises(InputError, match="reader: units="):
            Reader(**options)
