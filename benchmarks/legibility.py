r"""Measure how well handwriting can be read, against bias and the number of tries.

    python benchmarks/legibility.py --hand real --tries 1 4 16 --bias 0 0.75 1.5

A network writes 200 texts that are in no training set, with consecutive seeds. Of several tries,
the `reader` keeps the one it reads best. A second reader, the `judge`, which learned from other
people and never chooses anything, then reads what was kept. It misreads people, too, so its figures
compare settings rather than say what people could read.
"""
import argparse
import json
import sys
import time
from pathlib import Path

from mdn_utils import evaluation, weights
from mdn_utils.reading import read
from mdn_utils.writing import Writer

ROWS = 64  # lines in a batch, tries included
BEAM = 10

parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
parser.add_argument("--hand", choices=["real", "simulated"], default="real")
parser.add_argument("--weights", help="a network to measure: NAME.weights.h5 instead of a hand")
parser.add_argument("--tries", type=int, nargs="+", default=[1, 4, 16])
parser.add_argument("--bias", type=float, nargs="+", default=[0, 0.75, 1.5])
parser.add_argument("--texts", type=int, default=200, help="how many (default: %(default)s)")
parser.add_argument("--seed", type=int, default=0, help="of the first text (default: %(default)s)")
parser.add_argument("--out", help="a file for the table, .json; notebook 07 draws data/weights/legibility.json")
args = parser.parse_args()

texts = (Path(__file__).parent / "legibility_texts.txt").read_text().splitlines()[:args.texts]
writer = Writer(weights.load(args.weights or weights.shipped_path(f"synthesis_{args.hand}")))
reader = weights.load_shipped("reader")
judge = weights.load_shipped("reader_judge")
table = []

print("bias  tries  characters wrong  words wrong  read in full  seconds per line", flush=True)
for bias in args.bias:
    for tries in args.tries:
        written = []
        size = max(ROWS // tries, 1)
        start = time.perf_counter()
        for first in range(0, len(texts), size):
            written += writer.write(
                texts[first:first + size], args.seed + first, bias, tries=tries, reader=reader
            )
        seconds = (time.perf_counter() - start) / len(texts)
        found = [reading.text for reading in read(judge, [line.new for line in written], BEAM)]
        rates = evaluation.error_rates(found, texts)
        table.append({"bias": bias, "tries": tries, **rates})
        print(
            f"{bias:4.2f}  {tries:5d}  {rates['character_error_rate']:15.1%}  "
            f"{rates['word_error_rate']:10.1%}  {rates['lines_read_in_full']:11.1%}  "
            f"{seconds:15.2f}",
            flush=True,
        )
if args.out:
    record = {"command": " ".join(["python", *sys.argv]), "machine": weights.machine(), "table": table}
    Path(args.out).write_text(json.dumps(record, indent=1) + "\n")
