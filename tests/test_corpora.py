"""Corpora: tiny trees in the original formats, and whatever bytes a reader may find in their place."""
import hashlib
import io
import json
import urllib.error
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdn_utils import corpora, writers
from mdn_utils.strokes import InputError, Line, check, from_pen, positions, to_pen

SHARED = Path(__file__).parents[2] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the UNIPEN files are not on this machine")


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# IAM-OnDB
XML = ('<?xml version="1.0"?>\n<WhiteboardCaptureSession><StrokeSet>\n<Stroke><Point x="1" y="10" time="0"/>'
       '<Point x="4" y="30" time="1"/></Stroke>\n<Stroke><Point x="9" y="10" time="2"/></Stroke></StrokeSet>'
       '</WhiteboardCaptureSession>')


@pytest.fixture
def iam(tmp_path):
    forms = {"trainset.txt": "a01-000u", "testset_f.txt": "b02-001z", "testset_v.txt": "c03-002", "testset_t.txt": "d04-003"}
    for name, form in forms.items():
        put(tmp_path / name, f" {form}\n")
        put(tmp_path / f"ascii/{form[:3]}/{form[:7]}/{form}.txt", "OCR:\n\nA wor1d\n\nCSR:\n\n A world\n\nof two\n")
        for number in (1, 2):
            put(tmp_path / f"lineStrokes/{form[:3]}/{form[:7]}/{form}-0{number}.xml", XML)
    put(tmp_path / "original/a01/a01-000/strokesu.xml", '<S><General><Form id="a01-000u" writerID="10017"/></General></S>')
    return tmp_path


def test_iam(iam):
    lines = corpora.handwriting("iam", "train", iam)
    assert [line.text for line in lines] == ["A world", "of two"] * 2
    assert [line.writer for line in lines] == ["10017"] * 2 + ["b02-001z"] * 2
    # y counts down in the file and up here: from (1, 10) to (4, 30) the pen goes right and down
    np.testing.assert_array_equal(lines[0].strokes, [[0, 0, 0], [3, -20, 1], [5, 20, 1]])
    assert lines[0].strokes.dtype == np.float32
    assert {line.writer for line in corpora.handwriting("iam", "val", iam)} == {"c03-002"}
    assert {line.writer for line in corpora.handwriting("iam", "test", iam)} == {"d04-003"}
    assert len(corpora.handwriting("iam", "train", iam, count=1)) == 1


def test_iam_lines_without_a_partner_are_left_out_with_one_warning(iam):
    put(iam / "lineStrokes/a01/a01-000/a01-000u-03.xml", XML)
    (iam / "lineStrokes/b02/b02-001/b02-001z-01.xml").unlink()
    with pytest.warns(UserWarning) as told:
        lines = corpora.handwriting("iam", "train", iam)
    assert [line.text for line in lines] == ["A world", "of two", "of two"]
    assert len(told) == 1
    assert "left out 2" in str(told[0].message)
    assert "line 3 of form a01-000u has no text" in str(told[0].message)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("broken", [
    XML[:150],
    XML.replace('x="4"', ""),
    XML.replace('x="4"', 'x="four"'),
    XML.replace('x="4"', 'x="nan"'),
    XML.replace('x="4"', 'x="1e300"'),
    '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
    '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><a>&a;</a>',
    '<?xml version="1.0" encoding="nonsense"?><a/>',
])
def test_iam_broken_xml_names_the_file(iam, broken):
    put(iam / "lineStrokes/a01/a01-000/a01-000u-02.xml", broken)
    with pytest.raises(InputError, match=r"a01-000u-02\.xml"):
        corpora.handwriting("iam", "train", iam)


def test_iam_broken_xml_names_the_line(iam):
    put(iam / "lineStrokes/a01/a01-000/a01-000u-02.xml", XML.replace("</Stroke>\n", "</Strike>\n"))
    with pytest.raises(InputError, match="line 3"):
        corpora.handwriting("iam", "train", iam)


@pytest.mark.parametrize("missing", ["lineStrokes", "ascii", "trainset.txt"])
def test_iam_half_there(iam, missing):
    (iam / missing).rename(iam / "elsewhere")
    with pytest.raises(InputError, match=rf"lacks {missing}.*data/README.md"):
        corpora.handwriting("iam", "train", iam)


