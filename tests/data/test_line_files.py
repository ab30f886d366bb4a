"""Files of lines: what is saved comes back, any bytes give lines or one sentence, and pictures show the line."""
import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from helpers import lines_or_input_error, put, some_lines
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from mdn_utils import files
from mdn_utils.strokes import InputError, Line, bezier, curves, from_pen, to_pen


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_saved_lines_come_back(tmp_path, suffix):
    path = tmp_path / f"mine{suffix}"
    files.save_lines(path, some_lines(9))
    assert list(tmp_path.iterdir()) == [path]
    for line, back in zip(some_lines(9), files.load_lines(path), strict=True):
        np.testing.assert_allclose(back.strokes, line.strokes, rtol=0, atol=1e-6)
        assert back[1:] == line[1:]


def test_saved_whole_or_not_at_all(tmp_path, monkeypatch):
    files.save_lines(tmp_path / "mine.json", some_lines(1))
    before = (tmp_path / "mine.json").read_bytes()
    monkeypatch.setattr(files.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        files.save_lines(tmp_path / "mine.json", some_lines(2))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_y_down(tmp_path):
    path = put(tmp_path / "a.json", '{"y": "down", "lines": [{"text": "a", "strokes": [[[0, 0], [1, 2]], []]}]}')
    assert files.load_lines(path)[0].strokes.tolist() == [[0, 0, 0], [1, -2, 1]]
    assert files.load_lines(path)[0].writer == "me"


def test_the_documented_json(tmp_path):
    readme = (Path(__file__).parents[1] / "data/README.md").read_text("utf-8")
    example = readme.partition("```json\n")[2].partition("```")[0]
    lines = files.load_lines(put(tmp_path / "a.json", example))
    assert [(line.text, len(to_pen(line.strokes))) for line in lines] == [("L", 1), ("it", 4)]
    assert lines[0].strokes[1].tolist() == [0, -9, 0]


@pytest.mark.parametrize("lines, told", [
    ([], "at least one line"), ([Line(np.zeros((2, 3)), " ", "me")], "needs a text")])
def test_nothing_is_saved_that_could_not_be_read(tmp_path, lines, told):
    with pytest.raises(InputError, match=told):
        files.save_lines(tmp_path / "a.json", lines)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("item, told", [
    ({"strokes": [[[0, 0], [1, 1]]]}, "line 1: expected text"),
    ({"text": "", "strokes": [[[0, 0], [1, 1]]]}, "line 1: a line needs a text"),
    ({"text": "a", "strokes": [[[0, 0]]]}, "at least 2 points"),
    ({"text": "a", "strokes": [[[0, 0], [1, float("nan")]]]}, "finite"),
    ({"text": "a", "strokes": [[[0, 0], [1, 10**400]]]}, "line 1: expected"),
    ({"text": "a", "strokes": [[[0, 0, 0], [1, 1, 1]]]}, r"lists of \[x, y\]"),
    ({"text": 1, "strokes": [[[0, 0], [1, 1]]]}, "must be strings"),
])
def test_json_that_is_no_line(tmp_path, item, told):
    with pytest.raises(InputError, match=told):
        files.load_lines(put(tmp_path / "a.json", json.dumps({"lines": [item]})))


@pytest.mark.parametrize("change, told", [
    ({"text": np.array(["a", None], object)}, "text is object"),
    ({"points": np.zeros((9, 3))}, "offsets must rise"),
    ({"offsets": np.array([0, 8, 9])}, "offsets must rise"),
    ({"offsets": np.array([0, 10**9, 9])}, "offsets must rise"),
    ({"offsets": np.array([0, 4.0, 9.0])}, "offsets is float64"),
    ({"points": np.full((9, 2), np.inf)}, "finite"),
    ({"text": np.array(["a", " "])}, "text"),
    ({"writer": np.array(["w"])}, "one writer a line"),
    ({"offsets": np.array([0, 2**63 - 1, -2, 9]), "text": ["a"] * 3, "writer": ["w"] * 3}, "offsets must rise"),
])
def test_packed_arrays_are_checked(tmp_path, change, told):
    good = {"points": np.arange(18).reshape(9, 2), "pen_up": np.zeros(9, bool), "offsets": np.array([0, 4, 9]),
            "text": np.array(["a", "b"]), "writer": np.array(["w", "w"])}
    np.savez(tmp_path / "a.npz", **good)
    ends = [line.strokes[:, 2].tolist() for line in files.load_lines(tmp_path / "a.npz")]
    assert ends == [[0] * 3 + [1], [0] * 4 + [1]]
    np.savez(tmp_path / "a.npz", **good | change)
    with pytest.raises(InputError, match=told):
        files.load_lines(tmp_path / "a.npz")


def test_a_header_that_claims_more_than_there_is(tmp_path):
    files.save_lines(tmp_path / "a.npz", some_lines(2))
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 2)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for name, content in (members | {"points.npy": header.getvalue()}).items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match=r"points is float64 \(1000000000000, 2\)"):
        files.load_lines(tmp_path / "a.npz")


