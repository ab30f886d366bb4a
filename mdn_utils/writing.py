"""Sampling: a network writes point by point, keeping its state, until the text is written.

Free, biased, primed, or primed and biased; many lines at once, each with its own seed and bias
(Graves 2013, section 5).
"""
from typing import NamedTuple

import numpy as np
from keras import ops

from . import accents
from .choosing import best_read, most_alike
from .data import pasted
from .data.alphabet import encode
from .data.prepare import normalise
from .data.strokes import Line
from .errors import InputError
from .generation import compiled, generate, on_all_cores
from .layers.mixture import sample
from .layers.soft_window import attention
from .networks import one_hot_text
from .reading import check_text, log_likelihood

# A line takes about 12 points per character. Past two and a half times that it would be scribbling.
POINTS_AT_MOST = 30
# The window runs ahead of the pen, towards the next letter, and would leave the last one half
# drawn. So a space follows every text, as in the middle of a line, and what is drawn after the last
# lift of the pen is cut, if the window had left the text by then: it's the way across that space.
END = " "
# How a line begins settles whose hand it is. Tries that share the noise of a few points keep to the
# hand that belongs to the seed, its slant above all, and differ in what comes after. With as many
# points as a letter takes, a spoiled first letter was spoiled in every try.
SHARED = 4
# Characters by which the window may be off the space after the primer when the primer ends. Ahead
# is usual: the pen leaves for the next letter. On UNIPEN's validation lines it is -1 to 2.
BEHIND, AHEAD = 2, 3.5
# A stroke after the primer still belongs to it if this share of the window is on the primer's text
# when the stroke ends. After a hundred of UNIPEN's validation lines it is at least 0.35 for the dot
# that an i still lacked, the tail of a letter or a full stop once more, and at most 0.07 for a new
# letter; after two hundred more, 0.34 and 0.2.
ON_PRIMER = 0.2
SHORTLIST = 3  # one try in three, of those that are read best, may be kept for its hand
MOST_TRIES = 256  # of a line: what all of them need has to fit into memory
AT_ONCE = 64  # lines in a batch; more of them are several batches, shared out among the cores


class Written(NamedTuple):
    """What a network wrote.

    Attributes:
        strokes: (T, 3), the primer first, if there was one; the pen is up at the end.
        text: U characters, with the primer's text in front.
        primed: how many of the points are the primer's. Strokes that the network adds to it, such
            as the dot that an i still lacked, count among them.
        attention: (T, U), phi(t, u) while point t + 1 was drawn; None without a text.
        stopped: whether the stop rule ended the line, rather than the limit.

    Example: the points after the primer begin a line of their own.

    >>> Written(np.ones((5, 3)), "to be", 2, None, True).new[0].tolist()
    [0.0, 0.0, 1.0]
    """

    strokes: np.ndarray
    text: str
    primed: int
    attention: np.ndarray | None
    stopped: bool

    @property
    def new(self):
        """The points after the primer, as a line of their own."""
        strokes = self.strokes[self.primed:].copy()
        strokes[:1, :2] = 0
        return strokes


