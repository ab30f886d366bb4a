"""The command line reads, trains and measures a reader, and lets it choose."""
import json

import keras
import numpy as np
import pytest

from mdn_utils import commands, drawing, weights, writing
from mdn_utils.__main__ import main
from mdn_utils.data import line_files, simulated
from mdn_utils.data.strokes import Line, to_pen
from mdn_utils.errors import InputError
from mdn_utils.networks import SynthesisNetwork
from mdn_utils.reading import Reader


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    keras.utils.set_random_seed(1)
    path = tmp_path_factory.mktemp("weights") / "tiny.weights.h5"
    weights.save(Reader((8,)), path)
    return path


@pytest.fixture(scope="module")
def line():
    return Line(simulated.write("one line"), "one line", "me")


@pytest.mark.parametrize("suffix", [".svg", ".json", ".npz"])
def test_lines_are_read_from_any_of_our_files(tmp_path, capsys, tiny, line, suffix):
    drawing.save(tmp_path / f"a{suffix}", line)
    main(["read", str(tmp_path / f"a{suffix}"), "--weights", str(tiny), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert len(found["confidence"]) == len(found["text"])
    assert all(0 <= value <= 1 for value in found["confidence"])
    main(["read", str(tmp_path / f"a{suffix}"), "--weights", str(tiny)])
    assert capsys.readouterr().out == found["text"] + "\n"


def test_a_line_that_does_not_say_what_it_says_is_read(tmp_path, capsys, tiny, line):
    pen = [stroke.tolist() for stroke in to_pen(line.strokes)]
    (tmp_path / "a.json").write_text(json.dumps({"lines": [{"strokes": pen}]}))
    main(["read", str(tmp_path / "a.json"), "--weights", str(tiny)])
    assert capsys.readouterr().out.endswith("\n")
    with pytest.raises(InputError):
        line_files.load_lines(tmp_path / "a.json")


def test_what_cannot_be_read_is_one_sentence(tmp_path, capsys, tiny):
    for content in ({"lines": [{"strokes": [[[0, 0]]]}]}, {"lines": [{"strokes": []}]}, {}):
        (tmp_path / "a.json").write_text(json.dumps(content))
        with pytest.raises(SystemExit) as ended:
            main(["read", str(tmp_path / "a.json"), "--weights", str(tiny)])
        assert "\n" not in str(ended.value) and "a.json" in str(ended.value)


def test_a_reader_is_trained_and_measured(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(commands, "READER_EXTRA", 10)
    out = tmp_path / "run"
    main(["train", "reader", "--corpus", "simulated", "--lines", "40", "--size", "1x4",
          "--minutes", "0.01", "--part", "reader", "--out", str(out)])
    record = json.loads((out / "weights.json").read_text())
    assert record["model"]["config"]["units"] == [4]
    assert "--part reader" in record["command"]
    main(["train", "reader", "--corpus", "simulated", "--lines", "40", "--minutes", "0.01", "--dropout", "0.4",
          "--start", str(out / "weights.weights.h5"), "--out", str(tmp_path / "on")])
    assert json.loads((tmp_path / "on" / "weights.json").read_text())["model"]["config"] == {
        **record["model"]["config"], "dropout": 0.4,
    }
    capsys.readouterr()
    main(["evaluate", str(out / "weights.weights.h5"), "--corpus", "simulated", "--lines", "5",
          "--json"])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["lines"] == 5
    assert figures["character_error_rate"] > 0.5


@pytest.fixture(scope="module")
def writer():
    keras.utils.set_random_seed(0)
    return writing.Writer(SynthesisNetwork((8,), mixtures=2, gaussians=1))


def test_of_several_tries_the_one_the_reader_finds_likeliest_is_kept(writer, monkeypatch):
    seen = []

    def longest(reader, lines, texts):
        seen.extend(zip(lines, texts))
        return np.array([len(line) for line in lines])

    monkeypatch.setattr(writing, "log_likelihood", longest)
    kept = writer.write(["one", "two"], seed=3, limit=60, tries=4, reader=object())
    assert [text for _, text in seen] == 4 * ["one"] + 4 * ["two"]
    for number, line in enumerate(kept):
        tries = [strokes for strokes, _ in seen[4 * number:4 * number + 4]]
        assert len(line.strokes) == max(map(len, tries))
    assert len({strokes.tobytes() for strokes, _ in seen}) == 8  # each with its own noise


def test_the_first_try_is_the_line_that_one_try_writes(writer, monkeypatch):
    monkeypatch.setattr(writing, "log_likelihood", lambda _, lines, __: np.zeros(len(lines)))
    chosen = writer.write("hand", seed=5, limit=40, tries=3, reader=object())
    once = writer.write("hand", seed=5, limit=40)
    np.testing.assert_allclose(chosen.strokes, once.strokes, atol=1e-3)


def test_one_seed_gives_one_choice(writer):
    reader = Reader((8,))
    first, again = (writer.write("hand", seed=1, limit=60, tries=3, reader=reader)
                    for _ in range(2))
    np.testing.assert_array_equal(first.strokes, again.strokes)


def test_tries_need_a_reader(writer):
    for tries in (0, 2, 100_000):
        with pytest.raises(InputError, match="tries"):
            writer.write("hand", tries=tries)