def test_iam_list_of_something_else(iam):
    put(iam / "trainset.txt", "../../etc/passwd")
    with pytest.raises(InputError, match="no form name"):
        corpora.handwriting("iam", "train", iam)


@pytest.mark.parametrize("corpus", ["iam", "unipen"])
@pytest.mark.parametrize("root", [None, "no/such/folder"])
def test_no_folder(corpus, root):
    with pytest.raises(InputError, match=rf"{corpus}.*data/README.md"):
        corpora.handwriting(corpus, root=root)


# UNIPEN: components 0 down, 1 up (not empty), 2 down, 3 down; the empty .PEN_UPs do not count
PEN = (".COMMENT .PEN_DOWN here is prose\n.COORD T X Y\n.WRITER_ID {writer}\n.PEN_DOWN\n0 0 0\n1 2 5\n.PEN_UP\n0 3 3\n"
       ".PEN_DOWN\n0 4 0\n1 4 6\n2 4 7\n.PEN_UP\n.DT 10\n.PEN_DOWN\n0 8 0\n1 9 -1\n.PEN_UP\n")
SEGMENTS = ('.VERSION 1.0\n.INCLUDE xyz/absent.lex\n.INCLUDE xyz/data/{writer}.dat\n.SEGMENT TEXT 0-3 ? "say \\"hi\\" \\\\"\n'
            '.SEGMENT WORD 2 OK "one"\n.SEGMENT WORD 0,3 "two"\n.SEGMENT WORD 2:1-3:0 ? "part"\n.SEGMENT CHARACTER 0 ? "c"\n')


@pytest.fixture
def unipen(tmp_path):
    for number in range(40):
        put(tmp_path / f"include/xyz/data/w{number}.dat", PEN.format(writer=f"w{number}"))
        put(tmp_path / f"data/8/xyz/w{number}.dat", SEGMENTS.format(writer=f"w{number}"))
    return tmp_path


def test_unipen(unipen):
    found = {split: corpora.handwriting("unipen", split, unipen) for split in corpora.SPLITS}
    names = {split: {line.writer for line in lines} for split, lines in found.items()}
    assert sum(map(len, names.values())) == len(set.union(*names.values())) == 40
    assert sum(map(len, found.values())) == 160
    assert len(names["train"]) > 25
    lines = [line for line in found["train"] if line.writer == min(names["train"])]
    assert lines[0].writer.startswith("xyz/xyz/w")
    assert {line.text: [stroke.tolist() for stroke in to_pen(line.strokes)] for line in lines} == {
        'say "hi" \\': [[[0, 0], [2, 5]], [[4, 0], [4, 6], [4, 7]], [[8, 0], [9, -1]]],
        "one": [[[0, 0], [0, 6], [0, 7]]],
        "two": [[[0, 0], [2, 5]], [[8, 0], [9, -1]]],
        "part": [[[0, 0], [0, 1]], [[4, -6]]]}


def test_unipen_leaves_out_and_says_so(unipen):
    put(unipen / "include/xyz/data/w0.dat", PEN.format(writer="?"))
    whole = list(corpora._unipen_files(unipen))
    assert {line.writer for line in whole} == {"xyz"} | {f"xyz/xyz/w{number}" for number in range(1, 40)}
    put(unipen / "data/8/lex/w0.dat", SEGMENTS.format(writer="w0"))  # misaligned contributor
    put(unipen / "data/7/xyz/w0.dat", SEGMENTS.format(writer="w0"))  # the same segments again
    put(unipen / "data/6/xyz/a.dat", '.INCLUDE xyz/data/w0.dat\n.SEGMENT WORD 0-4 ? "far"\n.SEGMENT WORD 1 ? "up"\n')
    put(unipen / "data/6/xyz/b.dat", ".PEN_DOWN\n1 2 3\n")
    put(unipen / "data/6/xyz/c.dat", '.PEN_DOWN\n0 0\n9 0\n.PEN_DOWN\n0 -9\n9 -9\n'
        '.SEGMENT TEXT 0-1 ? "two rows"\n')
    put(unipen / "data/6/xyz/d.dat", ".INCLUDE ../data/8/xyz/w1.dat\n")  # outside include/
    with pytest.warns(UserWarning, match="left out 4") as told:
        assert len(list(corpora._unipen_files(unipen))) == len(whole)
    assert len(told) == 1
    assert "'0-4' is no range of the 4 components" in str(told[0].message)


