"""Find the reader for a file, from what is in it and what it is called."""
from pathlib import Path

from ...errors import InputError
from . import (
    arrays,
    iam_xml,
    inkml,
    json_lines,
    remarkable,
    svg,
    tables,
    xml_files,
    xournal,
)
from .recording import FORMS, LARGEST, unpack

XML = {  # by the name of the outermost element
    "svg": svg.read,
    "ink": inkml.read,
    "xournal": xournal.read,
    "WhiteboardCaptureSession": iam_xml.read,
}
JSON_SUFFIXES = (".json", ".ndjson", ".jsonl")
XML_SUFFIXES = (".svg", ".inkml", ".xml", ".xopp", ".xoj")
TABLE_SUFFIXES = (".csv", ".tsv", ".svc", ".txt")
SUFFIXES = (*JSON_SUFFIXES, ".npz", ".npy", *XML_SUFFIXES, *TABLE_SUFFIXES, ".rm")


def suffix_of(path):
    """Return the ending of a file's name in small letters, without .gz.

    Example:

    >>> suffix_of("MINE.JSON.gz")
    '.json'
    """
    path = Path(path)
    if path.suffix.lower() == ".gz":
        path = path.with_suffix("")
    return path.suffix.lower()


def recordings(path, content):
    """Return what the pen drew, as a file of any known form has it.

    The content decides where it can; the ending of the name where it cannot.

    Args:
        path: the file's name.
        content: its bytes.

    Returns:
        A list of `Recording`.

    Raises:
        InputError: if the form is unknown or the file broken.

    Example:

    >>> recordings("l.csv", b"x,y,pen\\n0,0,0\\n0,9,1")[0].pen[0].tolist()
    [[0.0, 0.0], [0.0, 9.0]]
    """
    suffix = suffix_of(path)
    content = unpack(content, path)
    start = content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1]
    if suffix in JSON_SUFFIXES or start in (b"{", b"["):
        return json_lines.read(content, path)
    if len(content) > LARGEST:
        raise InputError(f"{path}: more than {LARGEST:,} bytes; no page of ink is that large")
    if content.startswith(b"\x93NUMPY"):
        return arrays.read(content, path)
    if content.startswith(b"reMarkable .lines"):
        return remarkable.read(content, path)
    if suffix in XML_SUFFIXES or start == b"<":
        root = xml_files.parse(content, path)
        name = xml_files.name(root)
        if name in XML:
            return XML[name](root, path)
        raise InputError(f"{path}: XML of <{name[:30]}>; expected one of {', '.join(XML)}; {FORMS}")
    if suffix in TABLE_SUFFIXES or start in b"0123456789.-+\"'#xXyY" and start:
        return tables.read(content, path)
    raise InputError(f"{path}: not a form of pen strokes that is known here; {FORMS}")
