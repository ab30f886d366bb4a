"""Of several tries, one that is legible and in the right hand."""
from types import SimpleNamespace

import numpy as np
import pytest

from mdn_utils import choosing, evaluation, weights, writing
from mdn_utils.data import prepare, simulated
from mdn_utils.data.strokes import Line
from mdn_utils.networks import SynthesisNetwork


@pytest.fixture(scope="module")
def networks():
    return [SynthesisNetwork((8,), mixtures=2, gaussians=2) for _ in range(2)]


@pytest.fixture(scope="module")
def written():
    lines = prepare.prepare(simulated.lines(8))[:5]
    return [writing.Written(line.strokes, line.text, 0, None, True) for line in lines]


def test_likeness_is_the_difference_in_nats(networks, written, monkeypatch):
    own, other = (
        [evaluation.evaluate_lines(model, [Line(*line[:2], "")])["nats_per_point"] for line in written]
        for model in networks
    )
    expected = np.subtract(other, own)
    assert np.ptp(expected) > 1e-3
    np.testing.assert_allclose(choosing.likeness(*networks, written), expected, atol=1e-4)
    np.testing.assert_allclose(choosing.likeness(*networks[::-1], written), -expected, atol=1e-4)
    monkeypatch.setattr(choosing, "AT_ONCE", 2)
    np.testing.assert_allclose(choosing.likeness(*networks, written), expected, atol=1e-4)


@pytest.mark.parametrize("at_once", [1, 2])
def test_the_points_of_a_primer_dont_count(networks, written, at_once, monkeypatch):
    monkeypatch.setattr(choosing, "AT_ONCE", at_once)
    line = written[0]
    half = len(line.strokes) // 2
    begun = line._replace(primed=half)
    start = line._replace(strokes=line.strokes[:half])
    points = np.array([half - 1, len(line.strokes) - half])
    parts = choosing.likeness(*networks, [start, begun])
    whole = choosing.likeness(*networks, [line])[0]
    assert parts @ points / points.sum() == pytest.approx(whole, abs=1e-4)
    assert abs(parts[0] - parts[1]) > 1e-3


def test_the_few_that_are_read_best():
    legible = np.random.default_rng(0).normal(size=40 * 8)
    for number, few in enumerate(choosing.best_read(legible, 8)[:, :3]):
        row = slice(8 * number, 8 * number + 8)
        assert few.tolist() == [8 * number + k for k in np.argsort(-legible[row])[:3]]
    alone = choosing.best_read(legible, 8)[:, 0]
    np.testing.assert_array_equal(alone % 8, legible.reshape(-1, 8).argmax(1))


def test_tries_that_are_read_alike_keep_their_order():
    assert choosing.best_read(np.full(6, -np.inf), 6).tolist() == [[0, 1, 2, 3, 4, 5]]


def test_the_most_alike_of_few(networks, written):
    alike = choosing.likeness(*networks, written)
    few = alike.argsort()[[[0, 4, 2], [1, 0, 3]]]  # the networks differ from run to run
    expected = [max(row, key=lambda k: alike[k]) for row in few.tolist()]
    assert expected != few[:, 0].tolist(), "the first ones shouldn't do by chance"
    assert choosing.most_alike(*networks, written, few).tolist() == expected


def test_a_writer_asks_for_the_hand(networks, monkeypatch):
    """The reader finds all tries alike, so the hand decides among the first two of six."""
    monkeypatch.setattr(writing, "log_likelihood", lambda reader, lines, texts: np.zeros(len(lines)))
    writer = writing.Writer(networks[0])
    options = {"seed": 3, "limit": 40, "tries": 6, "reader": SimpleNamespace()}
    plain = writer.write("be", **options)
    found = {}

    def likeness(network, reference, tries):
        found["tries"] = tries
        assert network is networks[0] and reference is networks[1]
        return np.array([0.0, 1.0])

    monkeypatch.setattr(choosing, "likeness", likeness)
    chosen = writer.write("be", reference=networks[1], **options)
    np.testing.assert_array_equal(plain.strokes, found["tries"][0].strokes)
    np.testing.assert_array_equal(chosen.strokes, found["tries"][1].strokes)
    assert not np.array_equal(plain.strokes, chosen.strokes)


def test_a_hand_that_was_learnt_is_likelier_to_have_written_its_lines():
    """Both shipped networks on simulated lines: the one that learned them expects them more."""
    lines = prepare.prepare(simulated.lines(4, "val"))
    written = [writing.Written(line.strokes, line.text, 0, None, True) for line in lines]
    own, other = (weights.load_shipped(f"synthesis_{hand}") for hand in ("simulated", "real"))
    assert (choosing.likeness(own, other, written) > 0.1).all()
