"""Pictures show the line, and what is saved comes back."""

from xml.etree import ElementTree

import numpy as np
import pytest
from helpers import put
from matplotlib.image import imread

from mdn_utils import drawing
from mdn_utils.data import line_files
from mdn_utils.data.strokes import Line, bezier, curves, from_pen, to_pen
from mdn_utils.errors import InputError


# One line to a file
def test_curves_go_through_the_points_along_their_neighbours():
    stroke = np.random.default_rng(0).normal(size=(6, 2))
    points = bezier(stroke)
    assert points.shape == (16, 2)
    np.testing.assert_array_equal(points[::3], stroke)
    np.testing.assert_allclose(
        points[4:-2:3] - points[3:-3:3], (stroke[2:] - stroke[:-2]) / 6
    )  # leaving a point
    np.testing.assert_allclose(
        points[3:-3:3] - points[2:-4:3], (stroke[2:] - stroke[:-2]) / 6
    )  # and coming to it
    np.testing.assert_allclose(
        points[[1, -1]] - points[[0, -2]], (stroke[[1, -1]] - stroke[[0, -2]]) / 6
    )
    pen = curves(from_pen([stroke, stroke[:1]]))
    assert [len(points) for points in pen] == [16, 1]
    np.testing.assert_allclose(pen[0], points - stroke[0], atol=1e-6)


LINE = Line(
    from_pen([[(0, 0), (3, 9), (6, 0), (9, 8)], [(20, 2), (21, 2)], [(15, 12)]]),
    'N < M & "i"',
    "me",
)


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_saved_line_can_be_read(tmp_path, suffix):
    drawing.save(tmp_path / f"a{suffix}", LINE)
    (back,) = line_files.load_lines(tmp_path / f"a{suffix}")
    np.testing.assert_allclose(back.strokes, LINE.strokes, atol=1e-6)
    assert back[1:] == LINE[1:]


def test_svg(tmp_path):
    drawing.save(tmp_path / "a.svg", LINE)
    drawing.save(tmp_path / "b.svg", LINE)
    content = (tmp_path / "a.svg").read_bytes()
    assert (
        content
        == (tmp_path / "b.svg").read_bytes()
        == drawing.svg(LINE.strokes, LINE.text).encode()
    )
    root = ElementTree.fromstring(content)
    name = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{name}title").text == LINE.text
    paths = [path.get("d") for path in root.iter(f"{name}path")]
    assert len(paths) == 3
    assert paths[2].endswith("h0")  # a dot
    # the curves end in the line's points: y down, the same scale for both axes, all inside the picture's margin
    size = np.array(root.get("viewBox").split()[2:], float)
    drawn = np.array(
        [
            point.split()[-2:]
            for path in paths[:2]
            for point in [path[1:].partition("C")[0], *_ends(path)]
        ],
        float,
    )
    points = np.concatenate(to_pen(LINE.strokes))
    scale = np.ptp(drawn[:, 0]) / 21
    np.testing.assert_allclose(
        drawn, (points[:-1] - (0, 12)) * (scale, -scale) + drawing.MARGIN, atol=0.02
    )
    assert (drawn.max(axis=0) <= size - drawing.MARGIN).all()
    assert size == pytest.approx(scale * np.array([21, 12]) + 2 * drawing.MARGIN, rel=0.03)


def _ends(path):
    numbers = path.partition("C")[2].split()
    return [" ".join(numbers[k : k + 2]) for k in range(4, len(numbers), 6)]


def test_svg_of_a_text_that_xml_cannot_hold():
    root = ElementTree.fromstring(drawing.svg(LINE.strokes, "a\0\x1b\ud800</title>"))
    assert root[0].text == "a\ufffd\ufffd\ufffd</title>"


@pytest.mark.parametrize(
    "pen", [[[(0, 0), (0, 0)]], [[(5, 5)], [(9, 5)]], [[(0, 0), (1e30, 1)]], [[(0, 0), (0, 1e-30)]]]
)
def test_any_line_makes_a_picture_of_some_size(tmp_path, pen):
    line = Line(from_pen([np.array(stroke, float) for stroke in pen]), "-", "me")
    drawing.save(tmp_path / "a.svg", line)
    drawing.save(tmp_path / "a.png", line)
    width, height = map(
        float, ElementTree.parse(tmp_path / "a.svg").getroot().get("viewBox").split()[2:]
    )
    assert 20 <= width <= 2500
    assert 20 <= height <= 110
    assert imread(tmp_path / "a.png")[..., 0].min() < 0.3


def test_png(tmp_path):
    drawing.save(tmp_path / "a.png", LINE)
    picture = imread(tmp_path / "a.png")[..., :3]
    width, height = map(
        float, ElementTree.fromstring(drawing.svg(LINE.strokes)).get("viewBox").split()[2:]
    )
    np.testing.assert_allclose(picture.shape[:2], np.array([height, width]) / 96 * 200, atol=1)
    ink = picture.mean(axis=2) < 0.5
    assert 0.01 < ink.mean() < 0.2
    assert (picture[[0, -1]] == 1).all() and (picture[:, [0, -1]] == 1).all()  # a white margin
    # the dot is at the top, the right-most stroke below the middle: y is up in the line
    rows, columns = np.nonzero(ink)
    assert rows[(columns > 0.66 * len(ink[0])) & (columns < 0.72 * len(ink[0]))].max() < 0.2 * len(
        ink
    )
    assert rows[columns > 0.9 * len(ink[0])].min() > 0.6 * len(ink)


@pytest.mark.parametrize(
    "name, line, told",
    [
        ("a.gif", LINE, r"\.svg, \.png, \.json, \.npz"),
        ("a", LINE, r"\.svg, \.png, \.json, \.npz"),
        ("file/a.svg", LINE, "cannot be written"),
        ("a.png", LINE._replace(strokes=LINE.strokes * np.nan), "finite"),
        ("a.svg", LINE._replace(strokes=LINE.strokes[:1]), "at least 2"),
        ("a.json", LINE._replace(text=""), "needs a text"),
    ],
)
def test_what_cannot_be_saved(tmp_path, name, line, told):
    put(tmp_path / "file", "")
    with pytest.raises(InputError, match=told):
        drawing.save(tmp_path / name, line)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
