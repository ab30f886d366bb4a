"""Files of lines: what is saved comes back, any bytes give lines or one sentence, and pictures show the line."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from helpers import lines_or_input_error, put, some_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from mdn_utils import safe_files
from mdn_utils.data import line_files
from mdn_utils.data.formats import npz_lines
from mdn_utils.data.strokes import Line, to_pen
from mdn_utils.errors import InputError


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_saved_lines_come_back(tmp_path, suffix):
    path = tmp_path / f"mine{suffix}"
    line_files.save_lines(path, some_lines(9))
    assert list(tmp_path.iterdir()) == [path]
    for line, back in zip(some_lines(9), line_files.load_lines(path), strict=True):
        np.testing.assert_allclose(back.strokes, line.strokes, rtol=0, atol=1e-6)
        assert back[1:] == line[1:]


def test_saved_whole_or_not_at_all(tmp_path, monkeypatch):
    line_files.save_lines(tmp_path / "mine.json", some_lines(1))
    before = (tmp_path / "mine.json").read_bytes()
    monkeypatch.setattr(safe_files.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        line_files.save_lines(tmp_path / "mine.json", some_lines(2))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_y_down(tmp_path):
    path = put(
        tmp_path / "a.json",
        '{"y": "down", "lines": [{"text": "a", "strokes": [[[0, 0], [1, 2]], []]}]}',
    )
    assert line_files.load_lines(path)[0].strokes.tolist() == [[0, 0, 0], [1, -2, 1]]
    assert line_files.load_lines(path)[0].writer == "me"


def test_the_documented_json(tmp_path):
    readme = (Path(__file__).parents[2] / "data/README.md").read_text("utf-8")
    example = readme.partition("```json\n")[2].partition("```")[0]
    lines = line_files.load_lines(put(tmp_path / "a.json", example))
    assert [(line.text, len(to_pen(line.strokes))) for line in lines] == [("L", 1), ("it", 4)]
    assert lines[0].strokes[1].tolist() == [0, -9, 0]


@pytest.mark.parametrize(
    "lines, told",
    [([], "at least one line"), ([Line(np.zeros((2, 3)), " ", "me")], "needs a text")],
)
def test_nothing_is_saved_that_could_not_be_read(tmp_path, lines, told):
    with pytest.raises(InputError, match=told):
        line_files.save_lines(tmp_path / "a.json", lines)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "item, told",
    [
        ({"strokes": [[[0, 0], [1, 1]]]}, "line 1: a line needs a text"),
        ({"text": "", "strokes": [[[0, 0], [1, 1]]]}, "line 1: a line needs a text"),
        ({"text": "a", "strokes": [[[0, 0]]]}, "at least 2 points"),
        ({"text": "a", "strokes": [[[0, 0], [1, float("nan")]]]}, "finite"),
        ({"text": "a", "strokes": [[[0, 0], [1, 10**400]]]}, "line 1: expected"),
        ({"text": "a", "strokes": [[[0], [1]]]}, r"lists of \[x, y\]"),
        ({"text": "a", "strokes": [[0, 1], [1, 1]]}, r"lists of \[x, y\]"),
        ({"text": "a", "strokes": [{"x": 1}]}, r"lists of \[x, y\]"),
        ({"text": "a", "paths": []}, "no strokes among 'text', 'paths'"),
        ({"text": 1, "strokes": [[[0, 0], [1, 1]]]}, "must be strings"),
    ],
)
def test_json_that_is_no_line(tmp_path, item, told):
    with pytest.raises(InputError, match=told):
        line_files.load_lines(put(tmp_path / "a.json", json.dumps({"lines": [item]})))


@pytest.mark.parametrize(
    "change, told",
    [
        ({"text": np.array(["a", None], object)}, "text is object"),
        ({"points": np.zeros((9, 1))}, r"found 9 points \(9, 1\)"),
        ({"points": np.zeros((8, 2))}, r"found 8 points \(8, 2\), 9 pen_up"),
        ({"offsets": np.array([0, 8, 9])}, "offsets must rise"),
        ({"offsets": np.array([0, 10**9, 9])}, "offsets must rise"),
        ({"offsets": np.array([0, 4.0, 9.0])}, "offsets is float64"),
        ({"points": np.full((9, 2), np.inf)}, "finite"),
        ({"text": np.array(["a", " "])}, "text"),
        ({"writer": np.array(["w"])}, "one writer per line"),
        (
            {"offsets": np.array([0, 2**63 - 1, -2, 9]), "text": ["a"] * 3, "writer": ["w"] * 3},
            "offsets must rise",
        ),
    ],
)
def test_packed_arrays_are_checked(tmp_path, change, told):
    good = {
        "points": np.arange(18).reshape(9, 2),
        "pen_up": np.zeros(9, bool),
        "offsets": np.array([0, 4, 9]),
        "text": np.array(["a", "b"]),
        "writer": np.array(["w", "w"]),
    }
    np.savez(tmp_path / "a.npz", **good)
    ends = [line.strokes[:, 2].tolist() for line in line_files.load_lines(tmp_path / "a.npz")]
    assert ends == [[0] * 3 + [1], [0] * 4 + [1]]
    np.savez(tmp_path / "a.npz", **good | change)
    with pytest.raises(InputError, match=told):
        line_files.load_lines(tmp_path / "a.npz")


def test_a_header_that_claims_more_than_there_is(tmp_path):
    line_files.save_lines(tmp_path / "a.npz", some_lines(2))
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 2)}
    )
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for name, content in (members | {"points.npy": header.getvalue()}).items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match=r"points is float64 \(1000000000000, 2\)"):
        line_files.load_lines(tmp_path / "a.npz")


def test_an_array_of_more_than_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(npz_lines, "LARGEST", 7999)
    line_files.save_lines(tmp_path / "a.npz", [Line(np.zeros((500, 3)), "a", "me")])  # 8,000 bytes
    with pytest.raises(InputError, match=r"points is float64 \(500, 2\)"):
        line_files.load_lines(tmp_path / "a.npz")


@pytest.mark.parametrize("name", ["../climbed.npy", "/climbed.npy", "offsets", "points"])
def test_what_else_is_in_an_archive_stays_there(tmp_path, name):
    line_files.save_lines(tmp_path / "in/a.npz", some_lines(2))
    with zipfile.ZipFile(tmp_path / "in/a.npz", "a") as archive:
        archive.writestr(name, b"no array")
    assert len(line_files.load_lines(tmp_path / "in/a.npz")) == 2
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "a.npz"] and not Path(
        "/climbed.npy"
    ).exists()


# Any bytes
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["lines", "text", "strokes", "writer", "y"]), inner, max_size=3
        )
    ),
)


@settings(max_examples=200, deadline=None)
@given(
    st.binary()
    | anything.map(lambda value: json.dumps(value).encode())
    | anything.map(lambda value: json.dumps({"lines": [{"text": "a", "strokes": value}]}).encode())
)
def test_any_json(tmp_path_factory, content):
    path = put(tmp_path_factory.getbasetemp() / "any.json", content)
    lines_or_input_error(lambda: line_files.load_lines(path))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_npz(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.npz"
    np.savez(
        path,
        points=np.arange(8).reshape(4, 2),
        pen_up=np.zeros(4, bool),
        offsets=np.array([0, 2, 4]),
        text=np.array(["a", "b"]),
        writer=np.array(["v", "w"]),
    )
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    put(
        path,
        bytes(content[: data.draw(st.integers(0, len(content)))])
        if data.draw(st.booleans())
        else bytes(content),
    )
    lines_or_input_error(lambda: line_files.load_lines(path))
