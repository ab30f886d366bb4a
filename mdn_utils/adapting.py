"""Learn a hand from a few lines of it."""
import keras

from .compiling import compile_network
from .data import batches, words
from .enriching import cut_into_words

JOINED = 200  # lines made of the words of the hand's own lines
POINTS = 2000  # in a batch


def adapt(network, lines, reader, steps=200, rate=5e-4, keep=0.0, seed=0, callbacks=()):
    """Train a network on with the lines of one hand.

    The lines are cut into words, and these joined anew, so that few lines go a long way.

    Args:
        network: a `SynthesisNetwork`; its weights are changed.
        lines: a list of prepared `Line`.
        reader: a `reading.Reader`, which finds where words end.
        steps: how many batches to train on.
        rate: the learning rate at its peak.
        keep: share of the way that the weights go back to where they were.
        seed: an integer.
        callbacks: Keras callbacks.
    """
    pieces = cut_into_words(lines, reader)
    data = batches.LineBatches(
        lines + words.join(pieces, JOINED, seed), points=POINTS, steps=steps, seed=seed, shapes=2
    )
    before = network.get_weights()
    compile_network(network, rate=keras.optimizers.schedules.CosineDecay(rate, steps))
    network.fit(data, epochs=1, verbose=0, callbacks=callbacks)
    if keep:
        network.set_weights([
            keep * old + (1 - keep) * new for old, new in zip(before, network.get_weights())
        ])
