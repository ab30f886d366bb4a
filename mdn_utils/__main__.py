"""The command line: train, evaluate, pack, write, read, lines."""
import argparse
import sys
import warnings

from . import silence_tensorflow

silence_tensorflow()  # before Keras is imported

from . import commands as run  # noqa: E402
from .adapting import RATE, STEPS  # noqa: E402
from .commands import GAUSSIANS, MIXTURES, READER_SIZE, SIZE, TRIES  # noqa: E402
from .data.ink_lines import PARTS  # noqa: E402
from .data.line_files import Y  # noqa: E402
from .data.splits import SPLITS  # noqa: E402
from .errors import InputError  # noqa: E402
from .pages import LONGEST, SIZES  # noqa: E402

HAND = "real"
KINDS = ("text", "prediction", "synthesis", "reader")


def parser():
    top = argparse.ArgumentParser(
        prog="python -m mdn_utils", description="Handwriting from a recurrent network."
    )
    commands = top.add_subparsers(dest="command", required=True)
    _add_train(commands)
    _add_evaluate(commands)
    _add_pack(commands)
    _add_adapt(commands)
    _add_write(commands)
    _add_read(commands)
    _add_lines(commands)
    return top


def _add_corpus(command, lines):
    command.add_argument("--root", help="folder of the corpus, for iam and unipen")
    command.add_argument("--lines", type=int, help=f"how many lines to read or to simulate{lines}")


def _add_train(commands):
    train = commands.add_parser(
        "train", help="train a network; the same command goes on where it stopped"
    )
    train.set_defaults(run=run.train)
    train.add_argument("kind", choices=KINDS)
    train.add_argument(
        "--corpus", required=True,
        help="simulated, iam, unipen, a file of lines, a file that pack wrote; for text: python, "
        "ptb, enwik8, shakespeare, a text file",
    )
    _add_corpus(train, "")
    train.add_argument(
        "--size", help=f"layers x cells, such as 2x256 (default: the paper's {SIZE}; for a reader "
        f"{READER_SIZE})",
    )
    train.add_argument(
        "--mixtures", type=int, help=f"components of the mixture (default: {MIXTURES})"
    )
    train.add_argument(
        "--gaussians", type=int, help=f"Gaussians of the soft window (default: {GAUSSIANS})"
    )
    train.add_argument(
        "--peepholes", action="store_true", help="the paper's LSTM cell, with derivatives clipped"
    )
    train.add_argument(
        "--part", choices=PARTS, default="all",
        help="of the writers that a reader learns from: two thirds, the last third, or all "
        "(default: %(default)s)",
    )
    train.add_argument(
        "--dropout", type=float,
        help="share of the outputs of a reader's layers that training sets to 0 (default: 0.2, or "
        "what --start says)",
    )
    train.add_argument(
        "--start", metavar="FILE",
        help="start from these weights, NAME.weights.h5, and their size, for example on another "
        "corpus",
    )
    train.add_argument("--method", choices=["adam", "graves"], default="adam")
    train.add_argument(
        "--recorded", action="store_true",
        help="points as recorded, offsets divided by their deviation, which is the paper's "
        "normalisation: for figures that compare with its tables (`evaluate` follows)",
    )
    train.add_argument(
        "--noise", type=float, default=0.0, metavar="SIGMA",
        help="Gaussian noise on the weights, new for each batch; 0.075 in the paper (default: 0)",
    )
    train.add_argument(
        "--rate", type=float, default=2e-3,
        help="Adam's learning rate at its peak (default: %(default)s)",
    )
    budget = train.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float)
    budget.add_argument("--epochs", type=int, help="of 200 steps each")
    train.add_argument(
        "--patience", type=int, help="stop after this many epochs without a better validation"
    )
    train.add_argument(
        "--distribute", action="store_true",
        help="on JAX: share the work over all devices of this machine, or of several "
        "(docs/scaling.md)",
    )
    train.add_argument(
        "--mixed", action="store_true", help="hidden layers compute in bfloat16, for GPUs that do"
    )
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--out", required=True, help="folder for checkpoints and the best weights")


def _add_evaluate(commands):
    evaluate = commands.add_parser("evaluate", help="measure a network on a corpus")
    evaluate.set_defaults(run=run.evaluate)
    evaluate.add_argument("weights", help="NAME.weights.h5, with NAME.json beside it")
    evaluate.add_argument("--corpus", required=True, help="as for train")
    _add_corpus(evaluate, " (simulated: 1000)")
    evaluate.add_argument("--split", choices=SPLITS, default="val")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")


def _add_pack(commands):
    pack = commands.add_parser("pack", help="prepare a corpus larger than memory in one file")
    pack.set_defaults(run=run.pack)
    pack.add_argument("out", help="file to write, NAME.h5")
    pack.add_argument("--corpus", required=True, help="simulated, iam, unipen, a file of lines")
    _add_corpus(pack, "")
    pack.add_argument(
        "--join", type=int, default=0, metavar="N",
        help="also cut the lines to train on into words, join words of one writer into N lines, "
        "and take lines with rare characters twice",
    )


