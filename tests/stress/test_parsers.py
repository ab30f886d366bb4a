"""Spoilt input for everything that reads: each ends in time, in a right result or in one sentence, and writes nowhere.

A few bytes, the recipe, say which valid file to take and how to spoil it. Recipes are drawn at random, the same ones
every time. Where Atheris is installed it looks for recipes that reach new lines of the code, for example

    python tests/stress/test_parsers.py unipen -runs=100000
"""

import contextlib
import functools
import gzip
import hashlib
import io
import json
import os
import random
import re
import signal
import sys
import tempfile
import warnings
from pathlib import Path
from typing import NamedTuple
from unittest import mock
from xml.etree import ElementTree

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pytest
from helpers import put

from mdn_utils import drawing, evaluation, networks, training, writing
from mdn_utils import weights as weight_files
from mdn_utils.__main__ import main
from mdn_utils.data import (
    alphabet,
    corpora,
    line_files,
    pasted,
    prepare,
    simulated,
    strokes,
    texts,
)
from mdn_utils.data import unipen as unipen_reader
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError


class Reader(NamedTuple):
    read: object  # from bytes; raises InputError, or AssertionError where a result is not right
    valid: list  # bytes, what to spoil
    words: list  # bytes that mean something to the reader


def spoilt(reader, recipe):
    """A valid input after the edits in the recipe: a byte to choose it, then five for each edit."""
    content = reader.valid[recipe[0] % len(reader.valid)] if recipe else b""
    words = [
        *reader.words,
        b"",
        b"\0",
        b"\xff",
        b"-1",
        b"1e999",
        b"99999999999999999999",
        b"nan",
        b"\xed\xa0\x80",
    ]
    for what, high, low, length, choice in zip(*[iter(recipe[1:])] * 5):
        start = (256 * high + low) * (len(content) + 1) // 65536
        stop = start + length % 32
        piece = [
            bytes([choice]),
            words[choice % len(words)],
            content[start:stop] * (choice % 8),
            content[length * len(content) // 256 :][:choice],
        ][what % 4]
        content = (
            content[:start]
            + piece
            + content[[start, start + 1, stop, len(content)][what // 4 % 4] :]
        )
    return content


class Hang(BaseException):
    """Reading took longer than a minute of the processor's time."""


HOME, ELSEWHERE = (
    [],
    [],
)  # where files may be written at present, and those that were written elsewhere


def _watch(event, arguments):
    """Python tells here of all that it opens, moves and makes."""
    if HOME and (
        event in ("os.rename", "os.mkdir")
        or event == "open"
        and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    ):
        path = os.path.realpath(os.fsdecode(arguments[event == "os.rename"]))
        if not path.startswith(HOME[0]) and path != os.devnull and "__pycache__" not in path:
            ELSEWHERE.append((event, path))


sys.addaudithook(_watch)


def lawful(call, folder):
    """Whether `call` raises InputError, of one sentence: nothing else may be raised, nor files leave `folder`."""

    def hang(*_):
        raise Hang

    HOME.append(str(folder))
    signal.signal(signal.SIGPROF, hang)
    signal.setitimer(signal.ITIMER_PROF, 60)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            call()
    except InputError as error:
        assert not ELSEWHERE and str(error) and "\n" not in str(error), str(error)
        return True
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        HOME.clear()
    assert not ELSEWHERE, ELSEWHERE
    return False


def checked(lines):
    """Lines as anything in the course may rely on them, also once they are normalised."""
    assert lines
    for line in lines:
        assert (
            strokes.check(line.strokes).dtype == np.float32
            and line.text.strip()
            and isinstance(line.writer, str)
        )
        with contextlib.suppress(InputError):
            strokes.check(prepare.normalise(line).strokes)
    return lines


# The readers; each finds its files below `root`

PEN = [[(0, 0), (3, 9), (6, 1)], [(9, 4)], [(8, 2), (8, 7)]]  # y up


def xml(pen=PEN):
    """The file of a line in IAM-OnDB, where y is down."""
    inner = "".join(
        "<Stroke>"
        + "".join(f'<Point x="{x}" y="{-y}" time="0.{n}"/>' for n, (x, y) in enumerate(stroke))
        + "</Stroke>\n"
        for stroke in pen
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<WhiteboardCaptureSession><StrokeSet>\n'
        f"{inner}</StrokeSet></WhiteboardCaptureSession>\n"
    )


XML_WORDS = [
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b'<!DOCTYPE a SYSTEM "file:///dev/zero">',
    b"&b;",
    b"&#0;",
    b"&#xD800;",
    b"<Stroke>",
    b"</Stroke>",
    b"<Stroke/>",
    b"<Point/>",
    b'x="',
    b'"',
    b"]]>",
    b"<![CDATA[",
    b"<?",
    b"<!--",
    b"utf-16",
    b"utf-7",
    b"hex",
    b"idna",
    b"\xef\xbb\xbf",
    b"Point",
    b"<a " + b"b" * 999,
    b"<a>" * 5000,
]


def iam(root, name):
    """Reads the split "val" of a form of two lines, of which the file `name` is spoilt; no line may be lost."""
    folder = root / f"iam {name}"
    form = {
        "list": folder / "testset_v.txt",
        "transcript": folder / "ascii/c03/c03-002/c03-002.txt",
        "strokes": folder / "lineStrokes/c03/c03-002/c03-002-01.xml",
        "writer": folder / "original/c03/c03-002/strokes.xml",
    }
    text = "OCR:\n\nA wor1d\n\nCSR:\n\n A world\n\nof two\n"
    put(form["list"], "c03-002\n")
    put(form["transcript"], text)
    put(form["strokes"], xml())
    put(folder / "lineStrokes/c03/c03-002/c03-002-02.xml", xml())
    put(form["writer"], '<S><General><Form id="c03-002" writerID="10017"/></General></S>')

    def read(content):
        put(form[name], content)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", UserWarning)
            found = len(checked(corpora.handwriting("iam", "val", folder)))
        counts = [re.search(r"left out (\d+)", str(warning.message)) for warning in told]
        left_out = sum(int(count[1]) for count in counts if count)
        if name == "list":
            assert found + left_out == 2 * content.decode("latin-1").split().count("c03-002")
        elif name == "transcript":
            written = re.split("[\r\n]", content.decode("latin-1").partition("CSR:")[2])
            assert found + left_out == max(2, sum(bool(line.strip()) for line in written))
        else:
            assert found + left_out == 2

    valid = {
        "list": [b"c03-002\n", b"c03-002\r\n\r\nc03-002"],
        "transcript": [text.encode(), b"CSR:\none\ntwo\nthree"],
        "strokes": [xml().encode(), xml(PEN[:1]).encode()],
        "writer": [form["writer"].read_bytes()],
    }
    words = {
        "list": [b"../../etc/passwd", b"a01-000u", b"\x85", b"\xa0", b"c03-002"],
        "transcript": [b"CSR:", b"OCR:", b"\r", b"\n", b"\n\n", b"\x85", b"\xa0", b"\x0c"],
        "strokes": XML_WORDS,
        "writer": XML_WORDS + [b"Form", b"writerID"],
    }
    return Reader(read, valid[name], words[name])


def unipen(root):
    folder = root / "unipen"
    included = ".COORD T X Y\n.WRITER_ID w\n.PEN_DOWN\n0 0 0\n1 2 5\n.PEN_UP\n0 3 3\n.PEN_DOWN\n0 4 0\n1 4 6\n"
    segments = (
        '.INCLUDE a/b.dat\n.SEGMENT TEXT 0-2 ? "say \\"hi\\" \\\\"\n.SEGMENT WORD 0,2 OK "one"\n'
        '.SEGMENT WORD 0:0-2:1 ? "part"\n.SEGMENT CHARACTER 0 ? "c"\n'
    )

    def read(content):
        first, _, second = content.partition(
            b"~"
        )  # the file of segments and the one that it includes
        put(folder / "data/8/xyz/w.dat", first)
        put(folder / "include/a/b.dat", second)
        found = list(unipen_reader._lines(folder))  # all splits at once
        assert len(found) <= first.count(b"SEGMENT") + second.count(b"SEGMENT")
        if not found:
            raise InputError("all left out")
        checked(found)

    words = [
        b"\n.PEN_DOWN\n",
        b"\n.PEN_UP\n",
        b"\n.COORD X Y\n",
        b"\n.COORD\n",
        b"\n.INCLUDE a/b.dat\n",
        b"~",
        b'"',
        b"\n.INCLUDE ../../../unipen/data/8/xyz/w.dat\n",
        b"\n.SEGMENT WORD ",
        b"0-1",
        b"0:1-1:0",
        b"2-0",
        b",",
        b"\\",
        b"\n.WRITER_ID ",
        b"\n.",
        b"1 2 3\n",
        b"\n.INCLUDE /etc/passwd\n",
        b"\n.INCLUDE " + b"a" * 300,
    ]
    return Reader(
        read, [f"{segments}~{included}".encode(), f"{included}{segments}~".encode()], words
    )


def own(root, suffix):
    """Lines of one's own, in a .json or an .npz."""
    path = root / f"own{suffix}"
    lines = [
        Line(strokes.from_pen(list(map(np.array, PEN))), text, "wé")
        for text in ("one", "two \U0001f58b")
    ]
    line_files.save_lines(path, lines)
    valid = [path.read_bytes()]
    if suffix == ".json":
        valid.append(
            b'{"y": "down", "lines": [{"text": "L", "writer": "me", "strokes": [[[0, 0], [0, 9]]]}]}'
        )
        words = [
            b'"lines": ',
            b'"strokes": ',
            b"[",
            b"]",
            b"[[[0, 0], [1, 1]]]",
            b"{}",
            b'"',
            b"null",
            b"true",
            b", ",
            b"[" * 3000,
            b"NaN",
            b"-Infinity",
            b"1e-320",
            b"3.4e38",
            b'"y": "down", ',
            b"\\ud800",
            b"\\",
        ]
    else:
        loose = io.BytesIO()
        np.savez(loose, **np.load(path))  # not compressed: edits meet the arrays themselves
        valid.append(loose.getvalue())
        words = [
            b"PK\x01\x02",
            b"PK\x03\x04",
            b"PK\x05\x06",
            b"\x93NUMPY\x01\x00",
            b"|O",
            b"<f8",
            b"<i8",
            b"|b1",
            b"<U9",
            b"'shape': (2, 2)",
            b"'shape': (99999999999, 2)",
            b"True",
            b"\xff" * 8,
            b"\0" * 8,
            b"points.npy",
            b".npy",
        ]

    def read(content):
        checked(line_files.load_lines(put(path, content)))

    return Reader(read, valid, words)


def form(root, name, valid, words):
    """A file of another form, which may say nothing of what is written."""
    path = root / name

    def read(content):
        lines = line_files.load_lines(put(path, content), need_text=False)
        checked([line._replace(text=line.text or "?") for line in lines])

    return Reader(read, valid, words)


def from_svg(root):
    valid = [
        drawing.svg(strokes.from_pen(list(map(np.array, PEN))), "one <line>").encode(),
        b'<svg xmlns="http://www.w3.org/2000/svg"><g transform="matrix(.3,0,0,.3,1,2)"><path '
        b'style="stroke:#000" d="m 0,1 2 .5 -1 4 Q3 4 5 6 A 1 2 30 0 1 7 8 z"/></g><g '
        b'transform="rotate(9)"><polyline points="1,2 3,4"/><circle cx="1" cy="2"/></g></svg>',
    ]
    words = [*XML_WORDS, b"<path d='", b"<g transform='scale(1e300)'>", b"translate(", b"rotate(",
             b"skewX(90)", b"M", b"c", b"a 0 0 0 0 0 0 0", b"S", b"T", b"z", b"1e308", b"NaN", b"%",
             b"px", b"<use href='#a'/>", b"url(file:///etc/passwd)", b"display:none", b",", b" -."]
    return form(root, "a.svg", valid, words)


def from_inkml(root):
    valid = [
        b'<ink><annotation type="truth">one</annotation><trace>1 2, 3 4</trace><trace>5 6</trace></ink>',
        b'<ink xmlns="http://www.w3.org/2003/InkML"><traceFormat><channel name="T"/><channel '
        b'name="X"/><channel name="Y"/></traceFormat><trace>0 1 2, \'1\'2\'3, 4 -5 6, "7"8"9, 1 2 3'
        b"</trace></ink>",
    ]
    words = [*XML_WORDS, b"<trace>", b"</trace>", b"<channel name='X'/>", b"<channel name='Y'/>",
             b"'", b'"', b"!", b"*", b"?", b"T", b",", b", 1 2", b"1e308 1e308", b"#a"]
    return form(root, "a.inkml", valid, words)


def from_xopp(root):
    page = (
        b'<?xml version="1.0"?><xournal><page><layer><stroke tool="pen" width="1 2">0 0 0 4 1 5'
        b'</stroke><stroke>3 4</stroke></layer></page><page/></xournal>'
    )
    return form(root, "a.xopp", [page, gzip.compress(page, mtime=0)],
                [*XML_WORDS, b"<page>", b"<stroke>", b"</stroke>", b"\x1f\x8b\x08", b" 1 2"])


def from_table(root):
    valid = [
        b"x,y,t,pen\n0,0,0,1\n0,4,5,1\n9,9,9,0\n1,0,12,1\n1,5,17,1\n",
        b"5\n0 0 0 1 9 9 9\n0 4 5 1 9 9 9\n1 0 400 1 9 9 9\n1 5 405 1 9 9 9\n",
        "x;y;stroke\n0,5;1;1\n0,5;2;1\n1;1;2\n".encode("utf-16"),
    ]
    words = [b",", b";", b"\t", b"\n", b"\n\n", b"x", b"y", b"pen", b"stroke", b"penUp", b"dx", b"#",
             b"1e308", b"-inf", b"0", b"1", b"\r", b"\xe2\x80\xa8", b'"', b"1_0", b",,,,"]
    return form(root, "a.csv", valid, words)


def from_array(root):
    valid = []
    for dtype in ("<f4", "<f8", "<i8", "|u1"):
        file = io.BytesIO()
        np.save(file, np.abs(strokes.from_pen(list(map(np.array, PEN)))).astype(dtype))
        valid.append(file.getvalue())
    words = [b"\x93NUMPY\x01\x00", b"\x93NUMPY\x02\x00", b"|O", b"<f8", b"|b1", b"<U9", b"<M8[s]",
             b"(2, 3)", b"(99999999999, 3)", b"True", b"\xff" * 8, b"\0" * 8, b"{", b"}", b"[" * 99]
    return form(root, "a.npy", valid, words)


def from_json(root):
    """What pads and data sets of drawings write."""
    point = {"x": 0, "y": 1.5, "time": 17}
    documents = [
        [{"penColor": "black", "points": [point, {**point, "x": 3}]}],
        {"word": "one", "drawing": [[[0, 1], [2, 3], [0, 9]], [[5, 6, 7, 8, 9], [0, 1, 2, 3, 4]]]},
        [[[0, 0, 1], [3, 4, 2]], [[5, 5, 3]]],
        [{"text": "a", "strokes": [[{"x": 1, "y": 2}, {"x": 3, "y": 4}]], "hz": 200}],
    ]
    valid = [json.dumps(document).encode() for document in documents]
    valid.append(valid[1] + b"\n" + valid[1])
    words = [b"[", b"]", b"{", b"}", b'"points": ', b'"x": ', b'"strokes": ', b'"ink": ', b"null", b"[]",
             b'"', b", ", b"\n", b"NaN", b"1e308", b"true", b"[" * 3000, b'"y": "down", ', b"\x1f\x8b"]
    return form(root, "a.ndjson", valid, words)


def paste(root):
    """Texts from anywhere: what comes of them can be written, or the error names it."""
    def read(content):
        typed = content.decode("utf-8", ("replace", "surrogateescape")[len(content) % 2])
        replaced = pasted.replace_unknown(typed)
        assert pasted.clean(replaced) == replaced
        letters, marks = pasted.letters_and_marks(typed)
        alphabet.encode(letters)
        assert len(letters) == len(pasted.clean(typed)) and all(letters[place] for place in marks)

    words = [
        word.encode() for word in (
            "\u00e9", "e\u0301", "\u0301", "\u0327\u0308", "\u2019", "\u2026", "\u2014", "\u00a0", "\t", "\r\n",
            "\u00df", "\u1ebf", "\ufb01", "\u200d", "\u0130", "\u00bd", "\u00b4", "\uac00", "\u2028",
        )
    ]
    return Reader(read, [b"You know nothing", "D\u00e9j\u00e0 vu \u2013 \u00dcbung".encode(), b"  a  b "], words)


def weights(root, name):
    """A network of 4 cells: the record beside its weights, or the weights under a record that fits them."""
    path = root / f"{name}/a.weights.h5"
    weight_files.save(networks.TextNetwork((4,)), path, command="a")
    data, record = path.read_bytes(), json.loads(weight_files.record_path(path).read_bytes())

    def read(content):
        if name == "record":
            put(weight_files.record_path(path), content)
        else:
            put(path, content)
            record["sha256"] = hashlib.sha256(content).hexdigest()
            put(weight_files.record_path(path), json.dumps(record))
        assert isinstance(weight_files.load(path), networks.SkipNetwork)

    if name == "weights":
        return Reader(
            read, [data], [b"\x89HDF\r\n\x1a\n", b"TREE", b"SNOD", b"HEAP", b"OHDR", b"\xff" * 8]
        )
    return Reader(
        read,
        [json.dumps(record).encode()],
        [
            b'"units": ',
            b"[4]",
            b"[4, 4]",
            b"[4.5]",
            b'"text"',
            b'"synthesis"',
            b"true",
            b"null",
            b"{",
            b"}",
            b"[",
            b"]",
            b'"',
            b", ",
            b": ",
            b"[" * 3000,
            b'"network": ',
            b"16",
        ],
    )


def text(root):
    def read(content):
        typed = content.decode("utf-8", ("replace", "surrogateescape")[len(content) % 2])
        numbers = alphabet.encode(typed)
        assert "".join(alphabet.ALPHABET[number - 1] for number in numbers) == typed

    words = [
        word.encode()
        for word in ("é", "e\u0301", "\u202e", "\ufeff", "ß", "中", "\U0001f58b", "\u2028", "\x7f")
    ]
    return Reader(
        read, [b"You know nothing", bytes(range(32, 127)), "Grüße, Żółw".encode(), b" "], words
    )


def svg(root):
    def read(content):
        name, _, points = content.partition(b"|")
        rows = np.frombuffer(points[: len(points) // 12 * 12], np.float32).reshape(-1, 3).copy()
        if len(name) % 2:  # or else most would be refused for this one column
            rows[:, 2] = rows[:, 2] == 1
        picture = ElementTree.fromstring(
            drawing.svg(rows, name.decode("utf-8", "surrogateescape")).encode()
        )
        for element in picture.iter():
            drawn = [*element.get("d", "").split(), *element.get("viewBox", "").split()]
            assert np.isfinite(
                [float(number) for part in drawn for number in re.split("[MCh]", part) if number]
            ).all()
        width, height = map(float, picture.get("viewBox").split()[2:])
        assert 20 <= width <= 2500 and 20 <= height <= 110

    line = strokes.from_pen(list(map(np.array, PEN))).astype(np.float32).tobytes()
    numbers = [
        np.float32(number).tobytes() for number in (np.inf, np.nan, 3e38, -3e38, 1e-45, 1, 0)
    ]
    return Reader(
        read,
        [b"N < M|" + line, b"a|" + 9 * line],
        [b"</title>", b"]]>", b"&", b"\x1b", b"|", line, *numbers],
    )


def command_line(root):
    """`main` in process: the arguments, 0 between them. What takes long is cached, or left out once it is asked for."""
    own_lines, tiny = (
        "lines.json",
        "tiny.weights.h5",
    )  # in the working folder, which nothing asks to leave
    line_files.save_lines(
        own_lines, [Line(simulated.write("one", seed=k), "one", f"w{k}") for k in range(4)]
    )
    weight_files.save(networks.SynthesisNetwork((4,), 1, 1), tiny)
    put(Path("text.txt"), b"to be or not to be " * 300)
    few = line_files.load_lines(own_lines)
    load = functools.cache(weight_files.load)
    reader = weight_files.load_shipped("reader")

    def offline(name):
        raise InputError(f"{name}: there is no network")

    def drawn(numbers, letters, noise, bias, forced, led, total):
        return noise[..., 1:] > 0.5, np.ones((*noise.shape[:2], 3)), np.full(len(numbers), total)

    stand_ins = [
        (weight_files, "load", load),
        (weight_files, "load_shipped", lambda name: reader),
        (training, "fit", lambda *_, **__: []),
        (evaluation, "evaluate_lines", lambda *_: {"sequences": 1, "nats_per_point": 0.5}),
        (texts, "_python", functools.cache(texts._python)),
        (texts, "_download", offline),
        (simulated, "lines", lambda count, split="train": few[:count]),
        (writing, "compiled", lambda network, function: drawn),
    ]

    def read(content):
        content = content.replace(b"\n", b" ").replace(b"\0/", b"\0./").replace(b"=/", b"=./")
        arguments = [os.fsdecode(argument) for argument in content.split(b"\0")]
        out, err = (
            io.TextIOWrapper(io.BytesIO(), "utf-8", errors)
            for errors in ("strict", "backslashreplace")
        )
        try:
            with contextlib.ExitStack() as stack:
                for stand_in in stand_ins:
                    stack.enter_context(mock.patch.object(*stand_in))
                stack.enter_context(contextlib.redirect_stdout(out))
                stack.enter_context(contextlib.redirect_stderr(err))
                main(arguments)
        except SystemExit as ended:
            if (
                isinstance(ended.code, str) or ended.code == 2
            ):  # a sentence, or one of argparse's after the usage
                raise InputError(str(ended.code)) from None
            assert ended.code == 0

    commands = [
        f"train synthesis --corpus {own_lines} --size 1x4 --mixtures 1 --gaussians 1 --epochs 1 --out run",
        "train prediction --corpus simulated --lines 9 --size 2x4 --peepholes --minutes .1 --out run",
        "train text --corpus text.txt --size 1x4 --patience 3 --epochs 1 --seed 1 --out run",
        "train synthesis --corpus iam --root . --size 1x4 --epochs 1 --out run",
        f"evaluate {tiny} --corpus {own_lines} --split test --json",
        f"evaluate {tiny} --corpus simulated --lines 3",
        f"write Hi. --weights {tiny} --bias .5 --seed 7 --out a.svg",
        f"write on --weights {tiny} --prime {own_lines} --prime-text one --out a.json",
        f"write caf\u00e9 --weights {tiny} --replace --out a.svg",
        f"lines {own_lines} --text-file text.txt --out b.json",
        f"lines {own_lines} --read --y down --writer w --replace --out b.json",
    ]
    words = (
        "--corpus --root --lines --size --epochs --minutes --out --seed --json --split --bias --prime --weights "
        "-h -- unipen python ptb enwik8 shakespeare 3x400 0x1 9999999x9999999 inf 2x2x2 é １"
    )
    return Reader(
        read,
        [command.replace(" ", "\0").encode() for command in commands],
        [f"\0{word}".encode() for word in words.split()],
    )


READERS = {
    "iam-strokes": lambda root: iam(root, "strokes"),
    "iam-transcript": lambda root: iam(root, "transcript"),
    "iam-list": lambda root: iam(root, "list"),
    "iam-writer": lambda root: iam(root, "writer"),
    "unipen": unipen,
    "json": lambda root: own(root, ".json"),
    "npz": lambda root: own(root, ".npz"),
    "from-svg": from_svg,
    "from-inkml": from_inkml,
    "from-xopp": from_xopp,
    "from-table": from_table,
    "from-array": from_array,
    "from-json": from_json,
    "from-iam": lambda root: form(root, "a.xml", [xml().encode()], XML_WORDS),
    "paste": paste,
    "record": lambda root: weights(root, "record"),
    "weights": lambda root: weights(root, "weights"),
    "text": text,
    "svg": svg,
    "command-line": command_line,
}


@pytest.mark.parametrize("name", READERS)
def test_spoilt_input_ends_in_a_right_result_or_one_sentence(name, count, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MDN_UTILS_CACHE", str(tmp_path / "cache"))
    reader, refused = READERS[name](tmp_path), []
    rng = random.Random(0)
    for _ in range(count("inputs")):
        recipe = rng.randbytes(rng.randint(1, 31))
        content = spoilt(reader, recipe)
        try:
            refused.append(lawful(lambda: reader.read(content), tmp_path))
        except BaseException as error:
            error.add_note(f"with recipe {recipe!r}")
            raise
    print(
        f"{name}: {len(refused)} inputs, {sum(refused)} refused with one sentence, the others read right"
    )
    assert 0 < sum(refused) < len(refused)


# What is right is read exactly


def roundtrip(seed, root):
    """Random lines, written in every form by other code than the reader's, and read."""
    rng = np.random.default_rng(seed)
    letters = np.array(list(alphabet.ALPHABET.strip()))
    pens = [
        [rng.integers(-999, 999, (rng.integers(1, 6), 2)) for _ in range(rng.integers(2, 5))]
        for _ in range(3)
    ]
    said = ["".join(rng.choice(letters, rng.integers(1, 9))) for _ in pens]
    wanted = {(text, "w", strokes.from_pen(pen).tobytes()) for text, pen in zip(said, pens)}

    def same(lines):
        assert {(line.text, line.writer, line.strokes.tobytes()) for line in lines} == wanted

    for number, pen in enumerate(pens, 1):
        put(root / f"iam/lineStrokes/c03/c03-002/c03-002-0{number}.xml", xml(pen))
    put(root / "iam/ascii/c03/c03-002/c03-002.txt", "CSR:\n" + "\n\n".join(said))
    put(root / "iam/testset_v.txt", "c03-002")
    put(root / "iam/original/c03/c03-002/strokes.xml", '<Form writerID="w"/>')
    same(corpora.handwriting("iam", "val", root / "iam"))

    document = {
        "lines": [
            {"text": text, "writer": "w", "strokes": [stroke.tolist() for stroke in pen]}
            for text, pen in zip(said, pens)
        ]
    }
    same(line_files.load_lines(put(root / "own.json", json.dumps(document))))
    points = np.concatenate([np.concatenate(pen) for pen in pens])
    ends = [np.arange(len(stroke)) == len(stroke) - 1 for pen in pens for stroke in pen]
    np.savez(
        root / "own.npz",
        points=points,
        pen_up=np.concatenate(ends),
        text=np.array(said),
        writer=["w"] * 3,
        offsets=np.cumsum([0] + [sum(map(len, pen)) for pen in pens]),
    )
    same(line_files.load_lines(root / "own.npz"))

    written, first = [".COORD X Y"], 0
    for text, pen in zip(said, pens):
        written += [
            ".PEN_DOWN\n" + "\n".join(f"{x} {y}" for x, y in stroke) + "\n.PEN_UP" for stroke in pen
        ]
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        written.append(f'.SEGMENT WORD {first}-{first + len(pen) - 1} ? "{quoted}"')
        first += len(pen)
    put(root / "unipen/data/8/w/a.dat", "\n".join(written) + "\n")
    (root / "unipen/include").mkdir(exist_ok=True)
    same(corpora.handwriting("unipen", unipen_reader._split("w"), root / "unipen"))


def test_what_is_right_is_read_exactly(count, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(count("inputs")):
            roundtrip(seed, tmp_path)


if __name__ == "__main__":
    import atheris

    name, folder = sys.argv.pop(1), Path(tempfile.mkdtemp()).resolve()
    os.environ["MDN_UTILS_CACHE"] = str(folder / "cache")
    os.chdir(folder)
    reader = READERS[name](folder)
    for function in [*vars(corpora).values(), *vars(line_files).values(), *vars(strokes).values()]:
        if getattr(function, "__module__", "").startswith("mdn_utils.") and hasattr(
            function, "__code__"
        ):
            atheris.instrument_func(function)
    atheris.Setup(
        sys.argv, lambda recipe: lawful(lambda: reader.read(spoilt(reader, recipe)), folder)
    )
    atheris.Fuzz()