def test_unipen_half_there(unipen):
    (unipen / "include").rename(unipen / "elsewhere")
    with pytest.raises(InputError, match=r"lacks data/ or include/.*data/README.md"):
        corpora.handwriting("unipen", "train", unipen)


def test_unipen_includes_in_a_circle_end(unipen):
    put(unipen / "include/xyz/data/w0.dat", ".INCLUDE xyz/data/w0.dat\n" * 9 + PEN.format(writer="w0"))
    components, segments, writer = corpora._unipen_file(unipen / "data/8/xyz/w0.dat", unipen / "include")
    assert (len(components), len(segments), writer) == (4, 4, "w0")


@needs_shared
def test_unipen_original_files_hold_the_lines_that_others_read_there():
    with warnings.catch_warnings(record=True):
        original = corpora.handwriting("unipen", "train", SHARED / "unipen_raw_sample")
    packed = {line.text: line for line in corpora.load_lines(SHARED / "unipen_lines_train.npz")
              if line.writer == "aga/aga/crlmtchl"}
    lines = [line for line in original if line.writer == "aga/aga/crlmtchl"]
    assert len(lines) == 46
    for line in lines:
        shape, expected = positions(line.strokes), positions(packed[line.text].strokes)
        assert np.abs(shape * 700 / np.ptp(shape[:, 1]) - expected).max() < 3


@needs_shared
def test_packed_unipen():
    train, val = (corpora.handwriting("unipen", split, SHARED) for split in ("train", "val"))
    assert (len(train), len(val)) == (48_213 + 5_337, 7_095 + 522)
    assert not {line.writer for line in train} & {line.writer for line in val}
    assert all(line.strokes[0, :2].tolist() == [0, 0] and line.strokes[-1, 2] == 1 for line in val)
    with pytest.raises(InputError, match="the splits there are train and val"):
        corpora.handwriting("unipen", "test", SHARED)


# One's own lines
def some_lines(count, who=lambda number: f"w{number}"):
    rng = np.random.default_rng(0)
    return [Line(from_pen([rng.normal(size=(4, 2)), rng.normal(size=(1, 2))]), f"né {number}", who(number))
            for number in range(count)]


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_saved_lines_come_back(tmp_path, suffix):
    path = tmp_path / f"mine{suffix}"
    corpora.save_lines(path, some_lines(9))
    assert list(tmp_path.iterdir()) == [path]
    for line, back in zip(some_lines(9), corpora.load_lines(path), strict=True):
        np.testing.assert_allclose(back.strokes, line.strokes, rtol=0, atol=1e-6)
        assert back[1:] == line[1:]


