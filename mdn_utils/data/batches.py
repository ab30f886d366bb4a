"""Turn lines and texts into padded batches with masks, as Keras datasets."""
import functools

import keras
import numpy as np

from ..distribution import device_count, process_index_and_count
from ..errors import InputError
from .alphabet import encode


class Batches(keras.utils.PyDataset):
    """Base class: an endless, repeatable stream of batches, cut into epochs of `steps` batches.

    Batch n depends on the seed and n alone, so a run that was stopped goes on with the batches that
    would have come next. Of several processes that train together (see `distribution`), each gets
    its share of the rows. Subclasses define `batch(n)`.

    Args:
        steps: batches per epoch.
        seed: an integer.
        repeat: make all epochs alike, for validation.
    """

    def __init__(self, steps, seed, repeat=False, **kwargs):
        super().__init__(**kwargs)
        self.steps = steps
        self.seed = seed
        self.repeat = repeat
        self.epoch = 0

    def __len__(self):
        return self.steps

    def on_epoch_end(self):
        if not self.repeat:
            self.epoch += 1

    def __getitem__(self, index):
        number, count = process_index_and_count()

        def share(rows):
            size = len(rows) // count
            start = number * len(rows) // count
            return rows[start:start + size]

        return keras.tree.map_structure(share, self.batch(self.epoch * self.steps + index))


