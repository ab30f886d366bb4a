"""What the command line does: train, evaluate, pack, write, read, lines."""
import json
import sys
from pathlib import Path

import keras

from . import (
    adapting,
    compiling,
    distribution,
    drawing,
    enriching,
    evaluation,
    labelling,
    layers,
    networks,
    page_files,
    pages,
    reading,
    silence_stderr,
    training,
    weights,
    writing,
)
from .data import (
    batches,
    corpora,
    ink_lines,
    line_files,
    packed,
    pasted,
    prepare,
    simulated,
    splits,
    texts,
)
from .data.strokes import Line
from .data.style import distance, style
from .errors import InputError
from .safe_files import exclusive

SIZE, MIXTURES, GAUSSIANS = "3x400", 20, 10  # the paper's
VALIDATION_STEPS = 50  # after each epoch; `evaluate` takes all lines
READER_SIZE = "3x128"
READER_EXTRA = 9000  # simulated lines, for digits and marks, and as many of joined words
READER_VALIDATION = 1000  # lines
TRIES = 8  # a line takes a second longer, and few are left that can't be read
BEAM = 10
# A hand that `adapt` learnt is a folder with its weights, and a line of it to go on from.
HAND_WEIGHTS, HAND_LINE = "hand.weights.h5", "line.json"


def write(args):
    fit = pasted.replace_unknown if args.replace else pasted.clean
    text = pasted.each_row(_text(args), fit)
    suffix = Path(args.out).suffix.lower()
    whole_page = (
        args.page or args.animate or suffix == ".pdf" or "\n" in text or len(text) > pages.LONGEST
    )
    suffixes = page_files.SUFFIXES if whole_page else drawing.SUFFIXES
    if suffix not in suffixes:
        raise InputError(
            f"--out {args.out}: expected a name that ends in {', '.join(suffixes)}"
            f"{', for a page' if whole_page else ''}"
        )
    if args.prime_text and not args.prime:
        raise InputError("--prime-text says what the line of --prime says; give both")
    if whole_page:
        paper = pages.Paper(args.page or "none", args.margin, args.line_height)
        paper.check()
    pages.check_paragraphs(text)  # before the slow part: a typo should not have to wait
    path, line = _hand(args)
    primer = None
    if line:
        primer = line_files.load_lines(line, need_text=not args.prime_text)[0]
        primer = primer._replace(text=fit(args.prime_text or primer.text))

    network = weights.load(path)
    if _offsets(path):
        raise InputError(
            f"{path} learned points as recorded (train --recorded), which is for measuring; write "
            "needs a network that was trained without it"
        )
    reader = weights.load_shipped("reader") if args.tries > 1 or primer else None
    writer = writing.Writer(network)
    options = {"bias": args.bias, "primer": primer, "tries": args.tries, "reader": reader}
    if args.tries > 1 and Path(path).name == HAND_WEIGHTS:
        options["reference"] = weights.load_shipped("synthesis_real")
    if whole_page:
        rows = pages.write_rows(writer, text, paper, args.seed, **options)
        files = page_files.save(
            args.out, pages.lay_out(rows, paper, args.seed), pages.SIZES.get(paper.name),
            paper.margin, args.ink, args.pen, text, args.animate,
        )
    else:
        written = writer.write(text, args.seed, **options)
        if not written.stopped:
            print(
                f"the network did not come to an end within {len(written.strokes)} points; try "
                "another --seed or a larger --bias",
                file=sys.stderr,
            )
        drawing.save(args.out, Line(written.new, text.strip(), "network"))
        files = [args.out]
    for name in files:
        print(str(name).encode(errors="backslashreplace").decode())  # a name may be no Unicode


def _hand(args):
    """The weights of a hand, and a file with a line of it or None."""
    if args.weights:
        return args.weights, args.prime
    shipped = weights.shipped_path(f"synthesis_{args.hand}")
    if shipped.is_file():
        return shipped, args.prime
    folder = Path(args.hand)
    if not (folder / HAND_WEIGHTS).is_file():
        raise InputError(
            f"--hand {args.hand}: expected real, simulated, or a folder that adapt made"
        )
    return folder / HAND_WEIGHTS, args.prime or folder / HAND_LINE