class Writer:
    """A network compiled for sampling.

    It compiles on first use, for each batch size and each doubling of the length.

    Args:
        network: a `SynthesisNetwork`, which writes texts, or a `PredictionNetwork`, which
            scribbles.

    Example:

    >>> from mdn_utils import networks
    >>> writer = Writer(networks.SynthesisNetwork(units=(8,), mixtures=2, gaussians=1))
    >>> written = writer.write("hand", limit=10)
    >>> written.strokes.shape, written.text
    ((11, 3), 'hand')
    """

    def __init__(self, network):
        self.network = network
        self._run = compiled(network, self._loop)

    def write(
        self, text, seed=0, bias=0.0, primer=None, limit=None, tries=1, reader=None,
        reference=None,
    ):
        """Write a text, or a list of texts as a batch.

        Args:
            text: a string, or a list of strings; line k has the seed `seed` + k. It is cleaned
                first (`data.pasted.clean`), and accents are drawn over the letters in the end.
            seed: an integer; one seed gives one line, whatever is written beside it.
            bias: 0 for the hand as it is, larger for neater (equations 61-62); a number, or one
                per line.
            primer: a `Line` in whose hand to go on (section 5.5), or a list with one, or None, per
                text. The pen is led along it first, and the text follows after a space. With a
                reader, its text is checked against its ink.
            limit: points at most, not counting the primer's.
            tries: how often to write each line. The tries begin alike, so they are in one hand,
                and then have different noise. Kept is the one whose text the reader finds
                likeliest. With one try, nobody chooses.
            reader: a `reading.Reader`, needed for more than one try; it also checks the primer.
            reference: the `SynthesisNetwork` that this one was before it learned a hand. Kept is
                then, of the third of the tries that are read best, the one most in that hand.

        Returns:
            A `Written`, or a list of them.

        Raises:
            InputError: for an empty text, unknown characters, a bias below 0, a primer without
                ink, one whose text isn't what it says, or a network that can't write texts.
        """
        if not getattr(self.network, "reads_text", False):
            raise InputError(
                f"a {type(self.network).__name__} cannot write a given text; load synthesis weights"
            )
        texts = [text] if isinstance(text, str) else list(text)
        if not texts:
            raise InputError("there is no text to write; give at least one")
        said = [pasted.clean(line) for line in texts]
        texts, marks = zip(*(pasted.letters_and_marks(line) for line in said))
        if primer is None or isinstance(primer, Line):
            primed = [_led_along(primer, reader)] * len(texts)
        else:
            primed = [_led_along(one, reader) for one in primer]
        if len(primed) != len(texts):
            raise InputError(
                f"{len(primed)} primers for {len(texts)} texts; give one, or one per text"
            )
        before, leads = zip(*primed)
        space = 1 if any(before) else 0
        limit = limit or POINTS_AT_MOST * (max(map(len, texts)) + space + 2)
        if not 1 <= tries <= MOST_TRIES or (tries > 1 and reader is None):
            raise InputError(
                f"tries={tries}: expected 1 to {MOST_TRIES}, and a reader for more than 1"
            )
        seeds = [(seed + k, attempt) for k in range(len(texts)) for attempt in range(tries)]
        bias = np.repeat(np.broadcast_to(np.float32(bias), (len(texts),)), tries)
        wanted = [line for line in texts for _ in range(tries)]
        whole = [start + line for start, line in zip(before, texts) for _ in range(tries)]
        leads = [lead for lead in leads for _ in range(tries)]
        written, gaussians = self._lines(whole, leads, limit, seeds, bias)
        chosen = np.arange(0, len(written), tries)
        if tries > 1:
            legible = log_likelihood(reader, [line.new for line in written], wanted)
            ranked = best_read(legible, tries)
            chosen = ranked[:, 0]
            if reference:
                few = ranked[:, :-(-tries // SHORTLIST)]
                chosen = most_alike(self.network, reference, written, few)
        written = _with_attention([written[k] for k in chosen], gaussians[chosen])
        for line, start in zip(written, before):
            if start:
                _check_window(line, start[:-1])
        written = [_completed(line, len(start)) for line, start in zip(written, before)]
        written = [_accented(*line) for line in zip(written, before, said, marks)]
        return written[0] if isinstance(text, str) else written

    def _lines(self, texts, leads, limit, seeds, bias):
        """Write each text once, with the pen led along its lead first.

        Returns:
            A list of `Written`, still without attention, and the window's Gaussians (B, N, 3K).
        """
        columns = _room(max(map(len, texts)) + 2, 32)  # for END, and for u = U + 1
        numbers = np.stack([encode(line + END, columns) for line in texts])
        letters = np.int32([len(line + END) for line in texts])
        strokes, gaussians, lengths = self._sample(numbers, letters, leads, limit, seeds, bias)
        most = np.array([len(lead) + limit for lead in leads])
        ends = np.minimum(lengths, most)
        lifts = np.array([
            _last_lift(points[:end], len(lead)) for points, end, lead in zip(strokes, ends, leads)
        ])
        at_lift = np.take_along_axis(gaussians, lifts[:, None, None], axis=1)
        looked_at = ops.convert_to_numpy(attention(at_lift, columns))[:, 0].argmax(-1)
        ends = np.where(looked_at >= letters - 1, lifts + 1, ends)
        written = [
            Written(
                _lifted(points[:end]), line, len(lead) if len(lead) > 1 else 0, None, bool(stopped)
            )
            for points, end, line, lead, stopped in zip(
                strokes, ends, texts, leads, lengths < most
            )
        ]
        return written, gaussians

    def scribble(self, points, count=1, seed=0, bias=0.0):
        """Let a prediction network write by itself.

        Args:
            points: how many points.
            count: how many lines; line k has the seed `seed` + k.
            seed: an integer.
            bias: 0 for the hand as it is, larger for neater; a number, or one per line.

        Returns:
            A list of `Written`.

        Raises:
            InputError: for a bias below 0, or a network that needs a text.
        """
        if getattr(self.network, "reads_text", True):
            raise InputError(
                f"a {type(self.network).__name__} does not write by itself; load prediction weights"
            )
        numbers = np.zeros((count, 1), np.int32)
        start = np.zeros((1, 3), np.float32)
        letters = np.zeros(count, np.int32)
        seeds = [(seed + k, 0) for k in range(count)]
        strokes, _, _ = self._sample(numbers, letters, [start] * count, points - 1, seeds, bias)
        return [Written(_lifted(line[:points]), "", 0, None, False) for line in strokes]

    def _sample(self, numbers, letters, leads, limit, seeds, bias):
        bias = np.broadcast_to(np.asarray(bias, np.float32), (len(numbers),))
        if not (np.isfinite(bias).all() and (bias >= 0).all()):
            raise InputError(f"bias {bias.tolist()}: expected 0 or more, for example 0.75")
        led = np.int32([len(lead) for lead in leads])
        total = int(led.max()) + limit
        room = _room(total, 512)
        noise = np.stack([_noise(seed, attempt, room) for seed, attempt in seeds], 1)
        forced = np.zeros((room, len(leads), 3), np.float32)
        for row, lead in enumerate(leads):
            forced[:len(lead), row] = lead
        # Batches of one size, since each is compiled; the last one is filled up from the start.
        batches = -(-len(leads) // AT_ONCE)
        size = -(-len(leads) // batches)

        def run(rows):
            strokes, gaussians, lengths = map(ops.convert_to_numpy, self._run(
                ops.convert_to_tensor(numbers[rows]), letters[rows], noise[:, rows], bias[rows],
                forced[:, rows], led[rows], np.int32(total),
            ))
            return strokes.transpose(1, 0, 2), gaussians.transpose(1, 0, 2), lengths

        found = zip(*on_all_cores(run, np.resize(np.arange(len(leads)), (batches, size))))
        return [np.concatenate(parts)[:len(leads)] for parts in found]

    def _loop(self, numbers, letters, noise, bias, forced, led, total):
        """What is compiled.

        Args:
            numbers: (B, U), character numbers.
            letters: (B,), how many of them are the text.
            noise: (N, B, 4), see `layers.mixture.sample`.
            bias: (B,).
            forced: (N, B, 3), the points along which the pen is led.
            led: (B,), how many these are.
            total: scalar, how many points there may be.
        """
        network, batch, columns = self.network, *numbers.shape
        has_text = network.reads_text
        text = one_hot_text(numbers) if has_text else None
        u = ops.expand_dims(ops.arange(columns), 0)  # column u holds phi of letter u + 1
        last = ops.expand_dims(letters, -1)

        def step(t, point, states):
            if has_text:
                raw, states, gaussians = network.step(point, states, text)
            else:
                raw, states = network.step(point, states)
                gaussians = ops.zeros((batch, 3))
            following = sample(raw, noise[t], bias)
            still_led = ops.expand_dims(t + 1 < led, -1)
            return ops.where(still_led, forced[t + 1], following), states, gaussians

        def stop(t, gaussians):
            """The stop rule: phi(t, U + 1) exceeds phi(t, u) for every letter u."""
            if not has_text:
                return ops.zeros((batch,), "bool")
            phi = attention(gaussians, columns)
            beyond = ops.sum(ops.where(u == last, phi, 0.0), -1, keepdims=True)
            passed = ops.all(ops.logical_or(u >= last, phi < beyond), -1)
            return ops.logical_and(passed, t + 1 >= led)

        record = ops.zeros((batch, 3 * network.gaussians if has_text else 3))
        states = network.initial_state(batch)
        return generate(step, forced[0], states, record, stop, total, noise.shape[0])


def _led_along(primer, reader):
    """What stands before the text, and the points along which the pen is led first (N, 3)."""
    if primer is None:
        return "", np.zeros((1, 3), np.float32)
    letters, _ = pasted.letters_and_marks(primer.text, "primer's text")
    primer = primer._replace(text=letters)
    if reader:
        check_text(reader, primer, "the primer")
    return letters + " ", normalise(primer).strokes


def _with_attention(written, gaussians):
    """The same lines with phi, from the window's Gaussians (B, N, 3K)."""
    phi = ops.convert_to_numpy(attention(gaussians, max(len(line.text) for line in written)))
    return [
        line._replace(attention=row[:len(line.strokes), :len(line.text)])
        for line, row in zip(written, phi)
    ]


def _accented(written, before, text, marks):
    """The same with accents over the letters that follow those of the primer."""
    if not marks:
        return written
    marks = {place + len(before): names for place, names in marks.items()}
    strokes, phi = accents.draw(written.strokes, written.attention, written.text, marks)
    return written._replace(strokes=strokes, attention=phi, text=before + text)


def _check_window(written, text):
    """Raise InputError if the window isn't at the end of the primer's text when the primer ends.

    What it has not reached yet would be written again, what it has passed would be left out.
    """
    phi = written.attention[written.primed - 1]
    place = float(np.sum(phi * np.arange(len(phi))) / max(np.sum(phi), 1e-9))
    if not -BEHIND <= place - len(text) <= AHEAD:
        reached = (text + " ...")[:max(round(place), 0)]
        raise InputError(
            f"the primer says {text!r}, but at its end the network believes it has written "
            f"{reached!r}; check its text, or take another line"
        )


def _completed(written, start):
    """The same, but strokes that complete the primer, its first `start` letters, are part of it."""
    if not start:
        return written
    phi = written.attention[written.primed:]
    share = phi[:, :start].sum(1) / np.maximum(phi.sum(1), 1e-9)
    lifts = np.flatnonzero(written.strokes[written.primed:, 2])[:-1]  # one stroke always remains
    new = lifts[share[lifts] < ON_PRIMER]
    own = lifts[lifts < new[0]] if len(new) else lifts
    return written._replace(primed=written.primed + (int(own[-1]) + 1 if len(own) else 0))


def _noise(seed, attempt, room):
    """The noise of one line (N, 4). Each has its own, so it does not depend on its neighbours.

    All tries of a line share what the first letter is drawn with.
    """
    uniform = np.random.default_rng((seed, 2 * attempt)).random((room, 2))
    normal = np.random.default_rng((seed, 2 * attempt + 1)).standard_normal((room, 2))
    noise = np.concatenate([uniform, normal], 1).astype(np.float32)
    if attempt:
        noise[:SHARED] = _noise(seed, 0, room)[:SHARED]
    return noise


def _room(needed, least):
    """`least`, doubled until it holds what is needed: few shapes, since each is compiled."""
    return least << ((needed - 1) // least).bit_length()


def _last_lift(strokes, start):
    """The last point from `start` on after which the pen lifts; without one, the last point."""
    lifts = np.flatnonzero(strokes[start:, 2])
    return start + lifts[-1] if len(lifts) else len(strokes) - 1


def _lifted(strokes):
    """The line with the pen up at its end."""
    strokes = strokes.copy()
    strokes[-1, 2] = 1
    return strokes