class BucketBatches(Batches):
    """Batch sequences of similar length; the caller says what is input and what is target.

    Sequences are padded to one of at most `shapes` lengths, chosen for the least padding, so that a
    training step is compiled no more often than that.

    Args:
        items: a list, or a sequence on disk whose items are read when they are needed.
        sizes: (N, D), the size of each item along each axis that is padded. The first column, the
            number of points, decides which items are batched together.
        arrange: function (items, rows, shape, rng) that returns a batch, `(inputs, targets)` or
            `(inputs, targets, weights)`. `rows` is the size of the batch, which may exceed the
            number of items; `shape` (D,) is the size to pad to; `rng` is None unless `augment`.
        points: about how many points a batch holds on each device.
        steps: batches per epoch. By default an epoch is one pass over the items.
        augment: pass a NumPy generator to `arrange`, a different one for each batch.
        seed: an integer.
        shapes: how many lengths there may be.

    Example: words in batches, their letters as input, their length as target.

    >>> words = ["to", "be", "not"]
    >>> def letters(words, rows, shape, rng):
    ...     padded = np.zeros((rows, shape[0]), "int32")
    ...     for k, word in enumerate(words):
    ...         padded[k, :len(word)] = encode(word)
    ...     return padded, (padded > 0).sum(1)
    >>> data = BucketBatches(words, [[len(word)] for word in words], letters)
    >>> [sorted(data[k][1].tolist()) for k in range(len(data))]
    [[2, 2, 3]]
    """

    def __init__(self, items, sizes, arrange, points=4000, steps=None, augment=False, seed=0,
                 shapes=8, **kwargs):
        self.items = items
        self.arrange = arrange
        self.augment = augment
        sizes = np.asarray(sizes)
        shapes = max(min(shapes, sizes[:, 0].sum() // (points * device_count())), 1)
        lengths = least_padding_lengths(sizes[:, 0], shapes)
        bucket = np.searchsorted(lengths, sizes[:, 0])
        self.buckets = []
        for k, length in enumerate(lengths):
            group = np.flatnonzero(bucket == k)
            shape = (int(length), *sizes[group, 1:].max(0).tolist())
            self.buckets.append((group, _batch_size(len(group), points // length), shape))
        self.per_pass = sum(-(-len(group) // size) for group, size, _ in self.buckets)
        self.plan = functools.lru_cache(maxsize=2)(self._plan)
        super().__init__(steps or self.per_pass, seed, **kwargs)

    def _plan(self, number):
        """Batches of pass `number` over the items, each as (rows, shape); -1 is an empty row."""
        rng = np.random.default_rng((self.seed, number))
        plan = []
        for group, size, shape in self.buckets:
            empty = np.full(-len(group) % size, -1)  # fills the last batch up
            rows = np.append(rng.permutation(group), empty)
            plan += [(chosen, shape) for chosen in rows.reshape(-1, size)]
        rng.shuffle(plan)
        return plan

    def _planned(self, n):
        return self.plan(n // self.per_pass)[n % self.per_pass]

    def __getitem__(self, index):
        other = self._second()
        swapped = {1: other, other: 1}
        return super().__getitem__(swapped.get(index, index))

    def _second(self):
        """The first batch from this epoch on that shares no size with batch 0, to stand at place 1.

        Keras infers static dimensions from the first two batches of an epoch, so these must differ
        wherever any do. It fetches from the next epoch before it stops, so those count, too.
        """
        start = self.epoch * self.steps
        _, first = self._planned(start)
        for k in range(1, max(self.steps, self.per_pass)):
            if not set(first) & set(self._planned(start + k)[1]):
                return k
        return 1

    def batch(self, n):
        rows, shape = self._planned(n)
        items = [self.items[i] for i in rows[rows >= 0]]
        rng = np.random.default_rng((self.seed, n, 1)) if self.augment else None
        return self.arrange(items, len(rows), shape, rng)


def _batch_size(count, size):
    """Rows per batch for `count` items, about `size` per device, evenly spread over the batches."""
    rows = -(-count // device_count())
    batches = -(-rows // max(size, 1))
    return device_count() * -(-rows // batches)


def least_padding_lengths(points, shapes):
    """Choose the lengths to pad to, at most `shapes` of them, that need the least padding.

    Dynamic programming: the best k + 1 lengths up to some length are the best k up to a shorter
    one, and that length itself.

    Args:
        points: (N,), the lengths of the items.
        shapes: how many lengths to choose at most.

    Returns:
        The lengths in ascending order, multiples of 8.

    Example:

    >>> least_padding_lengths(np.array([7, 8, 8, 40, 39]), 2).tolist()
    [8, 40]
    """
    lengths, counts = np.unique(-(-points // 8) * 8, return_counts=True)
    shorter_items = np.cumsum(counts)
    cells = lengths * shorter_items  # padded points, if every item up to here has this length
    choices = []
    for _ in range(min(shapes, len(lengths)) - 1):
        between = shorter_items - shorter_items[:, None]
        total = np.where(between > 0, cells[:, None] + lengths * between, np.inf)
        cells = total.min(0)
        choices.append(total.argmin(0))
    chosen = [len(lengths) - 1]
    for choice in reversed(choices):
        chosen.append(choice[chosen[-1]])
    return lengths[chosen[::-1]]


class LineBatches(BucketBatches):
    """Batch prepared lines of handwriting by their number of points.

    Args:
        lines: a list of `Line`, see `prepare.prepare`, or lines on disk (`packed.Packed`).
        arrange: what is input and what is target: `arrange_synthesis` (the default) or
            `arrange_prediction`, or a function of your own with the same arguments. Its `shape` is
            (points, characters).
        **kwargs: see `BucketBatches`. `augment=True` slants, stretches and scales each line a
            little, differently on every pass.

    Example:

    >>> from mdn_utils.data import prepare, simulated
    >>> lines = prepare.prepare(simulated.lines(4))
    >>> (strokes, text), targets, mask = LineBatches(lines)[0]
    >>> strokes.shape == targets.shape == (4, mask.shape[1], 3)
    True
    """

    def __init__(self, lines, arrange=None, **kwargs):
        sizes = [(len(line.strokes), len(line.text)) for line in lines]
        super().__init__(lines, sizes, arrange or arrange_synthesis, **kwargs)


def pad(lines, rows, shape):
    """Pad lines to one shape.

    Args:
        lines: at most `rows` lines of at most `shape[0]` points and `shape[1]` characters.
        rows: B, the number of rows of the result.
        shape: (T, U).

    Returns:
        Strokes (B, T, 3), character numbers (B, U + 1), and a mask (B, T - 1) of the points to
        predict. All are 0 where there is no line. The text has room for one character more,
        because the stop rule asks for phi(t, U + 1).

    Example:

    >>> from mdn_utils.data.strokes import Line
    >>> strokes, text, mask = pad([Line(np.ones((3, 3)), "l", "me")], rows=2, shape=(4, 1))
    >>> strokes.shape, text.tolist(), mask.tolist()
    ((2, 4, 3), [[77, 0], [0, 0]], [[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    """
    length, letters = shape
    strokes = np.zeros((rows, length, 3), np.float32)
    mask = np.zeros((rows, length - 1), np.float32)
    text = np.zeros((rows, letters + 1), np.int32)
    for k, line in enumerate(lines):
        strokes[k, :len(line.strokes)] = line.strokes
        mask[k, :len(line.strokes) - 1] = 1
        text[k] = encode(line.text, letters + 1)
    return strokes, text, mask


def augment(strokes, rng):
    """Slant, stretch and scale each line a little.

    Args:
        strokes: (B, T, 3).
        rng: a NumPy generator.

    Returns:
        A changed copy.

    Example:

    >>> augment(np.ones((2, 5, 3)), np.random.default_rng(0)).shape
    (2, 5, 3)
    """
    slant, width, size = rng.normal(0, [[0.15], [0.08], [0.08]], (3, len(strokes)))
    strokes = strokes.copy()
    strokes[..., 0] += slant[:, None] * strokes[..., 1]
    strokes[..., 0] *= np.exp(width + size)[:, None]
    strokes[..., 1] *= np.exp(size)[:, None]
    return strokes


def arrange_synthesis(lines, rows, shape, rng=None):
    """Arrange lines for a `SynthesisNetwork`.

    Args:
        lines, rows, shape: see `pad`.
        rng: a NumPy generator to `augment` with, or None.

    Returns:
        ((strokes, text), the points that come next, mask).
    """
    strokes, text, mask = pad(lines, rows, shape)
    if rng is not None:
        strokes = augment(strokes, rng)
    return (strokes[:, :-1], text), strokes[:, 1:], mask


def arrange_prediction(lines, rows, shape, rng=None):
    """Arrange lines for a `PredictionNetwork`.

    Args:
        lines, rows, shape: see `pad`.
        rng: a NumPy generator to `augment` with, or None.

    Returns:
        (strokes, the points that come next, mask).
    """
    (strokes, _), targets, mask = arrange_synthesis(lines, rows, shape, rng)
    return strokes, targets, mask


class TextBatches(Batches):
    """Batch windows from random places of a text: inputs and targets (B, length), one byte apart.

    Args:
        text: bytes.
        length: bytes per window.
        size: rows per batch on each device.
        steps: batches per epoch.
        seed: an integer.

    Example:

    >>> inputs, targets = TextBatches(b"to be or not to be", length=5, size=2)[0]
    >>> inputs.shape, (inputs[:, 1:] == targets[:, :-1]).all().item()
    ((2, 5), True)
    """

    def __init__(self, text, length=200, size=32, steps=200, seed=0, **kwargs):
        self.codes = np.frombuffer(text, np.uint8).astype(np.int32)
        self.length = length
        self.size = size * device_count()
        if len(self.codes) <= length:
            raise InputError(
                f"the text has {len(self.codes)} bytes; needed are more than {length}"
            )
        super().__init__(steps, seed, **kwargs)

    def batch(self, n):
        rng = np.random.default_rng((self.seed, n))
        starts = rng.integers(0, len(self.codes) - self.length, self.size)
        windows = self.codes[starts[:, None] + np.arange(self.length + 1)]
        return windows[:, :-1], windows[:, 1:]
