"""The command that gathers lines from files of any form."""
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from mdn_utils import drawing, weights
from mdn_utils.__main__ import main
from mdn_utils.data import line_files, simulated
from mdn_utils.data.strokes import Line, to_pen
from mdn_utils.reading import Reader

TEXTS = ["one line", "two lines"]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The same hand as a table and as a drawing, in the working folder."""
    monkeypatch.chdir(tmp_path)
    pens = [to_pen(simulated.write(text)) for text in TEXTS]
    rows = [f"{x},{-y},{number}" for number, stroke in enumerate(pens[0]) for x, y in stroke]
    Path("a.csv").write_text("x,y,stroke\n" + "\n".join(rows))
    paths = "".join(
        '<path d="M' + " ".join(f"{x:.4f},{-y:.4f}" for x, y in stroke) + '"/>' for stroke in pens[1]
    )
    Path("b.SVG").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{paths}</svg>')
    return ["a.csv", "b.SVG"]


@pytest.fixture
def a_reader(monkeypatch):
    keras.utils.set_random_seed(1)
    monkeypatch.setattr(weights, "load_shipped", lambda name: Reader((8,)))


def refused(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert "\n" not in ended.value.code and not Path("mine.json").exists()
    return ended.value.code


def test_texts_from_a_file(files, capsys):
    Path("t.txt").write_text("one\u00a0line\r\n\r\n two lines\n", "utf-8")
    main(["lines", *files, "--text-file", "t.txt", "--writer", "Jo", "--out", "mine.json"])
    assert capsys.readouterr().out.split() == ["1", "one", "line", "2", "two", "lines"]
    lines = line_files.load_lines("mine.json")
    assert [(line.text, line.writer) for line in lines] == [(text, "Jo") for text in TEXTS]
    for line, text in zip(lines, TEXTS):
        for ours, theirs in zip(to_pen(line.strokes), to_pen(simulated.write(text)), strict=True):
            np.testing.assert_allclose(np.diff(ours, axis=0), np.diff(theirs, axis=0), atol=1e-3)


def test_texts_that_are_missing_can_be_read(files, capsys, a_reader):
    told = refused("lines", *files)
    assert "2 of 2 lines have no text (number 1, 2); give --text-file" in told and "--read" in told
    drawing.save("c.json", Line(simulated.write("known"), "known", "me"))
    main(["lines", "c.json", *files, "--read"])
    first, *others = capsys.readouterr().out.splitlines()
    assert first.split() == ["1", "known"]
    assert all("(read; least sure of a character: " in line for line in others)
    assert len(line_files.load_lines("mine.json")) == 3


def test_y_is_asked_for(files):
    Path("t.txt").write_text("\n".join(TEXTS))
    main(["lines", *files, "--text-file", "t.txt", "--out", "down.json"])
    main(["lines", *files, "--text-file", "t.txt", "--y", "up", "--out", "up.json"])
    down = line_files.load_lines("down.json")[0].strokes
    with pytest.warns(UserWarning, match="look upside down"):
        up = line_files.load_lines("up.json")[0].strokes
    np.testing.assert_allclose(down * (1, -1, 1), up, atol=1e-5)


@pytest.mark.parametrize("texts, told", [
    ("one line", "t.txt: 1 texts for 2 lines"),
    ("one line\nstra\u00dfe \u2192", "cannot write '\u00df', '\u2192'"),
])
def test_texts_that_do_not_fit(files, texts, told):
    Path("t.txt").write_text(texts, "utf-8")
    assert told in refused("lines", *files, "--text-file", "t.txt")


def test_unknown_letters_are_replaced_when_asked(files):
    Path("t.txt").write_text("stra\u00dfe\nd\u00e9j\u00e0", "utf-8")
    main(["lines", *files, "--text-file", "t.txt", "--replace"])
    assert [line.text for line in line_files.load_lines("mine.json")] == ["strasse", "d\u00e9j\u00e0"]


def test_a_warning_is_one_line_on_the_command_line(tmp_path):
    comb = [[[3 * k, 0], [3 * k, 4], [3 * k, 9]] for k in range(40)]
    document = {"y": "up", "lines": [{"text": "llll", "strokes": comb}]}
    (tmp_path / "a.json").write_text(json.dumps(document))
    run = subprocess.run(
        [sys.executable, "-m", "mdn_utils", "lines", "a.json"], cwd=tmp_path, capture_output=True,
        text=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    told = [line for line in run.stderr.splitlines() if line.startswith("mdn_utils: ")]
    assert run.returncode == 0 and len(told) == 1 and "look upside down" in told[0]
    assert "UserWarning" not in run.stderr
