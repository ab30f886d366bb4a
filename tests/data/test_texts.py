"""Texts: the splits, and downloads that are kept only if they are what was published."""

import hashlib
import io
import zipfile

import pytest
from helpers import put

from mdn_utils.data import texts
from mdn_utils.data.splits import SPLITS
from mdn_utils.errors import InputError


def test_python_text():
    train, val, test = (texts.load("python", split) for split in SPLITS)
    assert 1_000_000 < len(train + val + test) <= texts.PYTHON_SIZE
    assert len(val) == len(test) == len(train + val + test) // 20
    assert b"import" in val


def test_text_of_ones_own(tmp_path):
    content = bytes(range(100, 200))
    path = put(tmp_path / "a.txt", content)
    parts = [texts.load(path, split) for split in SPLITS]
    assert b"".join(parts) == content
    assert list(map(len, parts)) == [90, 5, 5]


@pytest.mark.parametrize("content", [None, b"short"])
def test_text_that_is_none(tmp_path, content):
    if content:
        put(tmp_path / "a.txt", content)
    with pytest.raises(InputError, match=r"a\.txt"):
        texts.load(tmp_path / "a.txt")
    with pytest.raises(InputError, match="nor a readable file"):
        texts.load("a\0.txt")


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A file on this disk in place of one on the web."""
    file = put(tmp_path / "web" / "input.txt", b"a few characters of the bard")
    monkeypatch.setenv("MDN_UTILS_CACHE", str(tmp_path / "cache"))
    digest = "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setitem(texts.DOWNLOADS, "shakespeare.txt", (file.as_uri(), digest))
    return file


def test_download_once(served, tmp_path):
    content = served.read_bytes()
    assert texts.load("shakespeare") + texts.load("shakespeare", "val") == content[:-1]
    served.unlink()
    assert texts.load("shakespeare", "test") == b"d"  # from the cache
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["shakespeare.txt"]
    put(tmp_path / "cache/shakespeare.txt", "spoilt")
    served.write_bytes(content)
    assert texts.load("shakespeare", "test") == b"d"  # downloaded again


@pytest.mark.parametrize(
    "change", [lambda content: content + b"!", lambda content: content[:-3]], ids=["more", "less"]
)
def test_download_that_is_not_what_was_published(served, tmp_path, change):
    served.write_bytes(change(served.read_bytes()))
    with pytest.raises(InputError, match="not what was published .*nothing was kept"):
        texts.load("shakespeare")
    assert not list((tmp_path / "cache").iterdir())


def test_offline(served):
    served.unlink()
    with pytest.raises(InputError, match=r"cannot be read.*save it as .*shakespeare\.txt"):
        texts.load("shakespeare")


def test_enwik8_is_bytes_and_has_no_test_split(served, monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("enwik8", b"\xe9" * 96_000_000 + b"\xc3\xa9")
    served.write_bytes(packed.getvalue())
    digest = "sha256:" + hashlib.sha256(packed.getvalue()).hexdigest()
    monkeypatch.setitem(texts.DOWNLOADS, "enwik8.zip", (served.as_uri(), digest))
    assert texts.load("enwik8", "val") == b"\xc3\xa9"
    with pytest.raises(InputError, match="no test split"):
        texts.load("enwik8", "test")
