"""The command line: write, train, evaluate."""
import argparse
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from .strokes import InputError  # noqa: E402


def parser():
    top = argparse.ArgumentParser(prog="python -m mdn_utils", description="Handwriting from a recurrent network.")
    commands = top.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train a network; run it again to go on where it stopped")
    train.add_argument("kind", choices=["text", "prediction", "synthesis"])
    train.add_argument("--corpus", required=True, help="simulated, iam, unipen, python, ptb, enwik8, shakespeare or a file")
    train.add_argument("--root", help="the folder of the corpus, for iam and unipen")
    train.add_argument("--lines", type=int, help="how many lines to read or to simulate")
    train.add_argument("--size", default="3x400", help="layers x cells, such as 2x256 (default: the paper's 3x400)")
    train.add_argument("--mixtures", type=int, default=20, help="components of the mixture")
    train.add_argument("--windows", type=int, default=10, help="Gaussians of the soft window")
    train.add_argument("--peepholes", action="store_true", help="the paper's LSTM cell, with derivatives clipped")
    train.add_argument("--method", choices=["adam", "graves"], default="adam")
    budget = train.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float)
    budget.add_argument("--epochs", type=int, help="of 200 steps each")
    train.add_argument("--patience", type=int, help="stop after so many epochs without a better validation figure")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--out", required=True, help="folder for checkpoints and the best weights")
    return top


def train(args):
    import keras

    from . import batches, corpora, networks, training
    try:
        layers, cells = map(int, args.size.split("x"))
        units = (cells,) * layers
        assert layers > 0 and cells > 0
    except (ValueError, AssertionError):
        raise InputError(f"--size {args.size}: expected layers x cells, such as 2x256") from None
    keras.utils.set_random_seed(args.seed)
    options = {"seed": args.seed, "steps": 200}
    if args.kind == "text":
        made = [batches.TextBatches(corpora.text(args.corpus, split, args.root).encode(), **options)
                for split in ("train", "val")]
    else:
        made = []
        for split in ("train", "val"):
            count = args.lines if split == "train" or not args.lines else -(-args.lines // 20)
            lines = training.prepare(corpora.handwriting(args.corpus, split, args.root, count))
            print(f"{split}: {len(lines)} lines of {len({line.writer for line in lines})} writers", flush=True)
            options = options if split == "train" else {}
            made.append(batches.LineBatches(lines, args.kind == "synthesis", augment=split == "train", **options))
    network = networks.Network(args.kind, units, args.mixtures, args.windows, args.peepholes)
    print(f"{network.count_params():,} parameters", flush=True)
    training.fit(network, *made, args.out, args.minutes, args.epochs, args.method, args.patience,
                 command="python -m mdn_utils " + " ".join(sys.argv[1:]), corpus=args.corpus, seed=args.seed)


def main(arguments=None):
    args = parser().parse_args(arguments)
    try:
        globals()[args.command](args)
    except InputError as error:
        sys.exit(f"mdn_utils {args.command}: {error}")


if __name__ == "__main__":
    main()
