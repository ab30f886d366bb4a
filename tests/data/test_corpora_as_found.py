"""UNIPEN and IAM-OnDB as people have them: other levels, parts only, no lists."""
import warnings

import numpy as np
import pytest
from helpers import put

from mdn_utils.data import corpora, rows
from mdn_utils.data import unipen as unipen_reader
from mdn_utils.data.splits import SPLITS
from mdn_utils.errors import InputError

STROKES = ".COORD X Y\n.PEN_DOWN\n0 0\n2 5\n.PEN_UP\n.PEN_DOWN\n4 0\n4 6\n.PEN_UP\n"
XML = (
    '<W><StrokeSet><Stroke><Point x="1" y="10"/><Point x="4" y="30"/></Stroke></StrokeSet></W>'
)


@pytest.fixture
def unipen(tmp_path):
    (tmp_path / "include").mkdir()
    return tmp_path


@pytest.mark.parametrize("level", ["LINE", "SENTENCE", "PHRASE"])
def test_unipen_lines_are_taken_where_there_are_no_words(unipen, level):
    put(unipen / "data/8/me/a.dat", f'{STROKES}.SEGMENT {level} 0-1 OK "it is"\n')
    assert [line.text for line in unipen_reader._lines(unipen)] == ["it is"]
    put(unipen / "data/8/me/a.dat",
        f'{STROKES}.SEGMENT {level} 0-1 OK "it is"\n.SEGMENT WORD 0 OK "it"\n')
    assert [line.text for line in unipen_reader._lines(unipen)] == ["it"]


def test_unipen_needs_no_include_where_nothing_is_included(tmp_path):
    put(tmp_path / "data/8/me/a.dat", f'{STROKES}.SEGMENT WORD 0-1 OK "it"\n')
    assert len(list(unipen_reader.lines(tmp_path, unipen_reader._split("me")))) == 1
    put(tmp_path / "data/8/me/a.dat", '.INCLUDE me/b.dat\n.SEGMENT WORD 0-1 OK "it"\n')
    with pytest.raises(InputError, match="lacks data/ or include/"):
        unipen_reader.lines(tmp_path, "val")


def test_unipen_says_what_is_labelled_instead(unipen):
    put(unipen / "data/8/me/a.dat", f'{STROKES}.SEGMENT PAGE 0-1 OK "it is"\n')
    with pytest.warns(UserWarning, match="a.dat labels PAGE; expected .SEGMENT TEXT, WORD, LINE"):
        assert not list(unipen_reader._lines(unipen))


def test_unipen_names_the_file_that_is_missing(unipen):
    put(unipen / "data/8/me/a.dat", '.INCLUDE me/strokes.dat\n.SEGMENT WORD 0-1 OK "it"\n')
    with pytest.warns(UserWarning, match="0 components.*include/ lacks me/strokes.dat"):
        assert not list(unipen_reader._lines(unipen))


def test_a_sample_of_unipen_is_spread_over_writers(unipen):
    for writer in range(40):
        segments = "".join(f'.SEGMENT WORD 0-1 OK "{"it" * (k + 1)}"\n' for k in range(9))
        put(unipen / f"data/8/me/{writer:02}.dat", f".WRITER_ID w{writer}\n{STROKES}{segments}")
    whole = corpora.handwriting("unipen", "train", unipen)
    writers = {line.writer for line in whole}
    sample = corpora.handwriting("unipen", "train", unipen, count=len(writers))
    assert {line.writer for line in sample} == writers
    again = corpora.handwriting("unipen", "train", unipen, count=len(writers))
    assert [line.text for line in sample] == [line.text for line in again]
    assert len({line.text for line in sample}) > 3  # not everybody's first
    assert len(corpora.handwriting("unipen", "train", unipen, count=10**6)) == len(whole)


def test_rows_one_below_the_other():
    word = np.array([(0, 5.0), (1, 0), (2, 5), (3, 0)])
    line = [word + (4 * k, 0) for k in range(4)]
    assert not rows.has_rows(line)
    assert not rows.has_rows([stroke + (0, -3 * k) for k, stroke in enumerate(line)])  # it falls
    assert not rows.has_rows([*line, np.array([[9, 7.0], [9, 7.5]])])  # a late dot
    assert rows.has_rows([*line, *(stroke + (0, -9) for stroke in line)])
    assert not rows.has_rows([stroke + (0, -6 * k) for k, stroke in enumerate(line)])  # steeply
    assert rows.has_rows([*line[:2], line[0] + (4, -9)])  # back by less than half the width


@pytest.fixture
def iam(tmp_path):
    for text in range(20):
        for form in "ux":
            name = f"a01-{text:03}"
            put(tmp_path / f"ascii/a01/{name}/{name}{form}.txt", "CSR:\n\nA world\n\nof two\n")
            for number in (1, 2):
                put(tmp_path / f"lineStrokes/a01/{name}/{name}{form}-0{number}.xml", XML)
    return tmp_path


def test_iam_without_lists_is_split_by_text(iam):
    found = {}
    for split in SPLITS:
        with pytest.warns(UserWarning, match="no lists of forms.*its 40 forms are split by text"):
            found[split] = {line.writer for line in corpora.handwriting("iam", split, iam)}
    assert set(map(len, found.values())) == {32, 4}
    texts = [{form[:7] for form in forms} for forms in found.values()]
    assert sum(map(len, texts)) == len(set.union(*texts)) == 20


def test_iam_too_little_to_split(iam, tmp_path):
    (tmp_path / "lineStrokes/a01/a01-000").rename(tmp_path / "a01-000")
    for path in (tmp_path / "lineStrokes/a01").iterdir():
        path.rename(tmp_path / path.name)
    (tmp_path / "a01-000").rename(tmp_path / "lineStrokes/a01/a01-000")
    with pytest.raises(InputError, match="1 texts are too few to split without"):
        corpora.handwriting("iam", "val", iam)


def test_iam_counts_the_forms_that_are_not_there(iam):
    put(iam / "testset_v.txt", "a01-000u\na01-001u\n" + "\n".join(f"b01-{k:03}" for k in range(70)))
    with pytest.warns(UserWarning, match="70 of the 72 forms of this split have no strokes.*b01-000"):
        assert len(corpora.handwriting("iam", "val", iam)) == 4
    with pytest.raises(InputError, match="lacks testset_t.txt but has testset_v.txt"):
        corpora.handwriting("iam", "test", iam)


def test_an_empty_file_of_iam_is_counted(iam):
    put(iam / "lineStrokes/a01/a01-000/a01-000u-01.xml", "")
    put(iam / "testset_v.txt", "a01-000u")
    with pytest.warns(UserWarning, match="left out 1 .*a01-000u-01.xml is empty"):
        assert len(corpora.handwriting("iam", "val", iam)) == 1


def test_complete_iam_says_nothing(iam):
    put(iam / "testset_v.txt", "a01-000u")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(corpora.handwriting("iam", "val", iam)) == 2