def _text(args):
    if (args.text is None) == (args.file is None):
        raise InputError("give a text, or --file with a text in it")
    if args.file is None:
        return args.text
    try:
        return Path(args.file).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{args.file}: not a text in UTF-8 ({error})") from None


def evaluate(args):
    network = weights.load(args.weights)
    if isinstance(network, networks.TextNetwork):
        figures = evaluation.evaluate_text(network, texts.load(args.corpus, args.split))
    else:
        count = args.lines
        if count is None and args.corpus == "simulated":
            count = 1000
        if isinstance(network, reading.Reader):
            lines = corpora.handwriting(args.corpus, args.split, args.root, count)
            figures = evaluation.evaluate_reader(network, lines, BEAM)
        else:
            offsets = _offsets(args.weights)
            lines = _lines(args.corpus, args.split, args.root, count, offsets)
            figures = evaluation.evaluate_lines(network, lines)
    if args.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        digits = 0 if isinstance(value, int) else 3
        print(f"{name.replace('_', ' '):>24} {value:,.{digits}f}")


def train(args):
    if args.recorded and args.kind not in ("prediction", "synthesis"):
        raise InputError(f"--recorded is not for {args.kind} networks")
    if args.dropout is not None and args.kind != "reader":
        raise InputError(f"--dropout is not for {args.kind} networks")
    with silence_stderr():  # on JAX, this is what imports TensorFlow
        keras.utils.set_random_seed(args.seed)
    if args.distribute:
        distribution.distribute()
    if args.mixed:
        keras.config.set_dtype_policy("mixed_bfloat16")
    network = trained = _network(args)
    monitor = "val_nats"
    if args.noise:
        trained = layers.WeightNoise(network, args.noise, seed=args.seed)
    if args.kind == "reader":
        compiling.compile_reader(trained, args.rate)
        monitor = "val_nats_per_line"
    else:
        compiling.compile_network(trained, args.method, args.rate)
    make = {"text": _text_batches, "reader": _ink_batches}.get(args.kind, _line_batches)
    *data, offsets = make(args)
    print(f"{network.count_params():,} parameters", flush=True)
    provenance = {"command": _command(args), "seed": args.seed}
    if offsets:
        provenance["offsets"] = offsets._asdict()
    sources = {**corpora.SOURCES, **texts.SOURCES}
    provenance["source"] = sources.get(args.corpus, "a file of the user's own")
    if args.start:
        provenance["before"] = json.loads(weights.record_path(args.start).read_bytes())
        figures = trained.evaluate(data[1], verbose=0, return_dict=True)
        nats = figures[monitor.removeprefix("val_")]
        print(f"before training: validation {nats:.3f}", flush=True)
    training.fit(
        trained, *data, args.out, keep=network, monitor=monitor, minutes=args.minutes,
        epochs=args.epochs, patience=args.patience,
        anneal=args.method == "adam", **provenance,
    )


def _text_batches(args):
    train, validation = (texts.load(args.corpus, split) for split in ("train", "val"))
    return (
        batches.TextBatches(train, steps=200, seed=args.seed),
        batches.TextBatches(validation, steps=20, seed=args.seed, repeat=True),
        None,
    )


def _line_batches(args):
    arrange = {
        "prediction": batches.arrange_prediction, "synthesis": batches.arrange_synthesis
    }[args.kind]
    lines, offsets = {}, None
    for split in ("train", "val"):
        count = _count(args.lines, split)
        if args.recorded and not offsets:  # of the lines to train on
            given = _given(args.corpus, split, args.root, count)
            offsets = prepare.measure_offsets(given)
            lines[split] = prepare.prepare_recorded(given, offsets)
        else:
            lines[split] = _lines(args.corpus, split, args.root, count, offsets)
        writers = {line.writer for line in lines[split]}
        print(f"{split}: {len(lines[split])} lines of {len(writers)} writers", flush=True)
    validation = batches.LineBatches(lines["val"], arrange, repeat=True)
    validation.steps = min(validation.steps, VALIDATION_STEPS)
    return (
        batches.LineBatches(lines["train"], arrange, steps=200, augment=True, seed=args.seed),
        validation,
        offsets,
    )


