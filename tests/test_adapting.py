"""Learning a hand: what can be learnt from, what changes, and the commands."""
import numpy as np
import pytest

from mdn_utils import adapting, evaluation, weights
from mdn_utils.__main__ import main
from mdn_utils.data import line_files, prepare, simulated
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError

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


def test_adapting_learns_the_lines_and_leaves_the_window_alone(lines, reader):
    network = weights.load_shipped("synthesis_real")
    prepared = prepare.prepare(lines)
    before = evaluation.evaluate_lines(network, prepared)["nats_per_point"]
    window = network.window.get_weights()
    adapting.adapt(network, prepared, reader, steps=10)
    after = evaluation.evaluate_lines(network, prepared)["nats_per_point"]
    assert after < before - 0.1
    for old, new in zip(window, network.window.get_weights()):
        np.testing.assert_array_equal(old, new)
    assert network.window.trainable


def test_the_commands(lines, tmp_path, capsys):
    line_files.save_lines(tmp_path / "mine.json", lines)
    hand = tmp_path / "me"
    main(["adapt", str(tmp_path / "mine.json"), "--out", str(hand), "--steps", "2"])
    printed = capsys.readouterr().out
    assert "characters read wrong" in printed and f"--hand {hand}" in printed
    main(["write", "in my hand", "--hand", str(hand), "--out", str(tmp_path / "line.svg")])
    assert (tmp_path / "line.svg").exists()


def test_a_hand_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="--hand mine: expected real, simulated, or a folder"):
        main(["write", "in my hand", "--hand", "mine"])
