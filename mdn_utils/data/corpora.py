"""Handwriting from the files its makers publish; every corpus comes out as `list[strokes.Line]`.

Where each corpus comes from, on what terms and how to cite it: data/README.md.
"""
import itertools
from pathlib import Path

from ..errors import InputError
from . import iam, simulated, unipen
from .line_files import load_lines
from .splits import check_split, split_lines

SOURCES = {  # what a network trained on a corpus has to say of it
    "simulated": "mdn_utils.data.simulated, over single-stroke glyphs of the package Hershey-Fonts (MIT)",
    "iam": "IAM-OnDB, University of Bern; registration, non-commercial research",
    "unipen": "UNIPEN train_r01_v07, The International Unipen Foundation, doi 10.5281/zenodo.1195803, CC BY 4.0",
}


SIMULATED = 10_000  # lines, where nobody says how many


def handwriting(corpus, split="train", root=None, count=None):
    """The lines of one split, at most `count` of them; no writer is in two splits.

    corpus: "simulated", "iam", "unipen", or the path of a .json or .npz file of one's own lines.
    split: "train", "val" or "test". Graves (2013, section 4) trains on IAM-OnDB's trainset, testset_f and
    testset_t, and stops early on testset_v: that is "train" and "test" here, added, and "val".
    root: the folder that holds the original files of "iam" or "unipen", or UNIPEN packed as npz files.
    Strokes are in each corpus' own unit, y up. Raises InputError where files are missing or broken; single lines
    that cannot be used (strokes without text, say) are left out and counted in one warning.
    """
    if corpus == "simulated":
        return simulated.lines(SIMULATED if count is None else count, split)
    try:
        lines = list(stream(corpus, split, root, count))
    except OSError as error:
        raise InputError(f"{corpus}: {error}") from None
    if not lines:
        raise InputError(f"{corpus}: no usable line in the {split} split")
    return lines


def stream(corpus, split="train", root=None, count=None):
    """The same lines as an iterator, where the corpus is larger than memory; OSError may come from any of them."""
    check_split(split)
    if count is not None and count < 1:
        raise InputError(f"count={count} must be at least 1, or None for all lines")
    if corpus == "simulated":
        return simulated.iter_lines(SIMULATED if count is None else count, split)
    if corpus in ("iam", "unipen"):
        lines = (iam if corpus == "iam" else unipen).lines(_folder(corpus, root), split)
    elif Path(corpus).suffix not in (".json", ".npz"):
        raise InputError(f"{str(corpus)!r} is no corpus: choose simulated, iam, unipen, "
                         "or a file that ends in .json or .npz")
    else:
        lines = split_lines(load_lines(corpus), split, corpus)
    return itertools.islice(lines, count)


def _folder(corpus, root):
    if root is None or not Path(root).is_dir():
        raise InputError(f"{corpus}: root={str(root)!r} is no folder; give the folder of its original files, "
                         f"which section {corpus} of data/README.md says how to get")
    return Path(root)
