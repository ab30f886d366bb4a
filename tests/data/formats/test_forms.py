"""XML, tables and arrays: each form gives the strokes that were put into it, upright."""
import gzip
import io
import tracemalloc

import numpy as np
import pytest

from mdn_utils.data.formats import recording
from mdn_utils.data.line_files import load_lines
from mdn_utils.data.strokes import from_pen, to_pen
from mdn_utils.errors import InputError

PEN = [[[0, 0], [0, 4]], [[1, 0], [1, 5], [2, 5]]]  # y down
POINTS = [(x, y) for stroke in PEN for x, y in stroke]
XOPP = (
    '<xournal><page><layer><stroke tool="pen" width="1 2 3">0 0 0 4</stroke><stroke '
    'tool="highlighter">7 7 8 8</stroke><stroke>1 0 1 5 2 5</stroke></layer></page></xournal>'
)
INK = '<ink xmlns="http://www.w3.org/2003/InkML">{}</ink>'
IAM = "<WhiteboardCaptureSession><StrokeSet>{}</StrokeSet></WhiteboardCaptureSession>".format("".join(
    "<Stroke>" + "".join(f'<Point x="{x}" y="{y}" time="1"/>' for x, y in stroke) + "</Stroke>"
    for stroke in PEN
))
IN_THE_AIR = [(0, 0, 1), (0, 4, 1), (7, 7, 0), (8, 8, 0), (1, 0, 1), (1, 5, 1), (2, 5, 1)]


def table(rows, head="", separator=","):
    return (head + "\n".join(separator.join(map(str, row)) for row in rows)).encode()


def columns(*more):
    """Rows of x, y and what else there is."""
    return [(x, y, *others) for (x, y), *others in zip(POINTS, *more)]


def array(rows):
    file = io.BytesIO()
    np.save(file, np.array(rows, np.float32))
    return file.getvalue()


FORMS = {
    "a.xopp": gzip.compress(XOPP.encode(), mtime=0),
    "unpacked.xopp": XOPP.encode(),
    "a.inkml": INK.format("<trace>0 0, 0 4</trace><trace>1 0,1 5 ,2 5</trace>").encode(),
    "channels.inkml": INK.format(
        '<traceFormat><channel name="T"/><channel name="X"/><channel name="Y"/></traceFormat>'
        '<trace>5 0 0, 6 0 4</trace><trace type="penUp">7 9 9</trace>'
        "<trace>8 1 0,9 1 5 ,9 2 5</trace>"
    ).encode(),
    "differences.inkml": INK.format(
        "<trace>0 0, '0'4</trace><trace>1 0,'0'5,1 0</trace>"
    ).encode(),
    "second_differences.inkml": INK.format(
        "<trace>0 0,'0'4</trace><trace>1 0,'0'5,\"1\"-5</trace>"
    ).encode(),
    "a.xml": IAM.encode("utf-16"),
    "lifts.csv": table(columns([0, 1, 0, 0, 1]), "x,y,pen_up\n"),
    "starts.csv": table(columns([1, 0, 1, 0, 0]), "x,y,stroke_start_down\n"),
    "strokes.csv": table(columns([1, 1, 2, 2, 2]), "x;y;stroke\r\n", ";"),
    "down.tsv": table(IN_THE_AIR, "X (px)\tY (px)\tpenDown\n", "\t"),
    "air.csv": table([(x, y, 1 - pen) for x, y, pen in IN_THE_AIR], "x,y,penUp\n"),
    "pressure.csv": table([(x, y, .3 * pen) for x, y, pen in IN_THE_AIR], "x,y,pressure\n"),
    "no_names.csv": table(columns([0, 1, 0, 0, 1])),
    "pauses.csv": table(columns([0, 5, 400, 405, 410]), "x,y,t\n"),
    "blanks.txt": b"0 0\n0 4\n\n1 0\n1 5\n2 5\n",
    "a.svc": table(columns([0, 5, 400, 405, 410], [1] * 5, [9] * 5, [9] * 5, [9] * 5), "5\n", " "),
    "air.svc": table([(x, y, 5 * k, pen, 9) for k, (x, y, pen) in enumerate(IN_THE_AIR)], "7\n", " "),
    "comma.csv": b"x;y;stroke\n0,0;0,0;1\n0,0;4,0;1\n1,0;0;2\n1;5,0;2\n2;5;2\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_strokes(tmp_path, name):
    for path in (tmp_path / name, tmp_path / name.upper()):
        path.write_bytes(FORMS[name])
        (line,) = load_lines(path, need_text=False)
        assert [(stroke * (1, -1)).tolist() for stroke in to_pen(line.strokes)] == PEN
    with pytest.raises(InputError, match="a line needs a text.*data/README.md"):
        load_lines(path)


@pytest.mark.parametrize("rows", [
    from_pen(PEN),
    np.array(columns([0, 1, 0, 0, 1])) + (7, 7, 0),  # places of the pen
    np.array(columns([1, 0, 1, 0, 0])) + (7, 7, 0),  # flags where strokes start
])
def test_an_array_of_three_columns(tmp_path, rows):
    (tmp_path / "a.npy").write_bytes(array(rows))
    (line,) = load_lines(tmp_path / "a.npy", need_text=False)
    assert [stroke.tolist() for stroke in to_pen(line.strokes)] == PEN


def test_channels_without_an_x(tmp_path):
    channels = '<traceFormat><channel name="Y"/><channel name="T"/></traceFormat>'
    (tmp_path / "a.inkml").write_text(INK.format(f"{channels}<trace>0 0, 0 4</trace>"))
    assert len(load_lines(tmp_path / "a.inkml", need_text=False)[0].strokes) == 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name, content", [
    ("a.npy", np.array([[0, 0, 0], [np.longdouble("1e4000"), 1, 1]], np.longdouble)),
    ("a.svg", '<svg><path d="M0 0C1 1 2 2 3 3C4 4 5 5 1e999 6"/></svg>'),
    ("a.csv", "x,y\n1,2\n1e999,3"),
    ("a.json", "[[[0, 0], [1e999, 1]]]"),
    ("a.inkml", INK.format("<trace>0 0, 1e999 4</trace>")),
    ("a.xopp", "<xournal><page><stroke>0 0 1e999 4</stroke></page></xournal>"),
])
def test_numbers_beyond_all_bounds(tmp_path, name, content):
    if isinstance(content, str):
        (tmp_path / name).write_text(content)
    else:
        np.save(tmp_path / name, content)
    with pytest.raises(InputError, match="finite"):
        load_lines(tmp_path / name, need_text=False)