def test_saved_whole_or_not_at_all(tmp_path, monkeypatch):
    corpora.save_lines(tmp_path / "mine.json", some_lines(1))
    before = (tmp_path / "mine.json").read_bytes()
    monkeypatch.setattr(corpora.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        corpora.save_lines(tmp_path / "mine.json", some_lines(2))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_y_down(tmp_path):
    path = put(tmp_path / "a.json", '{"y": "down", "lines": [{"text": "a", "strokes": [[[0, 0], [1, 2]], []]}]}')
    assert corpora.load_lines(path)[0].strokes.tolist() == [[0, 0, 0], [1, -2, 1]]
    assert corpora.load_lines(path)[0].writer == "me"


def test_the_documented_json(tmp_path):
    example = (Path(__file__).parents[1] / "data/README.md").read_text("utf-8").partition("```json\n")[2].partition("```")[0]
    lines = corpora.load_lines(put(tmp_path / "a.json", example))
    assert [(line.text, len(to_pen(line.strokes))) for line in lines] == [("L", 1), ("it", 4)]
    assert lines[0].strokes[1].tolist() == [0, -9, 0]


@pytest.mark.parametrize("who", [lambda number: "me", lambda number: f"w{number // 5}"], ids=["one writer", "many"])
def test_splits_of_ones_own_lines(tmp_path, who):
    corpora.save_lines(tmp_path / "a.npz", some_lines(40, who))
    parts = [corpora.handwriting(tmp_path / "a.npz", split) for split in corpora.SPLITS]
    texts = [{line.text for line in part} for part in parts]
    assert all(texts)
    assert sum(map(len, parts)) == len(set.union(*texts)) == 40
    assert [line.text for line in parts[1]] == [line.text for line in corpora.handwriting(tmp_path / "a.npz", "val")]
    if who(0) != who(39):
        names = [{line.writer for line in part} for part in parts]
        assert sum(map(len, names)) == len(set.union(*names))


def test_a_writer_may_have_any_name(tmp_path):
    items = [{"text": "a", "writer": who, "strokes": [[[0, 0], [1, 1]]]} for who in ("\ud800", "", "ä")]
    path = put(tmp_path / "a.json", json.dumps({"lines": items}))
    assert sum(len(corpora.handwriting(path, split)) for split in corpora.SPLITS) == 3


@pytest.mark.parametrize("lines, told", [([], "at least one line"), ([Line(np.zeros((2, 3)), " ", "me")], "needs a text")])
def test_nothing_is_saved_that_could_not_be_read(tmp_path, lines, told):
    with pytest.raises(InputError, match=told):
        corpora.save_lines(tmp_path / "a.json", lines)
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
        corpora.load_lines(put(tmp_path / "a.json", json.dumps({"lines": [item]})))


@pytest.mark.parametrize("change, told", [
    ({"text": np.array(["a", None], object)}, "text is object"),
    ({"points": np.zeros((9, 3))}, "offsets must rise"),
    ({"offsets": np.array([0, 8, 9])}, "offsets must rise"),
    ({"offsets": np.array([0, 10**9, 9])}, "offsets must rise"),
    ({"offsets": np.array([0, 4.0, 9.0])}, "offsets is float64"),
    ({"points": np.full((9, 2), np.inf)}, "finite"),
    ({"text": np.array(["a", " "])}, "text"),
    ({"writer": np.array(["w"])}, "one writer a line"),
])
def test_packed_arrays_are_checked(tmp_path, change, told):
    good = {"points": np.arange(18).reshape(9, 2), "pen_up": np.zeros(9, bool), "offsets": np.array([0, 4, 9]),
            "text": np.array(["a", "b"]), "writer": np.array(["w", "w"])}
    np.savez(tmp_path / "a.npz", **good)
    assert [line.strokes[:, 2].tolist() for line in corpora.load_lines(tmp_path / "a.npz")] == [[0] * 3 + [1], [0] * 4 + [1]]
    np.savez(tmp_path / "a.npz", **good | change)
    with pytest.raises(InputError, match=told):
        corpora.load_lines(tmp_path / "a.npz")


def test_a_header_that_claims_more_than_there_is(tmp_path):
    corpora.save_lines(tmp_path / "a.npz", some_lines(2))
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 2)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for name, content in (members | {"points.npy": header.getvalue()}).items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match=r"points is float64 \(1000000000000, 2\)"):
        corpora.load_lines(tmp_path / "a.npz")


# Any bytes
anything = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
                        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                            st.sampled_from(["lines", "text", "strokes", "writer", "y"]), inner, max_size=3))
like_unipen = st.lists(st.sampled_from([
    "\n.PEN_DOWN", "\n.PEN_UP", "\n.COORD X Y", "\n.COORD Y", "\n.INCLUDE a", "\n.INCLUDE ..", "\n.INCLUDE \0", "\n.SEGMENT WORD",
    "\n.SEGMENT TEXT", "0-1", "0:1-1", "0", "1-0", "0,", "?", '"a b"', '"', "\\", "\n1 2", "\n3 4", "\nnan 1e999", "-1e308",
    "\n.WRITER_ID", "\n", "\n."])).map(lambda parts: " ".join(parts).encode())


def lines_or_input_error(read):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            for line in read():
                check(line.strokes)
                assert line.text.strip()
    except InputError:
        pass


@settings(max_examples=200, deadline=None)
@given(st.binary() | anything.map(lambda value: json.dumps(value).encode())
       | anything.map(lambda value: json.dumps({"lines": [{"text": "a", "strokes": value}]}).encode()))
