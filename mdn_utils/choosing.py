"""Which of several tries of a line to keep: one that is legible, and in the right hand."""
import numpy as np
from keras import ops

from .data.batches import arrange_synthesis
from .data.strokes import Line
from .layers.mixture import nats

AT_ONCE = 64  # lines in a batch
STEP = 256  # points: lengths are rounded up to a multiple, since each is compiled


def likeness(network, reference, written):
    """Return how much more a network expects lines than another one does.

    By Bayes' rule, whoever wonders which of two writers a line is from adds this, times the number
    of its points, to the log of the odds.

    Args:
        network: a `SynthesisNetwork` that has learnt a hand.
        reference: the `SynthesisNetwork` that it was before.
        written: B `writing.Written`; only their new points count, but these go on from the primer.

    Returns:
        (B,), the mean of log p(point | network) - log p(point | reference), in nats per point.

    Example: one network is as likely as itself.

    >>> from mdn_utils import networks, writing
    >>> network = networks.SynthesisNetwork(units=(8,), mixtures=2, gaussians=1)
    >>> written = writing.Writer(network).write(["to", "be"], limit=10)
    >>> likeness(network, network, written).tolist()
    [0.0, 0.0]
    """
    lines = [Line(line.strokes, line.text, "network") for line in written]
    longest = max(len(line.strokes) for line in lines)
    shape = -(-longest // STEP) * STEP, max(len(line.text) for line in lines)
    rows = min(len(lines), AT_ONCE)
    gains = []
    for first in range(0, len(lines), rows):
        inputs, following, mask = arrange_synthesis(lines[first:first + rows], rows, shape)
        for row, line in zip(mask, written[first:]):
            row[:max(line.primed - 1, 0)] = 0
        own, other = (
            ops.convert_to_numpy(nats(following, model.predict_on_batch(inputs)))
            for model in (network, reference)
        )
        gains.append(((other - own) * mask).sum(1) / np.maximum(mask.sum(1), 1))
    return np.concatenate(gains)[:len(lines)]


def best_read(legible, tries):
    """Return the tries of each line in the order in which they are read, best first.

    Args:
        legible: (B * N,), log P(text | ink) of N tries of B lines, one line after the other.
        tries: N.

    Returns:
        (B, N), numbers among the B * N lines.

    Example:

    >>> legible = np.array([-1.0, -9.0, -0.5, -8.0, -3.0, -2.0, -4.0, -0.1])
    >>> best_read(legible, 4).tolist()
    [[2, 0, 3, 1], [7, 5, 4, 6]]
    """
    order = (-legible.reshape(-1, tries)).argsort(1, kind="stable")
    return order + np.arange(0, len(legible), tries)[:, None]


def most_alike(network, reference, written, few):
    """Return which of few lines is most in the hand of the network.

    Args:
        network, reference, written: see `likeness`.
        few: (B, n), numbers of lines among those written.

    Returns:
        (B,), the number in each row for which `likeness` is largest.

    Example: between a network and itself nothing differs, so it's the first one.

    >>> from mdn_utils import networks, writing
    >>> network = networks.SynthesisNetwork(units=(8,), mixtures=2, gaussians=1)
    >>> written = writing.Writer(network).write(["to", "be"], limit=10)
    >>> most_alike(network, network, written, np.array([[1, 0]])).tolist()
    [1]
    """
    alike = likeness(network, reference, [written[k] for k in few.ravel()]).reshape(few.shape)
    return np.take_along_axis(few, alike.argmax(1)[:, None], 1)[:, 0]
