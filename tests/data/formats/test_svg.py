"""SVG: our own files read back, and what drawing programs write."""
import numpy as np
import pytest

from mdn_utils import drawing
from mdn_utils.data.line_files import load_lines
from mdn_utils.data.simulated import write
from mdn_utils.data.strokes import Line, from_pen, to_pen
from mdn_utils.errors import InputError


def test_a_drawn_line_comes_back_at_another_size(tmp_path):
    strokes = write("it's <done>")
    drawing.save(tmp_path / "a.svg", Line(strokes, "it's <done>", "me"))
    (line,) = load_lines(tmp_path / "a.svg")
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
    dot = to_pen(load_lines(tmp_path / "a.svg")[0].strokes)[1]
    assert len(dot) == 2 and not np.ptp(dot, axis=0).any()


SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'


def drawn(tmp_path, inner):
    """The polylines of a drawing, as they are on the page: y down."""
    (tmp_path / "a.SVG").write_text(SVG.format(inner))
    line = load_lines(tmp_path / "a.SVG", need_text=False)[0]
    return [(stroke * (1, -1)).round(3).tolist() for stroke in to_pen(line.strokes)]


@pytest.mark.parametrize("path", [
    '<path d="M0 0L0 4L2 4"/>',
    '<path d="m0,0v4h2"/>',
    '<path d="m0 0 0 4 2 0"/>',
    '<polyline points="0,0 0,4 2,4"/>',
    '<g transform="translate(9 9)"><g transform="scale(2)"><path d="M0 0v2h1"/></g></g>',
    '<g transform="matrix(0 1 1 0 5 5)"><path d="M0 0h4v2"/></g>',
    '<g transform="scale(1 2)"><g transform="matrix(0 1 1 0 0 0)"><path d="M0 0h2v2"/></g></g>',
    '<g style="stroke:none;fill:#000"><path d="M7 7h9"/><path style="stroke:red" d="M0 0v4h2"/></g>',
    '<defs><path d="M7 7h9"/></defs><g display="none"><path d="M7 7h9"/></g><path d="M0 0v4h2"/>',
])
def test_drawing_programs(tmp_path, path):
    assert drawn(tmp_path, path) == [[[0, 0], [0, 4], [2, 4]]]


def test_several_runs_of_one_path_are_several_strokes(tmp_path):
    assert drawn(tmp_path, '<path d="M0 0v4M1 0v4"/><line x1="2" x2="2" y2="4"/>') == [
        [[0, 0], [0, 4]], [[1, 0], [1, 4]], [[2, 0], [2, 4]]
    ]


def test_a_circle_is_a_dot(tmp_path):
    assert drawn(tmp_path, '<path d="M0 0v4"/><circle cx="1" cy="-2" r=".5"/>')[1] == [
        [1, -2], [1, -2]
    ]


@pytest.mark.parametrize("path", ["M0 0C0 5.523 4.477 10 10 10", "M0 0A10 10 0 0 0 10 10"])
def test_curves_are_followed(tmp_path, path):
    (points,) = drawn(tmp_path, f'<path d="{path}"/>')
    from_centre = np.hypot(*(np.array(points) - (10, 0)).T)
    np.testing.assert_allclose(from_centre, 10, atol=0.01)  # a quarter of a circle
    assert len(points) > 8


@pytest.mark.parametrize("content, what", [
    ("not xml", "broken XML"),
    ('<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>', "broken XML"),
    (SVG.format(""), "no strokes"),
    (SVG.format('<path stroke="none" d="M0 0L1 1"/>'), "1 filled outlines but no strokes"),
    (SVG.format('<path d="M0 0L1e999 1"/>'), "finite"),
    (SVG.format("<path/>"), "no strokes"),
    (SVG.format("<g>" * 5000 + "</g>" * 5000), "no strokes"),
])
def test_other_files_are_refused_in_one_sentence(tmp_path, content, what):
    (tmp_path / "a.svg").write_text(content)
    with pytest.raises(InputError, match=what):
        load_lines(tmp_path / "a.svg", need_text=False)


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_lines(tmp_path / "a.svg")
