"""Texts: the splits, and downloads that are kept only if they are what was published."""
import hashlib
import io
import urllib.error
import zipfile

import pytest
from helpers import put

from mdn_utils import texts
from mdn_utils.files import SPLITS
from mdn_utils.strokes import InputError


def test_python_text():
    train, val, test = (texts.text("python", split) for split in SPLITS)
    assert 1_000_000 < len(train + val + test) <= texts.PYTHON_SIZE
    assert len(val) == len(test) == len(train + val + test) // 20
    assert b"import" in val


def test_text_of_ones_own(tmp_path):
    content = bytes(range(100, 200))
    path = put(tmp_path / "a.txt", content)
    parts = [texts.text(path, split) for split in SPLITS]
    assert b"".join(parts) == content
    assert list(map(len, parts)) == [90, 5, 5]


@pytest.mark.parametrize("content", [None, b"short"])
def test_text_that_is_none(tmp_path, content):
    if content:
        put(tmp_path / "a.txt", content)
    with pytest.raises(InputError, match=r"a\.txt"):
        texts.text(tmp_path / "a.txt")
    with pytest.raises(InputError, match="nor a readable file"):
        texts.text("a\0.txt")


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
    monkeypatch.setattr(texts.urllib.request, "urlopen", urlopen)
    digest = "sha256:" + hashlib.sha256(web["content"]).hexdigest()
    monkeypatch.setitem(texts.DOWNLOADS, "shakespeare.txt", ("https://example.org/input.txt", digest))
    return web


def test_download_once(served, tmp_path):
    assert texts.text("shakespeare") + texts.text("shakespeare", "val") == b"a few characters of the bar"
    assert served["asked"] == 1
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["shakespeare.txt"]
    put(tmp_path / "cache/shakespeare.txt", "spoilt")
    assert texts.text("shakespeare", "test") == b"d"
    assert served["asked"] == 2


@pytest.mark.parametrize("change", [lambda content: content + b"!", lambda content: content[:-3]], ids=["more", "less"])
def test_download_that_is_not_what_was_published(served, tmp_path, change):
    served["content"] = change(served["content"])
    with pytest.raises(InputError, match="nothing was kept"):
        texts.text("shakespeare")
    assert not (tmp_path / "cache").exists()


def test_offline(served):
    served["content"] = None
    with pytest.raises(InputError, match=r"no network.*save it as .*shakespeare\.txt"):
        texts.text("shakespeare")


def test_enwik8_is_bytes_and_has_no_test_split(served, monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("enwik8", b"\xe9" * 96_000_000 + b"\xc3\xa9")
    served["content"] = packed.getvalue()
    digest = "sha256:" + hashlib.sha256(served["content"]).hexdigest()
    monkeypatch.setitem(texts.DOWNLOADS, "enwik8.zip", ("https://example.org", digest))
    assert texts.text("enwik8", "val") == b"\xc3\xa9"
    with pytest.raises(InputError, match="no test split"):
        texts.text("enwik8", "test")