def test_differences_as_in_the_example_of_the_w3c(tmp_path):
    trace = "<trace>1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6,3 8</trace>"
    (tmp_path / "a.inkml").write_text(INK.format(trace))
    (line,) = load_lines(tmp_path / "a.inkml", need_text=False)
    moves = line.strokes[1:, :2] * (1, -1)
    assert moves.tolist() == [[23, 43], [30, 35], [33, 30], [40, 27], [46, 29], [52, 37], [55, 43],
                              [58, 51]]


def test_texts_that_files_tell(tmp_path):
    truth = '<annotation type="truth"> it\u2019s </annotation><trace>0 0, 0 4</trace>'
    (tmp_path / "a.inkml").write_text(INK.format(truth), "utf-8")
    assert load_lines(tmp_path / "a.inkml")[0].text == "it's"
    folder = tmp_path / "lineStrokes/a01/a01-000"
    folder.mkdir(parents=True)
    (folder / "a01-000u-02.xml").write_text(IAM)
    written = tmp_path / "ascii/a01/a01-000"
    written.mkdir(parents=True)
    (written / "a01-000u.txt").write_text("OCR:\nno\nno\nCSR:\n\nfirst line\n\nsecond line\n")
    assert load_lines(folder / "a01-000u-02.xml")[0].text == "second line"


def test_a_page_is_a_line(tmp_path):
    page = XOPP.removeprefix("<xournal>").removesuffix("</xournal>")
    (tmp_path / "a.xopp").write_text(f"<xournal>{page}<page/>{page}</xournal>")
    assert len(load_lines(tmp_path / "a.xopp", need_text=False)) == 2


