"""Keep what a network writes legible while it learns a hand."""
from .errors import InputError
from .evaluation import error_rates
from .reading import read

# Everyday texts with every letter, some capitals, digits and marks: none is in a sample, and none
# is among those that `adapting.measure` reports on.
TEXTS = (
    "Bring me the blue cup", "seven jars of honey", "Zoe fixed the old radio", "page 268",
    "we walked along the quay", "Is it raining?", "14 May, half past nine", "kitchen windows",
    "a grey mouse, very quick", "Mr. Vance phoned twice", "growing up in Leeds", "thank you both",
    "just below the zenith", "extra bread and butter", "Helen plays the cello", "dogs can't climb",
)
TIMES = 2  # that each is written
BIAS = 0.75
SHARES = (1.0, 0.75, 0.5, 0.25)  # of the way from the old weights to the new, largest first


def misread(writer, primer, reader, seed=0):
    """Return the share of characters that a reader gets wrong in what a network writes.

    Args:
        writer: a `writing.Writer`.
        primer: a `Line` to go on from.
        reader: a `reading.Reader`.
        seed: an integer.

    Returns:
        A share of the characters, one try each.

    Raises:
        InputError: if the network can't go on from the primer, or writes what is no line at all.

    Example:

    >>> from mdn_utils import weights, writing
    >>> from mdn_utils.data import simulated
    >>> writer = writing.Writer(weights.load_shipped("synthesis_simulated"))
    >>> misread(writer, simulated.lines(1)[0], weights.load_shipped("reader")) < 0.2
    True
    """
    texts = list(TEXTS) * TIMES
    written = writer.write(texts, seed, BIAS, primer)
    readings = read(reader, [line.new for line in written])
    return error_rates([reading.text for reading in readings], texts)["character_error_rate"]


def keep_legible(writer, start, primer, reader, allowed):
    """Go back towards the old weights until the reader misreads no more than is allowed.

    The weights are mixed: so much of the new ones, the rest of the old (Wortsman et al. 2022,
    "Robust fine-tuning of zero-shot models"). With one hard hand, learned at a high rate, half of
    the new ones kept two thirds of the nearness and halved the mistakes. Says so if it goes back.

    Args:
        writer: a `writing.Writer` around the trained network, whose weights are changed.
        start: the weights before the training, as `get_weights` returns them.
        primer: a `Line` to go on from.
        reader: a `reading.Reader`.
        allowed: a share of the characters, see `misread`.

    Returns:
        The share of the way that is kept, 0 to 1.

    Example: nothing was learned, so nothing got worse.

    >>> from mdn_utils import weights, writing
    >>> from mdn_utils.data import simulated
    >>> writer = writing.Writer(weights.load_shipped("synthesis_simulated"))
    >>> keep_legible(
    ...     writer, writer.network.get_weights(), simulated.lines(1)[0],
    ...     weights.load_shipped("reader"), allowed=0.5)
    1.0
    """
    network = writer.network
    end = network.get_weights()
    first = None
    for share in SHARES:
        network.set_weights([old + share * (new - old) for old, new in zip(start, end)])
        try:
            wrong = misread(writer, primer, reader)
        except InputError:  # that is no writing any more
            wrong = 1.0
        first = wrong if first is None else first
        if wrong <= allowed:
            break
    else:
        share = 0.0
        network.set_weights(start)
    if share < 1:
        print(
            f"with all that was learned the reader gets {first:.0%} of the characters wrong, more "
            f"than {allowed:.0%}; so {f'only {share:.0%}' if share else 'none'} of it is kept"
        )
    return share
