"""Decode: find the text in the probabilities that a reader gives each frame, in NumPy."""
from typing import NamedTuple

import numpy as np

from .layers.ctc import BLANK

NEVER = -np.inf
ROOT = np.uint64(0x243F6A8885A308D3)  # the hash of the empty prefix; any large odd number would do


def best_path(log_probabilities):
    """Read each frame's likeliest label, then drop repeats and blanks.

    Args:
        log_probabilities: (B, T, K).

    Returns:
        A list of B lists of labels.

    Example:

    >>> best_path(np.log([[[0.1, 0.9], [0.2, 0.8], [0.9, 0.1], [0.4, 0.6]]]))
    [[1, 1]]
    """
    path = np.argmax(log_probabilities, -1)
    before = np.pad(path, ((0, 0), (1, 0)), constant_values=BLANK)[:, :-1]
    kept = (path != BLANK) & (path != before)
    return [labels[there].tolist() for labels, there in zip(path, kept)]


class _Beam(NamedTuple):
    """The prefixes that a search keeps for each line, (B, W) each.

    Attributes:
        blank: log probability of all alignments of the prefix that end in a blank.
        label: of those that end in its last label.
        last: its last label, BLANK for the empty prefix.
        key: a hash of the prefix.
        parent: the hash of the prefix without its last label.
    """

    blank: np.ndarray
    label: np.ndarray
    last: np.ndarray
    key: np.ndarray
    parent: np.ndarray

    @property
    def total(self):
        return np.logaddexp(self.blank, self.label)


def beam_search(log_probabilities, width=10):
    """Search for the likeliest text, all its alignments together, frame by frame.

    Prefix beam search (algorithm 1 of Graves and Jaitly 2014, "Towards end-to-end speech
    recognition with recurrent neural networks"; Hannun et al. 2014): each frame either leaves a
    prefix as it is, by a blank or by its last label again, or makes it one label longer. The
    `width` likeliest prefixes go on.

    Args:
        log_probabilities: (B, T, K).
        width: W, how many prefixes to keep for each line.

    Returns:
        A list of B lists of labels, and their log probabilities (B,): a lower bound, because the
        alignments that left the beam are missing.

    Example: the best path is two blanks, but most alignments read as one label.

    >>> found, score = beam_search(np.log([[[0.6, 0.4], [0.6, 0.4]]]))
    >>> found, np.exp(score).round(2).tolist()
    ([[1]], [0.64])
    """
    frames = np.asarray(log_probabilities, np.float64)
    lines = len(frames)
    beam = _Beam(
        blank=np.where(np.arange(width) == 0, 0.0, NEVER) + np.zeros((lines, 1)),
        label=np.full((lines, width), NEVER),
        last=np.full((lines, width), BLANK),
        key=np.where(np.arange(width) == 0, ROOT, _unused(width)) + np.zeros((lines, 1), np.uint64),
        parent=np.zeros((lines, width), np.uint64),
    )
    history = []
    for t in range(frames.shape[1]):
        beam, origin, added = _advance(beam, frames[:, t])
        history.append((origin, added))
    best = beam.total.argmax(1)
    scores = beam.total[np.arange(lines), best]
    texts = [[] for _ in range(lines)]
    for origin, added in reversed(history):
        for line, place in enumerate(best):
            if added[line, place] != BLANK:
                texts[line].append(int(added[line, place]))
        best = origin[np.arange(lines), best]
    return [text[::-1] for text in texts], scores


