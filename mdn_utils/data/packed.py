"""Corpora that do not fit into memory: prepared lines in one file, of which only what a batch needs is ever read."""
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
    """The lines of one split in a file of `pack`, each read when it is asked for.

    Raises InputError where the file is missing, broken or without that split.
    """

    def __init__(self, path, split="train"):
        check_split(split)
        self.path, self.split = Path(path), split
        if not self.path.is_file():
            raise InputError(f"{path}: no such file; python -m mdn_utils pack writes one")
        try:
            group = h5py.File(self.path)[split]
            self.strokes, self.texts, self.writers = (group[name] for name in ("strokes", "text", "writer"))
            self.ends = np.concatenate([[0], group["end"][:]])
            if not len(self.ends) - 1 == len(self.texts) == len(self.writers):
                raise ValueError("its parts differ in length")
        except Exception as error:  # h5py raises a dozen kinds of error over broken bytes
            raise InputError(f"{path}: no packed {split} lines ({str(error).partition(chr(10))[0]})") from None

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
    """Write `splits`, a dictionary of iterables of prepared lines, to the file `path`; returns how many of each.

    A thousand lines are in memory at a time. Raises InputError for another ending than .h5.
    """
    if Path(path).suffix != SUFFIX:
        raise InputError(f"{path}: expected a name that ends in {SUFFIX}")
    with atomic_write(path) as part, h5py.File(part, "w") as file:
        for split, lines in splits.items():
            group = file.create_group(split)
            words = h5py.string_dtype()
            strokes = group.create_dataset("strokes", (0, 3), "float32", maxshape=(None, 3), chunks=(4096, 3))
            rest = [group.create_dataset(name, (0,), kind, maxshape=(None,))
                    for name, kind in (("end", "int64"), ("text", words), ("writer", words))]
            lines = iter(lines)
            while some := list(itertools.islice(lines, AT_ONCE)):
                ends = len(strokes) + np.cumsum([len(line.strokes) for line in some])
                _append(strokes, np.concatenate([line.strokes for line in some]))
                for data, new in zip(rest, (ends, [line.text for line in some], [line.writer for line in some])):
                    _append(data, new)
        return {split: len(file[split]["end"]) for split in splits}


def _append(data, new):
    data.resize(len(data) + len(new), 0)
    data[-len(new):] = new
