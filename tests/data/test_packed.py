"""Lines on disk: they come back as they were, train like lines in memory, and do not fill it."""

import tracemalloc

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_training import lines

from mdn_utils import __main__, weights
from mdn_utils.data import packed, prepare, simulated
from mdn_utils.data.batches import LineBatches
from mdn_utils.errors import InputError


@pytest.mark.parametrize("at_once", [1, 4, 100])
def test_lines_come_back(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(packed, "AT_ONCE", at_once)
    kept = [line._replace(text=f"né {k}") for k, line in enumerate(lines(9))]
    assert packed.pack(tmp_path / "l.h5", {"train": iter(kept), "val": kept[:2], "test": []}) == {
        "train": 9,
        "val": 2,
        "test": 0,
    }
    found = packed.Packed(tmp_path / "l.h5", "train")
    assert len(found) == 9 and len(packed.Packed(tmp_path / "l.h5", "test")) == 0
    for one, other in zip([*found, found[-1]], [*kept, kept[-1]], strict=True):
        np.testing.assert_array_equal(one.strokes, other.strokes)
        assert one[1:] == other[1:]


def test_batches_are_those_of_lines_in_memory(tmp_path):
    kept = lines(30)
    packed.pack(tmp_path / "l.h5", {"train": kept})
    streams = [
        LineBatches(some, points=64, augment=True)
        for some in (kept, packed.Packed(tmp_path / "l.h5"))
    ]
    for k in range(len(streams[0])):
        for one, other in zip(streams[0][k], streams[1][k], strict=True):
            np.testing.assert_array_equal(one[0], other[0])
            np.testing.assert_array_equal(one[1], other[1])


def test_memory_does_not_grow_with_the_corpus(tmp_path):
    kept = prepare.prepare(simulated.lines(40, "val"))

    def peak(times):
        tracemalloc.start()
        try:
            packed.pack(
                tmp_path / f"{times}.h5", {"train": (line for _ in range(times) for line in kept)}
            )
            stream = LineBatches(packed.Packed(tmp_path / f"{times}.h5"), steps=10)
            for k in range(len(stream)):
                stream[k]
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(50), peak(500)  # 2,000 lines, which take 8 MB in memory, and 20,000
    assert (
        many < few + 18_000 * 150
    )  # bytes a line: numbers that say where it is and how long, not the line


def test_the_command_line_packs_and_evaluates(tmp_path, capsys):
    path = str(tmp_path / "l.h5")
    __main__.main(["pack", path, "--corpus", "simulated", "--lines", "40"])
    assert capsys.readouterr().out == "train: 38 lines\nval: 2 lines\ntest: 2 lines\n"
    network = str(weights.shipped_path("synthesis_simulated"))
    results = []
    for corpus in ([path], ["simulated", "--lines", "2"]):
        __main__.main(["evaluate", network, "--split", "test", "--json", "--corpus", *corpus])
        results.append(capsys.readouterr().out)
    assert results[0] == results[1]
    for arguments, told in [
        (["pack", "l.npz", "--corpus", "simulated"], "ends in .h5"),
        (["evaluate", network, "--corpus", "no.h5"], "no such file"),
        (["evaluate", network, "--corpus", path, "--lines", "2"], "is packed"),
    ]:
        with pytest.raises(SystemExit, match=told):
            __main__.main(arguments)
    assert not (tmp_path / "l.npz").exists()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("packed") / "l.h5"
    packed.pack(path, {"train": lines(5)})
    return path


def read(path):
    try:
        for line in packed.Packed(path):
            assert line.text.strip() or line.text == ""
    except InputError:
        pass


@given(st.data())
def test_broken_files_are_told(file, data):
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    broken = file.with_name("broken.h5")
    broken.write_bytes(
        content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content
    )
    read(broken)


def test_parts_that_do_not_fit_are_told(file, tmp_path):
    path = tmp_path / "l.h5"
    path.write_bytes(file.read_bytes())
    with h5py.File(path, "r+") as opened:
        opened["train/end"][2] = 10**9
    with pytest.raises(InputError, match="train line 3"):
        list(packed.Packed(path))
    with pytest.raises(InputError, match="no packed val lines"):
        packed.Packed(path, "val")
    with h5py.File(path, "r+") as opened:
        opened["train/text"].resize(4, 0)
    with pytest.raises(InputError, match="differ in length"):
        packed.Packed(path)
