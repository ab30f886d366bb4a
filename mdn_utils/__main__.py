"""The command line: write, train, evaluate, pack."""
import argparse
import json
import sys
from pathlib import Path

from . import drawing
from .data import alphabet, batches, corpora, line_files, packed, prepare, splits, texts
from .data.strokes import Line
from .errors import InputError

HAND = "simulated"
SIZE = {"size": "3x400", "mixtures": 20, "windows": 10}  # the paper's


def parser():
    top = argparse.ArgumentParser(prog="python -m mdn_utils", description="Handwriting from a recurrent network.")
    commands = top.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train a network; run it again to go on where it stopped")
    train.add_argument("kind", choices=["text", "prediction", "synthesis"])
    train.add_argument("--corpus", required=True, help="simulated, iam, unipen, a file of lines, one of pack; python, "
                       "ptb, enwik8, shakespeare, a text file")
    train.add_argument("--root", help="the folder of the corpus, for iam and unipen")
    train.add_argument("--lines", type=int, help="how many lines to read or to simulate")
    train.add_argument("--size", help=f"layers x cells, such as 2x256 (default: the paper's {SIZE['size']})")
    train.add_argument("--mixtures", type=int, help=f"components of the mixture (default: {SIZE['mixtures']})")
    train.add_argument("--windows", type=int, help=f"Gaussians of the soft window (default: {SIZE['windows']})")
    train.add_argument("--peepholes", action="store_true", help="the paper's LSTM cell, with derivatives clipped")
    train.add_argument("--start", metavar="FILE", help="go on from these weights, NAME.weights.h5, and their size, "
                       "such as with another corpus")
    train.add_argument("--method", choices=["adam", "graves"], default="adam")
    train.add_argument("--rate", type=float, default=2e-3, help="Adam's learning rate at its peak (default: 0.002)")
    budget = train.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float)
    budget.add_argument("--epochs", type=int, help="of 200 steps each")
    train.add_argument("--patience", type=int, help="stop after so many epochs without a better validation figure")
    train.add_argument("--distribute", action="store_true", help="over all devices of this machine, or, on JAX, of "
                       "several (docs/scaling.md)")
    train.add_argument("--mixed", action="store_true", help="the hidden layers compute in bfloat16, for GPUs that "
                       "have it")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--out", required=True, help="folder for checkpoints and the best weights")

    evaluate = commands.add_parser("evaluate", help="figures of a network on a corpus")
    evaluate.add_argument("weights", help="NAME.weights.h5, with NAME.json beside it")
    evaluate.add_argument("--corpus", required=True, help="as for train")
    evaluate.add_argument("--root", help="the folder of the corpus, for iam and unipen")
    evaluate.add_argument("--lines", type=int, help="how many lines to read or to simulate (simulated: 1000)")
    evaluate.add_argument("--split", choices=["train", "val", "test"], default="val")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")

    pack = commands.add_parser("pack", help="prepare a corpus larger than memory: one file from which to train")
    pack.add_argument("out", help="file to write, NAME.h5")
    pack.add_argument("--corpus", required=True, help="simulated, iam, unipen, a file of lines")
    pack.add_argument("--root", help="the folder of the corpus, for iam and unipen")
    pack.add_argument("--lines", type=int, help="how many lines to read or to simulate")

    write = commands.add_parser("write", help="write a text by hand, as SVG, PNG, JSON or npz")
    write.add_argument("text")
    write.add_argument("--hand", choices=["real", "simulated"], default=HAND, help=f"shipped weights (default: {HAND})")
    write.add_argument("--weights", help="other weights: NAME.weights.h5, with NAME.json beside it")
    write.add_argument("--bias", type=float, default=0.75, help="0 as the hand comes, larger is neater (default: 0.75)")
    write.add_argument("--prime", metavar="FILE", help="a line, as .json or .npz, in whose hand to go on")
    write.add_argument("--prime-text", metavar="T", help="what that line says, instead of the file's own text")
    write.add_argument("--seed", type=int, default=0, help="one seed, one result (default: 0)")
    write.add_argument("--out", default="line.svg", help="file to write (default: line.svg)")
    return top


def write(args):
    if Path(args.out).suffix not in drawing.SUFFIXES:
        raise InputError(f"--out {args.out}: expected a name that ends in {', '.join(drawing.SUFFIXES)}")
    if args.prime_text and not args.prime:
        raise InputError("--prime-text says what the line of --prime says; give both")
    alphabet.encode(args.text)  # before the slow part: a typo should not have to wait
    primer = line_files.load_lines(args.prime)[0] if args.prime else None
    if primer and args.prime_text:
        primer = primer._replace(text=args.prime_text)

    from . import weights, writing
    network = weights.load(args.weights or weights.shipped_path(f"synthesis_{args.hand}"))
    written = writing.Writer(network).write(args.text, args.seed, args.bias, primer)
    if not written.stopped:
        print(f"the network did not come to an end within {len(written.strokes)} points; try another --seed or a "
              "larger --bias", file=sys.stderr)
    drawing.save(args.out, Line(written.new, args.text, "network"))
    print(args.out.encode(errors="backslashreplace").decode())  # a file's name may be no Unicode