@pytest.mark.parametrize("name, content, what", [
    ("a.rm", b"reMarkable .lines file, version=6" + bytes(20), "rmscene"),
    ("a.pkl", b"\x80\x04\x95", "not a form of pen strokes"),
    ("a.pdf", b"%PDF-1.7", "not a form of pen strokes"),
    ("a.html", b"<html/>", "XML of <html>; expected one of svg, ink"),
    ("a.inkml", INK.format("").encode(), "without a trace"),
    ("a.inkml", INK.format("<trace>1, 2</trace>").encode(), "the point '1'"),
    ("a.xopp", b"<xournal><page/></xournal>", "no page with strokes"),
    ("a.xopp", b"<xournal><page><stroke>1 2 3</stroke></page></xournal>", "pairs"),
    ("a.csv", b"", "found 0"),
    ("a.csv", b"x,y\n1,2\n3,four", "line 3 is '3,four'"),
    ("a.csv", b"x,y\n1,2\n3,4,5", "different numbers"),
    ("a.csv", b"x,y\n1,2\n3,nan", "finite"),
    ("a.csv", b"a,b\n1,2\n3,4", "the columns are a, b; expected x and y"),
    ("a.npy", array([[0, 0], [1, 1]]), r"shape \(2, 2\); expected \(T, 3\)"),
    ("a.npy", array([[0, 0, 5], [1, 1, 0]]), "0 or 1"),
    ("a.npy", array([[0, 0, 0], [np.nan, 1, 0]]), "finite"),
    ("a.json.gz", gzip.compress(b"{}", mtime=0)[:-9], "no strokes|broken"),
    ("a.json", b"\x1f\x8b\x08broken", "broken gzip"),
])
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, content, what):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=what) as told:
        load_lines(tmp_path / name, need_text=False)
    assert "\n" not in str(told.value) and len(str(told.value)) < 400


def test_nothing_is_unpickled(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}], object))
    with pytest.raises(InputError, match=r"object \(1,\)"):
        load_lines(tmp_path / "a.npy", need_text=False)


def test_large_promises_take_no_memory(tmp_path, monkeypatch):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 3)}
    )
    (tmp_path / "a.npy").write_bytes(file.getvalue())
    with pytest.raises(InputError, match=r"float64 \(1000000000000, 3\)"):
        load_lines(tmp_path / "a.npy", need_text=False)
    monkeypatch.setattr(recording, "LARGEST", 10**6)
    (tmp_path / "a.xopp").write_bytes(gzip.compress(bytes(10**8)))
    tracemalloc.start()
    with pytest.raises(InputError, match="unpacks to more"):
        load_lines(tmp_path / "a.xopp", need_text=False)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10**7


def test_one_stroke_for_a_whole_line_is_cut_at_its_jumps(tmp_path):
    points = "\n".join(f"{x},0" for x in [*range(20), *range(40, 60)])
    (tmp_path / "a.csv").write_text(f"x,y\n{points}\n")
    assert len(to_pen(load_lines(tmp_path / "a.csv", need_text=False)[0].strokes)) == 1
    points = [[[x, 0] for x in [*range(20), *range(40, 60)]]]
    (tmp_path / "a.json").write_text(f'{{"text": "two words", "strokes": {points}}}')
    with pytest.warns(UserWarning, match="one stroke for several words.*cut at 1 long"):
        (line,) = load_lines(tmp_path / "a.json")
    assert len(to_pen(line.strokes)) == 2


def test_a_page_of_a_remarkable(tmp_path):
    rmscene = pytest.importorskip("rmscene")
    from rmscene import scene_items
    from rmscene.crdt_sequence import CrdtSequenceItem

    def block(points, tool):
        points = [scene_items.Point(float(x), float(y), 0, 0, 4, 100) for x, y in points]
        line = scene_items.Line(scene_items.PenColor.BLACK, tool, points, 1.0, 0.0)
        nobody = rmscene.CrdtId(0, 0)
        item = CrdtSequenceItem(rmscene.CrdtId(1, 14), nobody, nobody, 0, line)
        return rmscene.SceneLineItemBlock(rmscene.CrdtId(0, 11), item)

    pen, highlighter = scene_items.Pen.FINELINER_2, scene_items.Pen.HIGHLIGHTER_2
    with open(tmp_path / "a.rm", "wb") as file:
        rmscene.write_blocks(
            file, [block(PEN[0], pen), block([(7, 7), (8, 8)], highlighter), block(PEN[1], pen)]
        )
    (line,) = load_lines(tmp_path / "a.rm", need_text=False)
    assert [(stroke * (1, -1)).tolist() for stroke in to_pen(line.strokes)] == PEN
    content = (tmp_path / "a.rm").read_bytes()
    (tmp_path / "a.rm").write_bytes(content[:-30])
    with pytest.raises(InputError, match="rmscene can't read"):
        load_lines(tmp_path / "a.rm", need_text=False)
