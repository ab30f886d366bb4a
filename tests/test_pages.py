"""Pages: wrapping, one hand, where rows stand on paper, and the files."""
import re
import xml.etree.ElementTree as ET

import keras
import numpy as np
import pytest

from mdn_utils import page_files, pages
from mdn_utils.data import simulated
from mdn_utils.data.words import X_HEIGHT
from mdn_utils.errors import InputError
from mdn_utils.networks import SynthesisNetwork
from mdn_utils.writing import Writer

SVG = "{http://www.w3.org/2000/svg}"


def row(text, seed=0, indent=0):
    """A row whose letters are as large as a network writes them."""
    strokes = simulated.write(text, simulated.Style(), seed)
    return pages.Row(indent, text, strokes * np.float32([X_HEIGHT, X_HEIGHT, 1]))


@pytest.mark.parametrize("text, columns, rows", [
    ("to be or not", 6, [(0, "to be"), (0, "or not")]),
    ("one\n\ntwo", 9, [(0, "one"), (0, ""), (0, "two")]),
    ("   indented words", 12, [(3, "indented"), (0, "words")]),
    ("a  b\n", 9, [(0, "a b")]),
    ("incomprehensible", 9, [(0, "incompreh"), (0, "ensible")]),
])
def test_wrapping_keeps_paragraphs_and_indents(text, columns, rows):
    assert pages.wrap(text, columns) == rows


def test_no_row_is_longer_than_asked_and_no_word_is_lost():
    text = "the quick brown fox jumps over the lazy dog " * 5
    rows = pages.wrap(text, 17)
    assert max(len(row) for _, row in rows) <= 17
    assert " ".join(row for _, row in rows) == text.strip()


def test_rows_stand_on_their_lines_whatever_letters_they_have():
    paper = pages.Paper("a4", margin=20, line_height=10)
    texts = ["gypsy", "hill", "", "mean"]
    rows = [row(text) if text else pages.Row(0, "", None) for text in texts]
    x_heights = []
    for number, one in enumerate(rows):
        if one.strokes is None:
            continue
        [sheet] = pages.lay_out([pages.Row(0, "", None)] * number + [one], paper)
        points = np.concatenate(sheet)
        baseline = 20 + (number + 0.75) * 10
        assert abs(points[:, 0].min() - 20) < 1
        # below the baseline only where letters reach down
        assert (points[:, 1].max() > baseline + 1) == (one.text == "gypsy")
        x_heights.append(baseline - points[:, 1].min())
    gypsy, hill, mean = x_heights
    assert hill > 1.5 * mean and abs(gypsy - mean) < 1.5


def test_a_full_sheet_is_followed_by_another():
    paper = pages.Paper("a4", margin=20, line_height=10)
    assert paper.rows == 25
    sheets = pages.lay_out([row("one")] * 26, paper)
    assert len(sheets) == 2 and len(sheets[0]) == 25 * len(sheets[1])


def test_what_is_too_wide_is_made_narrower():
    paper = pages.Paper("a4", margin=60, line_height=20)
    [sheet] = pages.lay_out([row("much too wide for that paper")], paper)
    assert np.concatenate(sheet)[:, 0].max() <= 210 - 60 + 1


def test_an_indent_moves_to_the_right():
    paper = pages.Paper()
    [plain], [moved] = (pages.lay_out([row("in", indent=n)], paper) for n in (0, 4))
    shift = np.concatenate(moved)[:, 0].min() - np.concatenate(plain)[:, 0].min()
    assert shift == pytest.approx(4 * paper.x_height)


@pytest.mark.parametrize("paper", [
    pages.Paper("a4", margin=120), pages.Paper("a4", line_height=0),
    pages.Paper("letter", margin=-1), pages.Paper("a4", line_height=400),
])
def test_paper_without_room_is_refused(paper):
    with pytest.raises(InputError, match="leave no room"):
        paper.check()


@pytest.fixture(scope="module")
def writer():
    keras.utils.set_random_seed(5)
    return Writer(SynthesisNetwork((12, 10), mixtures=3, gaussians=2))


def test_every_row_goes_on_from_the_same_primer(writer, monkeypatch):
    calls = []
    write = writer.write

    def note(text, seed=0, bias=0.0, primer=None, **options):
        calls.append((text, primer))
        return write(text, seed, bias, limit=40)

    monkeypatch.setattr(writer, "write", note)
    rows = pages.write_rows(writer, "some words here\n\nmore", pages.Paper(), seed=3)
    (sample, none), (texts, primer) = calls
    assert none is None and primer.text == sample
    assert texts == [row.text for row in rows if row.strokes is not None]