def test_any_json(tmp_path_factory, content):
    path = put(tmp_path_factory.getbasetemp() / "any.json", content)
    lines_or_input_error(lambda: corpora.handwriting(path))


@settings(max_examples=200, deadline=None)
@given(st.binary() | like_unipen, st.binary() | like_unipen)
def test_any_unipen(tmp_path_factory, segments, included):
    root = tmp_path_factory.getbasetemp() / "any_unipen"
    put(root / "data/8/xyz/a.dat", segments)
    put(root / "include/a", included)
    lines_or_input_error(lambda: corpora.handwriting("unipen", "train", root))


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
    lines_or_input_error(lambda: corpora.load_lines(path))


# Asking wrongly
@pytest.mark.parametrize("arguments, told", [
    (("simulated", "training"), "choose one of train, val, test"),
    (("imaginary",), "choose simulated, iam, unipen"),
    (("no/such.json",), "no such file"),
    (("simulated", "train", None, 0), "at least 1"),
])
def test_asking_wrongly(arguments, told):
    with pytest.raises(InputError, match=told):
        corpora.handwriting(*arguments)


def test_simulated_is_what_writers_make(monkeypatch):
    monkeypatch.setattr(writers, "lines", lambda count, split="train", seed=0: [count, split])
    assert corpora.handwriting("simulated") == [10_000, "train"]
    assert corpora.handwriting("simulated", "val", count=3) == [3, "val"]


# Text
def test_python_text():
    train, val, test = (corpora.text("python", split) for split in corpora.SPLITS)
    assert 1_000_000 < len(train + val + test) <= corpora.PYTHON_SIZE
    assert len(val) == len(test) == len(train + val + test) // 20
    assert "import" in val


def test_text_of_ones_own(tmp_path):
    content = "".join(map(chr, range(200, 300)))
    path = put(tmp_path / "a.txt", content)
    parts = [corpora.text(path, split) for split in corpora.SPLITS]
    assert "".join(parts) == content
    assert list(map(len, parts)) == [90, 5, 5]


@pytest.mark.parametrize("content", [None, b"\xff" * 50, b"short"])
def test_text_that_is_none(tmp_path, content):
    if content:
        put(tmp_path / "a.txt", content)
    with pytest.raises(InputError, match=r"a\.txt"):
        corpora.text(tmp_path / "a.txt")


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A web of one file: what it holds and how often it was asked."""
    web = {"content": b"a few characters of the bard", "asked": 0}

    def urlopen(address, timeout):
        web["asked"] += 1
        if web["content"] is None:
            raise urllib.error.URLError("no network")
        return io.BytesIO(web["content"])

    monkeypatch.setenv("MDN_UTILS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(corpora.urllib.request, "urlopen", urlopen)
    digest = "sha256:" + hashlib.sha256(web["content"]).hexdigest()
    monkeypatch.setitem(corpora.DOWNLOADS, "shakespeare.txt", ("https://example.org/input.txt", digest))
    return web


def test_download_once(served, tmp_path):
    assert corpora.text("shakespeare") + corpora.text("shakespeare", "val") == "a few characters of the bar"
    assert served["asked"] == 1
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["shakespeare.txt"]
    put(tmp_path / "cache/shakespeare.txt", "spoilt")
    assert corpora.text("shakespeare", "test") == "d"
    assert served["asked"] == 2


def test_download_that_is_not_what_was_published(served, tmp_path):
    served["content"] += b"!"
    with pytest.raises(InputError, match="nothing was kept"):
        corpora.text("shakespeare")
    assert not (tmp_path / "cache").exists()


def test_offline(served):
    served["content"] = None
    with pytest.raises(InputError, match=r"no network.*save it as .*shakespeare\.txt"):
        corpora.text("shakespeare")


def test_enwik8_is_bytes_and_has_no_test_split(served, monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("enwik8", b"\xe9" * 96_000_000 + b"\xc3\xa9")
    served["content"] = packed.getvalue()
    digest = "sha256:" + hashlib.sha256(served["content"]).hexdigest()
    monkeypatch.setitem(corpora.DOWNLOADS, "enwik8.zip", ("https://example.org", digest))
    assert corpora.text("enwik8", "val") == "\xc3\xa9"
    with pytest.raises(InputError, match="no test split"):
        corpora.text("enwik8", "test")