def _advance(beam, frame):
    """One frame (B, K) further: the new beam, the old prefix of each new one, the label added."""
    lines, width = beam.last.shape
    labels = frame.shape[1]
    rows = np.arange(lines)[:, None]
    stay_blank = beam.total + frame[:, BLANK, None]
    stay_label = beam.label + frame[rows, beam.last]
    longer = beam.total[..., None] + frame[:, None]  # (B, W, K)
    # The same label twice needs a blank between, or it would count as one.
    longer[rows, np.arange(width), beam.last] = beam.blank + frame[rows, beam.last]
    longer[..., BLANK] = NEVER
    # A longer prefix may be in the beam already: its probability goes there.
    is_parent = beam.parent[:, None] == beam.key[..., None]  # (B, W old, W longer)
    for line, old, new in zip(*np.nonzero(is_parent)):
        label = beam.last[line, new]
        stay_label[line, new] = np.logaddexp(stay_label[line, new], longer[line, old, label])
        longer[line, old, label] = NEVER

    stay = np.logaddexp(stay_blank, stay_label)
    scores = np.concatenate([stay, longer.reshape(lines, -1)], 1)
    chosen = np.argpartition(-scores, width - 1, axis=1)[:, :width]
    stays = chosen < width
    origin = np.where(stays, chosen, (chosen - width) // labels)
    added = np.where(stays, BLANK, (chosen - width) % labels)
    key = beam.key[rows, origin]
    empty = scores[rows, chosen] == NEVER  # there are fewer prefixes than places for them
    return _Beam(
        blank=np.where(stays, stay_blank[rows, origin], NEVER),
        label=np.where(stays, stay_label[rows, origin], scores[rows, chosen]),
        last=np.where(stays, beam.last[rows, origin], added),
        key=np.where(empty, _unused(width), np.where(stays, key, _extended(key, added))),
        parent=np.where(empty, np.uint64(0), np.where(stays, beam.parent[rows, origin], key)),
    ), origin, added


def _unused(width):
    """Keys (W,) for places without a prefix, different from each other."""
    return np.arange(1, width + 1, dtype=np.uint64)


def _extended(key, label):
    """The hash of a prefix that is one label longer (multiplication modulo 2^64 wraps)."""
    mixed = (key ^ label.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    return mixed ^ (mixed >> np.uint64(29))


def log_likelihood(log_probabilities, labels):
    """Sum over all alignments of given labels: the forward variable of Graves et al. (2006).

    It is minus `layers.ctc.ctc_nats`, in NumPy and without compiling: what a few lines need.

    Args:
        log_probabilities: (B, T, K).
        labels: (B, U), padded with 0.

    Returns:
        (B,), log P(labels | frames) in nats per line.

    Example:

    >>> half = np.log(np.full((1, 2, 2), 0.5))
    >>> np.exp(log_likelihood(half, np.array([[1]]))).tolist()
    [0.75]
    """
    frames = np.asarray(log_probabilities, np.float64).swapaxes(0, 1)
    lines = np.arange(len(labels))
    for score in _forward_variables(frames, np.asarray(labels)):
        pass  # only the last frame's counts
    last = 2 * np.count_nonzero(labels, axis=1)  # the blank after the last label
    with_label = np.where(last > 0, score[lines, last - 1], NEVER)
    return np.logaddexp(score[lines, last], with_label)


def _forward_variables(frames, labels):
    """Yield the forward variables (B, 2U + 1) of each frame of (T, B, K), for labels (B, U)."""
    lines = np.arange(len(labels))[:, None]
    states = _states(labels)
    skips = _may_skip(states)
    score = np.where(np.arange(states.shape[1]) < 2, frames[0][lines, states], NEVER)
    yield score
    shifted = np.full((len(labels), 2 + states.shape[1]), NEVER)
    for frame in frames[1:]:
        shifted[:, 2:] = score
        before = np.logaddexp(score, shifted[:, 1:-1])
        before = np.where(skips, np.logaddexp(before, shifted[:, :-2]), before)
        score = before + frame[lines, states]
        yield score


class Doubts(NamedTuple):
    """How much likelier a line's ink would be with another text, in nats.

    Attributes:
        after: if more text came after.
        before: if more text came before.
        shorter: if some of the text's last letters weren't there.
        later: if some of its first letters weren't there.
        other: if it were what the best path says.

    Example:

    >>> max(Doubts(0.0, 0.0, 1.0, 0.0, 3.5))
    3.5
    """

    after: float
    before: float
    shorter: float
    later: float
    other: float


def doubts(log_probabilities, labels):
    """Ask whether a text says all that its ink says, and no more.

    What comes after the text is the best path through the frames that are left.

    Args:
        log_probabilities: (T, K), of one line.
        labels: U labels.

    Returns:
        `Doubts`.

    Example: a letter, a blank, the letter again; but the text has it once.

    >>> found = doubts(np.log([[0.1, 0.9], [0.9, 0.1], [0.1, 0.9]]), [1])
    >>> round(float(found.after), 1), round(float(found.shorter), 1)
    (1.1, 0.0)
    """
    after, shorter, other = _doubts(log_probabilities, labels)
    before, later, _ = _doubts(log_probabilities[::-1], labels[::-1])
    return Doubts(after, before, shorter, later, other)


def _doubts(frames, labels):
    """`Doubts` about the end of a text, and `other`."""
    scores = np.concatenate([*_forward_variables(frames[:, None], np.array([labels], int))])
    written = np.logaddexp(scores[:, -1], scores[:, -2])  # all of the text, up to each frame
    if written[-1] == NEVER:  # too few frames for the text
        return np.inf, np.inf, np.inf
    rest = np.append(np.cumsum(frames.max(1)[::-1])[::-1], 0.0)
    part = np.logaddexp(scores[-1, 2::2], scores[-1, 1::2])  # the text's first letters, all frames
    return (written + rest[1:]).max() - written[-1], part.max() - written[-1], rest[0] - written[-1]


def _states(labels):
    """The states that an alignment goes through, (B, 2U + 1): labels with blanks around them."""
    states = np.full((len(labels), 2 * labels.shape[1] + 1), BLANK)
    states[:, 1::2] = labels
    return states


def _may_skip(states):
    """Where the blank before a state may be left out: at labels that differ from the one before."""
    skips = np.zeros(states.shape, bool)
    skips[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    return skips


def align(log_probabilities, labels):
    """Find the likeliest alignment of the labels with the frames (Viterbi).

    Args:
        log_probabilities: (T, K), of one line.
        labels: U labels.

    Returns:
        (T,): for each frame the place of its label in `labels`, -1 for the blank. None if there are
        too few frames.

    Example:

    >>> align(np.log([[0.8, 0.2], [0.1, 0.9], [0.9, 0.1]]), [1]).tolist()
    [-1, 0, -1]
    """
    states = _states(np.array([labels], int))
    skips = _may_skip(states)[0]
    states = states[0]
    score = np.where(np.arange(len(states)) < 2, log_probabilities[0, states], NEVER)
    moves = []
    for frame in log_probabilities[1:]:
        before = np.full((3, len(states)), NEVER)
        before[0] = score
        before[1, 1:] = score[:-1]
        before[2, 2:] = np.where(skips[2:], score[:-2], NEVER)
        moves.append(before.argmax(0))
        score = before.max(0) + frame[states]
    state = len(states) - 1
    if len(labels) and score[-2] > score[-1]:
        state -= 1
    if score[state] == NEVER:
        return None
    path = [state]
    for move in reversed(moves):
        path.append(path[-1] - move[path[-1]])
    path = np.array(path[::-1])
    return np.where(path % 2 == 1, path // 2, -1)
