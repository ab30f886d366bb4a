"""Find lines of UNIPEN whose label can't be right, and write the list that `corpora` leaves out.

Each line is scored by a reader that wasn't trained on its writer: those of `reader`'s writers by
the judge, those of the judge's writers by `reader` (`ink_lines.part_of`). A label can't be right if
the ink is likelier by more than 5.5 nats per character of the label under the text that the reader
reads itself.

    python tools/clean_labels.py --root UNIPEN --picture wrong.png
"""
import argparse
from pathlib import Path

import numpy as np

from mdn_utils import decoding, reading, weights
from mdn_utils.data import unipen, wrong_labels
from mdn_utils.data.alphabet import encode
from mdn_utils.data.ink import pen_steps
from mdn_utils.data.ink_lines import part_of
from mdn_utils.data.strokes import to_pen
from mdn_utils.errors import InputError

NATS = 5.5  # per character of the label
AT_ONCE = 2000  # lines
SHOWN = 40


def doubt(reader, lines):
    """By how many nats per character of its label each line reads better as something else."""
    found = np.zeros(len(lines))
    steps = {}
    for number, line in enumerate(lines):
        try:
            encode(line.text)
            steps[number] = pen_steps(line.strokes)
        except InputError:
            pass  # never trained on, whatever it says
    longest = max(len(line.text) for line in lines)
    for numbers, frames in reading._log_probabilities(reader, steps):
        best = frames.max(-1).sum(-1)
        labels = np.stack([encode(lines[number].text, longest) for number in numbers])
        own = decoding.log_likelihood(frames, labels)
        found[numbers] = (best - own) / [len(lines[number].text) for number in numbers]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of UNIPEN")
    parser.add_argument("--picture", required=True, help="file for forty of the lines, .png")
    args = parser.parse_args()
    readers = {"judge": weights.load_shipped("reader"), "reader": weights.load_shipped("reader_judge")}
    wrong, count = [], 0
    lines = list(unipen.lines(args.root, "train", clean=False))
    for part, reader in readers.items():
        theirs = [line for line in lines if part_of(line.writer) == part]
        for first in range(0, len(theirs), AT_ONCE):
            some = theirs[first:first + AT_ONCE]
            count += len(some)
            wrong += [line for line, nats in zip(some, doubt(reader, some)) if nats > NATS]
            print(f"{count} lines, {len(wrong)} wrong labels", flush=True)
    keys = sorted({wrong_labels.key(line) for line in wrong})
    wrong_labels.LIST.write_text("\n".join(keys) + "\n")
    draw(args.picture, [wrong[k] for k in np.random.default_rng(0).permutation(len(wrong))[:SHOWN]])


def draw(path, lines):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(SHOWN // 4, 4, figsize=(10, SHOWN // 4), layout="constrained")
    for ax, line in zip(axes.flat, lines):
        for stroke in to_pen(line.strokes):
            ax.plot(*stroke.T, color="black", linewidth=0.8)
        ax.set_title(line.text, fontsize=7)
    for ax in axes.flat:
        ax.set_aspect("equal", adjustable="datalim")
        ax.axis("off")
    figure.savefig(path, dpi=80)


if __name__ == "__main__":
    main()
