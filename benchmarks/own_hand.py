"""Your own hand: how near the network comes to people it never saw, from so many of their lines.

For each person some lines are learnt from, as `python -m mdn_utils adapt` does, and new texts are
written: primed with one of the lines, by the network adapted to them, and both. Printed are the
characters that a second reader reads wrong, and in how many cases the hand is nearest to the right
one of all the people (`mdn_utils.data.style`), for five texts together and for each alone, with the
standard error over people. The ceiling is what other real lines of the same people reach. An
adapted network keeps, of the tries that are read best, the one most in the hand. How much of what
was learned the reader let each network keep is printed too.

    python benchmarks/own_hand.py --root UNIPEN --lines 10
"""
import argparse
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from mdn_utils import adapting, evaluation, reading, weights, writing
from mdn_utils.data import corpora, prepare, words
from mdn_utils.data.strokes import to_pen
from mdn_utils.data.style import distance, style
from mdn_utils.page_files import save

TEXTS = Path(__file__).parent / "legibility_texts.txt"
TOGETHER = 5  # texts by which a hand is told
CEILING = 15  # other lines of a person
SHORTEST, LONGEST = 80, 500  # points of a line
BIAS, TRIES = 1.0, 24


def lines_by_writer(root):
    """The lines of each of UNIPEN's validation writers, words joined by threes among them."""
    theirs = defaultdict(list)
    single = defaultdict(list)
    for line in prepare.prepare(corpora.handwriting("unipen", "val", root)):
        (theirs if " " in line.text else single)[line.writer].append(line)
    rng = np.random.default_rng(0)
    found = {}
    for writer in sorted({*theirs, *single}):
        own = [theirs[writer][k] for k in rng.permutation(len(theirs[writer]))]
        loose = [single[writer][k] for k in rng.permutation(len(single[writer]))]
        loose = [word for word in loose if len(word.text) >= 3]
        own += [words.joined(loose[k:k + 3], rng) for k in range(0, len(loose) - 2, 3)]
        found[writer] = [line for line in own if SHORTEST < len(line.strokes) < LONGEST]
    return found


def people(by_writer, count, lines):
    """So many writers with enough lines, and these."""
    enough = sorted(writer for writer, own in by_writer.items() if len(own) >= lines + CEILING)
    chosen = np.random.default_rng(1).permutation(enough)[:count]
    return {str(writer): by_writer[writer] for writer in chosen}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, help="folder of UNIPEN")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--lines", type=int, nargs="+", default=[5, 10, 20, 50])
    parser.add_argument("--texts", type=int, default=15, help="that each hand writes")
    parser.add_argument("--steps", type=int, default=adapting.STEPS)
    parser.add_argument("--rate", type=float, default=adapting.RATE)
    parser.add_argument("--picture", help="file for a line of each person and what was written, .png")
    args = parser.parse_args()
    reader, judge = weights.load_shipped("reader"), weights.load_shipped("reader_judge")
    shipped, network = (weights.load_shipped("synthesis_real") for _ in range(2))
    writer, before = writing.Writer(network), network.get_weights()
    print(weights.machine())
    by_writer = lines_by_writer(args.root)
    for count in args.lines:
        hands = people(by_writer, args.people, count)
        known = {name: style([line.strokes for line in own[:count]]) for name, own in hands.items()}
        results, seconds, shares, drawn = defaultdict(list), [], [], []
        for number, (name, own) in enumerate(hands.items()):
            lines = own[:count]
            texts = _texts(number, args.texts)

            def note(way, strokes, texts):
                right = []
                for size in (TOGETHER, 1):
                    parts = [strokes[k:k + size] for k in range(0, len(strokes), size)]
                    right.append(np.mean([_nearest(part, known) == name for part in parts]))
                found = [found.text for found in reading.read(judge, strokes, 10)]
                results[way].append((*right, found, texts))

            def write(way, primer, reference=None):
                options = {"tries": TRIES, "reader": reader, "reference": reference}
                written = writer.write(texts, number, BIAS, primer, **options)
                note(way, [line.new for line in written], texts)
                return written

            network.set_weights(before)
            write("any hand", None)
            primer = adapting.best_primer(writer, lines, reader)
            write("primed", primer)
            start = time.perf_counter()
            shares.append(adapting.learn(writer, lines, primer, reader, args.steps, args.rate))
            seconds.append(time.perf_counter() - start)
            write("adapted", None, shipped)
            primer = adapting.best_primer(writer, lines, reader)
            both = write("adapted and primed", primer, shipped)
            drawn += [primer.strokes, both[0].new]
            others = own[count:count + CEILING]
            note("other real lines", [line.strokes for line in others], [line.text for line in others])
        print(f"\n{count} lines of each of {len(hands)} people; adapting took {np.mean(seconds):.0f} s; "
              f"chance {1 / len(hands):.0%}; kept " + ", ".join(f"{share:.0%}" for share in shares))
        print(f"{'':>20} {'five lines':>12} {'one line':>12} {'characters wrong':>17}")
        for way, rows in results.items():
            found = [text for row in rows for text in row[2]]
            texts = [text for row in rows for text in row[3]]
            wrong = evaluation.error_rates(found, texts)["character_error_rate"]
            right = np.array([row[:2] for row in rows])
            error = right.std(0, ddof=1) / np.sqrt(len(rows))
            five, one = (f"{a:.0%} ± {b:.0%}" for a, b in zip(right.mean(0), error))
            print(f"{way:>20} {five:>12} {one:>12} {wrong:>17.1%}", flush=True)
        if args.picture:
            _draw(args.picture, drawn)


def _texts(number, count):
    texts = [text for text in TEXTS.read_text().splitlines() if len(text) <= 32]
    return [texts[(count * number + k) % len(texts)] for k in range(count)]


def _nearest(strokes, known):
    new = style(strokes)
    return min(known, key=lambda name: distance(new, known[name]))


def _draw(path, pairs):
    """A real line on the left and a written one on the right, a person per row."""
    sheet = []
    for number, strokes in enumerate(pairs):
        row, column = divmod(number, 2)
        pen = to_pen(strokes)
        corner = np.concatenate(pen).min(0)
        place = 10 + 95 * column, 20 + 16 * row
        sheet += [(stroke - corner) * (0.4, -0.4) + place for stroke in pen]
    title = "On the left a line of each person, on the right a new text in that hand"
    save(path, [sheet], pen=0.4, title=title)


if __name__ == "__main__":
    main()
