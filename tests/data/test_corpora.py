"""Corpora: tiny trees in the original formats, and whatever bytes a reader may find in their place."""

import json
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from helpers import lines_or_input_error, put, some_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from mdn_utils.data import corpora, line_files, simulated
from mdn_utils.data import unipen as unipen_reader
from mdn_utils.data.splits import SPLITS
from mdn_utils.data.strokes import positions, to_pen
from mdn_utils.errors import InputError

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the UNIPEN files are not on this machine"
)


# IAM-OnDB
XML = (
    '<?xml version="1.0"?>\n<WhiteboardCaptureSession><StrokeSet>\n<Stroke><Point x="1" y="10" time="0"/>'
    '<Point x="4" y="30" time="1"/></Stroke>\n<Stroke><Point x="9" y="10" time="2"/></Stroke></StrokeSet>'
    "</WhiteboardCaptureSession>"
)


@pytest.fixture
def iam(tmp_path):
    forms = {
        "trainset.txt": "a01-000u",
        "testset_f.txt": "b02-001z",
        "testset_v.txt": "c03-002",
        "testset_t.txt": "d04-003",
    }
    for name, form in forms.items():
        put(tmp_path / name, f" {form}\n")
        put(
            tmp_path / f"ascii/{form[:3]}/{form[:7]}/{form}.txt",
            "OCR:\n\nA wor1d\n\nCSR:\n\n A world\n\nof two\n",
        )
        for number in (1, 2):
            put(tmp_path / f"lineStrokes/{form[:3]}/{form[:7]}/{form}-0{number}.xml", XML)
    put(
        tmp_path / "original/a01/a01-000/strokesu.xml",
        '<S><General><Form id="a01-000u" writerID="10017"/></General></S>',
    )
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
@pytest.mark.parametrize(
    "broken",
    [
        XML[:150],
        XML.replace('x="4"', ""),
        XML.replace('x="4"', 'x="four"'),
        XML.replace('x="4"', 'x="nan"'),
        XML.replace('x="4"', 'x="1e300"'),
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><a>&a;</a>',
        '<?xml version="1.0" encoding="nonsense"?><a/>',
    ],
)
def test_iam_broken_xml_names_the_file(iam, broken):
    put(iam / "lineStrokes/a01/a01-000/a01-000u-02.xml", broken)
    with pytest.raises(InputError, match=r"a01-000u-02\.xml"):
        corpora.handwriting("iam", "train", iam)


def test_iam_bombs_are_refused_where_the_writer_is_looked_up_too(iam):
    put(
        iam / "original/a01/a01-000/strokesu.xml",
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>',
    )
    with pytest.raises(InputError, match=r"strokesu\.xml: broken XML"):
        corpora.handwriting("iam", "train", iam)


def test_iam_a_folder_in_the_place_of_a_file(iam):
    (iam / "trainset.txt").unlink()
    (iam / "trainset.txt").mkdir()
    with pytest.raises(InputError, match=r"iam: .*trainset\.txt"):
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
PEN = (
    ".COMMENT .PEN_DOWN here is prose\n.COORD T X Y\n.WRITER_ID {writer}\n.PEN_DOWN\n0 0 0\n1 2 5\n.PEN_UP\n0 3 3\n"
    ".PEN_DOWN\n0 4 0\n1 4 6\n2 4 7\n.PEN_UP\n.DT 10\n.PEN_DOWN\n0 8 0\n1 9 -1\n.PEN_UP\n"
)
SEGMENTS = (
    ".VERSION 1.0\n.INCLUDE xyz/absent.lex\n.INCLUDE xyz/data/{writer}.dat\n"
    '.SEGMENT TEXT 0-3 ? "say \\"hi\\" \\\\"\n.SEGMENT WORD 2 OK "one"\n.SEGMENT WORD 0,3 "two"\n'
    '.SEGMENT WORD 2:1-3:0 ? "part"\n.SEGMENT CHARACTER 0 ? "c"\n'
)


