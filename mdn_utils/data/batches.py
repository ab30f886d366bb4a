"""From lines and texts to padded batches with masks, as Keras datasets."""
import functools

import keras
import numpy as np

from ..distribution import device_count, process_index_and_count
from ..errors import InputError
from .alphabet import encode


class Batches(keras.utils.PyDataset):
    """An endless, repeatable stream of batches, cut into `fit`'s epochs of `steps` batches each.

    Batch n depends on the seed and n alone, so a run that was stopped goes on with what would have come next. With
    `repeat`, for validation, all epochs are the first one. Of several processes that train together (`distribution`)
    each gets its share of the rows.
    """

    def __init__(self, steps, seed, repeat=False, **kwargs):
        super().__init__(**kwargs)
        self.steps, self.seed, self.repeat, self.epoch = steps, seed, repeat, 0

    def __len__(self):
        return self.steps

    def on_epoch_end(self):
        self.epoch += not self.repeat

    def __getitem__(self, index):
        number, count = process_index_and_count()
        return keras.tree.map_structure(lambda rows: rows[number * len(rows) // count:][:len(rows) // count],
                                        self.batch(self.epoch * self.steps + index))


def padded(lines, rows, length, letters):
    """Strokes (rows, length, 3), character numbers (rows, letters), mask (rows, length - 1); 0 where no line is."""
    strokes = np.zeros((rows, length, 3), np.float32)
    mask = np.zeros((rows, length - 1), np.float32)
    text = np.zeros((rows, letters), np.int32)
    for k, line in enumerate(lines):
        strokes[k, :len(line.strokes)] = line.strokes
        mask[k, :len(line.strokes) - 1] = 1
        text[k] = encode(line.text, letters)
    return strokes, text, mask


def _lengths(points, shapes):
    """The at most `shapes` lengths (..., ascending) to which to pad lines of `points` points with the least padding.

    Dynamic programming: the best k + 1 lengths up to one are the best k up to a shorter one, and that one itself.
    """
    lengths, counts = np.unique(-(-points // 8) * 8, return_counts=True)
    below = np.cumsum(counts)  # how many lines are no longer than each length
    cells, before = lengths * below, []  # with one length for all of them
    for _ in range(min(shapes, len(lengths)) - 1):
        further = np.where(below[:, None] < below, cells[:, None] + lengths * (below - below[:, None]), np.inf)
        cells = further.min(0)
        before.append(further.argmin(0))
    chosen = [len(lengths) - 1]
    for shorter in reversed(before):
        chosen.append(shorter[chosen[-1]])
    return lengths[chosen[::-1]]


class LineBatches(Batches):
    """Lines in batches of similar length: inputs (strokes, text) or strokes alone, targets, mask.

    Each batch holds about `points` points for each device. Lines are padded to one of at most `shapes` lengths, so that
    a training step is compiled no more often. One pass is an epoch unless `steps` says otherwise. With `augment`, every
    pass sees each line slanted, stretched and scaled a little differently.
    lines: a list, or lines on disk (`packed.Packed`), which are read batch by batch.
    """

    def __init__(self, lines, text=True, points=4000, steps=None, augment=False, seed=0, shapes=8, **kwargs):
        self.text, self.augment = text, augment
        self.lines = lines
        sizes = np.array([(len(line.strokes), len(line.text)) for line in lines])  # all that is kept of them
        shapes = max(min(shapes, sizes[:, 0].sum() // (points * device_count())), 1)  # for few lines, fewer
        lengths = _lengths(sizes[:, 0], shapes)
        bucket = np.searchsorted(lengths, sizes[:, 0])
        self.buckets = []
        for k, length in enumerate(lengths):
            group = np.flatnonzero(bucket == k)
            rows = -(-len(group) // device_count())  # for each device, and evenly shared out over the batches
            size = device_count() * -(-rows // -(-rows // max(points // length, 1)))
            letters = sizes[group, 1].max() + 1  # one more, for the stop rule's u = U + 1
            self.buckets.append((group, int(length), int(size), int(letters)))
        self.per_pass = sum(-(-len(group) // size) for group, _, size, _ in self.buckets)
        self.plan = functools.lru_cache(maxsize=2)(self._plan)
        super().__init__(steps or self.per_pass, seed, **kwargs)

    def _plan(self, number):
        rng, plan = np.random.default_rng((self.seed, number)), []
        for group, length, size, letters in self.buckets:
            empty = np.full(-len(group) % size, -1)  # the last batch ends in empty rows
            rows = np.append(rng.permutation(group), empty)
            plan += [(chosen, length, letters) for chosen in rows.reshape(-1, size)]
        rng.shuffle(plan)
        return plan

    def _planned(self, n):
        return self.plan(n // self.per_pass)[n % self.per_pass]

    def __getitem__(self, index):
        # Keras takes for fixed whatever sizes an epoch's first two batches share, so these must differ where any do
        start = self.epoch * self.steps
        _, *first = self._planned(start)
        other = next((k for k in range(1, self.steps) if not set(first) & set(self._planned(start + k)[1:])), 1)
        return super().__getitem__({1: other, other: 1}.get(index, index))

    def batch(self, n):
        rows, length, letters = self._planned(n)
        strokes, text, mask = padded([self.lines[i] for i in rows[rows >= 0]], len(rows), length, letters)
        if self.augment:
            rng = np.random.default_rng((self.seed, n, 1))
            slant, width, size = rng.normal(0, [[0.15], [0.08], [0.08]], (3, len(rows)))
            strokes[..., 0] += slant[:, None] * strokes[..., 1]
            strokes[..., 0] *= np.exp(width + size)[:, None]
            strokes[..., 1] *= np.exp(size)[:, None]
        return ((strokes[:, :-1], text) if self.text else strokes[:, :-1]), strokes[:, 1:], mask


class TextBatches(Batches):
    """Windows of `length` bytes from random places of a text: inputs and targets, (B, length).

    size: rows a batch, on each device.
    """

    def __init__(self, text, length=200, size=32, steps=200, seed=0, **kwargs):
        self.codes, self.length = np.frombuffer(text, np.uint8).astype(np.int32), length
        self.size = size * device_count()
        if len(self.codes) <= length:
            raise InputError(f"the text has {len(self.codes)} bytes; needed are more than {length}")
        super().__init__(steps, seed, **kwargs)

    def batch(self, n):
        starts = np.random.default_rng((self.seed, n)).integers(0, len(self.codes) - self.length, self.size)
        windows = self.codes[starts[:, None] + np.arange(self.length + 1)]
        return windows[:, :-1], windows[:, 1:]
