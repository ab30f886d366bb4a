"""Our own SVG files read back."""
import numpy as np
import pytest

from mdn_utils import drawing
from mdn_utils.data.simulated import write
from mdn_utils.data.strokes import Line, from_pen, to_pen
from mdn_utils.data.svg_files import load_svg
from mdn_utils.errors import InputError


def test_a_drawn_line_comes_back_at_another_size(tmp_path):
    strokes = write("it's <done>")
    drawing.save(tmp_path / "a.svg", Line(strokes, "it's <done>", "me"))
    line = load_svg(tmp_path / "a.svg")
    assert line.text == "it's <done>"
    ours, theirs = to_pen(strokes), to_pen(line.strokes)
    scale = np.ptp(np.concatenate(theirs), axis=0) / np.ptp(np.concatenate(ours), axis=0)
    assert scale[0] == pytest.approx(scale[1], rel=0.01)
    start = theirs[0][0] - ours[0][0] * scale[0]
    for here, there in zip(ours, theirs, strict=True):
        if len(here) > 1:  # a dot has two points there
            np.testing.assert_allclose(here * scale[0] + start, there, atol=0.05)


def test_dots_stay_dots(tmp_path):
    strokes = from_pen([np.array([[0.0, 0], [1, 2], [2, 0]]), np.array([[1.0, 3]])])
    drawing.save(tmp_path / "a.svg", Line(strokes, "i", "me"))
    dot = to_pen(load_svg(tmp_path / "a.svg").strokes)[1]
    assert len(dot) == 2 and not np.ptp(dot, axis=0).any()


@pytest.mark.parametrize("content, what", [
    ("not xml", "not an SVG file"),
    ('<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>', "not an SVG file"),
    ('<svg xmlns="http://www.w3.org/2000/svg"/>', "no strokes"),
    ('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L1 1"/></svg>', "not one of ours"),
    ('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0C1 1 2 2"/></svg>', "within a curve"),
    ('<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>', "not one of ours"),
])
def test_other_files_are_refused_in_one_sentence(tmp_path, content, what):
    (tmp_path / "a.svg").write_text(content)
    with pytest.raises(InputError, match=what):
        load_svg(tmp_path / "a.svg")


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_svg(tmp_path / "a.svg")
