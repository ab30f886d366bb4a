"""Priming with real pens: which labels are noticed, and what is written after the primer.

Lines of people whom neither the writer nor the reader saw are given with their right text and with
wrong ones. Then those with the right text are continued, and a second reader reads the new words.

    python benchmarks/priming.py --root UNIPEN
"""
import argparse
from collections import Counter

import numpy as np

from mdn_utils import evaluation, reading, weights, writing
from mdn_utils.data import corpora
from mdn_utils.data.alphabet import ALPHABET
from mdn_utils.errors import InputError

TEXT = "and so it goes on"
WRONG = {
    "right": lambda text, other: text,
    "last word missing": lambda text, other: text.rsplit(" ", 1)[0],
    "first word missing": lambda text, other: text.split(" ", 1)[1],
    "another line's": lambda text, other: other,
    "one word too many": lambda text, other: text + " the",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, help="folder of UNIPEN")
    parser.add_argument("--hand", default="real")
    parser.add_argument("--lines", type=int, default=100)
    args = parser.parse_args()
    lines = [
        line for line in corpora.handwriting("unipen", "val", args.root)
        if " " in line.text and not set(line.text) - set(ALPHABET)
    ]
    order = np.random.default_rng(0).permutation(len(lines))
    lines = [lines[k] for k in order[:args.lines]]
    reader = weights.load_shipped("reader")
    print(f"{len(lines)} lines of {len({line.writer for line in lines})} people; {weights.machine()}")
    noticed(reader, lines)
    continued(reader, weights.load_shipped("reader_judge"), args.hand, lines)


def noticed(reader, lines):
    """Print the share of each kind of label that `check_text` refuses."""
    for name, change in WRONG.items():
        given = [
            line._replace(text=change(line.text, lines[number - 1].text))
            for number, line in enumerate(lines)
        ]
        print(f"{name:>20} label: {refused(reader, given):5.1%} refused")
    for name, turn in (("y downwards", (1, -1, 1)), ("upside down", (-1, -1, 1))):
        given = [line._replace(strokes=line.strokes * np.float32(turn)) for line in lines]
        print(f"{name:>20} line : {refused(reader, given):5.1%} refused")


def refused(reader, lines):
    """The share of lines that `check_text` refuses."""
    count = 0
    for line in lines:
        try:
            reading.check_text(reader, line)
        except InputError:
            count += 1
    return count / len(lines)


def continued(reader, judge, hand, lines):
    """Continue each line, and print what a second reader makes of the new words."""
    writer = writing.Writer(weights.load_shipped(f"synthesis_{hand}"))
    new, refused = [], Counter()
    for seed, line in enumerate(lines):
        try:
            new.append(writer.write(TEXT, seed, 0.75, line, tries=8, reader=reader).new)
        except InputError as error:
            refused[str(error).partition(": ")[0]] += 1
    found = [reading.text for reading in reading.read(judge, new, 10)]
    rates = evaluation.error_rates(found, [TEXT] * len(found))
    print(f"{len(new)} continued, {sum(refused.values())} refused: {dict(refused)}")
    print(", ".join(f"{name} {value:.3f}" for name, value in rates.items()))
    longer = sum(len(text) > len(TEXT) + 1 for text in found)
    shorter = sum(len(text) < len(TEXT) - 1 for text in found)
    print(f"read two letters or more longer than the text: {longer}, shorter: {shorter}")
    for text, times in Counter(found).most_common():
        print(f"{times:>4} {text!r}")


if __name__ == "__main__":
    main()