@pytest.mark.parametrize("text", ["", " \n ", "fine\nn\u00df"])
def test_what_cannot_be_written_is_refused(writer, text):
    with pytest.raises(InputError):
        pages.write_rows(writer, text, pages.Paper())


@pytest.fixture
def sheet():
    return pages.lay_out([row("hi."), row("page")], pages.Paper())[0]


def test_svg_is_in_millimetres_with_one_path_per_stroke_and_no_fill(sheet, tmp_path):
    page_files.save(tmp_path / "page.svg", [sheet], (210, 297), ink="navy", pen=0.4, title="a < b")
    root = ET.parse(tmp_path / "page.svg").getroot()
    assert (root.get("width"), root.get("height")) == ("210mm", "297mm")
    assert root.get("viewBox") == "0 0 210 297"
    assert len(root.findall(f".//{SVG}path")) == len(sheet)
    assert root.find(f"{SVG}title").text == "a < b"
    group = root.find(f"{SVG}g")
    assert group.get("fill") == "none" and group.get("stroke") == "#000080"
    assert {element.tag for element in root.iter()} == {SVG + tag for tag in ("svg", "title", "g", "path")}
    starts = [
        [float(value) for value in re.match(r"M(\S+) (\S+?)[Ch]", path.get("d")).groups()]
        for path in root.findall(f".//{SVG}path")
    ]
    np.testing.assert_allclose(starts, [stroke[0] for stroke in sheet], atol=0.006)


def test_an_animated_page_draws_stroke_after_stroke_without_scripts(sheet, tmp_path):
    page_files.save(tmp_path / "page.svg", [sheet], (210, 297), animate=True)
    root = ET.parse(tmp_path / "page.svg").getroot()
    assert not root.findall(f".//{SVG}script")
    begins, ends = [], []
    for path in root.findall(f".//{SVG}path"):
        moves = path.find(f"{SVG}animate")
        begins.append(float(moves.get("begin")[:-1]))
        ends.append(begins[-1] + float(moves.get("dur")[:-1]))
        assert moves.get("fill") == "freeze"
    assert len(begins) == len(sheet)
    assert all(after >= before - 0.011 for before, after in zip(ends, begins[1:]))


def test_plotter_software_takes_the_svg_as_it_is(sheet, tmp_path):
    import vpype

    page_files.save(tmp_path / "page.svg", [sheet], (210, 297))
    lines, width, height = vpype.read_svg(str(tmp_path / "page.svg"), quantization=0.1)
    assert len(lines) == len(sheet)
    millimetre = 96 / 25.4
    assert (width, height) == pytest.approx((210 * millimetre, 297 * millimetre), rel=1e-3)
    first = np.array([lines[0][0].real, lines[0][0].imag]) / millimetre
    np.testing.assert_allclose(first, sheet[0][0], atol=0.02)


@pytest.mark.parametrize("suffix, start", [(".pdf", b"%PDF"), (".png", b"\x89PNG")])
def test_pdf_and_png(sheet, tmp_path, suffix, start):
    path = tmp_path / f"page{suffix}"
    assert page_files.save(path, [sheet], (210, 297)) == [path]
    assert path.read_bytes().startswith(start)


def test_several_sheets_are_pages_of_a_pdf_and_files_of_anything_else(sheet, tmp_path):
    assert len(page_files.save(tmp_path / "a.pdf", [sheet, sheet], (210, 297))) == 1
    assert (tmp_path / "a.pdf").read_bytes().count(b"/Type /Page ") == 2
    names = [path.name for path in page_files.save(tmp_path / "a.svg", [sheet, sheet])]
    assert names == ["a.svg", "a-2.svg"]


@pytest.mark.parametrize("options, message", [
    ({"path": "page.gif"}, "ends in"), ({"ink": "bleu"}, "no colour"),
    ({"path": "page.png", "animate": True}, "only an SVG"),
])
def test_bad_options_end_in_a_sentence(sheet, tmp_path, options, message):
    path = tmp_path / options.pop("path", "page.svg")
    with pytest.raises(InputError, match=message):
        page_files.save(path, [sheet], (210, 297), **options)