def test_an_array_of_more_than_the_limit(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", points=np.zeros((500, 2)))  # 8,000 bytes behind 200
    with pytest.raises(InputError, match=r"points is float64 \(500, 2\)"):
        files._load_packed(tmp_path / "a.npz", limit=7999)


@pytest.mark.parametrize("name", ["../climbed.npy", "/climbed.npy", "offsets", "points"])
def test_what_else_is_in_an_archive_stays_there(tmp_path, name):
    files.save_lines(tmp_path / "in/a.npz", some_lines(2))
    with zipfile.ZipFile(tmp_path / "in/a.npz", "a") as archive:
        archive.writestr(name, b"no array")
    assert len(files.load_lines(tmp_path / "in/a.npz")) == 2
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "a.npz"] and not Path("/climbed.npy").exists()


# One line to a file
def test_curves_go_through_the_points_along_their_neighbours():
    stroke = np.random.default_rng(0).normal(size=(6, 2))
    points = bezier(stroke)
    assert points.shape == (16, 2)
    np.testing.assert_array_equal(points[::3], stroke)
    np.testing.assert_allclose(points[4:-2:3] - points[3:-3:3], (stroke[2:] - stroke[:-2]) / 6)  # leaving a point
    np.testing.assert_allclose(points[3:-3:3] - points[2:-4:3], (stroke[2:] - stroke[:-2]) / 6)  # and coming to it
    np.testing.assert_allclose(points[[1, -1]] - points[[0, -2]], (stroke[[1, -1]] - stroke[[0, -2]]) / 6)
    pen = curves(from_pen([stroke, stroke[:1]]))
    assert [len(points) for points in pen] == [16, 1]
    np.testing.assert_allclose(pen[0], points - stroke[0], atol=1e-6)


LINE = Line(from_pen([[(0, 0), (3, 9), (6, 0), (9, 8)], [(20, 2), (21, 2)], [(15, 12)]]), "N < M & \"i\"", "me")


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_saved_line_can_be_read(tmp_path, suffix):
    files.save(tmp_path / f"a{suffix}", LINE)
    (back,) = files.load_lines(tmp_path / f"a{suffix}")
    np.testing.assert_allclose(back.strokes, LINE.strokes, atol=1e-6)
    assert back[1:] == LINE[1:]


def test_svg(tmp_path):
    files.save(tmp_path / "a.svg", LINE)
    files.save(tmp_path / "b.svg", LINE)
    content = (tmp_path / "a.svg").read_bytes()
    assert content == (tmp_path / "b.svg").read_bytes() == files.svg(LINE.strokes, LINE.text).encode()
    root = ElementTree.fromstring(content)
    name = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{name}title").text == LINE.text
    paths = [path.get("d") for path in root.iter(f"{name}path")]
    assert len(paths) == 3
    assert paths[2].endswith("h0")  # a dot
    # the curves end in the line's points: y down, the same scale for both axes, all inside the picture's margin
    size = np.array(root.get("viewBox").split()[2:], float)
    drawn = np.array([point.split()[-2:] for path in paths[:2]
                      for point in [path[1:].partition("C")[0], *_ends(path)]], float)
    points = np.concatenate(to_pen(LINE.strokes))
    scale = np.ptp(drawn[:, 0]) / 21
    np.testing.assert_allclose(drawn, (points[:-1] - (0, 12)) * (scale, -scale) + files.MARGIN, atol=0.02)
    assert (drawn.max(axis=0) <= size - files.MARGIN).all()
    assert size == pytest.approx(scale * np.array([21, 12]) + 2 * files.MARGIN, rel=0.03)


