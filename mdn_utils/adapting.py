"""Learn a hand from a few lines of it."""
import contextlib
import string
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from . import legibility
from .compiling import compile_network
from .data import batches, words
from .data.prepare import prepare
from .data.style import distance, style
from .enriching import cut_into_words
from .errors import InputError
from .evaluation import error_rates, evaluate_lines, evaluate_reader
from .reading import check_text, read
from .training import schedule

FEWEST = 4  # lines that a hand can be learnt from
HELD = 10  # one line in so many, and at least one, is kept to measure with
JOINED = 200  # lines made of the words of the hand's own
POINTS = 2000  # in a batch
RATE = 8e-5  # with 2e-3 the network learned the lines by heart: held-out ones were lost on it
STEPS = 150
FEW = 20  # steps that don't win back the seconds for which a second shape is compiled
PRIMER = 20  # characters of a good primer: enough to show the hand, and soon read
# More characters read wrong than this, over those before, are no longer about as many. Where a
# tenth of 600 is wrong, two samples of one network differ by 0.017 (standard deviation).
WORSE = 0.03
TEXTS = (
    "The quick brown fox jumps", "over 13 lazy dogs, at last.", "My jug was vexed by quiz",
    "Could we pack five boxes", "Sphinx of black quartz",
)
TIMES = 4  # that `measure` writes each: else one spoilt line is a tenth of the letters


class Hand(NamedTuple):
    """What `measure` says of a network and a hand.

    Attributes:
        nats_per_point: on the lines that were held back.
        character_error_rate: of five texts that are none of the lines', as the reader reads them.
        distance: between the hand those are in and the user's, see `data.style.distance`.

    Example:

    >>> Hand(-1.5, 0.02, 0.1).distance
    0.1
    """

    nats_per_point: float
    character_error_rate: float
    distance: float


def usable(lines, reader):
    """Return what can be learnt from, and say what is left out and why.

    Args:
        lines: a list of `Line`, as recorded.
        reader: a `reading.Reader`, which checks that each says what its text says.

    Returns:
        A list of prepared `Line`.

    Raises:
        InputError: if fewer than four lines are left.

    Example:

    >>> from mdn_utils.data import simulated
    >>> from mdn_utils.weights import load_shipped
    >>> len(usable(simulated.lines(4), load_shipped("reader")))
    only 4 lines...
    4
    """
    fit = []
    for number, line in enumerate(prepare(lines), 1):
        try:
            check_text(reader, line, f"line {number}")
            fit.append(line)
        except InputError as error:
            print(f"left out: {error}")
    if len(fit) < FEWEST:
        raise InputError(
            f"{len(fit)} of {len(lines)} lines can be used; {FEWEST} are the least to learn a hand "
            "from, and ten are good"
        )
    if len(fit) < 8:
        print(f"only {len(fit)} lines: with ten or more the hand comes out better")
    missing = set(string.ascii_lowercase) - set("".join(line.text for line in fit))
    if missing:
        print(
            f"no line has {' '.join(sorted(missing))}: the network makes up how you write "
            f"{'them' if len(missing) > 1 else 'it'}"
        )
    return fit


def held_back(lines):
    """Split lines into those to learn from and those to measure with.

    Example:

    >>> held_back(list("abcdefghij"))
    (['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'], ['a'])
    """
    return [line for k, line in enumerate(lines) if k % HELD], lines[::HELD]


def best_primer(writer, lines, reader=None):
    """Return the line to go on from: one of about twenty characters that the network can follow.

    Args:
        writer: a `writing.Writer`.
        lines: the hand's lines, a list of prepared `Line`.
        reader: a `reading.Reader`, if the lines haven't been checked: see `usable`.

    Raises:
        InputError: if at the end of each line the network believes to be elsewhere in its text.

    Example:

    >>> from mdn_utils import weights, writing
    >>> from mdn_utils.data import simulated
    >>> from mdn_utils.data.strokes import Line
    >>> writer = writing.Writer(weights.load_shipped("synthesis_simulated"))
    >>> said = ("no", "one of twenty one now")
    >>> best_primer(writer, [Line(simulated.write(text), text, "me") for text in said]).text
    'one of twenty one now'
    """
    for line in sorted(lines, key=lambda line: abs(len(line.text) - PRIMER)):
        with contextlib.suppress(InputError):
            writer.write("a", primer=line, limit=1, reader=reader)
            return line
    raise InputError(f"the network can't follow any of the {len(lines)} lines to its end")


