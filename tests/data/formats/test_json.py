"""JSON as pads, data sets and people write it."""
import json

import numpy as np
import pytest

from mdn_utils.data.line_files import load_lines
from mdn_utils.data.strokes import to_pen
from mdn_utils.errors import InputError

PEN = [[[0, 0], [0, 4]], [[1, 0], [1, 5], [2, 5]]]  # y down


def loaded(path, document, **options):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    path.write_bytes(content)
    return load_lines(path, need_text=False, **options)


def drawn(line, y=-1):
    """The polylines as they are in the file."""
    return [(stroke * (1, y)).tolist() for stroke in to_pen(line.strokes)]


@pytest.mark.parametrize("document", [
    [{"points": [{"x": x, "y": y, "time": 9, "pressure": .5} for x, y in stroke]} for stroke in PEN],
    [[{"x": x, "y": y, "time": 9, "color": "black"} for x, y in stroke] for stroke in PEN],
    {"word": "h", "drawing": [[*zip(*stroke), [0] * len(stroke)] for stroke in PEN]},
    {"word": "h", "drawing": [[*zip(*stroke)] for stroke in PEN], "recognized": True},
    [{"drawing": [[*zip(*stroke)] for stroke in PEN]}],
    {"y": "down", "strokes": PEN},
    {"y": "down", "lines": [{"strokes": PEN}]},
    {"y": "Down", "lines": [{"strokes": [[[x, y, 5, .3] for x, y in stroke] for stroke in PEN]}]},
    {"y": "down", "strokes": [[{"x": x, "y": y} for x, y in stroke] for stroke in PEN]},
    {"y": "down", "strokes": [{"x": [p[0] for p in s], "y": [p[1] for p in s]} for s in PEN]},
    {"y": "down", "strokes": [{"points": stroke} for stroke in PEN]},
    PEN,
])
def test_every_form_gives_the_same_strokes(tmp_path, document):
    (line,) = loaded(tmp_path / "a.JSON", document)
    assert drawn(line) == PEN


@pytest.mark.parametrize("key", ["drawing", "strokes", "ink"])
def test_all_x_and_all_y_under_any_key(tmp_path, key):
    strokes = [[*PEN[1], *PEN[1]], PEN[0]]
    document = {"y": "down", key: [[*zip(*stroke)] for stroke in strokes]}
    (line,) = loaded(tmp_path / "a.json", document)
    moved = [[[x - 1, y] for x, y in stroke] for stroke in strokes]
    assert drawn(line) == moved


def test_one_drawing_per_row(tmp_path):
    rows = [{"word": word, "drawing": [[*zip(*stroke)] for stroke in PEN]} for word in ("one", "two")]
    content = "\n".join(map(json.dumps, rows)).encode()
    for name in ("a.ndjson", "a.json"):
        lines = loaded(tmp_path / name, content)
        assert [line.text for line in lines] == ["one", "two"]
        assert drawn(lines[1]) == PEN


def test_a_list_of_our_lines(tmp_path):
    lines = loaded(tmp_path / "a.json", [{"text": "a", "strokes": PEN}, {"text": "b", "strokes": PEN}])
    assert [line.text for line in lines] == ["a", "b"] and drawn(lines[0], y=1) == PEN


@pytest.mark.parametrize("document, what", [
    ({"lines": [], "y": "up"}, "no lines"),
    ({}, "no strokes"),
    ([], "JSON without strokes"),
    (7, "JSON without strokes"),
    ({"y": "sideways", "lines": [{"strokes": PEN}]}, "'sideways'; expected \"up\" or \"down\""),
    ({"y_axis": "down", "lines": [{"strokes": PEN}]}, "unknown key 'y_axis'"),
    ({"lines": [{"Y": "down", "strokes": PEN}]}, "line 1: unknown key 'Y'"),
    ([[1, 2], "a"], "lists of"),
    ({"lines": [{"strokes": [[{"x": 1}]]}]}, "lists of"),
    (b'{"lines": [', "broken JSON"),
    (b"[" * 100_000, "broken JSON"),
    ('{"lines": [{"text": "n\u00e9"}]}'.encode("latin-1"), "byte 22 is not UTF-8"),
])
def test_what_is_no_line_is_one_short_sentence(tmp_path, document, what):
    with pytest.raises(InputError, match=what) as told:
        loaded(tmp_path / "a.json", document)
    assert len(str(told.value)) < 400 and "\n" not in str(told.value)


def test_a_long_file_in_another_encoding_is_not_printed(tmp_path):
    content = json.dumps({"lines": [{"text": "a", "strokes": [PEN] * 9999}]}).encode() + b"\xe9"
    with pytest.raises(InputError) as told:
        loaded(tmp_path / "a.json", content)
    assert len(str(told.value)) < 300


def test_unknown_keys_are_named(tmp_path):
    with pytest.warns(UserWarning, match="line 1: nothing is known of 'device', 'hz'"):
        loaded(tmp_path / "a.json", {"lines": [{"strokes": PEN, "hz": 200, "device": "x"}]})


def comb(y):
    """Forty letters l, each drawn downwards."""
    return [[[3 * k, y * 9], [3 * k, y * 5], [3 * k, 0]] for k in range(40)]


def test_upside_down_is_named_or_turned(tmp_path):
    with pytest.warns(UserWarning, match="look upside down.*--y down"):
        (line,) = loaded(tmp_path / "a.json", {"lines": [{"strokes": comb(-1)}], "y": "up"})
    (turned,) = loaded(tmp_path / "a.json", {"lines": [{"strokes": comb(-1)}], "y": "up"}, y="down")
    np.testing.assert_array_equal(line.strokes * (1, -1, 1), turned.strokes)
    with pytest.warns(UserWarning, match="y seems to count up"):  # a bare list says nothing
        (line,) = loaded(tmp_path / "a.json", comb(1))
    assert drawn(line, y=1) == [[[x, y - 9] for x, y in stroke] for stroke in comb(1)]


def test_npz_says_which_way_y_counts(tmp_path):
    points = np.concatenate(comb(-1))
    arrays = {
        "points": points, "pen_up": np.arange(len(points)) % 3 == 2, "text": np.array(["l" * 40]),
        "offsets": np.array([0, len(points)]), "writer": np.array(["me"]),
    }
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.warns(UserWarning, match="y seems to count down"):
        (line,) = load_lines(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", **arrays, y=np.array("down"))
    np.testing.assert_array_equal(load_lines(tmp_path / "b.npz")[0].strokes, line.strokes)
    assert drawn(line) == [[[x, y + 9] for x, y in stroke] for stroke in comb(-1)]
    np.savez(tmp_path / "c.npz", **arrays | {"pen_up": np.arange(len(points)) % 3 == 0})
    with pytest.warns(UserWarning, match="pen_up is true where strokes start"):
        (again,) = load_lines(tmp_path / "c.npz", y="down")
    np.testing.assert_array_equal(again.strokes, line.strokes)
