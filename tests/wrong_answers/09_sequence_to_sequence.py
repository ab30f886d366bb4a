# %% teacher_forcing: not shifted
# says: before its first word the decoder reads START
def teacher_forcing(sentences, width):
    whole = np.full((len(sentences), width), PAD)
    for row, words in zip(whole, sentences):
        row[: len(words) + 1] = [*words, END]
    return whole, whole, (whole != PAD).astype(float)


# %% teacher_forcing: START is said as well
# says: the first word to say is the sentence's own first
def teacher_forcing(sentences, width):
    whole = np.full((len(sentences), width), PAD)
    for row, words in zip(whole, sentences):
        row[: len(words) + 1] = [START, *words]
    return whole, whole, (whole != PAD).astype(float)


# %% teacher_forcing: never says END
# says: the network never learns to stop
def teacher_forcing(sentences, width):
    before, after = np.full((2, len(sentences), width), PAD)
    for one, other, words in zip(before, after, sentences):
        one[: len(words) + 1] = [START, *words]
        other[: len(words)] = words
    return before, after, (after != PAD).astype(float)


# %% teacher_forcing: END is read
# says: END is said, never read
def teacher_forcing(sentences, width):
    whole = np.full((len(sentences), width + 1), PAD)
    for row, words in zip(whole, sentences):
        row[: len(words) + 2] = [START, *words, END]
    return whole[:, :-1], whole[:, 1:], (whole[:, 1:] != PAD).astype(float)


# %% teacher_forcing: padding counts
# says: but no padding
def teacher_forcing(sentences, width):
    before, after = np.full((2, len(sentences), width), PAD)
    for one, other, words in zip(before, after, sentences):
        one[: len(words) + 1] = [START, *words]
        other[: len(words) + 1] = [*words, END]
    return before, after, np.ones(after.shape)


# %% clip_norm: each array by itself
# says: one factor for all arrays
def clip_norm(gradients, limit):
    return [part * min(1, limit / np.sqrt((part**2).sum())) for part in gradients]


# %% clip_norm: each derivative by itself
# says: the direction has changed
def clip_norm(gradients, limit):
    return [np.clip(part, -limit, limit) for part in gradients]


# %% clip_norm: the root forgotten
# says: after clipping, not 5
def clip_norm(gradients, limit):
    square = sum((part**2).sum() for part in gradients)
    return [part * min(1, limit / max(square, 1e-12)) for part in gradients]


# %% clip_norm: short gradients are made longer
# says: within the limit
def clip_norm(gradients, limit):
    norm = np.sqrt(sum((part**2).sum() for part in gradients))
    return [part * limit / max(norm, 1e-12) for part in gradients]


# %% clip_norm: divides by zero
# says: not become NaN
def clip_norm(gradients, limit):
    norm = np.sqrt(sum((part**2).sum() for part in gradients))
    return [part / norm * min(norm, limit) for part in gradients]


# %% beam: greedy
# says: is likelier than
def beam(next_log_p, width, steps, alpha=0.0):
    words, score = (), 0.0
    while not words or words[-1] != END:
        log_p = next_log_p(words)
        score += log_p.max()
        words = (*words, int(log_p.argmax()))
    return words, score


# %% beam: stops as soon as one has ended
# says: is likelier than
def beam(next_log_p, width, steps, alpha=0.0):
    kept = [((), 0.0)]
    for _ in range(steps):
        longer = [((*w, k), s + p) for w, s in kept for k, p in enumerate(next_log_p(w))]
        kept = sorted(longer, key=lambda pair: -pair[1])[:width]
        for words, score in kept:
            if words[-1] == END:
                return words, score


def ended(next_log_p, width, steps, of_word=lambda log_p: log_p):
    """What the wrong answers below share: sentences that have ended, each with its score."""
    kept = [((), 0.0)]
    for _ in range(steps):
        longer = []
        for words, score in kept:
            if words and words[-1] == END:
                longer.append((words, score))
            else:
                longer += [
                    ((*words, k), score + of_word(p)) for k, p in enumerate(next_log_p(words))
                ]
        kept = sorted(longer, key=lambda pair: -pair[1])[:width]
    return [pair for pair in kept if pair[0][-1] == END]


# %% beam: probabilities are added up
# says: log p of
def beam(next_log_p, width, steps, alpha=0.0):
    return max(ended(next_log_p, width, steps, of_word=np.exp), key=lambda pair: pair[1])


# %% beam: alpha ignored
# says: the largest log p / L^2 wins
def beam(next_log_p, width, steps, alpha=0.0):
    return max(ended(next_log_p, width, steps), key=lambda pair: pair[1])