@pytest.fixture
def unipen(tmp_path):
    for number in range(40):
        put(tmp_path / f"include/xyz/data/w{number}.dat", PEN.format(writer=f"w{number}"))
        put(tmp_path / f"data/8/xyz/w{number}.dat", SEGMENTS.format(writer=f"w{number}"))
    return tmp_path


def test_unipen(unipen):
    found = {split: corpora.handwriting("unipen", split, unipen) for split in SPLITS}
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
        "part": [[[0, 0], [0, 1]], [[4, -6]]],
    }


def test_unipen_leaves_out_and_says_so(unipen):
    put(unipen / "include/xyz/data/w0.dat", PEN.format(writer="?"))
    whole = list(unipen_reader._lines(unipen))
    assert {line.writer for line in whole} == {"xyz"} | {
        f"xyz/xyz/w{number}" for number in range(1, 40)
    }
    put(unipen / "data/8/lex/w0.dat", SEGMENTS.format(writer="w0"))  # misaligned contributor
    put(unipen / "data/7/xyz/w0.dat", SEGMENTS.format(writer="w0"))  # the same segments again
    put(
        unipen / "data/6/xyz/a.dat",
        '.INCLUDE xyz/data/w0.dat\n.SEGMENT WORD 0-4 ? "far"\n.SEGMENT WORD 1 ? "up"\n',
    )
    put(unipen / "data/6/xyz/b.dat", ".PEN_DOWN\n1 2 3\n")
    put(
        unipen / "data/6/xyz/c.dat",
        '.PEN_DOWN\n0 0\n9 0\n.PEN_DOWN\n0 -9\n9 -9\n.SEGMENT TEXT 0-1 ? "two rows"\n',
    )
    put(unipen / "data/6/xyz/d.dat", ".INCLUDE ../data/8/xyz/w1.dat\n")  # outside include/
    with pytest.warns(UserWarning, match="left out 4") as told:
        assert len(list(unipen_reader._lines(unipen))) == len(whole)
    assert len(told) == 1
    assert "'0-4' is no range of the 4 components" in str(told[0].message)


def test_unipen_half_there(unipen):
    (unipen / "include").rename(unipen / "elsewhere")
    with pytest.raises(InputError, match=r"lacks data/ or include/.*data/README.md"):
        corpora.handwriting("unipen", "train", unipen)


def test_unipen_includes_in_a_circle_end(unipen):
    put(
        unipen / "include/xyz/data/w0.dat",
        ".INCLUDE xyz/data/w0.dat\n" * 9 + PEN.format(writer="w0"),
    )
    components, segments, writer, _ = unipen_reader._read_file(
        unipen / "data/8/xyz/w0.dat", unipen / "include"
    )
    assert (len(components), len(segments), writer) == (4, 4, "w0")


@pytest.mark.parametrize(
    "segment",
    [
        ".SEGMENT WORD " + 300_000 * "1",  # no label: nothing to find, however the digits are split
        ".SEGMENT WORD " + 50_000 * "0-3," + '0 ? "many"',
    ],
    ids=["digits", "spans"],
)
def test_unipen_a_long_segment_takes_no_time(unipen, segment):
    put(unipen / "data/8/xyz/w0.dat", f".INCLUDE xyz/data/w0.dat\n{segment}\n")
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert len(list(unipen_reader._lines(unipen))) == 39 * 4
    assert time.perf_counter() - start < 10


def test_unipen_includes_a_thousand_deep(unipen):
    for depth in range(1100):
        put(unipen / f"include/deep/{depth}", f".INCLUDE deep/{depth + 1}\n")
    put(unipen / "data/8/xyz/deep.dat", ".INCLUDE deep/0\n")
    with pytest.warns(UserWarning, match="left out 1 .*more than 100 files"):
        assert len(list(unipen_reader._lines(unipen))) == 40 * 4


@needs_shared
def test_unipen_original_files_hold_the_lines_that_others_read_there():
    with warnings.catch_warnings(record=True):
        original = corpora.handwriting("unipen", "train", SHARED / "unipen_raw_sample")
    packed = {
        line.text: line
        for line in line_files.load_lines(SHARED / "unipen_lines_train.npz")
        if line.writer == "aga/aga/crlmtchl"
    }
    lines = [line for line in original if line.writer == "aga/aga/crlmtchl"]
    assert len(lines) == 46
    for line in lines:
        shape, expected = positions(line.strokes), positions(packed[line.text].strokes)
        assert np.abs(shape * 700 / np.ptp(shape[:, 1]) - expected).max() < 3


