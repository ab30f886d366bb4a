"""Connectionist temporal classification (Graves et al. 2006): the loss of networks that read."""
import keras
from keras import ops

BLANK = 0


@keras.saving.register_keras_serializable(package="mdn_utils")
def ctc_nats(labels, log_probabilities):
    """Return minus the log probability of the labels, summed over all their alignments.

    An alignment gives one label or the blank to each of the T frames; dropping repeats, and then
    blanks, leaves the labels. The probability of the labels is the sum over their alignments of the
    product of the frames' probabilities (Graves et al. 2006, equation 3).

    Args:
        labels: (B, U) integers, padded with 0, which is also the blank.
        log_probabilities: (B, T, K), normalised over the K labels, at least two.

    Returns:
        (B,), in nats per line. Where there are too few frames for the labels the number is large,
        but finite.

    Example: two frames, and a label with probability 1/2 in each. Only "blank, blank" isn't read
    as the label.

    >>> half = ops.log(ops.full((1, 2, 2), 0.5))
    >>> round(float(ops.exp(-ctc_nats(ops.array([[1]]), half))[0]), 2)
    0.75
    """
    labels = ops.cast(labels, "int32")
    letters = ops.sum(ops.cast(labels != BLANK, "int32"), -1)
    frames = ops.full_like(letters, ops.shape(log_probabilities)[1])
    return ops.ctc_loss(labels, log_probabilities, letters, frames, mask_index=BLANK)


@keras.saving.register_keras_serializable(package="mdn_utils")
class CTCLoss(keras.losses.Loss):
    """The mean of `ctc_nats` over a batch, in nats per line.

    A line's frames may be padded with frames in which the blank is certain: that changes no
    probability.

    Example:

    >>> half = ops.log(ops.full((1, 2, 2), 0.5))
    >>> round(float(CTCLoss()(ops.array([[1]]), half)), 2)
    0.29
    """

    def __init__(self, name="ctc", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        return ctc_nats(y_true, y_pred)