def evaluate(args):
    from . import evaluation, weights
    network = weights.load(args.weights)
    if network.kind == "text":
        corpus = texts.load(args.corpus, args.split)
    else:
        count = 1000 if args.lines is None and args.corpus == "simulated" else args.lines
        corpus = _lines(args.corpus, args.split, args.root, count)
    figures = evaluation.evaluate(network, corpus)
    if args.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):>18} {value:,.{0 if isinstance(value, int) else 3}f}")


def train(args):
    import keras

    from . import distribution, training, weights
    keras.utils.set_random_seed(args.seed)
    if args.distribute:
        distribution.distribute()
    if args.mixed:
        keras.config.set_dtype_policy("mixed_bfloat16")
    network = _network(args)
    if args.kind == "text":
        made = [batches.TextBatches(texts.load(args.corpus, split), steps=steps, seed=args.seed, repeat=split == "val")
                for split, steps in (("train", 200), ("val", 20))]
    else:
        made = []
        for split in ("train", "val"):
            lines = _lines(args.corpus, split, args.root, _count(args.lines, split))
            print(f"{split}: {len(lines)} lines of {len({line.writer for line in lines})} writers", flush=True)
            options = {"steps": 200, "augment": True, "seed": args.seed} if split == "train" else {"repeat": True}
            made.append(batches.LineBatches(lines, args.kind == "synthesis", **options))
    print(f"{network.count_params():,} parameters", flush=True)
    before = {"before": json.loads(weights.record_path(args.start).read_bytes())} if args.start else {}
    training.fit(network, *made, args.out, args.minutes, args.epochs, args.method, args.rate, args.patience,
                 command=_command(args), seed=args.seed, **before,
                 source={**corpora.SOURCES, **texts.SOURCES}.get(args.corpus, "a file of one's own"))


def _network(args):
    """A new network of the size that is asked for, or the one that --start names."""
    from . import networks, weights
    given = {name: getattr(args, name) for name in SIZE if getattr(args, name) is not None}
    if args.start:
        if given or args.peepholes:
            raise InputError("--start FILE brings its own size; leave out --size, --mixtures, --windows, --peepholes")
        network = weights.load(args.start)
        if network.kind != args.kind:
            raise InputError(f"--start {args.start} is a {network.kind} network, not one for {args.kind}")
        return network
    size, mixtures, windows = {**SIZE, **given}.values()
    try:
        layers, cells = map(int, size.split("x"))
        if layers < 1 or cells < 1:
            raise ValueError
    except ValueError:
        raise InputError(f"--size {size}: expected layers x cells, such as 2x256") from None
    if layers > 100 or layers * cells * (8 * cells + 6 * mixtures + 3 * windows) > 10 ** 9:
        raise InputError(f"--size {size}, --mixtures {mixtures}, --windows {windows}: expected a network of at most "
                         "100 layers and 1,000,000,000 parameters")
    return networks.Network(args.kind, (cells,) * layers, mixtures, windows, args.peepholes)


def pack(args):
    lines = {split: prepare.iter_prepared(corpora.stream(args.corpus, split, args.root, _count(args.lines, split)))
             for split in splits.SPLITS}
    for split, count in packed.pack(args.out, lines).items():
        print(f"{split}: {count} lines")


def _count(lines, split):
    """How many lines of a split are asked for: for validation and test a twentieth of those for training."""
    return lines if split == "train" or not lines else -(-lines // 20)


def _lines(corpus, split, root, count):
    """Prepared lines of one split."""
    if Path(corpus).suffix != packed.SUFFIX:
        return prepare.prepare(corpora.handwriting(corpus, split, root, count))
    if root or count:
        raise InputError(f"{corpus} is packed; --root and --lines are for pack")
    return packed.Packed(corpus, split)


def _command(args):
    """The command again, but for where the results went."""
    options = {key: value for key, value in vars(args).items() if key not in ("command", "kind", "out")}
    given = [f"--{key}" if value is True else f"--{key} {value}" for key, value in options.items() if value]
    return " ".join([f"python -m mdn_utils train {args.kind}", *given])


def main(arguments=None):
    args = parser().parse_args(arguments)
    try:
        if not 0 <= getattr(args, "seed", 0) < 2 ** 32:
            raise InputError(f"--seed {args.seed}: expected a number from 0 to {2 ** 32 - 1}")
        globals()[args.command](args)
    except (InputError, OSError) as error:
        sys.exit(f"mdn_utils {args.command}: {error}")
    except KeyboardInterrupt:
        hint = "; the same command goes on" if args.command == "train" else ""
        sys.exit(f"mdn_utils {args.command}: stopped{hint}")


if __name__ == "__main__":
    main()