@needs_shared
def test_packed_unipen():
    train, val = (corpora.handwriting("unipen", split, SHARED) for split in ("train", "val"))
    # 268 lines of training are on the list of wrong labels
    assert (len(train), len(val)) == (48_213 + 5_337 - 268, 7_095 + 522)
    assert not {line.writer for line in train} & {line.writer for line in val}
    assert all(line.strokes[0, :2].tolist() == [0, 0] and line.strokes[-1, 2] == 1 for line in val)
    with pytest.raises(InputError, match="the splits there are train and val"):
        corpora.handwriting("unipen", "test", SHARED)


# One's own lines
@pytest.mark.parametrize(
    "who", [lambda number: "me", lambda number: f"w{number // 5}"], ids=["one writer", "many"]
)
def test_splits_of_ones_own_lines(tmp_path, who):
    line_files.save_lines(tmp_path / "a.npz", some_lines(40, who))
    parts = [corpora.handwriting(tmp_path / "a.npz", split) for split in SPLITS]
    texts = [{line.text for line in part} for part in parts]
    assert all(texts)
    assert sum(map(len, parts)) == len(set.union(*texts)) == 40
    assert [line.text for line in parts[1]] == [
        line.text for line in corpora.handwriting(tmp_path / "a.npz", "val")
    ]
    if who(0) != who(39):
        names = [{line.writer for line in part} for part in parts]
        assert sum(map(len, names)) == len(set.union(*names))


def test_a_writer_may_have_any_name(tmp_path):
    items = [
        {"text": "a", "writer": who, "strokes": [[[0, 0], [1, 1]]]} for who in ("\ud800", "", "ä")
    ]
    path = put(tmp_path / "a.json", json.dumps({"lines": items}))
    assert sum(len(corpora.handwriting(path, split)) for split in SPLITS) == 3


# Any bytes
like_unipen = st.lists(
    st.sampled_from(
        [
            "\n.PEN_DOWN",
            "\n.PEN_UP",
            "\n.COORD X Y",
            "\n.COORD Y",
            "\n.INCLUDE a",
            "\n.INCLUDE ..",
            "\n.INCLUDE \0",
            "\n.SEGMENT WORD",
            "\n.SEGMENT TEXT",
            "0-1",
            "0:1-1",
            "0",
            "1-0",
            "0,",
            "?",
            '"a b"',
            '"',
            "\\",
            "\n1 2",
            "\n3 4",
            "\nnan 1e999",
            "-1e308",
            "\n.WRITER_ID",
            "\n",
            "\n.",
        ]
    )
).map(lambda parts: " ".join(parts).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary() | like_unipen, st.binary() | like_unipen)
def test_any_unipen(tmp_path_factory, segments, included):
    root = tmp_path_factory.getbasetemp() / "any_unipen"
    put(root / "data/8/xyz/a.dat", segments)
    put(root / "include/a", included)
    lines_or_input_error(lambda: corpora.handwriting("unipen", "train", root))


# Asking wrongly
@pytest.mark.parametrize(
    "arguments, told",
    [
        (("simulated", "training"), "choose one of train, val, test"),
        (("imaginary",), "choose simulated, iam, unipen"),
        (("no/such.json",), "no such file"),
        (("simulated", "train", None, 0), "at least 1"),
    ],
)
def test_asking_wrongly(arguments, told):
    with pytest.raises(InputError, match=told):
        corpora.handwriting(*arguments)


def test_simulated_is_what_writers_make(monkeypatch):
    monkeypatch.setattr(simulated, "lines", lambda count, split="train", seed=0: [count, split])
    assert corpora.handwriting("simulated") == [10_000, "train"]
    assert corpora.handwriting("simulated", "val", count=3) == [3, "val"]
