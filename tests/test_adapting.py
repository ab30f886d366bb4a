"""Learning a hand: what can be learnt from, what changes, and the commands."""
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mdn_utils import adapting, evaluation, legibility, weights, writing
from mdn_utils.__main__ import main
from mdn_utils.data import line_files, prepare, simulated
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError
from mdn_utils.training import schedule

TEXTS = [
    "the quick brown fox", "jumps over the lazy", "dogs of the town", "pack my box with",
    "five dozen jugs of it", "how quickly daft", "zebras can jump", "sphinx of black",
]


@pytest.fixture(scope="module")
def lines():
    hand = simulated.Style(slant=0.5)
    return [Line(simulated.write(text, hand, seed), text, "me") for seed, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def reader():
    return weights.load_shipped("reader")


def test_what_fits_is_kept_and_missing_letters_are_named(lines, reader, capsys):
    assert len(adapting.usable(lines, reader)) == 8
    assert capsys.readouterr().out == ""
    adapting.usable(lines[:2] * 2, reader)
    printed = capsys.readouterr().out
    assert "only 4 lines" in printed and "no line has d g: the" in printed


def test_a_line_that_says_something_else_is_left_out_and_said(lines, reader, capsys):
    wrong = [lines[0]._replace(text="the quick"), *lines[1:]]
    assert len(adapting.usable(wrong, reader)) == 7
    assert "left out: line 1: its text says 'the quick', but" in capsys.readouterr().out


def test_too_few_lines_are_refused(lines, reader):
    with pytest.raises(InputError, match="3 of 3 lines can be used; 4 are the least"):
        adapting.usable(lines[:3], reader)


def test_one_line_in_ten_is_held_back():
    for count in (4, 10, 11, 50):
        learnt, held = adapting.held_back(list(range(count)))
        assert len(held) == -(-count // 10) and sorted(learnt + held) == list(range(count))


def test_adapting_learns_the_lines(lines, reader):
    network = weights.load_shipped("synthesis_real")
    prepared = prepare.prepare(lines)
    before = evaluation.evaluate_lines(network, prepared)["nats_per_point"]
    adapting.adapt(network, prepared, reader, steps=10, rate=1e-3)
    after = evaluation.evaluate_lines(network, prepared)["nats_per_point"]
    assert after < before - 0.1
    # On JAX, of rates that a callback sets only the first one counts: 2 % of the peak.
    rate = float(keras.ops.convert_to_numpy(network.optimizer.learning_rate))
    assert rate == pytest.approx(1e-3 * schedule(0.9), rel=1e-3)


def test_the_primer_is_a_line_that_the_network_can_follow():
    class Writer:
        def write(self, text, primer, limit, reader):
            if primer.text in refused:
                raise InputError("the window is elsewhere")

    lines = [Line(None, length * "x", "me") for length in (4, 19, 30)]
    refused = {}
    assert adapting.best_primer(Writer(), lines) is lines[1]
    refused = {lines[1].text}
    assert adapting.best_primer(Writer(), lines) is lines[2]
    refused = {line.text for line in lines}
    with pytest.raises(InputError, match="any of the 3 lines"):
        adapting.best_primer(Writer(), lines)


def test_what_spoils_the_writing_is_not_kept(lines, reader, capsys):
    """Steps as large as these leave a network that writes no letters."""
    writer = writing.Writer(weights.load_shipped("synthesis_real"))
    prepared = prepare.prepare(lines)
    primer = adapting.best_primer(writer, prepared)
    before = legibility.misread(writer, primer, reader)
    start = writer.network.get_weights()
    adapting.learn(writer, prepared, primer, reader, steps=3, rate=0.3)
    assert legibility.misread(writer, primer, reader) <= before + adapting.WORSE
    printed = capsys.readouterr().out
    assert "of the characters wrong" in printed and "none of it is kept" in printed
    for old, now in zip(start, writer.network.get_weights()):
        np.testing.assert_array_equal(old, now)


@pytest.mark.parametrize(
    "wrong, share",
    [([0.1], 1), ([0.13], 1), ([0.4, 0.2, 0.12], 0.5), ([0.4, 0.2, 0.2, 0.2], 0)],
    ids=["as before", "about as before", "half of it", "none of it"],
)
def test_how_far_to_go_back(wrong, share, monkeypatch, capsys):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    start = network.get_weights()
    network.set_weights([values + 4 for values in start])
    measured = iter(wrong)
    monkeypatch.setattr(legibility, "misread", lambda *given: next(measured))
    writer = SimpleNamespace(network=network)
    assert legibility.keep_legible(writer, start, None, None, allowed=0.13) == share
    for old, now in zip(start, network.get_weights()):
        np.testing.assert_allclose(now, old + 4 * share)
    assert next(measured, None) is None
    printed = capsys.readouterr().out
    assert ("40% of the characters wrong, more than 13%" in printed) == (share < 1)


def test_writing_that_is_none_is_not_kept(monkeypatch):
    def refuse(*given):
        raise InputError("no line at all")

    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    start = network.get_weights()
    monkeypatch.setattr(legibility, "misread", refuse)
    writer = SimpleNamespace(network=network)
    assert legibility.keep_legible(writer, start, None, None, allowed=0.13) == 0


def test_the_texts_to_read_have_every_letter():
    assert set("abcdefghijklmnopqrstuvwxyz") <= set("".join(legibility.TEXTS).lower())
    assert not set(legibility.TEXTS) & set(adapting.TEXTS)


def test_the_commands(lines, tmp_path, capsys):
    line_files.save_lines(tmp_path / "mine.json", lines)
    hand = tmp_path / "me"
    main(["adapt", str(tmp_path / "mine.json"), "--out", str(hand), "--steps", "2"])
    printed = capsys.readouterr().out
    assert "characters read wrong" in printed and f"--hand {hand}" in printed
    assert "in your own lines" in printed
    main(["write", "in my hand", "--hand", str(hand), "--out", str(tmp_path / "line.svg")])
    assert (tmp_path / "line.svg").exists()


def test_a_hand_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="--hand mine: expected real, simulated, or a folder"):
        main(["write", "in my hand", "--hand", "mine"])