def adapt(network, lines, reader, steps=STEPS, rate=RATE, seed=0):
    """Train a network on with the lines of one hand; its weights are changed.

    The lines are cut into words, and these joined anew, and each is slanted and scaled a little, so
    that few lines go a long way. All layers learn, the window too: with the window left as it was,
    hands came out less alike and read worse. Nothing checks what comes out; `learn` does.

    Args:
        network: a `SynthesisNetwork`.
        lines: a list of prepared `Line`.
        reader: a `reading.Reader`, which finds where words end.
        steps: how many batches to train on, 2 or more.
        rate: the learning rate at its peak.
        seed: an integer.

    Raises:
        InputError: for fewer steps, or a rate that isn't above 0.

    Example:

    >>> from mdn_utils.data import simulated
    >>> from mdn_utils.weights import load_shipped
    >>> network = load_shipped("synthesis_real")
    >>> lines = prepare(simulated.lines(4))
    >>> adapt(network, lines, load_shipped("reader"), steps=2)
    """
    if steps < 2:
        raise InputError(f"steps={steps}: expected 2 or more, such as {STEPS}")
    pieces = cut_into_words(lines, reader)
    data = batches.LineBatches(
        lines + words.join(pieces, JOINED, seed), points=POINTS, steps=steps, seed=seed,
        shapes=2 if steps > FEW else 1, augment=True,
    )
    compile_network(network, rate=rate)
    network.optimizer.learning_rate = _Rates(rate, steps)
    network.fit(data, epochs=1, verbose=0)


class _Rates(keras.optimizers.schedules.LearningRateSchedule):
    """`schedule`, followed by the optimizer itself.

    On JAX an optimizer's state is out of reach during an epoch: of all the rates that a callback
    sets before each batch, only the first one counts.
    """

    def __init__(self, rate, steps):
        self.config = {"rate": rate, "steps": steps}
        self.rates = np.float32([rate * schedule(step / steps) for step in range(steps)])

    def __call__(self, step):
        return ops.take(self.rates, ops.minimum(step, len(self.rates) - 1))

    def get_config(self):
        return self.config


def learn(writer, lines, primer, reader, steps=STEPS, rate=RATE, seed=0):
    """Learn a hand from nine lines in ten, and keep of it what leaves the writing legible.

    That is: about as legible as before, or else as the lines themselves.

    Args:
        writer: a `writing.Writer`; the weights of its network are changed.
        lines: the hand's lines, a list of prepared `Line`; see `held_back`.
        primer: the `best_primer` of them, to go on from when it is checked.
        reader: a `reading.Reader`.
        steps, rate, seed: see `adapt`.

    Returns:
        The share of what was learned that was kept, see `legibility.keep_legible`.

    Raises:
        InputError: see `adapt`; and if the network can't go on from the primer.

    Example:

    >>> from mdn_utils import weights, writing
    >>> from mdn_utils.data import simulated
    >>> writer = writing.Writer(weights.load_shipped("synthesis_real"))
    >>> lines = prepare(simulated.lines(4))
    >>> learn(writer, lines, lines[0], weights.load_shipped("reader"), steps=2)
    1.0
    """
    learnt, _ = held_back(lines)
    start = writer.network.get_weights()
    before = legibility.misread(writer, primer, reader)
    own = evaluate_reader(reader, lines)["character_error_rate"]
    adapt(writer.network, learnt, reader, steps, rate, seed)
    return legibility.keep_legible(writer, start, primer, reader, max(before + WORSE, own))


def measure(writer, lines, held, primer, reader, tries=1, seed=0):
    """Measure how well a network writes a hand.

    Args:
        writer: a `writing.Writer`.
        lines: the hand's lines, a list of prepared `Line`.
        held: those of them that nothing was trained on.
        primer: the `best_primer` of them.
        reader: a `reading.Reader`.
        tries: see `Writer.write`.
        seed: an integer.

    Returns:
        A `Hand`. The texts are written four times at bias 0.75, going on from the primer.

    Example:

    >>> from mdn_utils import weights, writing
    >>> from mdn_utils.data import simulated
    >>> writer = writing.Writer(weights.load_shipped("synthesis_real"))
    >>> lines = prepare(simulated.lines(2))
    >>> measure(writer, lines, lines[:1], lines[0], weights.load_shipped("reader")).distance < 1
    True
    """
    texts = list(TEXTS) * TIMES
    written = writer.write(texts, seed, 0.75, primer, tries=tries, reader=reader)
    new = [line.new for line in written]
    rates = error_rates([reading.text for reading in read(reader, new, 10)], texts)
    own = style([line.strokes for line in lines])
    return Hand(
        evaluate_lines(writer.network, held)["nats_per_point"], rates["character_error_rate"],
        distance(style(new), own),
    )
