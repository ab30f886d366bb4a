"""Corpora larger than memory: prepared lines in one HDF5 file, read batch by batch."""
import itertools
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from ..errors import InputError
from ..safe_files import atomic_write
from .splits import check_split
from .strokes import Line, check

SUFFIX = ".h5"
AT_ONCE = 1000  # lines that are written together


class Packed(Sequence):
    """The lines of one split in a file that `pack` wrote, each read when it is needed.

    Args:
        path: the file.
        split: "train", "val" or "test".

    Raises:
        InputError: if the file is missing, broken or lacks that split.

    Example: see `pack`.

    >>> Packed("nowhere.h5")
    Traceback (most recent call last):
    mdn_utils.errors.InputError: nowhere.h5: no such file; python -m mdn_utils pack writes one
    """

    def __init__(self, path, split="train"):
        check_split(split)
        self.path = Path(path)
        self.split = split
        if not self.path.is_file():
            raise InputError(f"{path}: no such file; python -m mdn_utils pack writes one")
        try:
            group = h5py.File(self.path)[split]
            self.strokes = group["strokes"]
            self.texts = group["text"]
            self.writers = group["writer"]
            self.ends = np.concatenate([[0], group["end"][:]])
            if not len(self.ends) - 1 == len(self.texts) == len(self.writers):
                raise ValueError("its parts differ in length")
        except Exception as error:  # h5py raises a dozen kinds of error over broken bytes
            reason = str(error).partition("\n")[0]
            raise InputError(f"{path}: no packed {split} lines ({reason})") from None

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        try:
            text, writer = self.texts[index].decode(), self.writers[index].decode()
            return Line(check(self.strokes[self.ends[index]:self.ends[index + 1]]), text, writer)
        except InputError as error:
            raise InputError(f"{self.path}, {self.split} line {index}: {error}") from None
        except Exception as error:
            raise InputError(f"{self.path}, {self.split} line {index}: damaged ({error})") from None


def pack(path, splits):
    """Write prepared lines to a file, a thousand of them in memory at a time.

    Args:
        path: a name that ends in .h5.
        splits: dictionary of iterables of prepared lines, such as
            {"train": prepare.iter_prepared(...), "val": ...}.

    Returns:
        A dictionary of how many lines there are in each split.

    Raises:
        InputError: for another ending.

    Example:

    >>> import tempfile
    >>> from mdn_utils.data import prepare, simulated
    >>> lines = prepare.prepare(simulated.lines(3))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     counts = pack(f"{folder}/some.h5", {"train": lines})
    ...     same = Packed(f"{folder}/some.h5")[2].text == lines[2].text
    >>> counts, same
    ({'train': 3}, True)
    """
    if Path(path).suffix != SUFFIX:
        raise InputError(f"{path}: expected a name that ends in {SUFFIX}")
    with atomic_write(path) as part, h5py.File(part, "w") as file:
        for split, lines in splits.items():
            _write_split(file.create_group(split), iter(lines))
        return {split: len(file[split]["end"]) for split in splits}


def _write_split(group, lines):
    words = h5py.string_dtype()
    strokes = group.create_dataset(
        "strokes", (0, 3), "float32", maxshape=(None, 3), chunks=(4096, 3)
    )
    end = group.create_dataset("end", (0,), "int64", maxshape=(None,))
    text = group.create_dataset("text", (0,), words, maxshape=(None,))
    writer = group.create_dataset("writer", (0,), words, maxshape=(None,))
    while some := list(itertools.islice(lines, AT_ONCE)):
        _append(end, len(strokes) + np.cumsum([len(line.strokes) for line in some]))
        _append(strokes, np.concatenate([line.strokes for line in some]))
        _append(text, [line.text for line in some])
        _append(writer, [line.writer for line in some])


def _append(data, new):
    data.resize(len(data) + len(new), 0)
    data[-len(new):] = new
