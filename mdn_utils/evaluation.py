"""Figures in Graves' units: nats, bits, squared errors."""
import keras
import numpy as np
from keras import ops

from .data.batches import LineBatches
from .layers.mixture import nats, parameters


def evaluate(network, corpus, length=2000):
    """Figures over all of `corpus`, each sequence counted once.

    corpus: normalised lines (see `prepare`), or a text as bytes, which is read `length` bytes at a time.
    Handwriting: sequences, points, nats_a_point, nats_a_sequence, and sse_a_point, the squared distance between an
    offset and the mean of its predicted density. Text: bytes and bits_a_character.
    """
    if network.kind == "text":
        codes = np.frombuffer(corpus, np.uint8).astype(np.int32)
        length = min(length, len(codes) - 1)
        bits, count = 0.0, 0
        for start in range(0, len(codes) - length, 16 * length):
            windows = np.stack([codes[k:k + length + 1] for k in range(start, len(codes) - length, length)[:16]])
            logits = ops.convert_to_tensor(network.predict_on_batch(windows[:, :-1]))
            losses = keras.losses.sparse_categorical_crossentropy(windows[:, 1:], logits, from_logits=True)
            bits += float(ops.sum(losses)) / np.log(2)
            count += windows[:, 1:].size
        return {"bytes": count, "bits_a_character": bits / count}
    batches, nats_in_all, squares, points = LineBatches(corpus, network.kind == "synthesis"), 0.0, 0.0, 0
    for k in range(len(batches)):
        inputs, strokes, mask = batches[k]
        raw = network.predict_on_batch(inputs)
        mixture = parameters(ops.convert_to_tensor(raw))
        mean = ops.sum(ops.expand_dims(mixture.weight, -1) * mixture.mean, -2)
        nats_in_all += float(ops.sum(nats(strokes, raw) * mask))
        squares += float(ops.sum(ops.sum(ops.square(strokes[..., :2] - mean), -1) * mask))
        points += int(mask.sum())
    return {"sequences": len(corpus), "points": points, "nats_a_point": nats_in_all / points,
            "nats_a_sequence": nats_in_all / len(corpus), "sse_a_point": squares / points}
