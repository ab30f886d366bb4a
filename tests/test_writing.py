"""Sampling: the stop rule, seeds, bias and priming, against the network run on what it wrote."""

import logging

import keras
import numpy as np
import pytest
from helpers import kiwi
from keras import ops

from mdn_utils import writing
from mdn_utils.data import prepare, simulated
from mdn_utils.data.alphabet import encode
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError
from mdn_utils.layers import attention, mixture
from mdn_utils.networks import PredictionNetwork, SynthesisNetwork
from mdn_utils.weights import load_shipped
from mdn_utils.writing import POINTS_AT_MOST, Writer, Written, _check_window, _completed


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(5)
    return SynthesisNetwork((12, 10), mixtures=3, gaussians=2)


@pytest.fixture(scope="module")
def writer(network):
    return Writer(network)


def primer(seed=0):
    return Line(simulated.write("primer", simulated.Style(), seed), "primer", "me")


def test_one_seed_one_line_and_another_seed_another(writer):
    first, again, other = (writer.write("seed", seed=seed).strokes for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert first[:4].tolist() != other[:4].tolist()


def test_a_line_does_not_depend_on_its_neighbours(writer):
    together = writer.write(["a neighbour", "seed"], seed=3)[1]
    alone = writer.write("seed", seed=4)
    assert together.strokes.shape == alone.strokes.shape
    np.testing.assert_allclose(together.strokes, alone.strokes, atol=1e-4)


def test_many_lines_are_written_in_several_batches(writer, monkeypatch):
    texts = ["one", "two", "three", "four", "five"]
    together = writer.write(texts, seed=3, bias=[0, 0.5, 1, 1.5, 2])
    monkeypatch.setattr(writing, "AT_ONCE", 2)  # the last of three batches isn't full
    for line, expected in zip(writer.write(texts, seed=3, bias=[0, 0.5, 1, 1.5, 2]), together, strict=True):
        assert line.strokes.shape == expected.strokes.shape
        np.testing.assert_allclose(line.strokes, expected.strokes, atol=1e-4)
        np.testing.assert_allclose(line.attention, expected.attention, atol=1e-4)


def test_the_line_is_what_the_network_predicts_with_that_noise(network, writer):
    """Run the whole line through the network at once: same densities, same noise, so the same points."""
    written = writer.write("again", seed=7, bias=0.5)
    strokes, count = written.strokes[None], len(written.strokes)
    raw, gaussians = network.attend((strokes, encode("again ", 16)[None]))
    noise = np.concatenate(
        [
            np.random.default_rng((7, 0)).random((count, 2)),
            np.random.default_rng((7, 1)).standard_normal((count, 2)),
        ],
        1,
    )
    expected = ops.convert_to_numpy(mixture.sample(raw, noise[None].astype("float32"), 0.5))[0, :-1]
    expected[-1, 2] = 1  # the pen is up in the end
    np.testing.assert_allclose(written.strokes[1:], expected, atol=1e-3)
    phi = ops.convert_to_numpy(attention(gaussians, 5))[0]
    np.testing.assert_allclose(written.attention[:-1], phi[:-1], atol=1e-3)


@pytest.mark.parametrize("text", ["a", "stop", "a longer one"])
def test_the_stop_rule_ends_the_line_when_the_window_has_passed_the_last_letter(text):
    network = SynthesisNetwork((4,), mixtures=2, gaussians=1)
    gaussians = network.window.gaussians_layer
    # importance 1, width 1, and a step of 0.1 character a point, whatever is written
    gaussians.set_weights([np.zeros(gaussians.kernel.shape), np.log([1, 1, 0.1])])
    network.head.bias.assign(
        [50.0] + [0.0] * 12
    )  # every point ends a stroke, so that nothing is cut
    written = Writer(network).write(text)
    # phi(U + 1) is the largest from kappa = U + 0.5 on, which 10 U + 5 steps of 0.1 reach, up to rounding; U counts
    # the space after the text
    assert written.stopped and abs(len(written.strokes) - (10 * (len(text) + 1) + 5)) <= 1
    assert written.attention.shape == (len(written.strokes), len(text))


def test_without_an_end_in_sight_the_limit_ends_the_line():
    network = SynthesisNetwork((4,), mixtures=2, gaussians=1)
    gaussians = network.window.gaussians_layer
    gaussians.set_weights(
        [np.zeros(gaussians.kernel.shape), np.log([1, 1, 1e-6])]
    )  # a window that stands still
    network.head.bias.assign([50.0] + [0.0] * 12)
    written = Writer(network).write("ab")
    assert not written.stopped and len(written.strokes) == POINTS_AT_MOST * 4 + 1
    assert written.strokes[-1, 2] == 1


def test_what_follows_the_last_lift_is_cut_if_the_window_had_left_the_text_by_then():
    network = SynthesisNetwork((4,), mixtures=2, gaussians=1)
    gaussians = network.window.gaussians_layer
    gaussians.set_weights([np.zeros(gaussians.kernel.shape), np.log([1, 1, 0.1])])
    network.head.bias.assign([-50.0] + [0.0] * 12)  # the pen never lifts
    whole = Writer(network).write("ab", seed=1)
    assert np.flatnonzero(whole.strokes[:, 2]).tolist() == [len(whole.strokes) - 1]
    network.head.bias.assign([-2.5] + [0.0] * 12)  # it lifts every now and then
    lines = Writer(network).write(["ab"] * 40, seed=1)
    assert all(line.strokes[-1, 2] == 1 for line in lines)
    assert any(line.strokes[:-1, 2].any() and len(line.strokes) < len(whole.strokes) for line in lines)
    ends = np.array([len(line.strokes) - 1 for line in lines])
    # at point 25 kappa is 2.5, between the b and the space; at point 35 it is 3.5, and the line stops
    assert (ends >= 24).all() and 5 < (ends < 34).sum() < 35


def test_bias_is_per_line_and_a_large_one_silences_the_noise(writer):
    calm = [writer.write("bias", seed=seed, bias=10.0).strokes for seed in (1, 2)]
    mixed = writer.write(["bias", "bias"], seed=1, bias=[0.0, 10.0])
    np.testing.assert_allclose(mixed[1].strokes, calm[1], atol=1e-4)
    np.testing.assert_allclose(mixed[0].strokes, writer.write("bias", seed=1).strokes, atol=1e-4)


def test_primed_lines_begin_with_the_primer_and_remember_it(writer):
    lead = prepare.normalise(primer()).strokes
    written = writer.write("go", seed=2, primer=primer())
    assert written.text == "primer go" and len(lead) <= written.primed < len(written.strokes)
    assert written.strokes[written.primed - 1, 2] == 1  # after the primer, or a stroke added to it
    np.testing.assert_allclose(written.strokes[: len(lead)], lead, atol=1e-6)
    other = writer.write("go", seed=2, primer=primer(seed=1))
    assert abs(written.strokes[-3:, :2] - other.strokes[-3:, :2]).max() > 1e-4
    assert written.new[0, :2].tolist() == [0, 0]
    assert len(written.new) == len(written.strokes) - written.primed


def test_strokes_that_complete_the_primer_are_not_the_new_text():
    """The network dots the i's of a primer whose dots are missing, and adds nothing to a whole one."""
    writer = Writer(load_shipped("synthesis_real"))
    for written in writer.write(["and so"] * 4, 0, 1.5, kiwi()):
        assert written.primed == len(prepare.normalise(kiwi()).strokes)
    lead = len(prepare.normalise(kiwi(dots=False)).strokes)
    for written in writer.write(["and so"] * 4, 0, 1.5, kiwi(dots=False)):
        assert lead < written.primed < lead + 6  # some dots
        before, after = written.attention[written.primed - 1], written.attention[written.primed + 5]
        assert before.argmax() < len("a kiwi ") <= after.argmax()


def test_a_line_without_a_primer_and_the_last_stroke_are_new():
    strokes = np.float32([[1, 0, 1], [1, 0, 0], [1, 0, 1], [1, 0, 0], [1, 0, 1]])
    on_first, on_second = np.eye(2)[[0] * 5], np.eye(2)[[0, 0, 1, 1, 1]]
    for phi, start, primed in (
        (on_first, 0, 0), (on_first, 1, 3), (on_second, 1, 1), (0.15 + on_second, 1, 1),
        (0.35 + on_second, 1, 3), (on_second[::-1], 1, 0),
    ):
        assert _completed(Written(strokes, "ab", 0, phi, True), start).primed == primed


def test_each_line_may_have_a_primer_of_its_own(writer):
    other = Line(simulated.write("another one", simulated.Style(slant=0.4)), "another one", "they")
    primers = [primer(), None, other]
    together = writer.write(["go", "on", "go"], seed=3, bias=1.0, primer=primers, limit=30)
    for k, line in enumerate(together):
        alone = writer.write(line.text.split()[-1], seed=3 + k, bias=1.0, primer=primers[k], limit=30)
        assert (line.text, line.primed, line.stopped) == (alone.text, alone.primed, alone.stopped)
        np.testing.assert_allclose(line.strokes, alone.strokes, atol=1e-4)
        seen, before = line.attention, alone.attention  # a line cut at its limit sees nothing behind
        np.testing.assert_allclose(seen[:-1], before[:-1], atol=1e-3)
    with pytest.raises(InputError, match="2 primers for 3 texts"):
        writer.write(["go", "on", "go"], primer=primers[:2])


def test_a_prediction_network_scribbles_as_many_points_as_asked():
    network = PredictionNetwork((8,), mixtures=2)
    lines = Writer(network).scribble(60, count=3, seed=1)
    assert [line.strokes.shape for line in lines] == [(60, 3)] * 3
    np.testing.assert_allclose(
        Writer(network).scribble(60, seed=3)[0].strokes, lines[2].strokes, atol=1e-4
    )


def test_what_cannot_be_written_is_refused(network, writer):
    for arguments, message in (
        ({"text": ""}, "empty"),
        ({"text": "straße"}, "'ß'"),
        ({"text": "a", "primer": primer()._replace(text="ß")}, "primer's text 'ß': cannot write"),
        ({"text": "a", "bias": -1}, "bias"),
        ({"text": "a", "bias": np.nan}, "bias"),
    ):
        with pytest.raises(InputError, match=message):
            writer.write(**arguments)
    with pytest.raises(InputError, match="by itself"):
        writer.scribble(10)
    with pytest.raises(InputError, match="given text"):
        Writer(PredictionNetwork((4,), mixtures=2)).write("a")


def test_pasted_text_is_the_text_that_it_means(writer):
    pasted = writer.write("\t it\u2019s\u00a0  so\u2026 \n", seed=3)
    plain = writer.write("it's so...", seed=3)
    assert pasted.text == plain.text == "it's so..."
    np.testing.assert_array_equal(pasted.strokes, plain.strokes)


def test_accents_are_drawn_over_the_letters_of_the_same_line(writer):
    plain = writer.write("the cafe", seed=3, primer=primer())
    accented = writer.write("the cafe\u0301", seed=3, primer=primer())
    assert accented.text == "primer the caf\u00e9" and accented.primed == plain.primed
    assert accented.attention.shape == (len(accented.strokes), len(accented.text))
    new = len(accented.strokes) - len(plain.strokes)
    assert new > 1
    drawn = np.flatnonzero(accented.attention[:, -1] == 1)
    assert len(drawn) >= new
    lead = slice(0, plain.primed)
    np.testing.assert_allclose(accented.strokes[lead], plain.strokes[lead], atol=1e-5)


def test_a_primer_with_accents_leads_like_one_without(writer):
    plain = writer.write("go", seed=2, primer=primer())
    accented = writer.write("go", seed=2, primer=primer()._replace(text="pr\u00edmer"))
    np.testing.assert_array_equal(accented.strokes, plain.strokes)


def test_tensorflow_does_not_warn_about_shapes(writer, monkeypatch):
    if keras.backend.backend() == "tensorflow":  # which warns twice and then no more
        from tensorflow.python.eager.polymorphic_function import polymorphic_function as module

        monkeypatch.setattr(
            module, "_frequent_tracing_detector_manager", module._FrequentTracingDetectorManager()
        )
    told, handler = [], logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())
    logging.getLogger("tensorflow").addHandler(handler)
    try:
        for count in range(1, 8):
            writer.write(count * ["a"], limit=3)
    finally:
        logging.getLogger("tensorflow").removeHandler(handler)
    assert not told


@pytest.mark.parametrize("place, fine", [(3, False), (6, True), (8, True), (11, False)])
def test_the_window_must_be_at_the_end_of_the_primer(place, fine):
    phi = np.zeros((9, 12), np.float32)
    phi[4, place - 1] = 1
    written = Written(np.zeros((9, 3), np.float32), "primer and more", 5, phi, True)
    if fine:
        _check_window(written, "primer")
    else:
        with pytest.raises(InputError, match="believes it has written 'pr"):
            _check_window(written, "primer")


def test_a_primer_that_says_something_else_is_refused(writer):
    line = Line(simulated.write("some other words"), "primer", "me")
    with pytest.raises(InputError, match="the primer: its text says 'primer', but"):
        writer.write("go", primer=line, reader=load_shipped("reader"))