def _add_adapt(commands):
    adapt = commands.add_parser(
        "adapt", help="learn your hand from a few lines of it; `write --hand` then writes in it"
    )
    adapt.set_defaults(run=run.adapt)
    adapt.add_argument("file", help="your lines with their texts (`lines` gathers them)")
    adapt.add_argument("--out", required=True, help="folder for the hand")
    adapt.add_argument(
        "--start", metavar="FILE", help="other weights to start from, NAME.weights.h5"
    )
    adapt.add_argument(
        "--steps", type=int, default=STEPS, help="batches to train on (default: %(default)s)"
    )
    adapt.add_argument(
        "--rate", type=float, default=RATE, help="Adam's learning rate (default: %(default)s)"
    )
    adapt.add_argument("--seed", type=int, default=0)


def _add_write(commands):
    write = commands.add_parser(
        "write", help="write a line (SVG, PNG, JSON, npz) or a page (SVG, PDF, PNG) by hand"
    )
    write.set_defaults(run=run.write)
    write.add_argument(
        "text", nargs="?",
        help=f"a line; a page if it has line breaks or more than {LONGEST} characters",
    )
    write.add_argument("--file", metavar="FILE", help="the text, in a file")
    write.add_argument(
        "--hand", default=HAND,
        help="real, simulated, or a folder that adapt made (default: %(default)s)",
    )
    write.add_argument("--weights", help="other weights: NAME.weights.h5, with NAME.json beside it")
    write.add_argument(
        "--bias", type=float, default=0.75,
        help="0 as the hand comes, larger is neater (default: %(default)s)",
    )
    write.add_argument(
        "--prime", metavar="FILE", help="a line in whose hand to go on, in any form that "
        "data/README.md lists",
    )
    write.add_argument(
        "--prime-text", metavar="T", help="what that line says, instead of the file's own text"
    )
    write.add_argument(
        "--seed", type=int, default=0, help="one seed, one result (default: %(default)s)"
    )
    write.add_argument(
        "--tries", type=int, default=TRIES,
        help="write the line so many times and keep the one that is read best; in a hand that "
        "adapt learned, the one most in it among those (default: %(default)s)",
    )
    write.add_argument(
        "--replace", action="store_true",
        help="transliterate characters that the hand doesn't know: strasse for straße",
    )
    write.add_argument("--out", default="line.svg", help="file to write (default: %(default)s)")
    page = write.add_argument_group("a page", "lengths are in millimetres")
    page.add_argument(
        "--page", choices=[*SIZES, "none"],
        help="wrap the text on such paper; none is paper that ends with the text",
    )
    page.add_argument("--margin", type=float, default=20, help="default: %(default)s")
    page.add_argument("--line-height", type=float, default=10, help="default: %(default)s")
    page.add_argument("--ink", default="black", help="a colour (default: %(default)s)")
    page.add_argument("--pen", type=float, default=0.5, help="its width (default: %(default)s)")
    page.add_argument("--animate", action="store_true", help="an SVG that writes itself")


def _add_read(commands):
    read = commands.add_parser("read", help="read handwriting")
    read.set_defaults(run=run.read)
    read.add_argument("file", help="lines of handwriting, in any form that data/README.md lists")
    read.add_argument(
        "--weights", help="another reader: NAME.weights.h5, with NAME.json beside it"
    )
    read.add_argument(
        "--json", action="store_true", help="print JSON, with a confidence for each character"
    )


def _add_lines(commands):
    lines = commands.add_parser(
        "lines", help="gather handwriting from files of any form into one file of lines"
    )
    lines.set_defaults(run=run.lines)
    lines.add_argument("files", nargs="+", metavar="FILE", help="a form that data/README.md lists")
    lines.add_argument(
        "--text-file", metavar="T", help="what the lines say, in order, one per row"
    )
    lines.add_argument(
        "--read", action="store_true", help="let the reader propose the texts that are missing"
    )
    lines.add_argument("--y", choices=Y, help="which way y counts, if it comes out wrong")
    lines.add_argument("--writer", metavar="NAME", help="who wrote them")
    lines.add_argument(
        "--replace", action="store_true",
        help="transliterate characters that the hand doesn't know",
    )
    lines.add_argument("--out", default="mine.json", help="file to write (default: %(default)s)")


def main(arguments=None):
    args = parser().parse_args(arguments)
    try:
        if not 0 <= getattr(args, "seed", 0) < 2 ** 32:
            raise InputError(f"--seed {args.seed}: expected a number from 0 to {2 ** 32 - 1}")
        args.run(args)
    except (InputError, OSError) as error:
        sys.exit(f"mdn_utils {args.command}: {error}")
    except KeyboardInterrupt:
        hint = "; the same command goes on" if args.command == "train" else ""
        sys.exit(f"mdn_utils {args.command}: stopped{hint}")


if __name__ == "__main__":
    warnings.formatwarning = lambda message, *_: f"mdn_utils: {message}\n"
    main()