# %% beam: all beginnings kept, whatever the width
# says: a beam of 1 should find
def beam(next_log_p, width, steps, alpha=0.0):
    found = ended(next_log_p, 100, steps)
    return max(found, key=lambda pair: pair[1] / len(pair[0]) ** alpha)


# %% attention_gradient: x only averaged
# says: it is also scored
def attention_gradient(y, x, upstream):
    _, phi = attend(y, x)
    g = upstream @ x.T
    score = phi * (g - (phi * g).sum(axis=1, keepdims=True))
    return score @ x, phi.T @ upstream


# %% attention_gradient: x only scored
# says: it is scored and it is averaged
def attention_gradient(y, x, upstream):
    _, phi = attend(y, x)
    g = upstream @ x.T
    score = phi * (g - (phi * g).sum(axis=1, keepdims=True))
    return score @ x, score.T @ y


# %% attention_gradient: the sum of the softmax held fixed
# says: the others of its row fall
def attention_gradient(y, x, upstream):
    _, phi = attend(y, x)
    score = phi * (upstream @ x.T)
    return score @ x, score.T @ y + phi.T @ upstream


# %% attention_gradient: the wrong way round
# says: first y's gradient, then x's
def attention_gradient(y, x, upstream):
    _, phi = attend(y, x)
    g = upstream @ x.T
    score = phi * (g - (phi * g).sum(axis=1, keepdims=True))
    return score.T @ y + phi.T @ upstream, score @ x


# %% bleu: the mean of the sentences' own
# says: shares are of all sentences together
def bleu(said, right):
    scores = []
    for one, other in zip(said, right):
        shares = []
        for n in range(1, 5):
            a, b = (
                Counter(tuple(w[k : k + n]) for k in range(len(w) - n + 1)) for w in (one, other)
            )
            shares.append((a & b).total() / a.total())
        scores.append(min(1, np.exp(1 - len(other) / len(one))) * np.prod(shares) ** 0.25)
    return 100 * np.mean(scores)


def pooled(said, right, clip=True):
    """What the wrong answers below share: the four shares of all sentences together."""
    shares = []
    for n in range(1, 5):
        hits = total = 0
        for one, other in zip(said, right):
            a, b = (
                Counter(tuple(w[k : k + n]) for k in range(len(w) - n + 1)) for w in (one, other)
            )
            hits += (a & b).total() if clip else sum(a[run] for run in a if run in b)
            total += a.total()
        shares.append(hits / total)
    return np.array(shares), sum(map(len, said)), sum(map(len, right))


# %% bleu: the arithmetic mean
# says: their mean is the geometric one
def bleu(said, right):
    shares, c, r = pooled(said, right)
    return 100 * min(1, np.exp(1 - r / c)) * shares.mean()


# %% bleu: a run counts each time it is said
# says: a run counts at most as often
def bleu(said, right):
    shares, c, r = pooled(said, right, clip=False)
    return 100 * min(1, np.exp(1 - r / c)) * np.prod(shares) ** 0.25


# %% bleu: no penalty for what is too short
# says: but too short
def bleu(said, right):
    shares, c, r = pooled(said, right)
    return 100 * np.prod(shares) ** 0.25


# %% bleu: c and r the wrong way round
# says: but too short
def bleu(said, right):
    shares, c, r = pooled(said, right)
    return 100 * min(1, np.exp(1 - c / r)) * np.prod(shares) ** 0.25


# %% hold_out: pictures are held out
# says: stands on both sides
def hold_out(captions, share, rng):
    order = rng.permutation(len(captions))
    count = round(share * len(captions))
    return order[count:], order[:count]


# %% hold_out: a share of the pictures
# says: of the 10 captions are held out
def hold_out(captions, share, rng):
    held = []
    for caption in rng.permutation(sorted(set(captions))):
        if np.isin(captions, held).sum() < share * len(captions):
            held.append(caption)
    is_held = np.isin(captions, held)
    return np.flatnonzero(~is_held), np.flatnonzero(is_held)


# %% hold_out: the first ones
# says: the same captions are held out
def hold_out(captions, share, rng):
    different = sorted(set(captions))
    is_held = np.isin(captions, different[: round(share * len(different))])
    return np.flatnonzero(~is_held), np.flatnonzero(is_held)


# %% hold_out: a word that is never heard
# says: is held out and never heard
def hold_out(captions, share, rng):
    different = rng.permutation(sorted(set(captions)))
    is_held = np.isin(captions, different[: round(share * len(different))])
    return np.flatnonzero(~is_held), np.flatnonzero(is_held)