def _ends(path):
    numbers = path.partition("C")[2].split()
    return [" ".join(numbers[k:k + 2]) for k in range(4, len(numbers), 6)]


def test_svg_of_a_text_that_xml_cannot_hold():
    root = ElementTree.fromstring(files.svg(LINE.strokes, "a\0\x1b\ud800</title>"))
    assert root[0].text == "a\ufffd\ufffd\ufffd</title>"


@pytest.mark.parametrize("pen", [
    [[(0, 0), (0, 0)]], [[(5, 5)], [(9, 5)]], [[(0, 0), (1e30, 1)]], [[(0, 0), (0, 1e-30)]]])
def test_any_line_makes_a_picture_of_some_size(tmp_path, pen):
    line = Line(from_pen([np.array(stroke, float) for stroke in pen]), "-", "me")
    files.save(tmp_path / "a.svg", line)
    files.save(tmp_path / "a.png", line)
    width, height = map(float, ElementTree.parse(tmp_path / "a.svg").getroot().get("viewBox").split()[2:])
    assert 20 <= width <= 2500
    assert 20 <= height <= 110
    assert imread(tmp_path / "a.png")[..., 0].min() < 0.3


def test_png(tmp_path):
    files.save(tmp_path / "a.png", LINE)
    picture = imread(tmp_path / "a.png")[..., :3]
    width, height = map(float, ElementTree.fromstring(files.svg(LINE.strokes)).get("viewBox").split()[2:])
    np.testing.assert_allclose(picture.shape[:2], np.array([height, width]) / 96 * 200, atol=1)
    ink = picture.mean(axis=2) < 0.5
    assert 0.01 < ink.mean() < 0.2
    assert (picture[[0, -1]] == 1).all() and (picture[:, [0, -1]] == 1).all()  # a white margin
    # the dot is at the top, the right-most stroke below the middle: y is up in the line
    rows, columns = np.nonzero(ink)
    assert rows[(columns > 0.66 * len(ink[0])) & (columns < 0.72 * len(ink[0]))].max() < 0.2 * len(ink)
    assert rows[columns > 0.9 * len(ink[0])].min() > 0.6 * len(ink)


@pytest.mark.parametrize("name, line, told", [
    ("a.gif", LINE, r"\.svg, \.png, \.json, \.npz"),
    ("a", LINE, r"\.svg, \.png, \.json, \.npz"),
    ("file/a.svg", LINE, "cannot be written"),
    ("a.png", LINE._replace(strokes=LINE.strokes * np.nan), "finite"),
    ("a.svg", LINE._replace(strokes=LINE.strokes[:1]), "at least 2"),
    ("a.json", LINE._replace(text=""), "needs a text"),
])
def test_what_cannot_be_saved(tmp_path, name, line, told):
    put(tmp_path / "file", "")
    with pytest.raises(InputError, match=told):
        files.save(tmp_path / name, line)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_whole_keeps_the_ending_and_leaves_nothing_behind(tmp_path):
    with files.whole(tmp_path / "new/a.weights.h5") as part:
        assert part.parent == tmp_path / "new" and part.name.endswith(".weights.h5")
        part.write_text("first")
    with pytest.raises(KeyError), files.whole(tmp_path / "new/a.weights.h5") as part:
        part.write_text("half")
        raise KeyError
    (path,) = (tmp_path / "new").iterdir()
    assert path.read_text() == "first"


# Any bytes
anything = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
                        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                            st.sampled_from(["lines", "text", "strokes", "writer", "y"]), inner, max_size=3))


@settings(max_examples=200, deadline=None)
@given(st.binary() | anything.map(lambda value: json.dumps(value).encode())
       | anything.map(lambda value: json.dumps({"lines": [{"text": "a", "strokes": value}]}).encode()))
def test_any_json(tmp_path_factory, content):
    path = put(tmp_path_factory.getbasetemp() / "any.json", content)
    lines_or_input_error(lambda: files.load_lines(path))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_npz(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.npz"
    np.savez(path, points=np.arange(8).reshape(4, 2), pen_up=np.zeros(4, bool), offsets=np.array([0, 2, 4]),
             text=np.array(["a", "b"]), writer=np.array(["v", "w"]))
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    put(path, bytes(content[:data.draw(st.integers(0, len(content)))]) if data.draw(st.booleans()) else bytes(content))
    lines_or_input_error(lambda: files.load_lines(path))