def _ink_batches(args):
    """What a reader learns from: the corpus, simulated lines, and words joined into lines."""
    train = corpora.handwriting(args.corpus, "train", args.root, args.lines)
    train += simulated.lines(READER_EXTRA)
    if args.part != "all":
        train = [line for line in train if ink_lines.part_of(line.writer) == args.part]
    validation = corpora.handwriting(args.corpus, "val", args.root, _count(args.lines, "val"))
    validation = validation[::-(-len(validation) // READER_VALIDATION)]
    lines = {"train": ink_lines.prepare_ink(train), "val": ink_lines.prepare_ink(validation)}
    words = [line for line in lines["train"] if " " not in line.text]
    lines["train"] += ink_lines.join_words(words, READER_EXTRA, args.seed)
    for split, ink in lines.items():
        print(f"{split}: {len(ink)} lines of {len({line.writer for line in ink})} writers")

    def bucket(split, **options):
        sizes = [(len(line.steps), len(line.text)) for line in lines[split]]
        return batches.BucketBatches(
            lines[split], sizes, ink_lines.arrange_ink, points=6000, **options
        )

    train = bucket("train", steps=200, augment=True, seed=args.seed)
    return train, bucket("val", repeat=True), None


def adapt(args):
    out = Path(args.out)
    reader = weights.load_shipped("reader")
    lines = adapting.usable(line_files.load_lines(args.file), reader)
    learnt, held = adapting.held_back(lines)
    own_wrong = evaluation.evaluate_reader(reader, lines, BEAM)
    network = weights.load(args.start or weights.shipped_path("synthesis_real"))
    writer = writing.Writer(network)
    with exclusive(out):
        primer = adapting.best_primer(writer, lines)
        before = adapting.measure(writer, lines, held, primer, reader)
        share = adapting.learn(writer, lines, primer, reader, args.steps, args.rate, args.seed)
        primer = adapting.best_primer(writer, lines)  # of the network that it is now
        after = adapting.measure(writer, lines, held, primer, reader)
        weights.save(
            network, out / HAND_WEIGHTS, command=_command(args), seed=args.seed,
            source="a hand of the user's own", lines=len(learnt), share=share,
        )
        line_files.save_lines(out / HAND_LINE, [primer])
    own = distance(style([line.strokes for line in held]), style([line.strokes for line in learnt]))
    print(f"{'':>34} {'before':>8} {'after':>8}")
    nats, wrong = "nats per point, lines held back", "characters read wrong"
    print(f"{nats:>34} {before.nats_per_point:>8.3f} {after.nats_per_point:>8.3f}")
    print(
        f"{wrong:>34} {before.character_error_rate:>8.1%} {after.character_error_rate:>8.1%} "
        f"({own_wrong['character_error_rate']:.1%} in your own lines)"
    )
    print(
        f"{'distance from your hand':>34} {before.distance:>8.3f} {after.distance:>8.3f} "
        f"({own:.3f} between your own lines)"
    )
    print(f"write in it with: python -m mdn_utils write --hand {args.out} TEXT")


def read(args):
    lines = line_files.load_lines(args.file, need_text=False)
    reader = weights.load(args.weights) if args.weights else weights.load_shipped("reader")
    for found in reading.read(reader, [line.strokes for line in lines], BEAM):
        if args.json:
            print(json.dumps({
                "text": found.text,
                "confidence": [round(float(value), 3) for value in found.confidence],
                "log_probability": round(found.log_probability, 3),
            }))
        else:
            print(found.text)


def lines(args):
    reader = weights.load_shipped("reader") if args.read else None
    found = []
    for file in args.files:
        found += line_files.load_lines(file, need_text=False, y=args.y)
    if args.text_file:
        found = labelling.with_texts(found, Path(args.text_file))
    if args.writer:
        found = [line._replace(writer=args.writer) for line in found]
    if args.replace:
        found = [line._replace(text=pasted.replace_unknown(line.text)) for line in found]
    found, told = labelling.with_proposals(found, reader, BEAM)
    labelling.check(found)
    line_files.save_lines(args.out, found)
    for number, (line, note) in enumerate(zip(found, told), 1):
        print(f"{number:4} {line.text}{note}")


def _network(args):
    """A new network of the size that is asked for, or the one that --start names."""
    classes = {
        "text": networks.TextNetwork,
        "prediction": networks.PredictionNetwork,
        "synthesis": networks.SynthesisNetwork,
        "reader": reading.Reader,
    }
    if args.start:
        if args.size or args.mixtures or args.gaussians or args.peepholes:
            raise InputError(
                "--start FILE brings its own size; leave out --size, --mixtures, --gaussians, "
                "--peepholes"
            )
        network = weights.load(args.start)
        if not isinstance(network, classes[args.kind]):
            raise InputError(
                f"--start {args.start} is a {type(network).__name__}, not one for {args.kind}"
            )
        if args.dropout is None:
            return network
        started = reading.Reader(network.units, args.dropout)
        started.set_weights(network.get_weights())
        return started
    config = {"units": _units(args)}
    if args.kind != "reader":
        config["peepholes"] = args.peepholes
    elif args.dropout is not None:
        config["dropout"] = args.dropout
    for option, default, kinds in (
        ("mixtures", MIXTURES, ("prediction", "synthesis")),
        ("gaussians", GAUSSIANS, ("synthesis",)),
    ):
        given = getattr(args, option)
        if args.kind in kinds:
            config[option] = default if given is None else given
        elif given is not None:
            raise InputError(f"--{option} is not for {args.kind} networks")
    if classes[args.kind].least_parameters(config) > 10 ** 9:
        raise InputError(
            f"--size {args.size}: expected a network of at most 1,000,000,000 parameters"
        )
    return classes[args.kind](**config)


def _units(args):
    size = args.size or (READER_SIZE if args.kind == "reader" else SIZE)
    try:
        layers, cells = map(int, size.split("x"))
        if layers < 1 or cells < 1:
            raise ValueError
    except ValueError:
        raise InputError(f"--size {size}: expected layers x cells, such as 2x256") from None
    return (cells,) * min(layers, networks.MOST_LAYERS + 1)  # one too many is refused


def pack(args):
    lines = {}
    for split in splits.SPLITS:
        count = _count(args.lines, split)
        try:
            given = corpora.iter_lines(args.corpus, split, args.root, count)
        except InputError as error:
            if split != "test":
                raise
            print(f"test: left out ({error})")  # training does without
            continue
        lines[split] = prepare.iter_prepared(given)
    if args.join:
        reader = weights.load_shipped("reader")
        lines["train"] = enriching.enrich(list(lines["train"]), reader, args.join)
    for split, count in packed.pack(args.out, lines).items():
        print(f"{split}: {count} lines")


def _count(lines, split):
    """How many lines of a split to take: for validation and test a twentieth of those to train."""
    return lines if split == "train" or not lines else -(-lines // 20)


def _lines(corpus, split, root, count, offsets=None):
    """Prepared lines of one split; as recorded, if there are the `offsets` to divide by."""
    if offsets:
        return prepare.prepare_recorded(_given(corpus, split, root, count), offsets)
    if Path(corpus).suffix != packed.SUFFIX:
        return prepare.prepare(corpora.handwriting(corpus, split, root, count))
    if root or count:
        raise InputError(f"{corpus} is packed; --root and --lines are for pack")
    return packed.Packed(corpus, split)


def _given(corpus, split, root, count):
    """Lines of one split as recorded."""
    if Path(corpus).suffix == packed.SUFFIX:
        raise InputError(f"{corpus}: its lines are normalised; give the corpus itself")
    return corpora.handwriting(corpus, split, root, count)


def _offsets(path):
    """The offsets by which a network's lines were divided, if it learned them as recorded."""
    offsets = json.loads(weights.record_path(path).read_bytes()).get("offsets")
    return offsets and prepare.Offsets(**offsets)


def _command(args):
    """The command that reproduces this run, without --out."""
    given = [f"python -m mdn_utils {args.command}"]
    for key, value in vars(args).items():
        if key in ("kind", "file"):
            given.append(value)
            continue
        left_out = not value and (key, value) != ("dropout", 0.0)
        if key in ("command", "out", "run") or left_out or (key, value) == ("part", "all"):
            continue
        given.append(f"--{key}" if value is True else f"--{key} {value}")
    return " ".join(given)
