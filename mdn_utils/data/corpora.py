"""Handwriting from the files its makers publish; every corpus comes out as lines of `strokes.Line`.

Where each corpus comes from, on what terms and how to cite it: data/README.md.
"""
import itertools
from pathlib import Path

from ..errors import InputError
from . import iam, simulated, unipen
from .formats.opening import SUFFIXES, suffix_of
from .line_files import load_lines
from .splits import check_split, split_lines, spread

SOURCES = {  # what the record of a network says about its corpus
    "simulated": "mdn_utils.data.simulated, over single-stroke glyphs of the package Hershey-Fonts "
    "(MIT)",
    "iam": "IAM-OnDB, University of Bern; registration, non-commercial research",
    "unipen": "UNIPEN train_r01_v07, The International Unipen Foundation, "
    "doi 10.5281/zenodo.1195803, CC BY 4.0",
}
SIMULATED = 10_000  # lines by default


def handwriting(corpus, split="train", root=None, count=None):
    """Return the lines of one split. No writer is in two splits.

    Args:
        corpus: "simulated", "iam", "unipen", or the path of your own lines in any form that
            `line_files.load_lines` reads.
        split: "train", "val" or "test". Graves (2013, section 4) trains on IAM-OnDB's trainset,
            testset_f and testset_t, and stops early on testset_v. Here that is "train" and "test"
            together, and "val".
        root: the folder that holds the original files of "iam" or "unipen", or UNIPEN packed as npz
            files.
        count: how many lines at most; of "unipen", spread over all writers, which takes as long as
            reading all of it.

    Returns:
        A list of `Line`, with strokes in the corpus's own unit, y up. Single lines that can't be
        used (strokes without a text, say) are left out and counted in one warning.

    Raises:
        InputError: if files are missing or broken.

    Example:

    >>> handwriting("simulated", "val", count=2)[0].text
    '...'
    """
    if corpus == "simulated":
        return simulated.lines(SIMULATED if count is None else count, split)
    try:
        lines = list(iter_lines(corpus, split, root, count))
    except OSError as error:
        raise InputError(f"{corpus}: {error}") from None
    if not lines:
        raise InputError(
            f"{corpus}: no usable line in the {split} split; with few writers a split may be empty"
        )
    return lines


def iter_lines(corpus, split="train", root=None, count=None):
    """Return the lines of `handwriting` as an iterator, for a corpus that is larger than memory.

    Args:
        corpus, split, root, count: see `handwriting`.

    Raises:
        InputError: if files are missing or broken.
        OSError: from any line, if a file can't be read.

    Example:

    >>> next(iter_lines("simulated")).strokes.shape[1]
    3
    """
    check_split(split)
    if count is not None and count < 1:
        raise InputError(f"count={count} must be at least 1, or None for all lines")
    if corpus == "simulated":
        return simulated.iter_lines(SIMULATED if count is None else count, split)
    if corpus == "iam":
        lines = iam.lines(_folder(corpus, root), split)
    elif corpus == "unipen":
        lines = unipen.lines(_folder(corpus, root), split)
        if count is not None:
            lines = spread(lines, count)
    elif suffix_of(corpus) in SUFFIXES:
        lines = split_lines(load_lines(corpus), split, corpus)
    else:
        raise InputError(
            f"{str(corpus)!r} is no corpus: choose simulated, iam, unipen, or a file of lines such "
            "as mine.json (data/README.md)"
        )
    return itertools.islice(lines, count)


def _folder(corpus, root):
    if root is None or not Path(root).is_dir():
        raise InputError(
            f"{corpus}: root={str(root)!r} is no folder; give the folder of its original files "
            f"(section {corpus} of data/README.md says how to get them)"
        )
    return Path(root)
