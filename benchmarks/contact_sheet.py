"""Write the 40 texts of texts.txt, which no network was trained on, with consecutive seeds and no picking.

python benchmarks/contact_sheet.py --hand real --out docs/real.png

With --text, that one text twelve times.
"""

import argparse
from pathlib import Path

from mdn_utils import plots, weights, writing

arguments = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
arguments.add_argument("--hand", choices=["real", "simulated"], required=True)
arguments.add_argument("--weights", help="other weights than the shipped ones")
arguments.add_argument("--text", help="one text, twelve times, instead of the 40 texts")
arguments.add_argument("--bias", type=float, default=0.75)
arguments.add_argument("--tries", type=int, default=1, help="keep the one that is read best")
arguments.add_argument("--seed", type=int, default=0, help="of the first text")
arguments.add_argument("--out", required=True)
args = arguments.parse_args()

texts = (
    [args.text] * 12
    if args.text
    else (Path(__file__).parent / "texts.txt").read_text().splitlines()
)
network = weights.load(args.weights or weights.shipped_path(f"synthesis_{args.hand}"))
Path(args.out).parent.mkdir(parents=True, exist_ok=True)
reader = weights.load_shipped("reader") if args.tries > 1 else None
writer, lines = writing.Writer(network), []
for first in range(0, len(texts), 8):  # so many at a time: every try takes memory
    some = texts[first : first + 8]
    lines += writer.write(
        some, args.seed + first, args.bias, tries=args.tries, reader=reader
    )
plots.sheet([(line.strokes, line.text) for line in lines]).savefig(args.out, dpi=110)
print(
    f"{args.out}: {sum(line.stopped for line in lines)} of {len(lines)} lines ended by the stop rule; "
    f"{sum(len(line.strokes) for line in lines) / sum(map(len, texts)):.1f} points per character"
)
